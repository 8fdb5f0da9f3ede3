-- The log. Rows are only ever inserted, by append_events and append_batch alone. They count positions and versions up from 1;
-- a check that Postgres reads and compiles anew for each statement would tell them nothing.
-- Every key begins with the partition, so that the table can be split by it.
-- Statistics are first taken at 1,000 rows: taken earlier, they would make sessions keep a plan that scans the table.
create table agon_log.events (
  partition      integer     not null,
  position       bigint      not null,
  stream_id      text        collate "C" not null,
  version        bigint      not null,
  event_id       uuid        not null,
  story_id       text        collate "C" not null,
  correlation_id text        collate "C" not null,
  type           text        not null,
  schema_version integer     not null,
  data           jsonb       not null,
  metadata       jsonb       not null,
  recorded_at    timestamptz not null,
  primary key (partition, position),
  unique (partition, stream_id, version),
  unique (partition, stream_id, event_id)
) with (autovacuum_analyze_threshold = 1000);

create index events_by_story on agon_log.events (partition, story_id, position);

create index events_by_correlation on agon_log.events (partition, correlation_id, position);
