/** Waits for progress: looks every 5 ms, fails with what it saw last when nothing comes of it within the time. */
export const waitUntil = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  { within = 15_000, saw }: { within?: number; saw?: () => unknown } = {},
): Promise<void> => {
  const deadline = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${within} ms: ${what} ${JSON.stringify(saw?.())}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
