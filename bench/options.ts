/** Command line of the bench. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { GROUPS, type Group } from './targets.ts';

export const USAGE = `npm run bench -- [options]
  --rounds N      timed runs of each command (default 5)
  --only A,B      groups to run: ${GROUPS.join(', ')} (default all)
  --slow          with tshark, a minute a run
  --dir FOLDER    where the inputs are kept, about 2 GB (default: analyze-bench in the system's temporary folder)
  --analyze FILE  bin/analyze.js of another build
  --markdown      print the tables for docs/performance.md
  --help          print this
`;

export interface Options {
  readonly rounds: number;
  readonly groups: readonly Group[];
  readonly slow: boolean;
  readonly dir: string;
  readonly analyze: string;
  readonly markdown: boolean;
  readonly help: boolean;
}

/** Throws an Error with a message for the user. `analyze` is the default of `--analyze`. */
export function readOptions(argv: readonly string[], analyze: string): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '5' },
      only: { type: 'string', default: GROUPS.join(',') },
      slow: { type: 'boolean', default: false },
      dir: { type: 'string', default: join(tmpdir(), 'analyze-bench') },
      analyze: { type: 'string', default: analyze },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(`--rounds must be a whole number above 0, not '${values.rounds}'`);
  }
  const groups = values.only.split(',').map((name) => {
    const group = GROUPS.find((known) => known === name);
    if (group === undefined) throw new Error(`--only: there is no group '${name}'`);
    return group;
  });
  if (!values.help && !existsSync(values.analyze)) throw new Error(`there is no ${values.analyze}`);
  return {
    rounds,
    groups,
    slow: values.slow,
    dir: resolve(values.dir),
    analyze: resolve(values.analyze),
    markdown: values.markdown,
    help: values.help,
  };
}
