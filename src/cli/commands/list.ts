import { ANALYZE } from './analyze.ts';
import { COALESCE } from './coalesce.ts';
import type { CommandDefinition } from './command.ts';
import { EXPLAIN } from './explain.ts';
import { PROFILES } from './profiles.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly CommandDefinition[] = [ANALYZE, COALESCE, EXPLAIN, PROFILES];
