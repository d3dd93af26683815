-- When a session was last used, to the minute: whether anybody is there decides how much a model must be trusted.
alter table governance.sessions add column seen_at timestamptz;
create index sessions_seen on governance.sessions (seen_at) where revoked_at is null;
