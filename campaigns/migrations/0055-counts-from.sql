-- counts_from: when somebody did what let them in, which may be hours before they were looked at and enrolled. What they do
-- after it ends their journey. Null where nothing they did let them in: then it counts from enrolled_at.
alter table campaigns.enrolments add column counts_from timestamptz;
