import { type RejectionReason, examples } from '@agon/contracts';
import { answer, request } from '../test/requests.ts';
import { judge } from './judge.ts';

const reasonOf = (...[asked, given, closed]: Parameters<typeof judge>): RejectionReason | 'accepted' => {
  const verdict = judge(asked, given, closed);
  return verdict.accepted ? 'accepted' : verdict.reason;
};

describe('an answer', () => {
  it('changes text and feeling, and leaves to the rules what is theirs', () => {
    expect(judge(request(), answer(), false)).toEqual({
      accepted: true,
      changes: {
        text: { key: 'refined.stakeholder.reaction', params: {}, text: 'Maren Holt shuts the ledger.' },
        emotionalResponse: 'surprised',
      },
      refused: [
        { field: 'relationshipImpact', reason: 'decided by the rules' },
        { field: 'stressImpact', reason: 'decided by the rules' },
      ],
    });
  });

  it('that agrees with the rules has nothing refused', () => {
    const given = answer({ relationshipImpact: 0, stressImpact: 0, emotionalResponse: 'angry' });
    expect(judge(request(), given, false)).toMatchObject({ changes: { text: {} }, refused: [] });
    const verdict = judge(request(), given, false);
    expect(verdict.accepted && verdict.changes.emotionalResponse).toBeUndefined();
  });

  it.each<[string, RejectionReason, Parameters<typeof answer>]>([
    ['for a revision that is not there', 'stale', [{ basis: 7 }]],
    ['that mentions nobody known', 'unknown_id', [{ mentions: ['11', 'nobody'] }]],
    ['about nobody known', 'unknown_id', [{ npcId: 'nobody' }]],
    ['about somebody else', 'wrong_entity', [{ npcId: '12' }]],
    ['that mentions somebody who has no part', 'wrong_entity', [{ mentions: ['12'] }]],
    ['that names somebody who has no part', 'wrong_entity', [{ text: 'Maren waits until Tobias has left.' }]],
    ['without what the schema asks for', 'wrong_schema', [{ reactionType: 'explode' }]],
    ['with more than the schema knows', 'wrong_schema', [{ stress: 1 }]],
    ['with markup', 'wrong_schema', [{ text: 'Maren <b>shouts</b>.' }]],
    ['with control characters', 'wrong_schema', [{ text: 'Maren\u202e shouts.' }]],
    ['that says what was there', 'unchanged', [{ text: ' Maren Holt  looks away. ', emotionalResponse: 'angry' }]],
    [
      'of another version of the schema',
      'wrong_schema',
      [{}, { provenance: { ...examples.RefinementAnswered.provenance, schemaVersion: 2 } }],
    ],
  ])('%s is turned down: %s', (_, reason, given) => {
    expect(reasonOf(request(), answer(...given), false)).toBe(reason);
  });

  it('with the old text may still change the feeling', () => {
    expect(judge(request(), answer({ text: 'Maren Holt looks away.' }), false)).toMatchObject({
      accepted: true,
      changes: { emotionalResponse: 'surprised' },
      refused: expect.arrayContaining([{ field: 'text', reason: 'is the one that was there' }]),
    });
  });

  it('comes too late for a closed conflict, unless it was asked for with its end', () => {
    expect(reasonOf(request(), answer(), true)).toBe('conflict_closed');
    expect(reasonOf(request({ outlivesConflict: true }), answer(), true)).toBe('accepted');
  });

  it('is accepted in part: the conditions that can be used, none of the numbers', () => {
    const asked = request({
      task: 'flow.init',
      itemId: null,
      schema: { id: 'flow.init', version: 1 },
      current: { phase: 'rising', pacingStyle: 'waves', intensity: 0.6, momentum: 0.5, conditions: [] },
    });
    const given = answer(
      {},
      {
        task: 'flow.init',
        output: {
          conditions: ['the guild walks out', ' the guild walks  out', 'Tobias Reed leaves', 'x'.repeat(121)],
          phase: 'emerging',
          pacingStyle: 'waves',
          intensity: 0.4,
          momentum: 0.5,
          basis: 0,
          mentions: [],
        },
        provenance: { ...examples.RefinementAnswered.provenance, schemaId: 'flow.init' },
      },
    );
    const verdict = judge(asked, given, false);
    expect(verdict).toMatchObject({ accepted: true, changes: { conditions: ['the guild walks out'] } });
    expect(verdict.accepted && verdict.refused.map(({ field }) => field)).toEqual([
      'phase',
      'intensity',
      'conditions[1]',
      'conditions[2]',
      'conditions[3]',
    ]);
  });
});
