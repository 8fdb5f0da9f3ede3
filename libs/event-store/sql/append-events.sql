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
-- errors  AG001 some, not all, of the events are known; AG002 _handles lies past the head; AG003 wrong use;
--         AG005 the login is not the service's
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
security definer set search_path = pg_catalog, pg_temp
-- One plan per session, by index whatever the tables' sizes: plans made for the first, small tables would be kept, and
-- planning anew for each call would cost more than running.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $function$
#variable_conflict use_column
declare
  _count    integer := cardinality(_stream_ids);
  _head     bigint;
  _now      timestamptz;
  _first    bigint;
  _late     boolean;
  -- The streams that are appended to, each once: how many events it gets, its version before them.
  _streams  text[]    := '{}';
  _added    integer[] := '{}';
  _before   bigint[]  := '{}';
  _at       integer;
  _expected bigint;
  _version  bigint;
  _known    integer;
begin
  if current_setting('transaction_isolation') <> 'read committed' or pg_current_xact_id_if_assigned() is not null then
    raise exception using errcode = 'AG003',
      message = 'append_events must be the only statement of a read committed transaction';
  end if;
  -- What check_caller does, without the call of another function where that is not needed.
  if not pg_has_role(session_user, current_user, 'MEMBER') then
    perform from agon_log.services where service = _service and role = session_user;
    if not found then
      perform agon_log.check_caller(_service);
    end if;
  end if;

  -- 1. The lock. Every later statement sees all that was committed while this one waited.
  -- What is most often so is done at once, in as few statements as can be, and taken back in the end if it is not so: each
  -- statement costs more than what it does to a row or two.
  update agon_log.log_partitions set head = head + _count where partition = _partition
  returning head - _count into _head;
  if not found then
    insert into agon_log.log_partitions (partition, head) values (_partition, 0) on conflict (partition) do nothing;
    update agon_log.log_partitions set head = head + _count where partition = _partition
    returning head - _count into _head;
  end if;

  <<change>>
  begin
    -- 2. Whether the message is to be handled.
    select position into _first from agon_log.parked
    where service = _service and partition = _partition and story_id = _story_id
    order by position
    limit 1;
    _late := coalesce(_handles = _first, false);
    if _handles is not null and not _late then
      select position into mark from agon_log.handled where service = _service and partition = _partition;
      if _handles <= mark then
        outcome := 'already-handled';
        exit change;
      end if;
      if _handles > _head then
        raise exception using errcode = 'AG002',
          message = format('message %s of partition %s lies past the log''s head %s', _handles, _partition, _head);
      end if;
    end if;
    if _first is not null and not _late then
      outcome := 'parked';
      exit change;
    end if;

    -- 3. The streams: moved if they stand where they are expected, else found out about below.
    for n in 1 .. _count loop
      _at := array_position(_streams, _stream_ids[n]);
      if _at is null then
        _streams := _streams || _stream_ids[n];
        _added := _added || 0;
        _at := cardinality(_streams);
      end if;
      _added[_at] := _added[_at] + 1;
    end loop;
    for n in 1 .. cardinality(_expected_streams) loop
      continue when _expected_streams[n] = any (_streams) or _expected_versions[n] is null;
      select version into _version from agon_log.streams
      where partition = _partition and stream_id = _expected_streams[n];
      exit change when coalesce(_version, 0) <> _expected_versions[n];
    end loop;
    for n in 1 .. cardinality(_streams) loop
      perform from agon_log.category_owners
      where category = split_part(_streams[n], '-', 1) and service = _service;
      exit change when not found;
      _expected := _expected_versions[array_position(_expected_streams, _streams[n])];
      if _expected > 0 then
        update agon_log.streams set version = version + _added[n]
        where partition = _partition and stream_id = _streams[n] and version = _expected
        returning version into _version;
      elsif _expected = 0 then
        insert into agon_log.streams (partition, stream_id, version) values (_partition, _streams[n], _added[n])
        on conflict (partition, stream_id) do nothing
        returning version into _version;
      else
        insert into agon_log.streams as s (partition, stream_id, version) values (_partition, _streams[n], _added[n])
        on conflict (partition, stream_id) do update set version = s.version + excluded.version
        returning version into _version;
      end if;
      exit change when not found;
      _before := _before || (_version - _added[n]);
    end loop;

    -- 4. The events; the index tells those that are known.
    if _count > 0 then
      _now := date_trunc('milliseconds', clock_timestamp());
      _added := array_fill(0, array[cardinality(_streams)]);
      for n in 1 .. _count loop
        _at := array_position(_streams, _stream_ids[n]);
        _added[_at] := _added[_at] + 1;
        versions[n] := _before[_at] + _added[_at];
      end loop;
      if _count = 1 then
        insert into agon_log.events (
          partition, position, stream_id, version, event_id, story_id, correlation_id, type, schema_version, data,
          metadata, recorded_at)
        values (_partition, _head + 1, _stream_ids[1], versions[1], _event_ids[1], _story_id, _correlation_id, _types[1],
          _schema_versions[1], _data[1], _metadata[1], _now)
        on conflict (partition, stream_id, event_id) do nothing;
      else
        insert into agon_log.events (
          partition, position, stream_id, version, event_id, story_id, correlation_id, type, schema_version, data,
          metadata, recorded_at)
        select _partition, _head + generate_series(1, _count), unnest(_stream_ids), unnest(versions), unnest(_event_ids),
          _story_id, _correlation_id, unnest(_types), unnest(_schema_versions), unnest(_data), unnest(_metadata), _now
        on conflict (partition, stream_id, event_id) do nothing;
      end if;
      get diagnostics _known = row_count;
      exit change when _known < _count;
      recorded_at := to_char(_now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
      first_position := _head + 1;
    end if;

    -- 5. The message is handled: late, it is parked no longer; else the mark moves to it.
    if _late then
      delete from agon_log.parked
      where service = _service and partition = _partition and story_id = _story_id and position = _handles;
    elsif _handles is not null then
      update agon_log.handled set position = _handles where service = _service and partition = _partition;
      if not found then
        insert into agon_log.handled (service, partition, position) values (_service, _partition, _handles);
      end if;
      mark := _handles;
    end if;
    outcome := 'appended';
    return;
  end change;

  -- 6. Something is not as it is most often: nothing is changed, and the reason found. Known events come before any other:
  -- a retry expects versions that are past.
  update agon_log.log_partitions set head = _head where partition = _partition;
  for n in 1 .. cardinality(_before) loop
    if _before[n] = 0 then
      delete from agon_log.streams where partition = _partition and stream_id = _streams[n];
    else
      update agon_log.streams set version = _before[n] where partition = _partition and stream_id = _streams[n];
    end if;
  end loop;
  versions := null;
  if outcome is not null then
    return;
  end if;
  mark := null;

  select count(e.position), array_agg(e.position order by n.nth) into _known, positions
  from unnest(_stream_ids, _event_ids) with ordinality as n (stream_id, event_id, nth)
  join agon_log.events e on e.partition = _partition and e.stream_id = n.stream_id and e.event_id = n.event_id
  where e.position <= _head;
  if _known > 0 then
    if _known < _count then
      raise exception using errcode = 'AG001',
        message = format('%s of %s events are already in partition %s', _known, _count, _partition);
    end if;
    outcome := 'duplicate';
    return;
  end if;
  positions := null;

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

  select v.stream_id, v.actual into strict stream_id, actual
  from (
    select n.stream_id, n.version, n.nth, coalesce((
      select s.version from agon_log.streams s where s.partition = _partition and s.stream_id = n.stream_id
    ), 0) as actual
    from unnest(_expected_streams, _expected_versions) with ordinality as n (stream_id, version, nth)
  ) v
  where v.version <> v.actual
  order by v.nth
  limit 1;
  outcome := 'wrong-version';
end
$function$;
