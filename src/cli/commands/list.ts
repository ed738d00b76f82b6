import { ANALYZE } from './analyze.ts';
import { BATCH } from './batch.ts';
import { CALIBRATE } from './calibrate.ts';
import { CAPTURE } from './capture.ts';
import { COALESCE } from './coalesce.ts';
import type { CommandDefinition } from './command.ts';
import { COMPARE } from './compare.ts';
import { EXPLAIN } from './explain.ts';
import { PROFILES } from './profiles.ts';
import { SWEEP } from './sweep.ts';
import { TUNE } from './tune.ts';
import { VERIFY } from './verify.ts';
import { WORKER } from './worker.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly CommandDefinition[] = [
  ANALYZE,
  CAPTURE,
  COALESCE,
  EXPLAIN,
  SWEEP,
  TUNE,
  COMPARE,
  VERIFY,
  CALIBRATE,
  BATCH,
  WORKER,
  PROFILES,
];
