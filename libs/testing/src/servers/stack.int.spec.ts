import { isPortFree, topology } from '@agon/stack';
import { startStack, type TestStack } from './stack.ts';

const rows = topology
  .filter(({ name, kind }) => kind !== 'service' || name === 'gateway')
  .map((row) =>
    row.kind === 'service'
      ? { ...row, main: 'tools/stack/test/fixtures/fake-service.mjs' }
      : { ...row, provision: undefined },
  );

const answers = async (url: string): Promise<boolean> => {
  const response = await fetch(`${url}/health/ready`).catch(() => undefined);
  return response?.ok === true;
};

describe('startStack', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startStack({ rows, replicas: { gateway: 2 } });
  }, 300_000);
  afterAll(() => stack.stop());

  it('gives a handle on each replica: one is killed and started again while the other answers', async () => {
    const second = stack.process('gateway-2');
    const { pid } = second;
    await second.kill9();
    expect(second.pid).toBeUndefined();
    expect(await answers(second.url)).toBe(false);
    expect(await answers(stack.gatewayUrl)).toBe(true);
    await second.start();
    expect(second.pid).not.toBe(pid);
    expect(await answers(second.url)).toBe(true);
  });

  it('knows no process that does not exist', () => {
    expect(() => stack.process('gateway-3')).toThrow('there are gateway, gateway-2');
  });

  it('keeps the data of the stack when one server is removed', async () => {
    await stack.nats.remove();
    await stack.nats.start();
    expect(stack.nats.pid).toBeGreaterThan(0);
  });

  it('leaves nothing behind', async () => {
    const ports = [stack.postgres, stack.nats, ...stack.processes].map(({ port }) => port);
    await stack.stop();
    expect(await Promise.all(ports.map(isPortFree))).toEqual(ports.map(() => true));
  });
});
