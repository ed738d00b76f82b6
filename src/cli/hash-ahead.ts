/**
 * The thread that hashes a large capture, started while the command line is still to be understood: the one takes as long as the
 * other, and a first run with a report waits for the hash. It does nothing before it is told a file, and a run that has none for it
 * ends without it.
 */
import { startThread, type Thread } from './thread.ts';

let waiting: Thread<string> | null = null;

export function startHashingAhead(): void {
  waiting = startThread<null, string>('hash-thread', null);
  waiting.hold(false);
}

/** The thread that waits, or another one, hashes this file. */
export function hashInThread(file: string): Thread<string> {
  const thread = waiting ?? startThread<null, string>('hash-thread', null);
  waiting = null;
  thread.hold(true);
  thread.tell(file);
  return thread;
}
