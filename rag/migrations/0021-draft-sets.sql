-- Drafts that were asked for at once are read together, to be compared and chosen among.
create index drafts_set on rag.drafts ((brief ->> 'set')) where brief ? 'set';
