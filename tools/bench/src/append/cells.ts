import type { Bound } from '../bounds.ts';
import { ratios, spreadOf, type Spread } from '../rounds.ts';

/** One combination that was measured. */
export interface Cell {
  /** `append`: one append after the other. `turn`: as the services append for one choice. */
  readonly kind: 'append' | 'turn';
  readonly syncDelayMs: number;
  readonly writers: number;
  /** Events per append. */
  readonly events: number;
  /** Appends per second of each round, by contender. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

const of = ({ samples }: Cell, contender: string): readonly number[] => samples[contender] ?? [];

/** Ours against another, per round; undefined where that one is absent. */
function against(cell: Cell, contender: string): Spread | undefined {
  const quotients = ratios(of(cell, 'agon'), of(cell, contender));
  return quotients.length === 0 ? undefined : spreadOf(quotients);
}

/** `append_8w_1e`, on the slowed disk `append_8w_1e_slow`. */
const nameOf = ({ kind, syncDelayMs, writers, events }: Cell): string =>
  [kind, `${writers}w`, ...(kind === 'turn' ? [] : [`${events}e`]), ...(syncDelayMs === 0 ? [] : ['slow'])].join('_');

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** Per cell: our appends per second, and how many times those of the others they are. */
export const cellFigures = (cells: readonly Cell[]): Record<string, number> =>
  Object.fromEntries(
    cells.flatMap((cell) => [
      [`${nameOf(cell)}_per_s`, Math.round(spreadOf(of(cell, 'agon')).median)],
      ...['emmett', 'pgbench'].flatMap((contender) => {
        const ratio = against(cell, contender);
        return ratio === undefined ? [] : [[`${nameOf(cell)}_x_${contender}`, hundredths(ratio.median)]];
      }),
    ]),
  );

/** At 8 and 32 writers of single events; everywhere else we must not be slower, but for noise. */
const FASTER = 2.2;
const NOT_SLOWER = 0.95;
/** Of a raw insert, at 8 writers of single events. */
const OF_RAW = 0.55;

/** The bounds that can be looked at with these cells. */
export const boundsOf = (cells: readonly Cell[]): Bound[] =>
  cells
    .filter(({ kind }) => kind === 'append')
    .flatMap((cell) => {
      const { syncDelayMs, writers, events } = cell;
      const where = `${writers} writers, ${events} events${syncDelayMs === 0 ? '' : `, disk +${syncDelayMs} ms`}`;
      const emmett = against(cell, 'emmett');
      const raw = against(cell, 'pgbench');
      const single = syncDelayMs === 0 && events === 1;
      return [
        ...(emmett === undefined
          ? []
          : [
              {
                what: `appends against emmett (${where})`,
                value: emmett.median,
                atLeast: single && writers >= 8 ? FASTER : NOT_SLOWER,
              },
            ]),
        ...(raw === undefined || !single || writers !== 8
          ? []
          : [{ what: `appends against a raw insert (${where})`, value: raw.median, atLeast: OF_RAW }]),
      ];
    });

const range = (values: readonly number[]): string => {
  if (values.length === 0) return '-';
  const { median, min, max } = spreadOf(values);
  return `${Math.round(median)} (${Math.round(min)} to ${Math.round(max)})`;
};

const times = (ratio: Spread | undefined): string =>
  ratio === undefined ? '-' : `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`;

/** For people. */
export const tableOf = (cells: readonly Cell[]): string[][] => [
  ['what', 'disk', 'writers', 'events', 'ours', 'emmett', 'pgbench', 'ours / emmett', 'ours / pgbench'],
  ...cells.map((cell) => [
    cell.kind,
    cell.syncDelayMs === 0 ? 'as it is' : `+${cell.syncDelayMs} ms`,
    String(cell.writers),
    cell.kind === 'turn' ? '1-3' : String(cell.events),
    ...['agon', 'emmett', 'pgbench'].map((contender) => range(of(cell, contender))),
    times(against(cell, 'emmett')),
    times(against(cell, 'pgbench')),
  ]),
];
