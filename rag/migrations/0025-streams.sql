-- How many words a model has written of the body under way, while its answer comes; no part of any body.
alter table rag.drafts add column words_so_far integer not null default 0;
-- How much of a call's input came from the vendor's cache.
alter table rag.model_calls add column cached_tokens integer not null default 0;
