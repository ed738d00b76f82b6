/** What the numbers were measured on. */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { isInstalled } from './commands.ts';

/** Each peer with the option that makes it print its version. */
const PEERS: readonly (readonly [string, string])[] = [
  ['tcpdump', '--version'],
  ['tcptrace', '-v'],
  ['capinfos', '--version'],
  ['gzip', '--version'],
];

/** Sentences, one a line. */
export function describeMachine(): string {
  const processors = cpus();
  const versions = PEERS.filter(([program]) => isInstalled(program)).map(([program, flag]) => {
    const { stdout, stderr } = spawnSync(program, [flag], { encoding: 'utf8' });
    return (stdout.trim() || stderr.trim()).split('\n')[0];
  });
  const { platform, arch, versions: own } = process;
  return [
    `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}; Node ${own.node} on ${platform} ${arch}.`,
    `Peers: ${versions.join('; ')}.`,
  ].join('\n');
}
