-- When the tables are vacuumed whose rows are rewritten by every append. An update stays inside its page, where the next one
-- clears dead versions away. While somebody holds an old snapshot they stay, page after page: as soon as that ends, these
-- settings make the pages free again, within a minute and at full speed.
-- Pages are not given back: that takes a lock for which appends would wait, and the next snapshot needs them again.
alter table agon_log.log_partitions set (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
  vacuum_truncate = off
);

alter table agon_log.handled set (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
  vacuum_truncate = off
);

-- Large, and with few rewritten rows at a time: a hundredth of it dead is enough, pages without any are skipped.
alter table agon_log.streams set (
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);
