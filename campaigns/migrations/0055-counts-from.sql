-- counts_from: when somebody did what let them in, which may be hours before they were looked at and enrolled. What they do
-- after it ends their journey. Null where nothing they did let them in: then it counts from enrolled_at.
alter table campaigns.enrolments add column counts_from timestamptz;

-- shut: the last look at which a campaign let nobody in, since it was over or not approved. Nothing from before lets in later.
alter table campaigns.listeners drop constraint listeners_hears_check;
alter table campaigns.listeners add constraint listeners_hears_check
  check (hears in ('events', 'entries', 'dates', 'fitting', 'shut'));
