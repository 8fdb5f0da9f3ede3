-- The handled mark: the position of the last message that a service has handled in a partition.
create table agon_log.handled (
  service   text    not null,
  partition integer not null,
  position  bigint  not null,
  primary key (service, partition)
) with (fillfactor = 20);
