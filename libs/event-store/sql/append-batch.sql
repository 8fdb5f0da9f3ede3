-- Appends for one service to several partitions at once, all or nothing, where everything is as it is most often: the
-- streams stand where they are expected, nothing is known already, handled already, parked or foreign. If anything is not
-- so, it raises AG006 and changes nothing, and append_events, one append after the other, says what.
-- It waits for nobody: appends whose partition another writer holds are left out.
-- It must be the only statement of its transaction, as append_events must and for the same reason.
--
-- _partitions …  one element per partition, each once; _counts: how many events it gets
-- _sections …    one element per append, those of a partition in their order: its partition's number from 1 on
-- _appends …     one element per stream that an append rests on or adds to, each once: the append's number from 1 on; the
--                version expected, 0 = must not exist, null = unchecked; _added: how many events the stream gets
-- _streams …     one element per event: the number of its stream in _appends, its place among the events of its partition
--                and among those of its stream, from 1 on
--
-- What the caller counted is not believed: every event has to lie within both of its counts, no two in one place by the
-- table's keys, and there have to be as many of them as the counts of the partitions, and those of the streams, come to.
--
-- heads          for each element of _partitions the position before its first event; null: left out
-- befores        for each element of _appends that is added to, the stream's version before
-- errors         AG003 wrong use; AG005 the login is not the service's; AG006 each has to be appended alone
create or replace function agon_log.append_batch(
  _service         text,
  _partitions      integer[],
  _counts          integer[],
  _sections        integer[],
  _story_ids       text[],
  _correlation_ids text[],
  _handles         bigint[],
  _appends         integer[],
  _stream_ids      text[],
  _expected        bigint[],
  _added           integer[],
  _streams         integer[],
  _places          integer[],
  _stream_places   integer[],
  _event_ids       uuid[],
  _types           text[],
  _schema_versions integer[],
  _data            jsonb[],
  _metadata        jsonb[],
  out heads        bigint[],
  out befores      bigint[],
  out recorded_at  text
) language plpgsql
security definer set search_path = pg_catalog, pg_temp
-- As in append_events.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $function$
#variable_conflict use_column
declare
  _now      timestamptz;
  _section  integer;
  _version  bigint;
  _parked   boolean;
  _foreign  boolean;
  _events   integer := 0;
  _versions integer := 0;
  _marks    integer := 0;
  _rows     integer;
