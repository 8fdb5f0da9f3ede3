import { eventTypes, examples, stored } from '../test/examples.ts';
import { UnreadableEvent, eventSchemas, eventsByCategory, isOf, parseEvent, reader } from './events.ts';

describe('events', () => {
  it('have an example of every type', () => {
    expect(new Set(Object.keys(examples))).toEqual(new Set(Object.keys(eventSchemas)));
  });

  it('belong to one category each; those of a refinement to one of each owner, the end of a cascade to any', () => {
    const { flow_refinements: refinements, stakeholder_refinements, circle_refinements, ...others } = eventsByCategory;
    const types = [refinements, ...Object.values(others)].flatMap((events) => Object.keys(events));
    const once = types.filter((type, at) => type !== 'CascadeCut' || types.indexOf(type) === at);
    expect(once.toSorted((a, b) => a.localeCompare(b))).toEqual(eventTypes.toSorted((a, b) => a.localeCompare(b)));
    expect([stakeholder_refinements, circle_refinements]).toEqual([refinements, refinements]);
  });

  it.each(eventTypes)('%s survives JSON, and is read as it was written', (type) => {
    const event = stored(type);
    const back: typeof event = JSON.parse(JSON.stringify(event));
    expect(back).toStrictEqual(event);
    expect(parseEvent(back)).toBe(back);
    expect(eventSchemas[type].parse(back.data)).toStrictEqual(event.data);
  });

  it.each(eventTypes)('%s is not read without its data', (type) => {
    expect(() => parseEvent({ ...stored(type), data: 'nothing' })).toThrow(UnreadableEvent);
  });

  it('of no known type are not read', () => {
    const unknown = { ...stored('FlowAdjusted'), type: 'toString' };
    expect(() => parseEvent(unknown)).toThrow(new UnreadableEvent('unknown event type toString'));
  });

  it('that are wrong say where, and what is allowed', () => {
    const wrong = { ...stored('FlowAdjusted', 7), data: { ...examples.FlowAdjusted, momentum: 2, phase: 'panic' } };
    expect(() => parseEvent(wrong)).toThrow(UnreadableEvent);
    expect(() => parseEvent(wrong)).toThrow(/FlowAdjusted event-7[^]*<=1[^]*momentum/);
    expect(() => parseEvent(wrong)).toThrow(/"seeds"[^]*phase/);
  });

  it('are told apart by type', () => {
    const event = parseEvent(stored('FlowAdjusted'));
    expect(isOf(event, ['FlowInitialized', 'FlowAdjusted'])).toBe(true);
    expect(isOf(event, ['FlowInitialized'])).toBe(false);
  });

  it('of other types are passed over by a reader, wrong ones are not', () => {
    const read = reader(['FlowAdjusted']);
    const event = stored('FlowAdjusted');
    expect(read(event)).toBe(event);
    expect(read(stored('TensionChanged'))).toBeUndefined();
    expect(() => read({ ...event, data: {} })).toThrow(UnreadableEvent);
    expect(() => read({ ...event, type: 'Unheard' })).toThrow(UnreadableEvent);
  });
});
