import { ANALYZE } from './analyze.ts';
import { COALESCE } from './coalesce.ts';
import type { CommandDefinition } from './command.ts';
import { EXPLAIN } from './explain.ts';
import { PROFILES } from './profiles.ts';
import { SWEEP } from './sweep.ts';
import { TUNE } from './tune.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly CommandDefinition[] = [ANALYZE, COALESCE, EXPLAIN, SWEEP, TUNE, PROFILES];
