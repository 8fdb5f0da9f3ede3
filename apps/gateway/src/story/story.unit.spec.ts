import {
  ConflictEventBody,
  CreateConflictBody,
  CreateStoryBody,
  MakeChoiceBody,
  RegisterNpcsBody,
  ResolveConflictBody,
  SyncSceneBody,
  gameEvents,
} from '@agon/contracts';
import { givenOf, play } from '@agon/testing';
import type { z } from 'zod';
import { STORY_EVENTS, type StoryCommand, type StoryEvent, decider } from './story.ts';

const given = givenOf(decider);

const npcs = (...named: readonly [npcId: string, name: string, relations?: readonly string[]][]): StoryCommand => ({
  type: 'RegisterNpcs',
  body: RegisterNpcsBody.parse({
    npcs: named.map(([npcId, name, relations = []]) => ({
      npcId,
      name,
      relations: relations.map((other) => ({ npcId: other, kind: 'rival' })),
    })),
  }),
});
const begin = (of: Partial<z.input<typeof CreateConflictBody>> = {}, participants = ['11', '12']): StoryCommand => ({
  type: 'BeginConflict',
  body: CreateConflictBody.parse({ conflictType: 'power_crisis', context: { participants }, ...of }),
});
const choose = (targetNpcId?: string, conflictId = 'c1'): StoryCommand => ({
  type: 'MakeChoice',
  conflictId,
  body: MakeChoiceBody.parse({ choice: { text: 'Challenge', choiceType: 'confrontational', targetNpcId } }),
});
const tell = (body: z.input<typeof ConflictEventBody>, conflictId = 'c1'): StoryCommand => ({
  type: 'TellConflictEvent',
  conflictId,
  body: ConflictEventBody.parse(body),
});
const act = (npcId: string, targetNpcId?: string) =>
  tell({ type: 'StakeholderActed', npcId, actionType: 'aggressive', targetNpcId });
const end = (winners: string[], losers: string[] = [], conflictId = 'c1'): StoryCommand => ({
  type: 'EndConflict',
  conflictId,
  body: ResolveConflictBody.parse({ resolution: { type: 'compromise', winners, losers } }),
});
const sync = (of: z.input<typeof SyncSceneBody> = {}): StoryCommand => ({
  type: 'SyncScene',
  body: SyncSceneBody.parse(of),
});

const create: StoryCommand = { type: 'CreateStory', body: CreateStoryBody.parse({ seed: 'harbour-7' }) };
const register = npcs(['11', 'Maren Holt'], ['12', 'Tobias Reed'], ['13', 'Ilse Brandt']);

const told = (...commands: readonly StoryCommand[]): StoryEvent[] => play(decider, commands).facts;
const created = told(create);
const known = told(create, register);
const open = told(create, register, begin());

/** Conflicts begun and ended one after the other, `c1` the oldest. */
const long = (conflicts: number): StoryEvent[] =>
  told(create, register, ...Array.from({ length: conflicts }, (_, at) => [begin(), end([], [], `c${at + 1}`)]).flat());

const maren = { npcId: '11', name: 'Maren Holt', pronouns: 'they', traits: [] } as const;
const tobias = { npcId: '12', name: 'Tobias Reed', pronouns: 'they', traits: [] } as const;

const every: readonly (readonly [string, StoryCommand])[] = [
  ['the registration of NPCs', register],
  ['a conflict', begin()],
  ['a choice', choose()],
  ['progress', tell({ type: 'ConflictProgressed', progressDelta: 0.5 })],
  ['an act', act('11')],
  ['a resolution', end([])],
  ['a scene', sync()],
];

