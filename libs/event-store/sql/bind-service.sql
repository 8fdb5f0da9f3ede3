-- Makes a role the one of a service, and grants it what a service needs: to read the log, and to call the functions that
-- write, which look at their caller. For the log's owner alone: it runs with the caller's rights.
create or replace function agon_log.bind_service(_service text, _role name) returns void language plpgsql as $function$
begin
  insert into agon_log.services as s (service, role) values (_service, _role)
  on conflict (service) do update set role = excluded.role where s.role <> excluded.role;
  execute format('grant usage on schema agon_log to %I', _role);
  execute format('grant select on all tables in schema agon_log to %I', _role);
  execute format('grant execute on all functions in schema agon_log to %I', _role);
end
$function$;
