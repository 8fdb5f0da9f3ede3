import { eventSchemas } from '@agon/contracts';
import { givenOf, play, snapshotFaults } from '@agon/testing';
import * as fc from 'fast-check';
import { answer, ask, request } from '../test/requests.ts';
import { type RefinementEvent, type RefinementsCommand, decide, decider, evolve, initialState } from './refinements.ts';

const given = givenOf(decider);
const moment = { turn: 3, at: '2026-01-01T00:00:00.000Z' };
const requested = (of: Parameters<typeof request>[0] = {}): RefinementEvent => ({
  type: 'RefinementRequested',
  data: request(of),
});

const hashOf = (of: Parameters<typeof ask>[0], turn = moment.turn): string => {
  const [event] = given()
    .when({ type: 'Ask', asks: [ask(of)], moment: { ...moment, turn } })
    .facts();
  return event?.type === 'RefinementRequested' ? event.data.contextHash : '';
};

describe('refinements', () => {
  it('are asked for with everything that a prompt needs, until their lane’s deadline', () => {
    given()
      .when({ type: 'Ask', asks: [ask()], moment })
      .then([
        {
          type: 'RefinementRequested',
          data: {
            refinementId: 'reaction-1-c1-11-r1',
            itemId: 'reaction-1-c1-11',
            kind: 'reaction',
            lane: 'hot',
            owner: 'stakeholder-actions',
            revision: 0,
            turn: 3,
            deadline: '2026-01-01T00:00:08.000Z',
            prompt: { id: 'stakeholder.reaction', version: 1 },
          },
        },
      ]);
  });

  it('have a hash of their context that does not depend on who is asked when', () => {
    expect(hashOf({ id: 'other' }, 5)).toBe(hashOf({}));
    expect(hashOf({ variables: { role: 'victim' } })).not.toBe(hashOf({}));
  });

  it('are superseded by a newer ask for the same thing, in the same call', () => {
    given(requested())
      .when({ type: 'Ask', asks: [ask({ id: 'reaction-5-c1-11' })], moment: { ...moment, turn: 5 } })
      .then([
        {
          type: 'RefinementSuperseded',
          data: { refinementId: 'reaction-1-c1-11-r1', by: 'reaction-5-c1-11-r1', final: true, revision: 0 },
        },
        { type: 'RefinementRequested', data: { refinementId: 'reaction-5-c1-11-r1' } },
      ]);
  });

  it('are superseded within one call as well', () => {
    const twice = [ask(), ask({ id: 'reaction-1-c1-11b' })];
    given()
      .when({ type: 'Ask', asks: twice, moment })
      .then([{ type: 'RefinementRequested' }, { type: 'RefinementSuperseded' }, { type: 'RefinementRequested' }]);
  });

  it('are accepted with the revision that follows', () => {
    given(requested({ turn: 3 }))
      .when({ type: 'Judge', answer: answer(), closed: false })
      .then([
        {
          type: 'RefinementAccepted',
          data: { revision: 1, replaces: 0, final: true, late: false, source: 'llm-sim', kind: 'reaction' },
        },
      ]);
  });

  it('are late when a later turn has brought newer texts', () => {
    given(requested({ turn: 3 }), requested({ refinementId: 'beat-4-c1-r1', key: 'beat', turn: 4 }))
      .when({ type: 'Judge', answer: answer(), closed: false })
      .then([{ type: 'RefinementAccepted', data: { late: true } }]);
  });

  it('are never late where the text stands, as a name does', () => {
    given(requested({ turn: 3, lane: 'warm' }), requested({ refinementId: 'beat-4-c1-r1', key: 'beat', turn: 4 }))
      .when({ type: 'Judge', answer: answer(), closed: false })
      .then([{ type: 'RefinementAccepted', data: { late: false } }]);
  });

  it('are rejected with the reason', () => {
    given(requested())
      .when({ type: 'Judge', answer: answer({ basis: 4 }), closed: false })
      .then([{ type: 'RefinementRejected', data: { reason: 'stale', final: true, revision: 0 } }]);
  });

  it.each<[string, RefinementsCommand]>([
    ['an answer', { type: 'Judge', answer: answer(), closed: false }],
    ['a failure', { type: 'Fail', refinements: [{ refinementId: 'reaction-1-c1-11-r1', reason: 'off' }] }],
    ['a deadline', { type: 'Expire', now: '2027-01-01T00:00:00.000Z' }],
  ])('are settled once: %s after the settlement decides nothing', (_, command) => {
    const settled = decide({ type: 'Judge', answer: answer(), closed: false }, evolve(initialState(), requested()));
    given(requested(), ...settled)
      .when(command)
      .thenNothing();
  });

  it('expire at their deadline, not before', () => {
    const open = requested({ deadline: '2026-01-01T00:00:08.000Z' });
    given(open).when({ type: 'Expire', now: '2026-01-01T00:00:07.999Z' }).thenNothing();
    given(open)
      .when({ type: 'Expire', now: '2026-01-01T00:00:08.000Z' })
      .then([{ type: 'RefinementExpired', data: { final: true } }]);
  });
});

