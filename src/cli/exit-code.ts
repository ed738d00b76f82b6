/** Exit codes of the command (DESIGN: command line). */
export const EXIT = {
  DONE: 0,
  BUG: 1,
  USAGE: 2,
  NO_INPUT: 3,
  /** Done, but something in the input was cut or skipped. */
  DEGRADED: 4,
  INTERRUPTED: 130,
} as const;
