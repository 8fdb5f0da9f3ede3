import * as fc from 'fast-check';
import { counter, event, feed } from '../test/examples.ts';
import { GivenLog, startReadModels, type TestReadModels } from '../test/read-models.ts';
import { buildChunk } from './build-chunk.ts';
import { addCheckpoints, beginGeneration, readGenerations } from './generations.ts';
import { prepareProjections } from './prepare-projections.ts';
import type { AnyProjection } from './projection.ts';
import { ProjectionRunner } from './projection-runner.ts';
import { tableName } from './tables.ts';

const acts = fc.record({
  type: fc.constantFrom('Acted', 'Acted', 'Acted', 'Said', 'Other', 'Broken'),
  story: fc.constantFrom('p0_a', 'p0_b', 'p0_c'),
  by: fc.constantFrom('ann', 'bob'),
});
const SEED = 1;

describe('a table that is built', () => {
  let store: TestReadModels;
  beforeAll(async () => {
    store = await startReadModels();
  });
  afterAll(() => store.stop());

  it('is byte for byte what the runner’s batches gave, whatever the events, the batches and the pages', async () => {
    const { dataSource } = store;
    let run = 0;
    const textOf = async (relation: string, columns: string, where = ''): Promise<string> => {
      const [row] = await dataSource.query<{ all: string }[]>(
        `select coalesce(string_agg((${columns})::text, e'\\n' order by (${columns})::text), '') as all
         from agon_read.${relation} ${where}`,
      );
      return row?.all ?? '';
    };
    let parked = 0;
    const equal = fc.asyncProperty(
      fc.array(acts, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 3 }),
      async (given, batch, page, pages) => {
        run += 1;
        const service = `thing-keeper-${run}`;
        const log = new GivenLog();
        given.forEach(({ type, story, by }, index) => log.add(event(index + 1, type, { by, text: by }, story)));
        const projections: AnyProjection[] = [counter, feed];
        await prepareProjections(dataSource, { service, projections, partitions: 1 });
        await new ProjectionRunner({ dataSource, log, service, projections, partition: 0, batch }).run();
        for (const projection of projections) {
          const known = await readGenerations(dataSource.manager, service);
          const generation = await dataSource.transaction(async (manager) => {
            const begun = await beginGeneration(manager, service, projection, known, 'building');
            await addCheckpoints(manager, service, 1);
            return begun;
          });
          const build = { dataSource, log, service, projection, generation, page, pages };
          let position: number | undefined = 0;
          while (position !== undefined && position < given.length) position = await buildChunk(build, 0, given.length);
          const row = 't.partition, t.story_id, t.key, t.position, t.doc';
          const built = await textOf(`${tableName(service, generation)} t`, row);
          expect(built).toBe(await textOf(`${tableName(service, projection)} t`, row));
          const of = (number: number): Promise<string> =>
            textOf(
              'parked',
              'story_id, position, error',
              `where service = '${service}' and name = '${projection.name}' and generation = ${number}`,
            );
          expect(await of(2)).toBe(await of(1));
          if ((await of(1)) !== '') parked += 1;
        }
      },
    );
    await fc.assert(equal, { numRuns: 25, seed: SEED });
    expect(parked).toBeGreaterThan(3);
  });
});
