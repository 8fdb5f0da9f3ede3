-- The handled mark: the position of the last message that a service has handled in a partition. Settings: see
-- log_partitions.
create table agon_log.handled (
  service   text    not null,
  partition integer not null,
  position  bigint  not null check (position >= 0),
  primary key (service, partition)
) with (
  fillfactor = 20,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
  vacuum_truncate = off
);
