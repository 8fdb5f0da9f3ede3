import { givenOf, play } from '@agon/testing';
import {
  cast,
  ilse,
  maren,
  noteAct,
  noteConflict,
  noteResolution,
  observe,
  resolutionOf,
  telling,
  tobias,
} from '../../test/story.ts';
import { type CircleEvent, decider } from './circle.ts';

const given = givenOf(decider);

const whisper = (itemId: string, about: string[] = [maren.npcId]): CircleEvent => ({
  type: 'GossipStarted',
  data: {
    itemId,
    gossipType: 'rumor',
    about,
    conflictId: 'c1',
    truthfulness: 0.5,
    spreadRate: 0.3,
    text: { key: 'old', params: {}, text: 'Maren was seen.' },
  },
});

const textsOf = (facts: readonly CircleEvent[]) => facts.flatMap(({ data }) => ('text' in data ? [data.text] : []));

describe('a circle', () => {
  describe('hearing of a conflict', () => {
    it('whispers about the first two of it', () => {
      given()
        .when(noteConflict())
        .then([
          {
            type: 'GossipStarted',
            data: {
              gossipType: 'rumor',
              about: ['11', '12'],
              conflictId: 'c1',
              truthfulness: 0.5,
              spreadRate: 0.3,
              itemId: 'gossip-2-11',
            },
          },
        ]);
    });

    it('whispers about one who is alone', () => {
      given()
        .when(noteConflict({ cast: [ilse] }))
        .then([{ type: 'GossipStarted', data: { about: ['13'] } }]);
    });

    it('stays quiet when it concerns nobody', () => {
      given()
        .when(noteConflict({ cast: [] }))
        .thenNothing();
    });
  });

  describe('hearing of an act', () => {
    it('judges the one who acted, by what moved most', () => {
      given()
        .when(noteAct({ act: 'oppose' }))
        .then([
          {
            type: 'ReputationChanged',
            data: {
              npcId: '11',
              cause: 'oppose',
              conflictId: 'c1',
              itemId: 'reputation-3-11',
              changes: [
                { trait: 'rebellious', previousScore: 0.5, score: 0.7 },
                { trait: 'deferential', previousScore: 0.5, score: 0.3 },
              ],
            },
          },
        ]);
    });

    it('whispers of a betrayal as well, and of the one betrayed', () => {
      given()
        .when(noteAct({ act: 'betray' }))
        .then([
          { type: 'ReputationChanged', data: { cause: 'betray' } },
          { type: 'GossipStarted', data: { gossipType: 'scandal', about: ['11', '12'] } },
        ]);
      given()
        .when(noteAct({ act: 'betray', target: undefined }))
        .then([{ type: 'ReputationChanged' }, { type: 'GossipStarted', data: { about: ['11'] } }]);
    });

    it('stays quiet when nobody can think worse', () => {
      const opposed = Array.from({ length: 3 }, (_, at) => noteAct({ act: 'oppose', telling: telling(at + 3) }));
      const { facts } = play(decider, opposed);
      expect(facts).toHaveLength(3);
      given(...facts)
        .when(noteAct({ act: 'oppose' }))
        .thenNothing();
    });
  });

  describe('hearing of a resolution', () => {
    it('raises those who won, lowers those who lost, and praises the first who won', () => {
      given()
        .when(noteResolution(resolutionOf({ winners: ['12'], losers: ['11'] })))
        .then([
          { type: 'ReputationChanged', data: { npcId: '12', cause: 'victory' } },
          { type: 'ReputationChanged', data: { npcId: '11', cause: 'defeat' } },
          { type: 'GossipStarted', data: { gossipType: 'praise', about: ['12', '11'], itemId: 'gossip-4-12' } },
        ]);
    });

    it('makes a scandal where there are only losers', () => {
      given()
        .when(noteResolution(resolutionOf({ losers: ['13'] })))
        .then([
          { type: 'ReputationChanged', data: { npcId: '13', cause: 'defeat' } },
          { type: 'GossipStarted', data: { gossipType: 'scandal', about: ['13'] } },
        ]);
    });

    it('speculates where nobody won or lost', () => {
      given()
        .when(noteResolution(resolutionOf()))
        .then([{ type: 'GossipStarted', data: { gossipType: 'speculation', about: ['11'] } }]);
    });

    it('stays quiet when it concerned nobody', () => {
      given()
        .when(noteResolution(resolutionOf(), { cast: [] }))
        .thenNothing();
    });

    it('speaks of several winners in several ways', () => {
      for (let ordinal = 1; ordinal <= 20; ordinal += 1) {
        const winners = noteResolution(resolutionOf({ winners: ['11', '12'] }), { telling: telling(ordinal) });
        const [first, second] = textsOf(given().when(winners).facts());
        expect(first?.key).not.toBe(second?.key);
      }
    });
  });

  describe('observing a scene', () => {
    it('tells what it whispers and thinks of those who are present, and of nobody else', () => {
      const { facts } = play(decider, [noteAct({ act: 'support' }), noteAct({ act: 'oppose', actor: ilse })]);
      given(whisper('g-1'), whisper('g-2', ['13']), ...facts)
        .when(observe([maren]))
        .then([
          {
            type: 'CircleObserved',
            data: {
              gossip: [{ itemId: 'g-1' }],
              reputations: { '11': { trustworthy: 0.6, nurturing: 0.6, influential: 0.6 } },
            },
          },
        ]);
      const [observed] = given(...facts)
        .when(observe([maren]))
        .facts();
      expect(observed?.type === 'CircleObserved' ? Object.keys(observed.data.reputations) : []).toEqual(['11']);
    });

    it('starts a whisper about the first two in three scenes of ten, and tells it at once', () => {
      const started = Array.from({ length: 1000 }, (_, at) => given().when(observe(cast, at)).facts()).filter(
        (facts) => facts.length === 2,
      );
      // Three standard deviations of 1000 draws are 44; the seeds are fixed, so this never flakes.
      expect(Math.abs(started.length - 300)).toBeLessThan(44);
      for (const [first, second] of started) {
        expect(first).toMatchObject({ type: 'GossipStarted', data: { about: ['11', '12'], conflictId: null } });
        expect(second).toMatchObject({ type: 'CircleObserved', data: { gossip: [first?.data] } });
      }
    });

    it('never whispers where fewer than two are present', () => {
      for (let ordinal = 1; ordinal <= 100; ordinal += 1) {
        given()
          .when(observe([maren], ordinal))
          .then([{ type: 'CircleObserved', data: { gossip: [] } }]);
      }
    });

    it('answers an empty scene all the same', () => {
      given(whisper('g-1'))
        .when(observe([]))
        .then([{ type: 'CircleObserved', data: { gossip: [], reputations: {} } }]);
    });
  });

  it('remembers ten whispers, the newest last', () => {
    const state = Array.from({ length: 12 }, (_, at) => whisper(`g-${at}`)).reduce(
      decider.evolve,
      decider.initialState(),
    );
    expect(state.gossip.map(({ itemId }) => itemId)).toEqual(Array.from({ length: 10 }, (_, at) => `g-${at + 2}`));
  });

  it('names those whom it talks of, in other words each time', () => {
    const commands = [1, 2, 3].map((ordinal) => noteConflict({ cast: [tobias], telling: telling(ordinal) }));
    const texts = textsOf(play(decider, commands).facts);
    expect(new Set(texts.map(({ key }) => key)).size).toBe(3);
    for (const { text } of texts) expect(text).toContain('Tobias');
  });
});
