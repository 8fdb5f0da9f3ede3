/** Every process of one installation, in one table. `./agon`, the tests' harness and `docker-compose.yml` follow it. */

/** What a process needs to know about where it and the others are. */
export interface Place {
  /** Address to bind. */
  readonly host: string;
  readonly port: number;
  /** Connection string of a `database` or `broker` row. */
  readonly urlOf: (name: string) => string;
  /** Folder of the content packs. */
  readonly contentPacks: string;
  readonly logLevel: string;
  /** Needed by the gateway as soon as it is reachable from other machines. */
  readonly apiKey?: string | undefined;
}

export interface ProcessRow {
  readonly name: string;
  readonly kind: 'database' | 'broker' | 'service';
  /** Default port; {@link portVariable} overrides it. */
  readonly port: number;
  /** Rows that must be ready before this one is started. */
  readonly depends: readonly string[];
  /** Services only: the file that Node runs, from the root of the checkout. */
  readonly main?: string;
  /** What the process reads from its environment. */
  readonly environment: (place: Place) => Record<string, string>;
  /** Whether other machines may be let in (`AGON_HOST`); every other process stays on loopback. */
  readonly public?: boolean;
}

/** Where the content packs are, from the root of the checkout. */
export const contentPacksFolder = 'libs/narrative/content-packs';

const serviceEnvironment = (place: Place): Record<string, string> => ({
  DATABASE_URL: place.urlOf('postgres'),
  NATS_URL: place.urlOf('nats'),
  AGON_HOST: place.host,
  AGON_PORT: String(place.port),
  AGON_CONTENT_PACKS: place.contentPacks,
  LOG_LEVEL: place.logLevel,
});

function service(name: string, port: number): ProcessRow {
  return {
    name,
    kind: 'service',
    port,
    depends: ['postgres', 'nats'],
    main: `apps/${name}/dist/main.js`,
    environment: serviceEnvironment,
  };
}

export const topology: readonly ProcessRow[] = [
  { name: 'postgres', kind: 'database', port: 7611, depends: [], environment: () => ({}) },
  { name: 'nats', kind: 'broker', port: 7610, depends: [], environment: () => ({}) },
  service('conflict-flow', 7601),
  service('stakeholder-actions', 7602),
  service('social-circle', 7603),
  {
    ...service('gateway', 7600),
    public: true,
    environment: (place) => ({
      ...serviceEnvironment(place),
      ...(place.apiKey === undefined ? {} : { AGON_API_KEY: place.apiKey }),
    }),
  },
];

/** The variable that overrides a row's port: `AGON_CONFLICT_FLOW_PORT`. One rule for all rows. */
export function portVariable(name: string): string {
  return `AGON_${name.toUpperCase().replaceAll('-', '_')}_PORT`;
}
