import { waitUntil } from '@agon/stack';

/** Looks until `check` holds. Throws, with what it last saw, when it does not hold in time. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  {
    timeout = 30_000,
    interval = 20,
    seen = () => '',
  }: { timeout?: number; interval?: number; seen?: () => unknown } = {},
): Promise<void> {
  if (await waitUntil(check, { timeout, interval })) return;
  throw new Error(`not within ${timeout / 1000} s: ${what} ${JSON.stringify(seen())}`);
}
