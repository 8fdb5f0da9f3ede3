import { randomOf } from '../random.ts';
import { decideAgain } from './decide-again.ts';

describe('messages that come several times, to two replicas', () => {
  it('are decided as if each came once', async () => {
    expect(await decideAgain(10, randomOf(1))).toEqual([]);
  });
});
