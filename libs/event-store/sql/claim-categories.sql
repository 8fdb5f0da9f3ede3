-- Makes a service the owner of categories: all of them, or none when another service owns one.
-- errors  AG004 a category belongs to another service; AG005 the login is not the service's
create or replace function agon_log.claim_categories(_service text, _categories text[])
returns void language plpgsql
security definer set search_path = pg_catalog, pg_temp
as $function$
declare
  _foreign agon_log.category_owners;
begin
  perform agon_log.check_caller(_service);
  -- Sorted, so that two services that claim overlapping sets at once wait for each other in one order.
  insert into agon_log.category_owners (category, service)
  select distinct c, _service from unnest(_categories) as c order by c
  on conflict (category) do nothing;

  select * into _foreign from agon_log.category_owners
  where category = any (_categories) and service <> _service
  order by category
  limit 1;
  if found then
    raise exception using errcode = 'AG004',
      message = format('category ''%s'' belongs to %s', _foreign.category, _foreign.service);
  end if;
end
$function$;
