-- A deployment that was passed over because its own limit of a minute was reached: nobody was asked, nothing was spent.
alter table rag.model_calls
  drop constraint model_calls_outcome_check,
  add constraint model_calls_outcome_check check (outcome in ('pending', 'answer', 'rate-limited', 'unavailable',
    'timeout', 'refused', 'invalid-output', 'auth', 'budget', 'limited', 'fault'));
create index model_calls_decisions on rag.model_calls (at) where ordinal = 0;
