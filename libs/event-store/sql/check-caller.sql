-- Refuses a caller who may not speak for a service. Called first by every function that writes: those run with the rights
-- of the log's owner (`security definer`), so that session_user is the login and current_user the owner.
-- The owner itself and its members may speak for every service, a superuser being a member of every role: they could
-- change the tables without asking. So one login for all services works when it owns the log.
-- errors  AG005 the login is not the service's
create or replace function agon_log.check_caller(_service text) returns void language plpgsql stable as $function$
begin
  if exists (select from agon_log.services where service = _service and role = session_user)
    or pg_has_role(session_user, current_user, 'MEMBER') then
    return;
  end if;
  raise exception using errcode = 'AG005',
    message = format('role ''%s'' may not speak for service ''%s''', session_user, _service);
end
$function$;
