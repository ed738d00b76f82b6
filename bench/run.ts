/** `npm run bench`: measures the program against its peers and prints the ratios. See bench/README.md. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, commandFor, isInstalled } from './commands.ts';
import { ensureInput, type InputName, warm } from './inputs.ts';
import { describeMachine } from './machine.ts';
import { peakMemoryBytes, probe, timeInterleaved } from './measure.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { type Memory, memoryTable, sideKey, type Timing, timeTable } from './results.ts';
import { fixedWidth, markdown } from './table.ts';
import {
  COMPARISONS,
  type Comparison,
  MEMORY_INPUTS,
  ROUNDS_FACTOR,
  type Side,
  SLOW_COMPARISONS,
} from './targets.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

interface Measured {
  readonly timings: Map<string, Timing>;
  readonly memory: Map<InputName, Memory>;
}

process.exitCode = await main(process.argv.slice(2));

/** Exit code: 0 measured, whatever the verdicts; 1 the program under test failed; 2 wrong usage. */
async function main(argv: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(argv, join(REPOSITORY, 'bin', 'analyze.js'));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const comparisons = [...COMPARISONS, ...(options.slow ? SLOW_COMPARISONS : [])].filter(({ group }) =>
    options.groups.includes(group),
  );
  const measured: Measured = { timings: new Map(), memory: new Map() };
  const scratch = mkdtempSync(join(tmpdir(), 'analyze-bench-run-'));
  try {
    for (const group of options.groups) {
      const rows = comparisons.filter((comparison) => comparison.group === group);
      const commands = await prepare(rows, options, scratch);
      dropMissing(commands, measured.timings);
      const rounds = options.rounds * ROUNDS_FACTOR[group];
      log(`${group}: ${rounds} rounds of ${commands.size} commands`);
      for (const [key, seconds] of timeInterleaved(commands, rounds)) {
        measured.timings.set(key, { seconds });
      }
      for (const row of MEMORY_INPUTS) if (row.group === group) measureMemory(row.input, commands, measured);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  const method = `Medians of ${options.rounds} interleaved rounds (start-up: ${options.rounds * ROUNDS_FACTOR.start}); "rounds" is the lowest and highest ratio within a round.`;
  const tables = [timeTable(comparisons, measured.timings), memoryTable(measured.memory)];
  const shown = tables.filter((table) => table.rows.length > 0).map(options.markdown ? markdown : fixedWidth);
  process.stdout.write(`${[describeMachine(), method, ...shown].join('\n\n')}\n`);
  const failed = [...measured.timings].some(
    ([key, timing]) => key.startsWith('analyze') && 'missing' in timing,
  );
  return failed ? 1 : 0;
}

/** The commands of a group by key, their inputs made and warm. */
async function prepare(
  rows: readonly Comparison[],
  { dir, analyze }: Options,
  scratch: string,
): Promise<Map<string, Command>> {
  const commands = new Map<string, Command>();
  const files = new Set<string>();
  for (const side of rows.flatMap(({ subject, reference }): Side[] => [subject, reference])) {
    let file = '';
    if (side.input !== 'none') {
      file = await ensureInput(side.input, dir, join(REPOSITORY, 'captures'), log);
      files.add(file);
    }
    commands.set(sideKey(side), commandFor(side.command, { analyze, file, scratch }));
  }
  for (const file of files) warm(file);
  return commands;
}

/** Takes out what is not installed or does not work, and notes why. */
function dropMissing(commands: Map<string, Command>, timings: Map<string, Timing>): void {
  for (const [key, command] of [...commands]) {
    const problem = isInstalled(command.program) ? probe(command) : `${command.program} is not installed`;
    if (problem === null) continue;
    log(`${key}: ${problem}`);
    // Without what the command printed: that may name a path of this machine.
    timings.set(key, { missing: problem.split(':')[0] ?? problem });
    commands.delete(key);
  }
}

function measureMemory(
  input: InputName,
  commands: ReadonlyMap<string, Command>,
  { timings, memory }: Measured,
): void {
  const key = sideKey({ command: 'analyze coalesce', input });
  const command = commands.get(key);
  const timing = timings.get(key);
  if (command !== undefined) memory.set(input, { bytes: peakMemoryBytes(command) });
  else if (timing !== undefined && 'missing' in timing) memory.set(input, timing);
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
