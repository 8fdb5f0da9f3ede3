import type { RefinementStatus } from '@agon/contracts';
import type { Heard } from './follower.ts';
import type { RefinementCounts } from './refinement-counts.ts';

/** Milliseconds after the last call in which every refinement must have ended: the longest that one may take, and room. */
export const SETTLING_LIMIT_MS = 35_000;

/** Refinements that a healthy simulated model must bring in all stories together. */
const LEAST_ACCEPTED = 60;

/** What is wrong with the ends of a story's refinements, a line each: what the API says against what the stream told. */
export function lackOfRefinements(statuses: readonly RefinementStatus[], heard: Heard): string[] {
  const unfinished = [...heard.items.values()].filter(({ final }) => !final);
  return [
    ...statuses.flatMap((status) => lackOfOne(status, heard)),
    ...unfinished.map(({ itemId }) => `the text ${itemId} never became final`),
  ];
}

function lackOfOne({ refinementId, status }: RefinementStatus, { first, items, settlements }: Heard): string[] {
  if (status === 'open') return [`the refinement ${refinementId} is open`];
  const settlement = settlements.get(refinementId);
  if (settlement === undefined) return [`the stream never told that the refinement ${refinementId} was ${status}`];
  const isAccepted = settlement.type === 'RefinementAccepted';
  if (isAccepted !== (status === 'accepted')) {
    return [`the refinement ${refinementId} is ${status}, and the stream told ${settlement.type}`];
  }
  return settlement.items.flatMap(({ itemId, revision, text }) => {
    const shown = items.get(itemId);
    if (shown?.revision !== revision || shown.text !== text) {
      return [`a reader of the stream does not see revision ${revision} of ${itemId}`];
    }
    return first.get(itemId)?.text === text
      ? [`revision ${revision} of ${itemId} is the text of revision 0 again`]
      : [];
  });
}

/** @param isHealthySim whether a simulated model answered that is as it should be */
export function lackOfCounts({ accepted, open }: RefinementCounts, settleMs: number, isHealthySim: boolean): string[] {
  const limit = SETTLING_LIMIT_MS / 1000;
  return [
    ...(open > 0 ? [`${open} refinements are open ${limit} s after the last call`] : []),
    ...(open === 0 && settleMs > SETTLING_LIMIT_MS
      ? [`the refinements took ${(settleMs / 1000).toFixed(1)} s to end; the limit is ${limit} s`]
      : []),
    ...(isHealthySim && accepted < LEAST_ACCEPTED
      ? [`only ${accepted} refinements were accepted; a healthy model brings ${LEAST_ACCEPTED} or more`]
      : []),
  ];
}
