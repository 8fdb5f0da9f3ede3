import type { Random } from '../random.ts';
import type { Mode } from '../scenario.ts';
import { type Facts, mistaken } from './facts.ts';
import { instanceOf, type Suggest } from './instance.ts';
import type { JsonSchema } from './json-schema.ts';
import { mentionsIn, tell } from './tell.ts';
import { tokensIn } from './tokens.ts';
import { unfit } from './unfit.ts';

export interface Question {
  readonly facts: Facts;
  /** Of the answer, which is plain text without one. */
  readonly schema?: JsonSchema | undefined;
  readonly maxTokens?: number | undefined;
}

export interface Answer {
  readonly kind: 'text' | 'refusal';
  readonly text: string;
  /** False when it had to end early. */
  readonly isComplete: boolean;
}

const REFUSAL = 'This simulated provider declines to answer.';
/** No candidate has one of these ids; several, because a schema may allow only some. */
const UNKNOWN_IDS = ['nobody', '0', '999999999'];
/** Properties that hold what is newly told. */
const TOLD = ['text', 'name'];

/** What the simulated model says. */
export function compose({ facts, schema, maxTokens = Infinity }: Question, mode: Mode, random: Random): Answer {
  if (mode === 'refusal') return { kind: 'refusal', text: REFUSAL, isComplete: true };
  const whole = wording(facts, schema, mode, random);
  const most = mode === 'incomplete' ? Math.min(maxTokens, Math.floor(tokensIn(whole) / 2)) : maxTokens;
  const isComplete = tokensIn(whole) <= most;
  return { kind: 'text', text: isComplete ? whole : whole.slice(0, most * 4), isComplete };
}

function wording(facts: Facts, schema: JsonSchema | undefined, mode: Mode, random: Random): string {
  const { facts: believed, stranger } = mistaken(facts, mode);
  const told = tell({ facts: believed, stranger, maxLength: schema && lengthOfTold(schema) }, random);
  const value = schema && instanceOf(schema, suggestions(believed, told, mode), random);
  if (mode === 'malformed') return halfInProse(JSON.stringify(value ?? { text: told }));
  if (mode === 'wrong_schema') return JSON.stringify(unfit(schema ?? { type: 'string' }, value ?? told));
  return schema === undefined ? told : JSON.stringify(value);
}

/** The most characters that the schema allows the told text; it is told before the schema is filled. */
const lengthOfTold = ({ properties = {} }: JsonSchema): number | undefined =>
  TOLD.map((name) => properties[name]?.maxLength).find((length) => length !== undefined);

function suggestions(facts: Facts, told: string, mode: Mode): Suggest {
  const mentions = mentionsIn(told, facts);
  return (name) => {
    if (name === 'text') return [told];
    if (name === 'mentions') return mode === 'unknown_ids' ? withUnknown(mentions, facts) : [mentions];
    const copies = [facts, facts.current].flatMap((of) => (Object.hasOwn(of, name) ? [of[name]] : []));
    return TOLD.includes(name) ? [told, ...copies] : copies;
  };
}

const withUnknown = (mentions: readonly string[], { candidates }: Facts): string[][] =>
  UNKNOWN_IDS.filter((id) => !Object.hasOwn(candidates, id)).flatMap((id) => [[...mentions, id], [id]]);

const halfInProse = (json: string): string =>
  `The answer begins like this:\n${json.slice(0, Math.ceil(json.length / 2))}\nThe rest was left out.`;
