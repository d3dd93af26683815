-- A domain beyond ASCII has two spellings of one name, and an address is kept in the one that people read (cleanse/email.ts): what
-- came in as xn--… is spelled out. Where both are known they stay two, which the newest record of the one names together, and what
-- the one is not to get the other does not get either.

-- A label as it is spelled (RFC 3492 § 6.2); as it is written where that is no spelling.
create function pg_temp.spelled(label text) returns text language plpgsql as $spelled$
declare
  digits constant text := 'abcdefghijklmnopqrstuvwxyz0123456789';
  rest constant text := substr(label, 5);
  plain constant text := coalesce(substring(rest from '^(.*)-'), '');
  place integer := case when rest like '%-%' then length(plain) + 2 else 1 end;
  letters integer[] := array(select ascii(substr(plain, at, 1)) from generate_series(1, length(plain)) as at order by at);
  letter integer := 128;
  position_of integer := 0;
  bias integer := 72;
  before integer;
  weight integer;
  digit integer;
  threshold integer;
  step integer;
  delta integer;
begin
  if label !~ '^xn--[a-z0-9-]+$' then return label; end if;
  while place <= length(rest) loop
    before := position_of;
    weight := 1;
    step := 36;
    loop
      digit := position(substr(rest, place, 1) in digits) - 1;
      if place > length(rest) or digit < 0 then return label; end if;
      place := place + 1;
      position_of := position_of + digit * weight;
      threshold := greatest(1, least(26, step - bias));
      exit when digit < threshold;
      weight := weight * (36 - threshold);
      step := step + 36;
    end loop;
    delta := (position_of - before) / case when before = 0 then 700 else 2 end;
    delta := delta + delta / (cardinality(letters) + 1);
    step := 0;
    while delta > 455 loop
      delta := delta / 35;
      step := step + 36;
    end loop;
    bias := step + 36 * delta / (delta + 38);
    letter := letter + position_of / (cardinality(letters) + 1);
    position_of := position_of % (cardinality(letters) + 1);
    letters := letters[1:position_of] || letter || letters[position_of + 1:];
    position_of := position_of + 1;
  end loop;
  return (select string_agg(chr(code), '' order by at) from unnest(letters) with ordinality as l (code, at));
exception when numeric_value_out_of_range or program_limit_exceeded then return label;
end $spelled$;

create temp table respelled on commit drop as
  select id, value as was, substring(value from '^(.*@)') || (
    select string_agg(pg_temp.spelled(label), '.' order by at)
    from unnest(string_to_array(substring(value from '([^@]*)$'), '.')) with ordinality as d (label, at)) as is_now
  from ingest.identifiers where kind = 'email' and value like '%@%xn--%';
delete from respelled where was = is_now;

create temp table twins on commit drop as
  select r.id, i.id as twin from respelled r join ingest.identifiers i on i.kind = 'email' and i.value = r.is_now;
insert into ingest.suppressions (identifier_id, channel, reason, occurred_at, record_id)
  select t.twin, s.channel, s.reason, s.occurred_at, s.record_id
  from twins t join ingest.suppressions s on s.identifier_id = t.id where s.lifted_at is null
  on conflict do nothing;
insert into ingest.links (left_id, right_id, source, kind, record_id, at)
  select distinct on (t.id) t.id, t.twin, l.source, 'profile', l.record_id, l.at
  from twins t join ingest.links l on t.id in (l.left_id, l.right_id) order by t.id, l.at desc
  on conflict do nothing;

update ingest.identifiers i set value = r.is_now, changed = pg_current_xact_id()
  from respelled r where i.id = r.id and not exists (select from twins t where t.id = r.id);
update ingest.profiles p set email = r.is_now from respelled r where p.email = r.was;

drop function pg_temp.spelled(text);
