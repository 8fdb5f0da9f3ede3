import { eventLogSuite } from '../test/event-log.suite.ts';
import { openPgLog } from '../test/open-pg-log.ts';

eventLogSuite('PgEventLog', openPgLog);
