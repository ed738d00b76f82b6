/** Every command that is timed: the program under test and the tools that a user would take instead. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InputName } from './inputs.ts';

/** The capture that a command of the table reads, or nothing. */
export type Input = InputName | 'none';

export interface Command {
  readonly name: CommandName;
  readonly program: string;
  readonly arguments: readonly string[];
  /** Taken away before each run, as it would spare it work; null where there is nothing of the kind. */
  readonly forgets: string | null;
}

export const COMMANDS = [
  'analyze --help',
  'node -e 0',
  'analyze coalesce',
  'analyze coalesce, linux-gro',
  'analyze',
  'analyze, window',
  'analyze, napi',
  'analyze, again',
  'analyze sweep, 26 × max-aggr',
  'analyze sweep, 26 × rx-usecs, napi',
  'analyze explain',
  'analyze explain, no what-ifs',
  'analyze explain, all what-ifs',
  'analyze explain, again',
  'analyze explain, no report',
  'analyze explain, inet_lro alone',
  'analyze explain, linux-gro alone',
  'tcpdump',
  'tcptrace',
  'capinfos',
  'gzip -dc',
  'pcap-parser',
  'tshark',
] as const;

export type CommandName = (typeof COMMANDS)[number];

export interface Setting {
  /** bin/analyze.js of the build under test. */
  readonly analyze: string;
  /** Path of the capture; not used by commands that read none. */
  readonly file: string;
  /** Folder for what the main command writes. */
  readonly scratch: string;
}

const PCAP_PARSER = fileURLToPath(new URL('./pcap-parser-count.js', import.meta.url));

/** How to run a command; tcptrace without `-n` would look names up. */
export function commandFor(name: CommandName, { analyze, file, scratch }: Setting): Command {
  const node = process.execPath;
  const csvTo = (out: string): string[] => ['--format', 'csv', '--out', out, '--quiet'];
  const csv = csvTo(scratch);
  const explain = ['explain', file, '--poll', 'batch:64', ...csv];
  const explainOnly = ['explain', file, '--poll', 'batch:64', '--format', 'none', '--quiet'];
  const lines: Readonly<Record<CommandName, readonly [string, ...string[]]>> = {
    'analyze --help': [node, analyze, '--help'],
    'node -e 0': [node, '-e', '0'],
    'analyze coalesce': [node, analyze, 'coalesce', file, '--poll', 'batch:64', '--stats'],
    'analyze coalesce, linux-gro': [
      node,
      ...[analyze, 'coalesce', file, '--poll', 'batch:64', '--stats', '--engine', 'linux-gro'],
    ],
    // Charts are left out: they cost the same whatever the capture.
    analyze: [node, analyze, file, '--poll', 'batch:64', ...csv],
    'analyze, window': [node, analyze, file, '--poll', 'window:125:64', ...csv],
    'analyze, napi': [node, analyze, file, '--poll', 'napi', ...csv],
    // The hash of the capture is remembered.
    'analyze, again': [node, analyze, file, '--poll', 'batch:64', ...csvTo(join(scratch, 'again'))],
    'analyze sweep, 26 × max-aggr': [
      node,
      ...[analyze, 'sweep', file, '--poll', 'batch:64', '--vary', 'max-aggr=1:26:1', ...csv],
    ],
    'analyze sweep, 26 × rx-usecs, napi': [
      node,
      ...[analyze, 'sweep', file, '--poll', 'napi', '--vary', 'rx-usecs=0:250:10', ...csv],
    ],
    'analyze explain': [node, analyze, ...explain],
    'analyze explain, no what-ifs': [node, analyze, ...explain, '--what-if', 'none'],
    'analyze explain, again': [
      node,
      ...[analyze, 'explain', file, '--poll', 'batch:64', ...csvTo(join(scratch, 'again'))],
    ],
    // As `coalesce --stats`, which they are compared with, these write no report.
    'analyze explain, no report': [node, analyze, ...explainOnly],
    'analyze explain, inet_lro alone': [node, analyze, ...explainOnly, '--engine', 'inet_lro'],
    'analyze explain, linux-gro alone': [node, analyze, ...explainOnly, '--engine', 'linux-gro'],
    'analyze explain, all what-ifs': [node, analyze, ...explain, '--what-if', 'all'],
    tcpdump: ['tcpdump', '-r', file, '-w', '/dev/null'],
    tcptrace: ['tcptrace', '-n', file],
    capinfos: ['capinfos', '-c', file],
    'gzip -dc': ['gzip', '-dc', file],
    'pcap-parser': [node, PCAP_PARSER, file],
    tshark: ['tshark', '-n', '-r', file, '-q', '-z', 'conv,tcp'],
  };
  const [program, ...rest] = lines[name];
  const forgets = rest.includes(scratch) ? join(scratch, '.results') : null;
  return { name, program, arguments: rest, forgets };
}

/** Whether `program` is a path, or found on the search path. */
export function isInstalled(program: string): boolean {
  const { PATH = '' } = process.env;
  const folders = program.includes('/') ? [''] : PATH.split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
