import { closedLoop } from '../closed-loop.ts';
import { openAgon } from './agon.ts';
import { openEmmett } from './emmett.ts';
import { agonTurns, emmettTurns } from './turn.ts';
import type { TurnAnswer, TurnRequest } from './turn-processes.ts';

// One of the processes of `turn-processes.ts`, which says what it does; ends when that one goes.
const [agonUrl = '', emmettUrl = ''] = process.argv.slice(2);
const agon = openAgon(agonUrl);
const emmett = await openEmmett(emmettUrl);

const answer = (message: TurnAnswer): void => {
  process.send?.(message);
};

async function measure({ contender, partitions, milliseconds, round }: TurnRequest): Promise<void> {
  const stories = partitions.map((partition) =>
    contender === 'agon' ? agonTurns(agon.log, partition, round) : emmettTurns(emmett, partition, round),
  );
  try {
    const perSecond = await closedLoop({ writers: stories.length, milliseconds }, async (writer) => {
      await stories[writer]?.();
    });
    answer({ perSecond });
  } catch (error) {
    answer({ perSecond: 0, failed: String(error) });
  }
}

process.on('message', (request: TurnRequest) => void measure(request));
process.on('disconnect', () => process.exit(0));
answer({ perSecond: 0 });
