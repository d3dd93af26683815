-- What guardrails and finders made of labelled texts in an evaluation: one case each, so that two can be compared in pairs.
alter table rag.evaluations add column checks jsonb not null default '[]';
