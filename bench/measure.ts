/** Runs whole processes, one after the other, and takes their time or their peak memory. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Command } from './commands.ts';

/** Without what changes how Node itself starts: extra certificates alone take 40 ms of each start. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('NODE_')),
);

const PEAK_MEMORY = new URL('./peak-memory.js', import.meta.url).href;

/** Runs a command once, untimed. Returns why it cannot be measured, null if it can. */
export function probe(command: Command): string | null {
  const run = spawnSync(command.program, command.arguments, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: ENVIRONMENT,
  });
  if (run.error !== undefined) return run.error.message;
  if (run.status === 0) return null;
  const lastLine = run.stderr.toString().trim().split('\n').at(-1) ?? '';
  return `${run.status === null ? `killed by ${run.signal}` : `exit code ${run.status}`}: ${lastLine}`;
}

/** Wall time in seconds of a run. Throws if it fails. */
export function timeOnce(command: Command): number {
  if (command.forgets !== null) rmSync(command.forgets, { recursive: true, force: true });
  const started = process.hrtime.bigint();
  const run = spawnSync(command.program, command.arguments, { stdio: 'ignore', env: ENVIRONMENT });
  const ended = process.hrtime.bigint();
  if (run.status !== 0) throw new Error(`${command.name} failed in a timed run`);
  return Number(ended - started) / 1e9;
}

/** Times of each command in every round, all commands once a round: A B C A B C …, so that drift hits all alike. */
export function timeInterleaved<Key>(
  commands: ReadonlyMap<Key, Command>,
  rounds: number,
): ReadonlyMap<Key, readonly number[]> {
  const times = new Map<Key, number[]>([...commands.keys()].map((key) => [key, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [key, command] of commands) times.get(key)?.push(timeOnce(command));
  }
  return times;
}

/** Peak resident set of a Node command, in bytes. Throws if it fails. */
export function peakMemoryBytes(command: Command): number {
  const run = spawnSync(command.program, ['--import', PEAK_MEMORY, ...command.arguments], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: ENVIRONMENT,
  });
  const kibibytes = Number(run.output[3]?.toString());
  if (run.status !== 0 || !(kibibytes > 0))
    throw new Error(`${command.name} failed while its memory was measured`);
  return kibibytes * 1024;
}
