import type { Answer } from '@agon/contracts';
import { Narrator } from './narrator.ts';
import { TALE } from './tale.ts';

const [challenge] = TALE.filter(({ id }) => id === 'challenge');
const flow = { phase: 'rising', pacingStyle: 'steady', intensity: 0.6, momentum: 0.5, phaseProgress: 0 } as const;
const answer: Answer = {
  storyId: 'p1_abcdefgh',
  position: 3,
  pending: [],
  flow,
  tensionChanges: [{ tensionType: 'power', previousLevel: 0.6, newLevel: 0.75, delta: 0.15 }],
  stress: [{ npcId: '11', previousStress: 0.45, stress: 0.6 }],
  reputations: { '12': { influential: 0.7 } },
  items: [
    {
      itemId: 'reaction-1',
      revision: 0,
      final: true,
      kind: 'reaction',
      npcId: '11',
      key: 'k',
      params: {},
      text: `Maren Holt ${'says a word or two '.repeat(12)}`.trim(),
      source: 'rules',
    },
  ],
};

function narrate(columns: number): string[] {
  const lines: string[] = [];
  const narrator = new Narrator({ say: (line) => lines.push(line), columns, styled: false });
  if (challenge !== undefined && 'send' in challenge) {
    narrator.answered(challenge, answer, 12.34);
    narrator.answered(challenge, { ...answer, flow: { ...flow, momentum: 0.775 } }, 3.21);
  }
  return lines;
}

describe('Narrator', () => {
  it('tells who does what, what moved, and how long it took', () => {
    const lines = narrate(100);
    expect(lines[1]).toMatch(/^ {2}1 {2}You challenge the harbour master in public +12\.3 ms$/);
    expect(lines[2]).toMatch(/^ {5}Maren Holt {5}Maren Holt says/);
    const second = lines.slice(lines.findIndex((line) => line.startsWith('  2')));
    expect(second.map((line) => line.trim())).toEqual(
      expect.arrayContaining(['momentum 0.5 → 0.775', 'power 0.6 → 0.75', 'stress   Maren Holt 0.45 → 0.6']),
    );
  });

  it('tells a reputation from where it was known to stand', () => {
    const told = narrate(100).filter((line) => line.includes('Tobias Reed: '));
    expect(told.map((line) => line.trim())).toEqual(['Tobias Reed: influential 0.5 → 0.7']);
  });

  it.each([60, 80, 100])('keeps within %p columns', (columns) => {
    const longest = Math.max(...narrate(columns).map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(columns);
    expect(longest).toBeGreaterThan(50);
  });
});