describe('a story', () => {
  it('is created with its seed, its pack and its language', () => {
    given()
      .when(create)
      .then([{ type: 'StoryCreated', data: { seed: 'harbour-7', contentPack: 'harbour@1', locale: 'en' } }]);
  });

  it.each(every)('refuses %s before it is created', (_, command) => {
    given().when(command).thenRefuses('story_not_found');
  });

  it.each(every.slice(2, -1))('refuses %s of a conflict that never began', (_, command) => {
    given(...known)
      .when(command)
      .thenRefuses('conflict_not_found');
  });

  it('knows the events that it is a fold of', () => {
    expect(new Set<string>(STORY_EVENTS)).toEqual(new Set(Object.keys(gameEvents)));
  });

  describe('registering NPCs', () => {
    it('takes those who relate to each other', () => {
      given(...created)
        .when(npcs(['11', 'Maren', ['12']], ['12', 'Tobias', ['11']]))
        .then([
          { type: 'NpcsRegistered', data: { npcs: [{ npcId: '11', relations: [{ npcId: '12' }] }, { npcId: '12' }] } },
        ]);
    });

    it('lets a later registration replace an earlier one', () => {
      const [fact] = given(...known, ...told(create, npcs(['11', 'Maren Reed'])).slice(1))
        .when(begin({}, ['11']))
        .facts();
      expect(fact?.data).toMatchObject({ cast: [{ npcId: '11', name: 'Maren Reed' }] });
    });

    it('refuses a relation to someone unknown, and says who is known', () => {
      given(...created)
        .when(npcs(['11', 'Maren', ['99']]))
        .thenRefuses('unknown_npc', {
          errors: [{ field: 'npcs[0].relations[0].npcId', message: '"99" is not registered; registered are: 11' }],
        });
    });

    it('refuses the same id twice', () => {
      given(...created)
        .when(npcs(['11', 'Maren'], ['12', 'Tobias'], ['11', 'Mara']))
        .thenRefuses('invalid_request', { errors: [{ field: 'npcs[2].npcId', message: 'must not be given twice' }] });
    });
  });

  describe('beginning a conflict', () => {
    it('carries the profiles of those who take part, without what they think of others', () => {
      const [fact] = given(...told(create, npcs(['11', 'Maren Holt', ['12']], ['12', 'Tobias Reed'])))
        .when(begin())
        .facts();
      expect(fact).toMatchObject({ type: 'ConflictBegan', data: { conflictId: 'c1', cast: [maren, tobias] } });
      expect(fact?.type === 'ConflictBegan' ? fact.data.cast : []).toEqual([maren, tobias]);
    });

    it('counts its conflicts, past ids that the game has chosen', () => {
      given(...open)
        .when(begin())
        .then([{ type: 'ConflictBegan', data: { conflictId: 'c2' } }]);
      given(...told(create, register, begin({ conflictId: 'c2' })))
        .when(begin())
        .then([{ type: 'ConflictBegan', data: { conflictId: 'c3' } }]);
    });

    it('leaves it to the judge whether an id is taken', () => {
      const again = [...open, ...told(create, register, begin({ conflictId: 'c1' })).slice(-1)];
      expect(again.reduce(decider.evolve, decider.initialState())).toMatchObject({ open: ['c1'], begun: 1 });
    });

    it('refuses someone unknown', () => {
      given(...known)
        .when(begin({}, ['11', '99']))
        .thenRefuses('unknown_npc', {
          errors: [{ field: 'context.participants[1]', message: '"99" is not registered; registered are: 11, 12, 13' }],
        });
    });

    it.each(['constructor', 'toString', 'hasOwnProperty'])('takes %s for an id like any other', (npcId) => {
      given(...known)
        .when(begin({}, [npcId]))
        .thenRefuses('unknown_npc');
      given(...told(create, npcs([npcId, 'The Builder'])))
        .when(begin({}, [npcId]))
        .then([{ type: 'ConflictBegan', data: { cast: [{ npcId, name: 'The Builder' }] } }]);
    });
  });

  describe('in a conflict', () => {
    it('takes a choice, with whom it addresses', () => {
      given(...open)
        .when(choose('11'))
        .then([{ type: 'PlayerChoiceMade', data: { conflictId: 'c1', choice: { targetNpcId: '11' }, cast: [maren] } }]);
      given(...open)
        .when(choose())
        .then([{ type: 'PlayerChoiceMade', data: { cast: [] } }]);
    });

    it('takes progress', () => {
      given(...open)
        .when(tell({ type: 'ConflictProgressed', progressDelta: 0.5, intensityDelta: 0.1 }))
        .then([
          {
            type: 'ConflictProgressed',
            data: { conflictId: 'c1', progressDelta: 0.5, intensityDelta: 0.1, momentumDelta: 0 },
          },
        ]);
    });

    it('takes an act, with who acts and who is its target', () => {
      given(...open)
        .when(act('11', '12'))
        .then([{ type: 'StakeholderActed', data: { npcId: '11', targetNpcId: '12', cast: [maren, tobias] } }]);
      given(...open)
        .when(act('11', '11'))
        .then([{ type: 'StakeholderActed', data: { cast: [maren] } }]);
    });

    it('takes its end, with who won and lost', () => {
      given(...open)
        .when(end(['12'], ['11']))
        .then([{ type: 'ConflictEnded', data: { conflictId: 'c1', cast: [tobias, maren] } }]);
    });

    it.each<[string, StoryCommand, string]>([
      ['a choice', choose('99'), 'choice.targetNpcId'],
      ['an act', act('99'), 'npcId'],
      ["an act's target", act('11', '99'), 'targetNpcId'],
      ['a winner', end(['12', '99']), 'resolution.winners[1]'],
      ['a loser', end([], ['99']), 'resolution.losers[0]'],
    ])('refuses %s that names someone unknown', (_, command, field) => {
      given(...open)
        .when(command)
        .thenRefuses('unknown_npc', { errors: [{ field }] });
    });

    it('misses the conflict before it misses whom the choice addresses', () => {
      given(...open)
        .when(choose('99', 'c9'))
        .thenRefuses('conflict_not_found');
    });
  });

  describe('syncing a scene', () => {
    it('reads it against the conflicts that the game names', () => {
      given(...told(create, register, begin(), begin()))
        .when(sync({ npcIds: ['11', '11'], conflictIds: ['c2', 'c2'] }))
        .then([{ type: 'SceneSynced', data: { npcIds: ['11', '11'], conflictIds: ['c2'], cast: [maren] } }]);
    });

    it('reads it against the newest sixteen when the game names none', () => {
      const conflicts = Array.from({ length: 18 }, () => begin());
      given(...told(create, register, ...conflicts))
        .when(sync())
        .then([{ type: 'SceneSynced', data: { conflictIds: Array.from({ length: 16 }, (_, at) => `c${at + 3}`) } }]);
    });

    it('leaves out those that have ended, unless the game names them', () => {
      const ended = told(create, register, begin(), begin(), begin(), end([], [], 'c2'));
      given(...ended)
        .when(sync())
        .then([{ type: 'SceneSynced', data: { conflictIds: ['c1', 'c3'] } }]);
      given(...ended)
        .when(sync({ conflictIds: ['c2'] }))
        .then([{ type: 'SceneSynced', data: { conflictIds: ['c2'] } }]);
    });

    it('refuses someone unknown', () => {
      given(...open)
        .when(sync({ npcIds: ['99'] }))
        .thenRefuses('unknown_npc', { errors: [{ field: 'npcIds[0]' }] });
    });

    it('refuses a conflict unknown', () => {
      given(...open)
        .when(sync({ conflictIds: ['c1', 'c9'] }))
        .thenRefuses('unknown_conflict', {
          errors: [{ field: 'conflictIds[1]', message: '"c9" is not a conflict of the story' }],
        });
    });
  });

  describe('of many conflicts', () => {
    it('remembers a bounded number of those that have ended', () => {
      const sizes = [300, 600].map((conflicts) => {
        const { open, ended, begun } = long(conflicts).reduce(decider.evolve, decider.initialState());
        return [open.length, ended.length, begun];
      });
      expect(sizes).toEqual([
        [0, 256, 300],
        [0, 256, 600],
      ]);
    });

    it('leaves those that it has forgotten to their judge, and names none twice', () => {
      const story = given(...long(300));
      story.when(choose(undefined, 'c1')).then([{ type: 'PlayerChoiceMade', data: { conflictId: 'c1' } }]);
      story.when(sync({ conflictIds: ['c1'] })).then([{ type: 'SceneSynced', data: { conflictIds: ['c1'] } }]);
      story.when(begin()).then([{ type: 'ConflictBegan', data: { conflictId: 'c301' } }]);
    });

    it('knows the unknown one as long as none is forgotten', () => {
      given(...long(256))
        .when(choose(undefined, 'c999'))
        .thenRefuses('conflict_not_found');
    });
  });
});
