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
  _count   integer := cardinality(_stream_ids);
  _head    bigint;
  _now     timestamptz;
  -- The streams that are expected or appended to, each once, with their versions before and after.
  _streams text[]   := '{}';
  _before  bigint[] := '{}';
  _after   bigint[] := '{}';
  _at      integer;
  _version bigint;
  _known   integer;
  _first   bigint;
  _late    boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' or pg_current_xact_id_if_assigned() is not null then
    raise exception using errcode = 'AG003',
      message = 'append_events must be the only statement of a read committed transaction';
  end if;

  perform agon_log.check_caller(_service);

  -- 1. The lock. Every later statement sees all that was committed while this one waited.
  select head into _head from agon_log.log_partitions where partition = _partition for update;
  if not found then
    insert into agon_log.log_partitions (partition, head) values (_partition, 0) on conflict (partition) do nothing;
    select head into _head from agon_log.log_partitions where partition = _partition for update;
  end if;

  -- 2. The checks. Nothing is changed before the last of them has passed. They look single rows up, a stream at a time:
  -- an append has one to three streams, and a statement over arrays costs more than those few.
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

  for n in 1 .. cardinality(_expected_streams) loop
    select version into _version from agon_log.streams
    where partition = _partition and stream_id = _expected_streams[n];
    _version := coalesce(_version, 0);
    if stream_id is null and _expected_versions[n] <> _version then
      stream_id := _expected_streams[n];
      actual := _version;
    end if;
    _streams := _streams || _expected_streams[n];
    _before := _before || _version;
  end loop;
  _after := _before;

  for n in 1 .. _count loop
    _at := array_position(_streams, _stream_ids[n]);
    if _at is null then
      select version into _version from agon_log.streams where partition = _partition and stream_id = _stream_ids[n];
      _streams := _streams || _stream_ids[n];
      _before := _before || coalesce(_version, 0);
      _after := _after || coalesce(_version, 0);
      _at := cardinality(_streams);
    end if;
    if _after[_at] = _before[_at] and category is null then
      perform from agon_log.category_owners o
      where o.category = split_part(_stream_ids[n], '-', 1) and o.service = _service;
      if not found then
        category := split_part(_stream_ids[n], '-', 1);
      end if;
    end if;
    _after[_at] := _after[_at] + 1;
    versions[n] := _after[_at];
  end loop;

  -- 3. The change, or the reason why there is none. Events that are known come before any other reason: a retry expects
  -- versions that are past.
  if _count > 0 then
    if category is null and stream_id is null then
      _now := date_trunc('milliseconds', clock_timestamp());
      insert into agon_log.events (
        partition, position, stream_id, version, event_id, story_id, correlation_id, type, schema_version, data,
        metadata, recorded_at)
      select _partition, _head + generate_series(1, _count), unnest(_stream_ids), unnest(versions), unnest(_event_ids),
        _story_id, _correlation_id, unnest(_types), unnest(_schema_versions), unnest(_data), unnest(_metadata), _now
      on conflict (partition, stream_id, event_id) do nothing;
      get diagnostics _known = row_count;
      _known := _count - _known;
    end if;
    if _known is distinct from 0 then
      select count(e.position), array_agg(e.position order by n.nth) into _known, positions
      from unnest(_stream_ids, _event_ids) with ordinality as n (stream_id, event_id, nth)
      join agon_log.events e on e.partition = _partition and e.stream_id = n.stream_id and e.event_id = n.event_id
      where e.position <= _head;
    end if;
    if _known > 0 then
      if _known < _count then
        raise exception using errcode = 'AG001',
          message = format('%s of %s events are already in partition %s', _known, _count, _partition);
      end if;
      outcome := 'duplicate';
      versions := null;
      return;
    end if;
  end if;
  if category is not null then
    outcome := 'not-owner';
    versions := null;
    return;
  end if;
  if stream_id is not null then
    outcome := 'wrong-version';
    versions := null;
    return;
  end if;

  outcome := 'appended';
  if _count > 0 then
    recorded_at := to_char(_now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
    first_position := _head + 1;
    for n in 1 .. cardinality(_streams) loop
      continue when _after[n] = _before[n];
      insert into agon_log.streams as s (partition, stream_id, version) values (_partition, _streams[n], _after[n])
      on conflict (partition, stream_id) do update set version = excluded.version;
    end loop;
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