begin
  if current_setting('transaction_isolation') <> 'read committed' or pg_current_xact_id_if_assigned() is not null then
    raise exception using errcode = 'AG003',
      message = 'append_batch must be the only statement of a read committed transaction';
  end if;
  if not pg_has_role(session_user, current_user, 'MEMBER') then
    perform agon_log.check_caller(_service);
  end if;

  -- Below they are unnested and subscripted by turns: both must mean the same elements.
  if 1 <> any (array[array_lower(_partitions, 1), array_lower(_counts, 1), array_lower(_sections, 1),
    array_lower(_story_ids, 1), array_lower(_handles, 1), array_lower(_appends, 1), array_lower(_stream_ids, 1),
    array_lower(_expected, 1), array_lower(_added, 1), array_ndims(_partitions), array_ndims(_counts),
    array_ndims(_sections), array_ndims(_story_ids), array_ndims(_handles), array_ndims(_appends),
    array_ndims(_stream_ids), array_ndims(_expected), array_ndims(_added)]) then
    raise exception using errcode = 'AG003', message = 'arrays must have one dimension and begin at subscript 1';
  end if;
  if (0 <= all (_counts) and 0 <= all (_added)) is not true then
    raise exception using errcode = 'AG003', message = 'counts must be 0 or more';
  end if;

  -- 1. The locks, of those that nobody holds. Every later statement sees all that was committed before they were taken.
  with moved as (
    update agon_log.log_partitions p set head = p.head + free.count
    from (
      select n.nth, n.count, q.partition
      from unnest(_partitions, _counts) with ordinality as n (partition, count, nth)
      join agon_log.log_partitions q on q.partition = n.partition
      for update of q skip locked
    ) free
    where p.partition = free.partition
    returning free.nth, p.head - free.count as before
  )
  select array_agg(moved.before order by n.nth) into heads
  from generate_series(1, cardinality(_partitions)) as n (nth) left join moved on moved.nth = n.nth;

  <<usual>>
  begin
    -- 2. The messages are to be handled, and are.
    for n in 1 .. cardinality(_partitions) loop
      continue when heads[n] is null;
      _events := _events + _counts[n];
    end loop;
    for n in 1 .. cardinality(_sections) loop
      continue when _handles[n] is null or heads[_sections[n]] is null;
      _marks := _marks + 1;
    end loop;
    if _marks > 0 then
      update agon_log.handled h set position = n.handles
      from unnest(_sections, _handles) as n (section, handles)
      where h.service = _service and h.partition = _partitions[n.section] and h.position < n.handles
        and n.handles <= heads[n.section];
      get diagnostics _rows = row_count;
      exit usual when _rows <> _marks;
    end if;

    -- 3. The streams are the service's, and stand where they are expected.
    select exists (select from agon_log.parked where service = _service),
      exists (
        select from unnest(_stream_ids, _added) as n (stream_id, added)
        where n.added > 0 and not exists (
          select from agon_log.category_owners where category = split_part(n.stream_id, '-', 1) and service = _service
        )
      )
    into _parked, _foreign;
    exit usual when _foreign;
    if _parked then
      perform from unnest(_sections, _story_ids) as n (section, story_id)
      join agon_log.parked k
        on k.service = _service and k.partition = _partitions[n.section] and k.story_id = n.story_id;
      exit usual when found;
    end if;
    update agon_log.streams s set version = s.version + n.added
    from unnest(_appends, _stream_ids, _expected, _added) as n (append, stream_id, expected, added)
    where n.added > 0 and n.expected > 0 and heads[_sections[n.append]] is not null
      and s.partition = _partitions[_sections[n.append]] and s.stream_id = n.stream_id and s.version = n.expected;
    get diagnostics _rows = row_count;
    befores := _expected;
    for n in 1 .. cardinality(_appends) loop
      _section := _sections[_appends[n]];
      continue when heads[_section] is null;
      _versions := _versions + _added[n];
      if _added[n] > 0 and _expected[n] > 0 then
        _rows := _rows - 1;
      elsif _added[n] > 0 and _expected[n] = 0 then
        insert into agon_log.streams (partition, stream_id, version)
        values (_partitions[_section], _stream_ids[n], _added[n])
        on conflict (partition, stream_id) do nothing;
        exit usual when not found;
      elsif _added[n] > 0 then
        update agon_log.streams set version = version + _added[n]
        where partition = _partitions[_section] and stream_id = _stream_ids[n]
        returning version into _version;
        exit usual when not found;
        befores[n] := _version - _added[n];
      elsif _expected[n] is not null then
        select version into _version from agon_log.streams
        where partition = _partitions[_section] and stream_id = _stream_ids[n];
        exit usual when coalesce(_version, 0) <> _expected[n];
      end if;
    end loop;
    exit usual when _rows <> 0 or _events is null or _versions is distinct from _events;

    -- 4. The events; the index tells those that are known.
    _now := date_trunc('milliseconds', clock_timestamp());
    insert into agon_log.events (
      partition, position, stream_id, version, event_id, story_id, correlation_id, type, schema_version, data, metadata,
      recorded_at)
    select _partitions[a.section], heads[a.section] + e.place, _stream_ids[e.stream], befores[e.stream] + e.stream_place,
      e.id, _story_ids[_appends[e.stream]], _correlation_ids[_appends[e.stream]], e.type, e.schema_version, e.data, e.metadata, _now
    from unnest(_streams, _places, _stream_places, _event_ids, _types, _schema_versions, _data, _metadata)
      as e (stream, place, stream_place, id, type, schema_version, data, metadata)
    cross join lateral (select _sections[_appends[e.stream]] as section) as a
    where heads[a.section] is not null and e.place between 1 and _counts[a.section] and e.stream_place between 1 and _added[e.stream]
    on conflict (partition, stream_id, event_id) do nothing;
    get diagnostics _rows = row_count;
    exit usual when _rows is distinct from _events;
    recorded_at := to_char(_now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
    return;
  end usual;
  raise exception using errcode = 'AG006', message = 'not all of these appends are as usual: append each alone';
end
$function$;
