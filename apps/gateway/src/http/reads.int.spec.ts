import { RefinementStatusWord } from '@agon/contracts';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import { Drafts } from '../drafts/drafts.ts';
import { Feed } from '../read-models/story-feed/feed.ts';
import { RefinementsReader } from '../state/refinements-reader.ts';
import { StateReader } from '../state/state-reader.ts';
import { Stories } from '../story/stories.ts';
import { apiKey } from './api-key.ts';
import { PageController } from './page.controller.ts';
import { ProblemFilter } from './problem.filter.ts';
import { ReadsController } from './reads.controller.ts';
import { validation } from './validation.ts';

const story = '/v1/stories/p3_aaaaaaaaaaaaaaaa';
const key = 'k'.repeat(16);
const told = { position: 1, stale: false, missing: [], refinements: [] };

describe('the reads over HTTP', () => {
  let app: NestExpressApplication;
  let url: string;
  const asked: unknown[][] = [];

  beforeAll(async () => {
    const unused = [Feed, Drafts, StateReader].map((provide) => ({ provide, useValue: {} }));
    const module = await Test.createTestingModule({
      controllers: [ReadsController, PageController],
      providers: [
        ...unused,
        {
          provide: Stories,
          useValue: { load: (id: string) => ({ state: { created: id.startsWith('p3_') || null } }) },
        },
        {
          provide: RefinementsReader,
          useValue: {
            read: (...question: unknown[]) => {
              asked.push(question);
              return told;
            },
          },
        },
      ],
    }).compile();
    app = module.createNestApplication<NestExpressApplication>();
    app.use('/v1', apiKey(key));
    app.useGlobalPipes(validation());
    app.useGlobalFilters(new ProblemFilter(pino({ enabled: false })));
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  const get = (path: string, headers: Record<string, string> = { 'x-api-key': key }) => fetch(url + path, { headers });

  it('ask for the refinements of a story', async () => {
    const all = await get(`${story}/refinements`);
    expect([all.status, await all.json()]).toEqual([200, told]);
    await get(`${story}/refinements?after=7&status=open`);
    expect(asked).toEqual([
      ['p3_aaaaaaaaaaaaaaaa', 0, undefined],
      ['p3_aaaaaaaaaaaaaaaa', 7, 'open'],
    ]);
  });

  it.each(['done', '', 'Open'])('refuse the status "%s" and name those that there are', async (status) => {
    const refused = await get(`${story}/refinements?status=${status}`);
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem: unknown = await refused.json();
    expect(problem).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ field: 'status' }] });
    for (const word of RefinementStatusWord.options) expect(JSON.stringify(problem)).toContain(word);
  });

  it('refuse a position that is none, and a story that nobody created', async () => {
    const wrong: unknown = await (await get(`${story}/refinements?after=-1`)).json();
    expect(wrong).toMatchObject({ code: 'invalid_request', errors: [{ field: 'after' }] });
    const unknown: unknown = await (await get('/v1/stories/p4_aaaaaaaaaaaaaaaa/refinements')).json();
    expect(unknown).toMatchObject({ code: 'story_not_found' });
  });

  it('want the key under /v1, and show the page to all', async () => {
    expect((await get(`${story}/refinements`, {})).status).toBe(401);
    const page = await get('/?story=p3_aaaaaaaaaaaaaaaa', {});
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
    expect(await page.text()).toContain('<title>Agon');
    const icon = await get('/favicon.ico', {});
    expect([icon.status, await icon.text()]).toEqual([204, '']);
  });
});
