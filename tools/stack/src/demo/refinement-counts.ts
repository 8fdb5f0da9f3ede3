import { type RefinementStatus, RefinementStatusWord } from '@agon/contracts';

/** How many refinements were asked for, and how they stand. */
export type RefinementCounts = Readonly<Record<'requested' | RefinementStatusWord, number>>;

const ORDER = ['accepted', 'rejected', 'superseded', 'expired', 'failed', 'open'] as const;

export function countsOf(statuses: readonly RefinementStatus[]): RefinementCounts {
  const counts = {
    requested: statuses.length,
    accepted: 0,
    rejected: 0,
    superseded: 0,
    expired: 0,
    failed: 0,
    open: 0,
  };
  for (const { status } of statuses) counts[status] += 1;
  return counts;
}

/** For a person: the ends that did happen. */
export const inWords = (counts: RefinementCounts): string =>
  [
    `${counts.requested} asked for`,
    ...ORDER.flatMap((word) => (counts[word] === 0 ? [] : [`${counts[word]} ${word}`])),
  ].join(', ');

/** As figures, such as `refinementsAccepted`. */
export const countFigures = (counts: RefinementCounts): Record<string, number> =>
  Object.fromEntries(
    Object.entries(counts).map(([word, count]) => [
      `refinements${word.charAt(0).toUpperCase()}${word.slice(1)}`,
      count,
    ]),
  );

/** Milliseconds from asking for each accepted refinement to its acceptance. */
export const acceptanceTimes = (statuses: readonly RefinementStatus[]): number[] =>
  statuses.flatMap(({ status, requestedAt, settledAt }) =>
    status === 'accepted' && settledAt !== null ? [Date.parse(settledAt) - Date.parse(requestedAt)] : [],
  );
