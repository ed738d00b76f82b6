/**
 * Writes V8's code cache beside the files of the bundled command (bin/load.js): of the functions that a few ordinary
 * commands run. Part of `npm run build`; the command works without it, and starts slower.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Script } from 'node:vm';

interface LoaderModule {
  createLoader(): {
    load(name: string): { main(argv: readonly string[]): Promise<number> };
    readonly scripts: ReadonlyMap<string, Script>;
  };
  readonly CACHE_SUFFIX: string;
}

const { createLoader, CACHE_SUFFIX } = createRequire(import.meta.url)('../../bin/load.js') as LoaderModule;
const CAPTURE = fileURLToPath(new URL('../../test/vectors/inet_lro/inorder_ts.pcap', import.meta.url));

/** The functions that were never called are left out: the larger a cache, the longer it takes to load. */
async function runOrdinaryCommands(folder: string): Promise<void> {
  const loader = createLoader();
  const { main } = loader.load('analyze.cjs');
  const commands = [
    ['--help'],
    ['coalesce', CAPTURE, '--stats', '--quiet'],
    [CAPTURE, '--out', folder, '--format', 'csv,json', '--quiet'],
    ['explain', CAPTURE, '--out', folder, '--format', 'csv,json', '--quiet'],
  ];
  for (const command of commands) {
    const exitCode = await main(command);
    if (exitCode !== 0) throw new Error(`analyze ${command.join(' ')} ended with ${exitCode}`);
  }
  for (const [path, script] of loader.scripts) writeFileSync(path + CACHE_SUFFIX, script.createCachedData());
}

if (process.argv[2] === undefined) {
  // In a process of its own, because the commands print.
  execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'run'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
} else {
  const folder = mkdtempSync(join(tmpdir(), 'analyze-code-cache-'));
  try {
    await runOrdinaryCommands(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
