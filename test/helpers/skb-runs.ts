/** Arbitrary skbs, runs of equal ones, and paths that they go down. */
import fc from 'fast-check';
import { FRAGMENT_COPIES, RECEIVE_MODES } from '../../src/path/netback.ts';
import { XEN_CONFIGURATIONS } from '../../src/path/xen-configurations.ts';
import type { XenPath } from '../../src/path/xen-path.ts';

export interface Skb {
  readonly segments: number;
  readonly payloadBytes: number;
  readonly frameBytes: number;
}

/** Data skbs of equal or unequal segments, pure ACKs and other traffic. */
export const lone = fc
  .record({ payloadBytes: fc.nat(1460), headerBytes: fc.integer({ min: 42, max: 94 }) })
  .map(
    ({ payloadBytes, headerBytes }): Skb => ({
      segments: 1,
      payloadBytes,
      frameBytes: headerBytes + payloadBytes,
    }),
  );
export const merged = fc
  .record({ segments: fc.integer({ min: 2, max: 45 }), perSegment: fc.integer({ min: 1, max: 1448 }) })
  .chain(({ segments, perSegment }) =>
    fc.nat(perSegment - 1).map((short): Skb => {
      const payloadBytes = segments * perSegment - short;
      return { segments, payloadBytes, frameBytes: 66 + payloadBytes };
    }),
  );
/** Of few sizes that share two places of src/path/skb-tally.ts, as their frames are 1,024 bytes apart; without payload, too. */
const sharing = fc
  .record({
    segments: fc.constantFrom(1, 2),
    kilobytes: fc.nat(2),
    headerBytes: fc.constantFrom(54, 66, null),
  })
  .map(({ segments, kilobytes, headerBytes }): Skb => {
    const frameBytes = 166 + 1024 * kilobytes;
    return { segments, payloadBytes: headerBytes === null ? 0 : frameBytes - headerBytes, frameBytes };
  });

/** `times` of an skb; with `polls` the end of a poll after them, and all that so often. */
export interface SkbRun {
  readonly skb: Skb;
  readonly times: number;
  readonly polls: number;
  readonly isLookedAt: boolean;
}

/** Of so few sizes that most were met before. */
export const skbRuns = fc
  .array(fc.oneof(lone, merged, sharing), { minLength: 1, maxLength: 5 })
  .chain((sizes) => {
    const run: fc.Arbitrary<SkbRun> = fc.record({
      skb: fc.constantFrom(...sizes),
      times: fc.oneof(fc.nat(5), fc.nat(80), fc.constant(300)),
      polls: fc.nat(3),
      isLookedAt: fc.nat(19).map((draw) => draw === 0),
    });
    return fc.array(run, { maxLength: 120, size: 'max' });
  });

export const receiveMode = fc.constantFrom(...RECEIVE_MODES);
export const configuration = fc.constantFrom(...XEN_CONFIGURATIONS);
export const choices = fc.record({
  fragmentCopy: fc.constantFrom(...FRAGMENT_COPIES),
  lineariseMaxOrder: fc.constantFrom(0, 1, 2, 9),
});

export function passOneByOne(path: XenPath, { skb, times, polls }: SkbRun): void {
  for (let round = 0; round < Math.max(1, polls); round++) {
    for (let i = 0; i < times; i++) path.deliver(skb.segments, skb.payloadBytes, skb.frameBytes);
    if (polls > 0) path.pollEnd();
  }
}
