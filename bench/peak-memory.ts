/**
 * Preloaded into a process (`node --import`) to learn its peak memory: at exit, the peak resident set in KiB
 * is written to file descriptor 3. Works wherever Node does, without GNU time.
 */
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) process.on('exit', () => writeSync(3, `${process.resourceUsage().maxRSS}\n`));
