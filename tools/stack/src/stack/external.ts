import { connect } from 'node:net';
import { StackError } from '../stack-error.ts';
import type { ProcessRow } from '../topology.ts';

/** By kind of row: the variable that names a server which somebody else runs, and the port it means by default. */
const externals: Readonly<Record<ProcessRow['kind'], { variable: string; port: number } | undefined>> = {
  database: { variable: 'DATABASE_URL', port: 5432 },
  broker: { variable: 'NATS_URL', port: 4222 },
  service: undefined,
};

/** The address of the server that somebody else runs in place of this row, if the environment names one. */
export function externalUrl(
  row: ProcessRow,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const value = environment[externals[row.kind]?.variable ?? ''];
  return value === '' ? undefined : value;
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3000 });
    const answer = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}

/**
 * Looks whether such a server is there, so that one line says so instead of every service.
 * @throws StackError when nobody answers
 */
export async function checkExternal({ name, kind }: ProcessRow, address: string): Promise<void> {
  const { variable = '', port: usual = 0 } = externals[kind] ?? {};
  // A cluster of brokers: one of them will do.
  const addresses = kind === 'broker' ? address.split(',') : [address];
  const asked: string[] = [];
  for (const one of addresses) {
    if (!URL.canParse(one)) throw new StackError(`${variable} is no URL: set it to a ${name} address, or unset it`);
    const { hostname, port } = new URL(one);
    const number = port === '' ? usual : Number(port);
    if (await canConnect(hostname.replaceAll(/[[\]]/g, ''), number)) return;
    asked.push(`${hostname}:${number}`);
  }
  throw new StackError(`${variable}: nobody answers at ${asked.join(', ')}; start that ${name}, or unset ${variable}`);
}
