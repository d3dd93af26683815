-- What happened to one thing: asked of every launch that may have broken off, each round, over a log that only grows.
create index audit_subject on kernel.audit (subject, action, at);
