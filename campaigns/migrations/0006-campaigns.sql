-- Who is in which campaign, and the ledger of what was sent.
create schema campaigns;

-- One person in one run through a campaign. The journey's steps are those of the pinned release; content is read
-- through the release pointer when a delivery is claimed. Always a next due time or a terminal reason.
create table campaigns.enrolments (
  id uuid primary key,
  campaign text not null,
  person_id uuid not null,
  identifier_id uuid not null references ingest.identifiers (id),
  occurrence integer not null check (occurrence > 0),
  release_hash text not null,
  step_key text not null,
  next_due_at timestamptz,
  ended_reason text,
  enrolled_at timestamptz not null,
  unique (campaign, person_id, occurrence),
  check ((next_due_at is null) = (ended_reason is not null))
);
create index enrolments_due on campaigns.enrolments (campaign, next_due_at) where next_due_at is not null;

-- One batch taken by one worker, until its lease expires (null: closed). Its id is the fence: a row that carries
-- another claim's id is no longer the worker's.
create table campaigns.claims (
  id uuid primary key,
  campaign text not null,
  release_hash text not null,
  worker text not null,
  claimed_at timestamptz not null,
  expires_at timestamptz
);
create index claims_expiry on campaigns.claims (expires_at) where expires_at is not null;

-- The ledger: one row for a campaign, person, step and occurrence, whatever the version or the channel.
-- planned → claimed → sending (committed before the first byte) → sent → delivered | bounced | complained.
-- bucket: the person's fixed place from 0 to 99 in a rollout. batch_key: what left together, under one idempotency key.
create table campaigns.deliveries (
  id uuid primary key,
  enrolment_id uuid not null references campaigns.enrolments (id),
  campaign text not null,
  person_id uuid not null,
  step_key text not null,
  occurrence integer not null,
  identifier_id uuid not null references ingest.identifiers (id),
  channel text not null,
  bucket integer not null check (bucket between 0 and 99),
  state text not null check (state in ('planned', 'claimed', 'sending', 'sent', 'delivered', 'bounced', 'complained',
    'suppressed', 'capped', 'expired', 'held', 'failed', 'unknown')),
  reason text,
  planned_for timestamptz not null,
  due_at timestamptz not null,
  attempts integer not null default 0,
  release_hash text,
  claim_id uuid references campaigns.claims (id),
  cap_day date,
  tracked boolean not null default false,
  sender text,
  batch_key text,
  provider_id text,
  sending_at timestamptz,
  sent_at timestamptz,
  settled_at timestamptz,
  announced_at timestamptz,
  unique (campaign, person_id, step_key, occurrence),
  check ((state in ('planned', 'claimed', 'sending')) = (settled_at is null)),
  check (state not in ('claimed', 'sending') or claim_id is not null),
  check (state not in ('sending', 'unknown') or batch_key is not null)
);
create index deliveries_due on campaigns.deliveries (campaign, due_at, id) where state = 'planned';
create index deliveries_claim on campaigns.deliveries (claim_id) where claim_id is not null;
create index deliveries_enrolment on campaigns.deliveries (enrolment_id);
create index deliveries_identifier on campaigns.deliveries (identifier_id, sent_at);
create index deliveries_provider on campaigns.deliveries (provider_id) where provider_id is not null;
create index deliveries_unannounced on campaigns.deliveries (settled_at)
  where announced_at is null and state in ('sent', 'delivered', 'bounced', 'complained');

-- The last word on "one message for an address and a step": whatever the gate thought, a second cannot be claimed.
create unique index deliveries_address_once on campaigns.deliveries (campaign, step_key, occurrence, identifier_id)
  where state in ('claimed', 'sending', 'sent', 'delivered', 'bounced', 'complained', 'unknown');

-- How much of a day's cap is used (business zone). Locking the row also makes a campaign's claims take turns.
create table campaigns.buckets (
  scope text not null,
  day date not null,
  used integer not null default 0 check (used >= 0),
  primary key (scope, day)
);
