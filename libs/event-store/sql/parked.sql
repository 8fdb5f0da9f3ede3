-- Messages that a service could not handle, and those that wait behind them. While a story has one, the service appends
-- nothing to that story, except for the first of them: handled late, it goes.
create table agon_log.parked (
  service   text        not null,
  partition integer     not null,
  position  bigint      not null,
  story_id  text        not null,
  -- Why it failed last; null for a message that never failed itself and only waits behind an earlier one.
  error     text,
  parked_at timestamptz not null default clock_timestamp(),
  -- How often it was given up.
  attempts  integer     not null default 1,
  -- Set while an operator waits for the story to be handled; a message that is parked behind it meanwhile inherits it.
  redrive_requested_at timestamptz,
  -- By story and position, so that the story's first message is one step down the only index that its lookup can take.
  primary key (service, partition, story_id, position)
);

create index parked_to_redrive on agon_log.parked (service, partition, story_id) where redrive_requested_at is not null;
