import { ANALYZE } from './analyze.ts';
import { BATCH } from './batch.ts';
import { COALESCE } from './coalesce.ts';
import type { CommandDefinition } from './command.ts';
import { PROFILES } from './profiles.ts';
import { WORKER } from './worker.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly CommandDefinition[] = [ANALYZE, COALESCE, BATCH, WORKER, PROFILES];
