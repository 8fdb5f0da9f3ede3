import { eventPattern } from './decorators.ts';
import { handledTypes } from './handled-types.ts';

const handlers = new Map([
  [eventPattern('ChoiceApplied'), {}],
  [eventPattern('SceneEntered'), {}],
  ['query:board', {}],
]);

describe('handledTypes', () => {
  it('names the types, and no query', () => {
    expect(handledTypes('circle', handlers)).toEqual(['ChoiceApplied', 'SceneEntered']);
    expect(handledTypes('circle', handlers, ['SceneEntered', 'ChoiceApplied'])).toHaveLength(2);
  });

  it('says how handlers and contracts differ', () => {
    expect(() => handledTypes('circle', handlers, ['ChoiceApplied', 'ConflictResolved'])).toThrow(
      'the handlers of circle differ from the contracts: no handler for ConflictResolved; not in the contracts: SceneEntered',
    );
  });

  it('refuses two handlers of one type', () => {
    const twice = new Map([[eventPattern('ChoiceApplied'), { next: () => undefined }]]);
    expect(() => handledTypes('circle', twice)).toThrow('circle handles ChoiceApplied in two methods; it takes one');
  });
});
