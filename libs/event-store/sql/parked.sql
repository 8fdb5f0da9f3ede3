-- Messages that a service could not handle. While a story has one, the service appends nothing to that story.
create table agon_log.parked (
  service   text        not null,
  partition integer     not null,
  position  bigint      not null,
  story_id  text        not null,
  error     text        not null,
  parked_at timestamptz not null default clock_timestamp(),
  primary key (service, partition, position)
);

create index parked_by_story on agon_log.parked (service, partition, story_id);
