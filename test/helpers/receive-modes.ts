import type { ReceiveMode } from '../../src/path/netback.ts';

/** The receive modes that `aizu-2008` is fitted for: those that shipped in the study's time. */
export const STUDY_RECEIVE_MODES = [
  'flip',
  'flip-copy',
  'grant-copy',
] as const satisfies readonly ReceiveMode[];
