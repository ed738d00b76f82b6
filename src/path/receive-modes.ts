/** The netback of each receive mode. */
import type { FragmentCopy, Netback, ReceiveMode } from './netback.ts';
import { FLIP, FLIP_COPY } from './netback-flip.ts';
import { GRANT_COPY } from './netback-grant-copy.ts';
import { MODERN } from './netback-modern.ts';

/** `fragmentCopy` counts for `grant-copy` only. */
export function netbackOf(mode: ReceiveMode, fragmentCopy: FragmentCopy = 'software'): Netback {
  switch (mode) {
    case 'flip':
      return FLIP;
    case 'flip-copy':
      return FLIP_COPY;
    case 'grant-copy':
      return GRANT_COPY[fragmentCopy];
    case 'modern':
      return MODERN;
  }
}
