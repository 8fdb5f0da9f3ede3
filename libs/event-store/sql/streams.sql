-- The version of every stream, that is, the number of its events.
-- Statistics are first taken at 1,000 rows: taken earlier, they would make sessions keep a plan that scans the table.
create table agon_log.streams (
  partition integer not null,
  stream_id text    collate "C" not null,
  version   bigint  not null,
  primary key (partition, stream_id)
) with (fillfactor = 70, autovacuum_analyze_threshold = 1000);
