-- One row per partition: the position of its last event. Its row lock is the log's only lock: whoever holds it appends,
-- so positions are gapless and become visible in order.
-- The row is rewritten by every append; the free four fifths of each page keep those updates inside the page (HOT), where
-- the next one clears the dead versions away. While somebody holds an old snapshot they stay, page after page: as soon as
-- that ends, autovacuum makes the pages free again, at full speed; it never takes the lock that giving them back needs.
create table agon_log.log_partitions (
  partition integer primary key check (partition >= 0),
  head      bigint  not null check (head >= 0)
) with (
  fillfactor = 20,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
  vacuum_truncate = off
);
