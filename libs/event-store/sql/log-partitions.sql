-- One row per partition: the position of its last event. Its row lock is the log's only lock: whoever holds it appends,
-- so positions are gapless and become visible in order.
-- The row is rewritten by every append; the free four fifths of each page keep those updates inside the page (HOT).
create table agon_log.log_partitions (
  partition integer primary key,
  head      bigint  not null
) with (fillfactor = 20);
