-- Folded states of streams, so that a load reads the newest events only. Disposable: what is missing or was written by
-- other rules (`decider`) is folded from the log.
-- `json` and not `jsonb`: a state comes back as it was written, the order of its keys included.
-- Statistics are first taken at 1,000 rows, as for streams.
create table agon_log.snapshots (
  partition integer not null,
  stream_id text    collate "C" not null,
  decider   text    not null,
  version   bigint  not null check (version > 0),
  state     json    not null,
  primary key (partition, stream_id, decider)
) with (autovacuum_analyze_threshold = 1000);
