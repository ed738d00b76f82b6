/** What yargs uses of node:assert, in its stead in the bundled command (rolldown.config.js): that takes 5 ms to load. */

export function strictEqual(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected))
    throw new Error(message ?? `${String(actual)} is not ${String(expected)}`);
}

export function notStrictEqual(actual: unknown, expected: unknown, message?: string): void {
  if (Object.is(actual, expected)) throw new Error(message ?? `${String(actual)} is not expected`);
}
