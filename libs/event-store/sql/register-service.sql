-- Gives a service a mark in every partition of a list that has none: today's head, or 0. And the partitions that nothing was
-- appended to a head row: append_batch takes none without.
-- errors  AG005 the login is not the service's
create or replace function agon_log.register_service(_service text, _partitions integer[], _from_head boolean)
returns void language plpgsql
security definer set search_path = pg_catalog, pg_temp
as $function$
begin
  perform agon_log.check_caller(_service);
  insert into agon_log.log_partitions (partition, head)
  select partition, 0 from unnest(_partitions) as p (partition)
  on conflict (partition) do nothing;
  insert into agon_log.handled (service, partition, position)
  select _service, p.partition, case when _from_head then coalesce(l.head, 0) else 0 end
  from unnest(_partitions) as p (partition)
  left join agon_log.log_partitions l on l.partition = p.partition
  on conflict (service, partition) do nothing;
end
$function$;
