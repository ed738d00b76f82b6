/**
 * Preloaded into a process (`node --import`) to learn its peak memory: at exit, the peak resident set in KiB
 * is written to file descriptor 3. Works wherever Node does, without GNU time.
 */
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) process.on('exit', () => writeSync(3, `${peakKibibytes()}\n`));

/** On Linux the peak that getrusage tells begins with that of the process that started this one; VmHWM is its own. */
function peakKibibytes(): number {
  try {
    const own = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (own !== undefined) return Number(own);
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS;
}
