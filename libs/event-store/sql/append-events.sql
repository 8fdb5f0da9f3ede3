-- Appends events to streams of one partition and moves the service's handled mark, or changes nothing and says why.
-- While a story has parked messages of the service, only the first of them may be handled: late, so the mark stays where
-- it is, and the message is parked no longer.
-- It must be the only statement of its transaction: the head row's lock, taken first and held until commit, orders all
-- appends of the partition.
--
-- _handles            position of the message that this append handles; null for an input
-- _expected_streams   streams that the decision rests on; _expected_versions: 0 = must not exist, null = unchecked
-- _stream_ids …       one element per event, in order
--
-- outcome 'appended'        versions and first_position .. of the new events, recorded_at
--         'duplicate'       positions at which the known events stand
--         'already-handled' mark
--         'wrong-version'   stream_id, actual
--         'not-owner'       category
--         'parked'
-- errors  AG001 some, not all, of the events are known; AG002 _handles lies past the head; AG003 wrong use
create or replace function agon_log.append_events(
  _partition         integer,
  _service           text,
  _story_id          text,
  _correlation_id    text,
  _handles           bigint,
  _expected_streams  text[],
  _expected_versions bigint[],
  _stream_ids        text[],
  _event_ids         uuid[],
  _types             text[],
  _schema_versions   integer[],
  _data              jsonb[],
  _metadata          jsonb[],
  out outcome        text,
  out first_position bigint,
  out versions       bigint[],
  out recorded_at    text,
  out positions      bigint[],
  out mark           bigint,
  out stream_id      text,
  out actual         bigint,
  out category       text
) language plpgsql
-- One plan per session, by index whatever the tables' sizes: plans made for the first, small tables would be kept, and
-- planning anew for each call would cost more than running.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $function$
#variable_conflict use_column
declare
  _count integer := cardinality(_stream_ids);
  _head  bigint;
  _known integer;
  _now   timestamptz;
  _first bigint;
  _late  boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' or pg_current_xact_id_if_assigned() is not null then
    raise exception using errcode = 'AG003',
      message = 'append_events must be the only statement of a read committed transaction';
  end if;

  -- 1. The lock. Every later statement sees all that was committed while this one waited.
  select head into _head from agon_log.log_partitions where partition = _partition for update;
  if not found then
    insert into agon_log.log_partitions (partition, head) values (_partition, 0) on conflict (partition) do nothing;
    select head into _head from agon_log.log_partitions where partition = _partition for update;
  end if;

  -- 2. The checks. Nothing is changed before the last of them has passed.
  select position into _first from agon_log.parked
  where service = _service and partition = _partition and story_id = _story_id
  order by position
  limit 1;
  _late := coalesce(_handles = _first, false);

  if _handles is not null and not _late then
    select position into mark from agon_log.handled where service = _service and partition = _partition;
    if _handles <= mark then
      outcome := 'already-handled';
      return;
    end if;
    if _handles > _head then
      raise exception using errcode = 'AG002',
        message = format('message %s of partition %s lies past the log''s head %s', _handles, _partition, _head);
    end if;
  end if;

  if _first is not null and not _late then
    outcome := 'parked';
    return;
  end if;

  if _count > 0 then
    select count(k.position), array_agg(k.position order by k.nth) into _known, positions
    from (
      select n.nth, (
        select e.position from agon_log.events e
        where e.partition = _partition and e.stream_id = n.stream_id and e.event_id = n.event_id
      ) as position
      from unnest(_stream_ids, _event_ids) with ordinality as n (stream_id, event_id, nth)
    ) k;
    if _known = _count then
      outcome := 'duplicate';
      return;
    end if;
    positions := null;
    if _known > 0 then
      raise exception using errcode = 'AG001',
        message = format('%s of %s events are already in partition %s', _known, _count, _partition);
    end if;

    select split_part(n.stream_id, '-', 1) into category
    from unnest(_stream_ids) with ordinality as n (stream_id, nth)
    where not exists (
      select from agon_log.category_owners o
      where o.category = split_part(n.stream_id, '-', 1) and o.service = _service
    )
    order by n.nth
    limit 1;
    if found then
      outcome := 'not-owner';
      return;
    end if;
  end if;

  select v.stream_id, v.actual into stream_id, actual
  from (
    select n.stream_id, n.version, n.nth, coalesce((
      select s.version from agon_log.streams s where s.partition = _partition and s.stream_id = n.stream_id
    ), 0) as actual
    from unnest(_expected_streams, _expected_versions) with ordinality as n (stream_id, version, nth)
  ) v
  where v.version <> v.actual
  order by v.nth
  limit 1;
  if found then
    outcome := 'wrong-version';
    return;
  end if;

  -- 3. The change.
  outcome := 'appended';
  if _count > 0 then
    _now := date_trunc('milliseconds', clock_timestamp());
    recorded_at := to_char(_now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
    first_position := _head + 1;
    with stored as (
      insert into agon_log.events (
        partition, position, stream_id, version, event_id, story_id, correlation_id, type, schema_version, data,
        metadata, recorded_at)
      select _partition, _head + n.nth, n.stream_id,
        coalesce((
          select s.version from agon_log.streams s where s.partition = _partition and s.stream_id = n.stream_id
        ), 0) + row_number() over (partition by n.stream_id order by n.nth),
        n.event_id, _story_id, _correlation_id, n.type, n.schema_version, n.data, n.metadata, _now
      from unnest(_stream_ids, _event_ids, _types, _schema_versions, _data, _metadata)
        with ordinality as n (stream_id, event_id, type, schema_version, data, metadata, nth)
      returning position, stream_id, version
    ), heads as (
      insert into agon_log.streams as s (partition, stream_id, version)
      select _partition, stored.stream_id, max(stored.version) from stored group by stored.stream_id
      on conflict (partition, stream_id) do update set version = excluded.version
    )
    select array_agg(stored.version order by stored.position) into versions from stored;
    update agon_log.log_partitions set head = _head + _count where partition = _partition;
  end if;

  if _late then
    delete from agon_log.parked
    where service = _service and partition = _partition and story_id = _story_id and position = _handles;
  elsif _handles is not null then
    insert into agon_log.handled as h (service, partition, position) values (_service, _partition, _handles)
    on conflict (service, partition) do update set position = excluded.position;
    mark := _handles;
  end if;
end
$function$;
