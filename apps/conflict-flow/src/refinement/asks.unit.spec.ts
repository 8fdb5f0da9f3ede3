import { isOf, parseEvent } from '@agon/contracts';
import { refinements } from '@agon/refinements';
import { began, chose, ended, progressed } from '../../test/inputs.ts';
import { type Input, type Result, TestService } from '../../test/service.ts';
import { challenge } from '../../test/story.ts';

const storyId = 'p3_aaaaaaaaaaaaaaaa';

const serviceAfter = async (...inputs: Input[]) => {
  const service = new TestService(storyId);
  for (const input of inputs) await service.tell(input);
  return service;
};

const requestsOf = ({ refinements }: TestService) =>
  refinements.flatMap((event) => (event.type === 'RefinementRequested' ? [event.data] : []));

const openOf = async ({ log }: TestService): Promise<string[]> => {
  const stored = await log.readStream(3, `flow_refinements-${storyId}-c1`);
  return stored
    .map(parseEvent)
    .filter((event) => isOf(event, refinements.REFINEMENT_EVENTS))
    .reduce(refinements.evolve, refinements.initialState())
    .open.map(({ refinementId }) => refinementId);
};

describe('conflict-flow asks a model', () => {
  it('for a name, for turns to come and for its first beat when a conflict begins', async () => {
    const service = await serviceAfter(began());
    expect(requestsOf(service).map(({ task, itemId, kind, lane }) => [task, itemId, kind, lane])).toEqual([
      ['conflict.name', 'name-c1', 'name', 'warm'],
      ['flow.init', null, null, 'warm'],
      ['flow.beat_prose', 'beat-1-c1', 'beat', 'hot'],
    ]);
  });

  it('with the words of the player apart, and everyone of the conflict to be named', async () => {
    const service = await serviceAfter(began(), progressed(0.9), chose(challenge));
    const [request] = requestsOf(service);
    expect(request).toMatchObject({ untrusted: [{ field: 'choice', text: challenge.text }], others: [] });
    expect(request?.candidates.map(({ npcId }) => npcId)).toEqual(['11', '12', '13']);
    expect(JSON.stringify([request?.variables, request?.current])).not.toContain(challenge.text);
  });

  it('for nothing when an input is refused', async () => {
    const service = await serviceAfter(began(), ended, chose(challenge));
    expect(service.refinements).toEqual([]);
  });

  it('for the last turn even though the conflict ends with it', async () => {
    const service = await serviceAfter(began(), ended);
    expect(requestsOf(service)).toMatchObject([{ task: 'flow.transition', outlivesConflict: true }]);
  });

  it('for the newest text of a kind only: the older request is superseded in the same append', async () => {
    const service = await serviceAfter(began(), progressed(1));
    expect(service.refinements.map(({ type }) => type)).toContain('RefinementRequested');
    await service.tell(progressed(1));
    expect(service.refinements).toMatchObject([
      { type: 'RefinementSuperseded', data: { refinementId: 'transition-2-c1-r1', by: 'transition-3-c1-r1' } },
      { type: 'RefinementRequested', data: { refinementId: 'transition-3-c1-r1' } },
    ]);
    expect((await openOf(service)).filter((id) => id.startsWith('transition'))).toEqual(['transition-3-c1-r1']);
  });
});

describe('conflict-flow judges an answer', () => {
  const answered: Result & { type: 'RefinementAnswered' } = {
    type: 'RefinementAnswered',
    data: {
      refinementId: 'beat-1-c1-r1',
      task: 'flow.beat_prose',
      owner: 'conflict-flow',
      conflictId: 'c1',
      output: { text: 'A chair scrapes, and the room goes quiet.', basis: 0, mentions: [] },
      provenance: {
        provider: 'sim',
        model: 'llm-sim',
        responseId: null,
        promptId: 'flow.beat_prose',
        promptVersion: 1,
        promptHash: '00',
        schemaId: 'flow.beat_prose',
        schemaVersion: 1,
      },
      usage: null,
      timing: { queuedMs: 0, firstTokenMs: null, callMs: 1 },
    },
  };

  it('and changes the text of the item, no fact', async () => {
    const service = await serviceAfter(began());
    expect(await service.tell(answered)).toEqual([]);
    expect(service.refinements).toMatchObject([
      { type: 'RefinementAccepted', data: { itemId: 'beat-1-c1', revision: 1, replaces: 0, late: false } },
    ]);
  });

  it('once: the second is late and decides nothing', async () => {
    const service = await serviceAfter(began());
    await service.tell(answered);
    await service.tell(answered);
    expect(service.refinements).toEqual([]);
    expect(service.late).toEqual(['flow.beat_prose']);
  });

  it('as too late for a conflict that is closed', async () => {
    const service = await serviceAfter(began(), ended);
    await service.tell(answered);
    expect(service.refinements).toMatchObject([{ type: 'RefinementRejected', data: { reason: 'conflict_closed' } }]);
  });

  it('only if it has asked', async () => {
    const service = await serviceAfter(began());
    await service.tell({ type: 'RefinementAnswered', data: { ...answered.data, owner: 'social-circle' } });
    expect(service.refinements).toEqual([]);
    expect(await openOf(service)).toContain('beat-1-c1-r1');
  });

  it('and settles what was declined, of its own alone', async () => {
    const service = await serviceAfter(began());
    const declined = { refinementId: 'beat-1-c1-r1', conflictId: 'c1', reason: 'overload' } as const;
    await service.tell({
      type: 'RefinementsDeclined',
      data: {
        refinements: [
          { ...declined, owner: 'conflict-flow' },
          { ...declined, refinementId: 'gossip-1-11-r1', owner: 'social-circle' },
        ],
      },
    });
    expect(service.refinements).toMatchObject([
      { type: 'RefinementFailed', data: { refinementId: 'beat-1-c1-r1', reason: 'overload', final: true } },
    ]);
  });
});
