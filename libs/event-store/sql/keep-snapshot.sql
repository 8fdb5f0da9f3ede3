-- Keeps the state of a stream as one decider has folded it, unless a newer one is kept. Snapshots of the stream that other
-- deciders have left behind go with it.
-- errors  AG004 the stream's category belongs to another service; AG005 the login is not the service's
create or replace function agon_log.keep_snapshot(
  _service   text,
  _partition integer,
  _stream_id text,
  _decider   text,
  _version   bigint,
  _state     json
) returns void language plpgsql
security definer set search_path = pg_catalog, pg_temp
as $function$
declare
  _category text := split_part(_stream_id, '-', 1);
begin
  perform agon_log.check_caller(_service);
  if not exists (select from agon_log.category_owners where category = _category and service = _service) then
    raise exception using errcode = 'AG004', message = format('category ''%s'' does not belong to %s', _category, _service);
  end if;
  insert into agon_log.snapshots as s (partition, stream_id, decider, version, state)
  values (_partition, _stream_id, _decider, _version, _state)
  on conflict (partition, stream_id, decider) do update set version = excluded.version, state = excluded.state
  where s.version < excluded.version;
  delete from agon_log.snapshots
  where partition = _partition and stream_id = _stream_id and decider <> _decider and version < _version;
end
$function$;
