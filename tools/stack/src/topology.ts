import { type Environment, isSimulated, modelVariables, simVariables } from './model-variables.ts';

/** Every process of one installation, in one table. `./agon`, the tests' harness and `docker-compose.yml` follow it. */

/** What a process needs to know about where it and the others are. */
export interface Place {
  /** Address to bind. */
  readonly host: string;
  readonly port: number;
  /** Connection string, the process's own if there is one, or address of another row; undefined when that is left out. */
  readonly urlOf: (name: string) => string | undefined;
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
  /** Rows that must be ready before this one is started, as far as they are there. */
  readonly depends: readonly string[];
  /** Services only: the file that Node runs, from the root of the checkout. */
  readonly main?: string;
  /** Database only: the program that gives each service a role of its own, from the root of the checkout. */
  readonly provision?: string | undefined;
  /** What the process reads from its environment. */
  readonly environment: (place: Place) => Record<string, string>;
  /** What it reads from the launcher's environment besides. A process inherits it; a container is handed each by name. */
  readonly passes?: readonly string[];
  /** Whether an installation with this environment has the process; every one has it if left out. */
  readonly needed?: (environment: Environment) => boolean;
  /** Whether other machines may be let in (`AGON_HOST`); every other process stays on loopback. */
  readonly public?: boolean;
}

/** Where the content packs are, from the root of the checkout. */
export const contentPacksFolder = 'libs/narrative/content-packs';

const serverEnvironment = ({ host, port, logLevel }: Place): Record<string, string> => ({
  AGON_HOST: host,
  AGON_PORT: String(port),
  LOG_LEVEL: logLevel,
});

const serviceEnvironment = (place: Place): Record<string, string> => ({
  ...serverEnvironment(place),
  DATABASE_URL: place.urlOf('postgres') ?? '',
  NATS_URL: place.urlOf('nats') ?? '',
  AGON_CONTENT_PACKS: place.contentPacks,
});

function modelEnvironment(place: Place): Record<string, string> {
  const sim = place.urlOf('llm-sim');
  return { ...serviceEnvironment(place), ...(sim === undefined ? {} : { AGON_LLM_SIM_URL: sim }) };
}

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
  {
    name: 'postgres',
    kind: 'database',
    port: 7611,
    depends: [],
    provision: 'libs/service-kit/dist/provision/main.js',
    environment: () => ({}),
  },
  { name: 'nats', kind: 'broker', port: 7610, depends: [], environment: () => ({}) },
  service('conflict-flow', 7601),
  service('stakeholder-actions', 7602),
  service('social-circle', 7603),
  {
    ...service('llm-sim', 7605),
    depends: [],
    environment: serverEnvironment,
    passes: simVariables,
    needed: isSimulated,
  },
  {
    ...service('llm-gateway', 7604),
    depends: ['postgres', 'nats', 'llm-sim'],
    environment: modelEnvironment,
    passes: modelVariables,
  },
  {
    ...service('gateway', 7600),
    public: true,
    environment: (place) => ({
      ...serviceEnvironment(place),
      ...(place.apiKey === undefined ? {} : { AGON_API_KEY: place.apiKey }),
    }),
  },
];

/** The rows that an installation with this environment has. */
export const neededRows = (rows: readonly ProcessRow[], environment: Environment): ProcessRow[] =>
  rows.filter(({ needed }) => needed === undefined || needed(environment));

/** The variable that overrides a row's port: `AGON_CONFLICT_FLOW_PORT`. One rule for all rows. */
export function portVariable(name: string): string {
  return `AGON_${name.toUpperCase().replaceAll('-', '_')}_PORT`;
}

/** The variable with a service's own way into the database: `AGON_CONFLICT_FLOW_DATABASE_URL`. */
export function databaseVariable(service: string): string {
  return portVariable(service).replace(/PORT$/, 'DATABASE_URL');
}
