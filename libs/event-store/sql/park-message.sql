-- Records a message that a service could not handle and moves the service's handled mark past it, or does nothing.
--
-- _error        why it failed; null when it was not tried, because an earlier message of its story is parked
-- _only_behind  park only if an earlier message of the story is (still) parked
--
-- returns 'parked'           it is parked now, or was already; a redrive that was asked for has failed, and is over
--         'already-handled'  another replica has handled it
--         'story-free'       no earlier message of the story is parked any more: handle it like any other
-- errors  AG002 _position lies past the head
create or replace function agon_log.park_message(
  _service     text,
  _partition   integer,
  _position    bigint,
  _story_id    text,
  _error       text,
  _only_behind boolean
) returns text language plpgsql as $function$
declare
  _head      bigint;
  _requested timestamptz;
  _behind    boolean;
begin
  -- The same lock as an append, so that neither the mark nor the story's parked messages can change under this function.
  select head into _head from agon_log.log_partitions where partition = _partition for update;
  if not found or _position > _head then
    raise exception using errcode = 'AG002',
      message = format('message %s of partition %s lies past the log''s head %s', _position, _partition, coalesce(_head, 0));
  end if;

  select redrive_requested_at into _requested from agon_log.parked
  where service = _service and partition = _partition and story_id = _story_id and position = _position;
  if found then
    -- Only while a redrive is asked for: replicas that fail together, or a second delivery, count once.
    if _requested is not null and not _only_behind then
      update agon_log.parked set error = _error, attempts = attempts + 1
      where service = _service and partition = _partition and story_id = _story_id and position = _position;
      update agon_log.parked set redrive_requested_at = null
      where service = _service and partition = _partition and story_id = _story_id;
    end if;
    return 'parked';
  end if;

  if exists (
    select from agon_log.handled where service = _service and partition = _partition and position >= _position
  ) then
    return 'already-handled';
  end if;

  -- What a redrive is asked for is the whole story, also what comes to it while it runs.
  select true, redrive_requested_at into _behind, _requested from agon_log.parked
  where service = _service and partition = _partition and story_id = _story_id
  order by position
  limit 1;
  if _only_behind and _behind is null then
    return 'story-free';
  end if;

  insert into agon_log.parked (service, partition, position, story_id, error, attempts, redrive_requested_at)
  values (_service, _partition, _position, _story_id, _error, case when _error is null then 0 else 1 end, _requested);
  insert into agon_log.handled (service, partition, position) values (_service, _partition, _position)
  on conflict (service, partition) do update set position = excluded.position;
  return 'parked';
end
$function$;

-- As processes of the version before call it; they can't be told that a story is free again.
create or replace function agon_log.park_message(
  _service   text,
  _partition integer,
  _position  bigint,
  _story_id  text,
  _error     text
) returns void language plpgsql as $function$
begin
  perform agon_log.park_message(_service, _partition, _position, _story_id, _error, false);
end
$function$;
