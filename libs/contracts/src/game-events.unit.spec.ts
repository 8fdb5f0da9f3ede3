import type { z } from 'zod';
import {
  ConflictEventBody,
  CreateConflictBody,
  CreateStoryBody,
  MakeChoiceBody,
  RegisterNpcsBody,
  ResolveConflictBody,
  SyncSceneBody,
} from './game-events.ts';

const choice = { text: 'Challenge', choiceType: 'confrontational' };
const conflict = (of: object) => ({ conflictType: 'feud', context: { participants: ['11'] }, ...of });
const resolution = (of: object) => ({ resolution: { type: 'compromise', ...of } });

describe('what a game may send', () => {
  it('is filled with what it leaves out', () => {
    expect(CreateStoryBody.parse({ seed: 's' })).toEqual({ seed: 's', contentPack: 'harbour@1', locale: 'en' });
    expect(RegisterNpcsBody.parse({ npcs: [{ npcId: '11', name: ' Maren ' }] })).toEqual({
      npcs: [{ npcId: '11', name: 'Maren', pronouns: 'they', traits: [], relations: [] }],
    });
    expect(MakeChoiceBody.parse({ choice })).toEqual({
      choice: { ...choice, stance: 'neutral', impact: { escalate: false, deEscalate: false }, tags: [] },
    });
    expect(ConflictEventBody.parse({ type: 'ConflictProgressed', progressDelta: 0.5 })).toEqual({
      type: 'ConflictProgressed',
      intensityDelta: 0,
      momentumDelta: 0,
      progressDelta: 0.5,
    });
    expect(ConflictEventBody.parse({ type: 'StakeholderActed', npcId: '11', actionType: 'evasive' })).toMatchObject({
      successProbability: 0.5,
    });
    expect(SyncSceneBody.parse({})).toEqual({ npcIds: [], topics: [] });
    expect(ResolveConflictBody.parse(resolution({}))).toEqual(resolution({ winners: [], losers: [], stakes: [] }));
  });

  it.each<[string, z.ZodType, object, string]>([
    ['a story without a seed', CreateStoryBody, {}, 'seed'],
    ['a story with an empty seed', CreateStoryBody, { seed: '' }, 'seed'],
    ['a story in no language', CreateStoryBody, { seed: 's', locale: 'English' }, 'locale'],
    ['a field that nobody knows', CreateStoryBody, { seed: 's', sead: 's' }, ''],
    ['no NPCs', RegisterNpcsBody, { npcs: [] }, 'npcs'],
    ['an NPC without a name', RegisterNpcsBody, { npcs: [{ npcId: '11', name: ' ' }] }, 'npcs.0.name'],
    ['an NPC with a wild id', RegisterNpcsBody, { npcs: [{ npcId: 'a b', name: 'A' }] }, 'npcs.0.npcId'],
    ['a conflict of a wild type', CreateConflictBody, conflict({ conflictType: 'Power Crisis' }), 'conflictType'],
    ['a conflict of nobody', CreateConflictBody, conflict({ context: { participants: [] } }), 'context.participants'],
    [
      'a conflict of six',
      CreateConflictBody,
      conflict({ context: { participants: ['1', '2', '3', '4', '5', '6'] } }),
      'context.participants',
    ],
    [
      'a conflict of one with himself',
      CreateConflictBody,
      conflict({ context: { participants: ['1', '1'] } }),
      'context.participants',
    ],
    [
      'a choice that heats and cools at once',
      MakeChoiceBody,
      { choice: { ...choice, impact: { escalate: true, deEscalate: true } } },
      'choice.impact',
    ],
    ['a choice of no known type', MakeChoiceBody, { choice: { ...choice, choiceType: 'rude' } }, 'choice.choiceType'],
    ['a choice without words', MakeChoiceBody, { choice: { ...choice, text: '' } }, 'choice.text'],
    ['progress that moves nothing', ConflictEventBody, { type: 'ConflictProgressed' }, ''],
    ['progress past the end', ConflictEventBody, { type: 'ConflictProgressed', progressDelta: 1.1 }, 'progressDelta'],
    ['an event of no known type', ConflictEventBody, { type: 'Exploded' }, 'type'],
    ['an act by nobody', ConflictEventBody, { type: 'StakeholderActed', actionType: 'evasive' }, 'npcId'],
    ['one who wins and loses', ResolveConflictBody, resolution({ winners: ['11'], losers: ['11'] }), 'resolution'],
    ['a crowd', SyncSceneBody, { npcIds: Array.from({ length: 33 }, (_, at) => `${at}`) }, 'npcIds'],
  ])('is not %s', (_, schema, body, field) => {
    const { error } = schema.safeParse(body);
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });
});
