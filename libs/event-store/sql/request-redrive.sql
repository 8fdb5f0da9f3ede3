-- Asks the service to handle the story's parked messages, in order. Whichever of its processes sees the request first
-- takes it up, now or when it starts. Returns how many messages are parked; 0 when there is nothing to ask for.
create or replace function agon_log.request_redrive(_service text, _partition integer, _story_id text)
returns integer language plpgsql as $function$
declare
  _now    timestamptz := clock_timestamp();
  _parked integer;
begin
  -- The lock under which messages are parked: one that is parked at the same time is asked for, or inherits the request.
  perform from agon_log.log_partitions where partition = _partition for update;
  update agon_log.parked set redrive_requested_at = coalesce(redrive_requested_at, _now)
  where service = _service and partition = _partition and story_id = _story_id;
  get diagnostics _parked = row_count;
  return _parked;
end
$function$;
