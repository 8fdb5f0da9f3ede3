import type { FeedPage } from '@agon/client';
import type { Answer, Flow, Item, StoryState, TensionLevels } from '@agon/contracts';
import { styleText } from 'node:util';
import type { Settled } from './follower.ts';
import { beside, flowed, justified, level, widthOf, wrap } from './layout.ts';
import type { Audience } from './play-story.ts';
import { settledLines, speakerOf } from './settled-lines.ts';
import { CAST, type Step, nameOf } from './tale.ts';

export interface Paper {
  /** Prints one line. */
  readonly say: (line: string) => void;
  /** Of the terminal, where there is one. */
  readonly columns?: number | undefined;
  /** Whether the terminal shows bold and dim text. */
  readonly styled: boolean;
  /** Where a person can watch the story. */
  readonly gatewayUrl?: string | undefined;
}

/** The page that shows how the texts of a story become better. */
export const pageOf = (gatewayUrl: string, storyId: string): string => `${gatewayUrl}/?story=${storyId}`;

/** Where what belongs to a step begins. */
const INDENT = 5;
/** Where the texts stand. */
const TEXTS = 20;
/** Where a reputation stands before anyone has an opinion. */
const NEUTRAL = 0.5;
/** Of a page of the feed, the newest entries that are printed. */
const ENTRIES = 3;

/** Tells a story to a person: who does what, the numbers that moved, and how long each answer took. */
export class Narrator implements Audience {
  private readonly paper: Paper;
  private readonly width: number;
  private steps = 0;
  private flow: Flow | undefined;
  private stress: Record<string, number> = {};
  private reputations: NonNullable<Answer['reputations']> = {};

  constructor(paper: Paper) {
    this.paper = paper;
    this.width = widthOf(paper.columns);
  }

  answered(step: Step, answer: Answer, ms: number): void {
    this.head(step, ms);
    if (step.kind === 'story') this.put([`story ${answer.storyId}`, ...this.page(answer)]);
    if (step.kind === 'npcs') this.put(CAST.map(({ npcId, name, part }) => `${npcId}  ${name}, ${part}`));
    if (answer.name !== undefined) this.put([`"${answer.name}"`]);
    for (const who of answer.stakeholders ?? []) {
      const { name, role, decisionStyle } = who;
      this.put(beside(name, `${role}, decides in a ${decisionStyle} way`, TEXTS - INDENT, this.width - INDENT));
    }
    for (const item of answer.items) if (item.kind !== 'name') this.put(this.told(item));
    this.numbers(this.flowMoves(answer.flow));
    this.numbers(this.tensionMoves(answer));
    this.numbers(this.stressMoves(answer));
    this.numbers(this.reputationMoves(answer));
    if (answer.scene !== undefined) {
      const { score, level: word, dominantType, dominantLevel } = answer.scene;
      const leader = dominantType === null ? [] : [`led by ${dominantType} ${level(dominantLevel)}`];
      this.numbers([`tension of the scene ${level(score)} (${word})`, ...leader]);
    }
    this.flow = answer.flow ?? this.flow;
  }

  stateRead(step: Step, state: StoryState, ms: number): void {
    this.head(step, ms);
    for (const { name, status, flow, tension, stakeholders, beats } of state.conflicts) {
      this.put([
        `"${name}" is ${status}${flow === null ? '' : `, phase ${flow.phase}`}; ${counted(beats, 'beat')} so far`,
      ]);
      this.numbers(flow === null ? [] : flowOf(flow));
      this.numbers(tensionOf(tension));
      for (const { name: who, role, stress, commitment } of stakeholders) {
        this.put(
          beside(
            who,
            `${role}, stress ${level(stress)}, commitment ${level(commitment)}`,
            TEXTS - INDENT,
            this.width - INDENT,
          ),
        );
      }
    }
    for (const [npcId, reputation] of Object.entries(state.circle.reputations)) {
      const traits = Object.entries(reputation).map(([trait, score]) => `${trait} ${level(score)}`);
      this.put(beside(nameOf(npcId), traits.join(', '), TEXTS - INDENT, this.width - INDENT));
    }
    this.put([
      `${counted(state.circle.gossip.length, 'whisper')} in the air; all of it up to position ${state.position}`,
    ]);
  }

