import { checkWish, environmentOf, modelWish } from './model.ts';

const sim = 'llm-sim, a simulated model, at http://127.0.0.1:7605/v1, breaker closed';
const real = 'gpt-5-mini, a model of openai, at https://api.openai.com/v1, breaker closed';
const off = 'off: every text stays as the rules wrote it';

describe('--model', () => {
  it.each(['healthy', 'slow', 'failing', 'off', undefined])('may be %p', (value) => {
    expect(modelWish(value)).toBe(value);
  });

  it.each(['', 'Off', 'stalled', 'gpt'])('is not "%s", in one line that says what is allowed', (value) => {
    expect(() => modelWish(value)).toThrow(`--model is "${value}": it must be one of healthy, slow, failing, off`);
  });

  it('chooses the model of a stack that is started, never how it behaves', () => {
    expect(environmentOf(undefined)).toEqual({});
    expect(environmentOf('off')).toEqual({ AGON_LLM: 'off' });
    expect(environmentOf('slow')).toEqual({ AGON_LLM: 'sim' });
  });

  it.each([
    [undefined, real],
    [undefined, off],
    ['off', off],
    ['healthy', sim],
    ['failing', sim],
  ] as const)('%p fits a stack with "%s"', (wish, model) => {
    expect(() => checkWish(wish, model)).not.toThrow();
  });

  it.each([
    ['off', sim],
    ['off', real],
    ['healthy', real],
    ['slow', off],
  ] as const)('%p does not fit a stack with "%s"', (wish, model) => {
    expect(() => checkWish(wish, model)).toThrow(
      `Agon runs with another model (${model}): run "./agon down", then try again`,
    );
  });
});