/** Asks for three things, and answers, failures and deadlines in any order. */
const anyCommand = fc.oneof(
  fc
    .record({ thing: fc.constantFrom('a', 'b', 'c'), turn: fc.integer({ min: 1, max: 9 }) })
    .map(({ thing, turn }): RefinementsCommand => ({
      type: 'Ask',
      asks: [ask({ id: `${thing}-${turn}`, key: thing })],
      moment: { turn, at: new Date(turn * 1_000).toISOString() },
    })),
  fc
    .record({ thing: fc.constantFrom('a', 'b', 'c'), turn: fc.integer({ min: 1, max: 9 }), good: fc.boolean() })
    .map(({ thing, turn, good }): RefinementsCommand => ({
      type: 'Judge',
      answer: answer({ basis: good ? 0 : 7 }, { refinementId: `${thing}-${turn}-r1` }),
      closed: false,
    })),
  fc
    .record({ thing: fc.constantFrom('a', 'b', 'c'), turn: fc.integer({ min: 1, max: 9 }) })
    .map(({ thing, turn }): RefinementsCommand => ({
      type: 'Fail',
      refinements: [{ refinementId: `${thing}-${turn}-r1`, reason: 'overload' }],
    })),
  fc
    .integer({ min: 0, max: 20 })
    .map((second): RefinementsCommand => ({ type: 'Expire', now: new Date(second * 1_000).toISOString() })),
);

/** Item ids are used once in a story. */
const anyStory = fc.array(anyCommand, { maxLength: 30 }).filter((commands) => {
  const ids = commands.flatMap((command) => (command.type === 'Ask' ? command.asks.map(({ id }) => id) : []));
  return new Set(ids).size === ids.length;
});

describe('whatever happens', () => {
  it('requests = accepted + rejected + superseded + expired + failed + open, each settled at most once', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyStory, (commands) => {
        const { facts, states } = play(decider, commands);
        const idsOf = (isRequest: boolean) =>
          facts
            .filter(({ type }) => (type === 'RefinementRequested') === isRequest)
            .map(({ data }) => data.refinementId);
        for (const { type } of facts) seen.add(type);
        const open = (states.at(-1)?.open ?? []).map(({ refinementId }) => refinementId);
        expect([...idsOf(false), ...open].toSorted()).toEqual(idsOf(true).toSorted());
        expect(facts.filter(({ type, data }) => !eventSchemas[type].safeParse(data).success)).toEqual([]);
      }),
      { numRuns: 1000, seed: 1 },
    );
    expect(seen.size).toBe(6);
  });

  it('nothing is open after its deadline', () => {
    fc.assert(
      fc.property(anyStory, (commands) => {
        const end: RefinementsCommand = { type: 'Expire', now: '2026-01-01T00:00:00.000Z' };
        expect(play(decider, [...commands, end]).states.at(-1)?.open).toEqual([]);
      }),
    );
  });

  it('it goes on from a snapshot as from zero', () => {
    fc.assert(
      fc.property(anyStory, (commands) => {
        expect(snapshotFaults(decider, () => commands)).toEqual([]);
      }),
    );
  });

  it('of one thing at most one request is open', () => {
    fc.assert(
      fc.property(anyStory, (commands) => {
        for (const { open } of play(decider, commands).states) {
          expect(new Set(open.map(({ key }) => key)).size).toBe(open.length);
        }
      }),
    );
  });
});