  feedRead(step: Step, { entries }: FeedPage, ms: number): void {
    this.head(step, ms);
    this.put([`${entries.length} entries; the newest:`]);
    for (const { position, type, items } of entries.slice(-ENTRIES)) {
      this.put(
        beside(`${position}`, [type, ...items.map(({ text }) => `"${text}"`)].join(' '), 6, this.width - INDENT),
      );
    }
  }

  /** A refinement ended. Never inside a step's block, as that is told in one go. */
  settled(settled: Settled): void {
    const lines = settledLines(settled, this.width - INDENT);
    this.put(settled.entry.type === 'RefinementAccepted' ? lines : lines.map((line) => this.style('dim', line)));
  }

  private page({ storyId }: Answer): string[] {
    const { gatewayUrl } = this.paper;
    return gatewayUrl === undefined ? [] : [`watch its texts at ${pageOf(gatewayUrl, storyId)}`];
  }

  private head({ title }: Step, ms: number): void {
    this.steps += 1;
    const number = String(this.steps)
      .padStart(INDENT - 2)
      .padEnd(INDENT);
    const [first = '', ...rest] = wrap(title, this.width - INDENT - 12);
    this.paper.say('');
    this.paper.say(this.style('bold', justified(number + first, `${ms.toFixed(1)} ms`, this.width)));
    for (const line of rest) this.paper.say(this.style('bold', ' '.repeat(INDENT) + line));
  }

  private put(lines: readonly string[]): void {
    for (const line of lines) this.paper.say(' '.repeat(INDENT) + line);
  }

  private numbers(parts: readonly string[]): void {
    this.put(flowed(parts, this.width - INDENT).map((line) => this.style('dim', line)));
  }

  private told(item: Item): string[] {
    return beside(speakerOf(item), item.text, TEXTS - INDENT, this.width - INDENT);
  }

  private flowMoves(now: Flow | undefined): string[] {
    const before = this.flow;
    if (now === undefined) return [];
    if (before === undefined) return flowOf(now);
    const turned = before.phase === now.phase ? [] : [`phase ${before.phase} → ${now.phase}`];
    return [
      ...turned,
      ...move('momentum', before.momentum, now.momentum),
      ...move('progress', before.phaseProgress, now.phaseProgress),
      ...move('intensity', before.intensity, now.intensity),
    ];
  }

  private tensionMoves({ tension, tensionChanges }: Answer): string[] {
    if (tensionChanges === undefined) return tensionOf(tension ?? {});
    return tensionChanges.flatMap((change) => move(change.tensionType, change.previousLevel, change.newLevel));
  }

  private stressMoves({ stakeholders, stress }: Answer): string[] {
    for (const who of stakeholders ?? []) this.stress[who.npcId] = who.stress;
    const joined = (stakeholders ?? []).map((who) => `${who.name} ${level(who.stress)}`);
    const moves = (stress ?? []).flatMap((who) => move(nameOf(who.npcId), who.previousStress, who.stress));
    const all = [...joined, ...moves];
    return all.length === 0 ? [] : ['stress', ...all];
  }

  private reputationMoves({ reputations, behaviours }: Answer): string[] {
    // A sync tells what the circle thinks of those who are present; nothing of it moved.
    if (behaviours !== undefined) return [];
    return Object.entries(reputations ?? {}).flatMap(([npcId, told]) => {
      const before = this.reputations[npcId];
      this.reputations = { ...this.reputations, [npcId]: { ...before, ...told } };
      const known = new Map(Object.entries(before ?? {}));
      const moves = Object.entries(told).flatMap(([trait, score]) => move(trait, known.get(trait) ?? NEUTRAL, score));
      return moves.length === 0 ? [] : [`${nameOf(npcId)}: ${moves.join(', ')}`];
    });
  }

  private style(format: 'bold' | 'dim', line: string): string {
    return this.paper.styled ? styleText(format, line, { validateStream: false }) : line;
  }
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const move = (name: string, before: number, now: number): string[] =>
  before === now ? [] : [`${name} ${level(before)} → ${level(now)}`];

const flowOf = ({ phase, momentum, phaseProgress, intensity }: Flow): string[] => [
  `phase ${phase}`,
  `momentum ${level(momentum)}`,
  `progress ${level(phaseProgress)}`,
  `intensity ${level(intensity)}`,
];

const tensionOf = (tension: TensionLevels): string[] =>
  Object.entries(tension).flatMap(([axis, value]) => (value === 0 ? [] : [`${axis} ${level(value)}`]));
