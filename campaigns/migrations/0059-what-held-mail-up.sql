-- When the other side last put a message itself off. What waits for another reason (a relay of ours that was away, a day that is
-- full) says nothing of its provider, and a message that is put off again for such a reason was not put off by the provider then.
alter table campaigns.deliveries add column deferred_at timestamptz;
drop index campaigns.deliveries_deferred;
create index deliveries_deferred on campaigns.deliveries (deferred_at) where waiting and deferred_at is not null;

-- Every move of a breaker: a day on which one tripped is none without trouble, also when it was let go that day.
create table campaigns.breaker_moves (
  domain text not null,
  channel text not null,
  provider text not null,
  state text not null,
  at timestamptz not null
);
create index breaker_moves_of on campaigns.breaker_moves (domain, channel, at);
insert into campaigns.breaker_moves (domain, channel, provider, state, at)
select domain, channel, provider, state, since from campaigns.breakers where state <> 'go';

-- Until when a claim was worked on: its messages may leave long after it was taken.
alter table campaigns.claims add column closed_at timestamptz;
update campaigns.claims set closed_at = claimed_at where expires_at is null;

-- When somebody was told that a rollout was taken back.
alter table campaigns.canaries add column told_at timestamptz;
update campaigns.canaries set told_at = looked_at where state = 'breached';
