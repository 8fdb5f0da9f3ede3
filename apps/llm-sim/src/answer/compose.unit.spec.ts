import { Ajv } from 'ajv';
import { seeded } from '../random.ts';
import type { Mode } from '../scenario.ts';
import { compose } from './compose.ts';
import { factsOf } from './facts.ts';
import type { JsonSchema } from './json-schema.ts';

const given = {
  task: 'stakeholder.reaction',
  basis: 4,
  npcId: '11',
  candidates: { 11: 'Maren Holt', 12: 'Tomas Reed' },
  others: { 13: 'Ilse Brandt' },
  current: { text: 'Maren Holt answers point by point.', emotionalResponse: 'angry', intensity: 0.7 },
};
const { facts } = factsOf([JSON.stringify(given)]);
const schema: JsonSchema = {
  type: 'object',
  properties: {
    mentions: { type: 'array', items: { type: 'string' } },
    basis: { type: 'integer', minimum: 0 },
    npcId: { type: 'string' },
    text: { type: 'string', maxLength: 200 },
    emotionalResponse: { type: 'string', enum: ['angry', 'calm'] },
    intensity: { type: 'number', maximum: 0.5, minimum: 0 },
    vectors: { type: 'array', items: { type: 'string' } },
  },
  required: ['mentions', 'basis', 'npcId', 'text', 'emotionalResponse', 'intensity', 'vectors'],
  additionalProperties: false,
};
const isValid = new Ajv().compile(schema);
const seeds = Array.from({ length: 100 }, (_, n) => `seed ${n}`);

const said = (mode: Mode, seed: string) => compose({ facts, schema }, mode, seeded(seed)).text;

describe('an answer', () => {
  it.each(['healthy', 'unknown_ids', 'stale_basis', 'other_npc'] as const)(
    'is an instance of the schema: %s',
    (mode) => {
      for (const seed of seeds) expect(isValid(JSON.parse(said(mode, seed)))).toBe(true);
    },
  );

  it('copies what it was told where that fits, and tells something new', () => {
    for (const seed of seeds) {
      const answer = JSON.parse(said('healthy', seed));
      expect(answer).toMatchObject({ basis: 4, npcId: '11', emotionalResponse: 'angry', mentions: ['11'] });
      expect(answer.intensity).toBeLessThanOrEqual(0.5);
      expect(answer.text).toMatch(/^Maren Holt /);
      expect(answer.text).not.toBe(given.current.text);
    }
  });

  it('repeats for equal seeds', () => {
    expect(said('healthy', 'a')).toBe(said('healthy', 'a'));
    expect(said('healthy', 'a')).not.toBe(said('healthy', 'b'));
  });

  it('is wrong in the way of its mode', () => {
    for (const seed of seeds) {
      expect(JSON.parse(said('unknown_ids', seed))).toMatchObject({ mentions: ['11', 'nobody'], npcId: '11' });
      expect(JSON.parse(said('stale_basis', seed))).toMatchObject({ basis: 5, npcId: '11' });
      const other = JSON.parse(said('other_npc', seed));
      expect(other).toMatchObject({ basis: 4, npcId: '13', mentions: [] });
      expect(other.text).toMatch(/^Ilse Brandt /);
    }
  });

  it('takes another candidate where there are no others', () => {
    const alone = factsOf([JSON.stringify({ ...given, others: {} })]).facts;
    const { text } = compose({ facts: alone, schema }, 'other_npc', seeded('a'));
    expect(JSON.parse(text)).toMatchObject({
      npcId: '12',
      mentions: ['12'],
      text: expect.stringMatching(/^Tomas Reed /),
    });
  });

  it('is not JSON when malformed, and does not fit with a wrong schema', () => {
    for (const seed of seeds) {
      expect(() => JSON.parse(said('malformed', seed))).toThrow(SyntaxError);
      expect(said('malformed', seed)).toContain('{"mentions":');
      expect(isValid(JSON.parse(said('wrong_schema', seed)))).toBe(false);
    }
  });

  it('ends early when it may not be as long', () => {
    const whole = said('healthy', 'a');
    expect(compose({ facts, schema, maxTokens: 5 }, 'healthy', seeded('a'))).toEqual({
      kind: 'text',
      text: whole.slice(0, 20),
      isComplete: false,
    });
    expect(compose({ facts, schema, maxTokens: 500 }, 'healthy', seeded('a')).isComplete).toBe(true);
    expect(compose({ facts, schema }, 'incomplete', seeded('a')).isComplete).toBe(false);
  });

  it('is a sentence without a schema, and a refusal when it refuses', () => {
    expect(compose({ facts }, 'healthy', seeded('a')).text).toMatch(/^Maren Holt .*\.$/);
    expect(compose({ facts, schema }, 'refusal', seeded('a'))).toMatchObject({ kind: 'refusal', isComplete: true });
  });
});
