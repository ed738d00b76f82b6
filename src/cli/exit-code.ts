/** Exit codes of the command (DESIGN: command line). */
export const EXIT = {
  DONE: 0,
  BUG: 1,
  USAGE: 2,
  NO_INPUT: 3,
  /** Done, but something in the input was cut or skipped. */
  DEGRADED: 4,
  /** Done, and what was compared is not the same. */
  DIFFERENT: 5,
  INTERRUPTED: 130,
} as const;

/** For people, in the order of the codes. */
export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.DONE, 'done'],
  [EXIT.BUG, 'a bug in this program'],
  [EXIT.USAGE, 'wrong usage or configuration, or an output that cannot be written'],
  [EXIT.NO_INPUT, 'no input could be read'],
  [EXIT.DEGRADED, 'done, but something in the input was cut or skipped'],
  [EXIT.DIFFERENT, 'verify: a file comes out differently; compare: a threshold of --fail-if is passed'],
  [EXIT.INTERRUPTED, 'interrupted; what was finished is kept'],
];
