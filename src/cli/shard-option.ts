/** `--shard i/n`. */
import type { Shard } from '../batch/shard.ts';
import { UsageError } from './usage.ts';

const MOST_SHARDS = 100_000;

/** Null where none is asked for. */
export function parseShard(text: string | undefined): Shard | null {
  if (text === undefined) return null;
  const [index = 0, count = 0] = /^\d+\/\d+$/.test(text) ? text.split('/').map(Number) : [];
  if (index < 1 || count < index || count > MOST_SHARDS) {
    throw new UsageError(`--shard: '${text}' is not i/n with 1 ≤ i ≤ n ≤ ${MOST_SHARDS}, such as 2/20`);
  }
  return { index, count };
}
