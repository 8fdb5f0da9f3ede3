import type { Scenario } from '../scenario.ts';
import { killedServices } from './f01-killed-services.ts';
import { twoRunners } from './f02-two-runners.ts';
import { killedBroker } from './f03-killed-broker.ts';
import { olderBroker } from './f04-older-broker.ts';
import { wipedBroker } from './f05-wiped-broker.ts';
import { brokerCluster } from './f06-broker-cluster.ts';
import { killedPostgres } from './f07-killed-postgres.ts';
import { slowDiskUnderPostgres } from './f08-slow-disk.ts';
import { stuckWriter } from './f09-stuck-writer.ts';
import { redelivery } from './f10-redelivery.ts';
import { lostReplies } from './f11-lost-replies.ts';
import { poison } from './f12-poison.ts';
import { clockSkew } from './f15-clock-skew.ts';
import { writersOfOneStream } from './f16-one-stream.ts';
import { openOnceRace } from './f17-open-once.ts';
import { rebuild } from './f18-rebuild.ts';
import { rollingDeploy } from './f19-rolling-deploy.ts';
import { fullDisk } from './f20-full-disk.ts';
import { interleavings } from './f22-interleavings.ts';

/** Every fault, in the order in which `all` runs them. */
export const scenarios: readonly Scenario[] = [
  killedServices,
  twoRunners,
  killedBroker,
  olderBroker,
  wipedBroker,
  brokerCluster,
  killedPostgres,
  slowDiskUnderPostgres,
  stuckWriter,
  redelivery,
  lostReplies,
  poison,
  clockSkew,
  writersOfOneStream,
  openOnceRace,
  rebuild,
  rollingDeploy,
  fullDisk,
  interleavings,
];
