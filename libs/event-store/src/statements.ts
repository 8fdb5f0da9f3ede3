/** A StoredEvent; the columns' order is the properties' order everywhere, so that its JSON is the same everywhere. */
const EVENT = `partition, position, stream_id as "streamId", version, event_id as "eventId", story_id as "storyId",
  correlation_id as "correlationId", type, schema_version as "schemaVersion", data, metadata,
  to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt"`;

/** A ParkedMessage. */
const PARKED = `service, partition, position, story_id as "storyId", error, attempts,
  to_char(parked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "parkedAt",
  to_char(redrive_requested_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "redriveRequestedAt"`;

const prepared = (name: string, text: string): { readonly name: string; readonly text: string } => ({
  name: `agon_log_${name}`,
  text,
});

/** Every statement of the log, by the name under which a connection prepares it. */
export const statements = {
  append: prepared(
    'append',
    `select * from agon_log.append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
  ),
  appendBatch: prepared(
    'append_batch',
    `select * from agon_log.append_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
  ),
  readStream: prepared(
    'read_stream',
    `select ${EVENT} from agon_log.events where partition = $1 and stream_id = $2 and version > $3
     order by version limit $4`,
  ),
  // The snapshot comes with the first row alone: after one of version n the next event is n + 1.
  loadStream: prepared(
    'load_stream',
    `select e.*, case when k.version = coalesce(e.version - 1, k.version)
       then json_build_object('version', k.version, 'state', k.state) end as snapshot
     from (select 1) as one
     left join agon_log.snapshots k on k.partition = $1 and k.stream_id = $2 and k.decider = $3
     left join lateral (
       select ${EVENT} from agon_log.events
       where partition = $1 and stream_id = $2 and version > coalesce(k.version, 0)
       order by version limit $4
     ) e on true
     order by e.version`,
  ),
  keepSnapshot: prepared('keep_snapshot', `select agon_log.keep_snapshot($1, $2, $3, $4, $5, $6)`),
  readPartition: prepared(
    'read_partition',
    `select ${EVENT} from agon_log.events where partition = $1 and position > $2 order by position limit $3`,
  ),
  // The head comes along, in the same snapshot: up to there nothing is left out.
  readSelected: prepared(
    'read_selected',
    `select l.head, e.* from agon_log.log_partitions l
     left join lateral (
       select ${EVENT} from agon_log.events where partition = $1 and position > $2 and type = any ($4::text[])
       order by position limit $3
     ) e on true
     where l.partition = $1
     order by e.position`,
  ),
  readStory: prepared(
    'read_story',
    `select ${EVENT} from agon_log.events where partition = $1 and story_id = $2 and position > $3
     order by position limit $4`,
  ),
  readCorrelation: prepared(
    'read_correlation',
    `select ${EVENT} from agon_log.events where partition = $1 and correlation_id = $2 order by position`,
  ),
  countCorrelation: prepared(
    'count_correlation',
    `select count(*) from (
       select from agon_log.events
       where partition = $1 and correlation_id = $2 and position between $3 and $4 limit $5
     ) as counted`,
  ),
  readAt: prepared(
    'read_at',
    `select ${EVENT} from agon_log.events where partition = $1 and position = any ($2::bigint[]) order by position`,
  ),
  heads: prepared('heads', `select partition, head from agon_log.log_partitions where head > 0`),
  marks: prepared('marks', `select service, position from agon_log.handled where partition = $1`),
  claim: prepared('claim', `select agon_log.claim_categories($1, $2)`),
  register: prepared('register', `select agon_log.register_service($1, $2, $3)`),
  park: prepared('park', `select agon_log.park_message($1, $2, $3, $4, $5, $6) as outcome`),
  parked: prepared('parked', `select ${PARKED} from agon_log.parked where service = $1 order by partition, position`),
  firstParked: prepared(
    'first_parked',
    `select ${PARKED} from agon_log.parked where service = $1 and partition = $2 and story_id = $3
     order by position limit 1`,
  ),
  parkedStories: prepared(
    'parked_stories',
    `select count(distinct (partition, story_id)) as stories from agon_log.parked where service = $1`,
  ),
  requestRedrive: prepared('request_redrive', `select agon_log.request_redrive($1, $2, $3) as messages`),
  requestedRedrives: prepared(
    'requested_redrives',
    `select distinct partition, story_id as "storyId" from agon_log.parked
     where service = $1 and redrive_requested_at is not null order by partition, "storyId"`,
  ),
};
