import { ANALYZE } from './analyze.ts';
import { CAPTURE } from './capture.ts';
import { COALESCE } from './coalesce.ts';
import type { CommandDefinition } from './command.ts';
import { PROFILES } from './profiles.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly CommandDefinition[] = [ANALYZE, COALESCE, CAPTURE, PROFILES];
