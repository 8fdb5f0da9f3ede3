-- Records a message that a service could not handle and moves the service's handled mark past it.
-- Does nothing when the mark is there already: the message was handled, or parked, by another replica.
-- errors  AG002 _position lies past the head; AG005 the login is not the service's
create or replace function agon_log.park_message(
  _service   text,
  _partition integer,
  _position  bigint,
  _story_id  text,
  _error     text
) returns void language plpgsql
security definer set search_path = pg_catalog, pg_temp
as $function$
declare
  _head bigint;
begin
  perform agon_log.check_caller(_service);
  -- The same lock as an append, so that the mark can't move under this function.
  select head into _head from agon_log.log_partitions where partition = _partition for update;
  if not found or _position > _head then
    raise exception using errcode = 'AG002',
      message = format('message %s of partition %s lies past the log''s head %s', _position, _partition, coalesce(_head, 0));
  end if;
  if exists (
    select from agon_log.handled where service = _service and partition = _partition and position >= _position
  ) then
    return;
  end if;
  insert into agon_log.parked (service, partition, position, story_id, error)
  values (_service, _partition, _position, _story_id, _error);
  insert into agon_log.handled (service, partition, position) values (_service, _partition, _position)
  on conflict (service, partition) do update set position = excluded.position;
end
$function$;
