/** A share of a batch for one of several machines, which agree on it without talking to each other. */
import { createHash } from 'node:crypto';
import type { Job } from './jobs.ts';

export interface Shard {
  /** 1 … count. */
  readonly index: number;
  readonly count: number;
}

/** Depends on the names of the reports alone: a capture that is added later moves no other. */
export function isInShard({ folder }: Job, { index, count }: Shard): boolean {
  const hash = createHash('sha256').update(folder).digest().readUInt32BE(0);
  return hash % count === index - 1;
}
