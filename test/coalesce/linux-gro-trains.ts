/** Trains of made-up segments, and what linux-gro makes of them. */
import { expect } from 'chai';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS, type LinuxGroOptions } from '../../src/coalesce/linux-gro.ts';
import type { Reason } from '../../src/coalesce/reason.ts';
import { pattern, u8 } from '../helpers/bytes.ts';
import { type EngineRun, frameOf, runEngine } from '../helpers/engine-run.ts';
import { ethernet } from '../helpers/links.ts';
import { type Ipv4Fields, ipv4Packet, ipv6Packet, type TcpFields } from '../helpers/packets.ts';

export const ENOUGH = 100;

/** Segment `i` of a train of 100-byte segments with counting ids. */
export function train(i: number, ip: Partial<Ipv4Fields> = {}, tcp: Partial<TcpFields> = {}): Uint8Array {
  const payload = pattern(ENOUGH, i);
  return ipv4Packet({ id: 10 + i, ...ip }, { seq: 1000 + ENOUGH * i, payload, ...tcp });
}

export function train6(
  i: number,
  tcp: Partial<TcpFields> = {},
  extensions: readonly number[] = [],
): Uint8Array {
  const headers = extensions.map((protocol) => ({ protocol, bytes: u8(0, 0, 1, 4, 0, 0, 0, 0) }));
  return ipv6Packet({ extensions: headers }, { seq: 1000 + ENOUGH * i, payload: pattern(ENOUGH, i), ...tcp });
}

export function run(
  frames: readonly Uint8Array[],
  options: Partial<LinuxGroOptions> = {},
  polls: readonly number[] = [],
): EngineRun {
  const linuxGro = { ...LINUX_GRO_DEFAULTS, buckets: 1, verifyChecksums: true, ...options };
  const engine = { engine: 'linux-gro', inetLro: INET_LRO_DEFAULTS, linuxGro } as const;
  return runEngine(frames.map(frameOf), engine, polls);
}

export type Delivered = readonly [packets: readonly number[], reason: Reason];

export function deliveries({ skbs }: EngineRun): Delivered[] {
  return skbs.map(({ packets, reason }) => [packets, reason]);
}

export interface Case {
  readonly name: string;
  readonly frames: readonly Uint8Array[];
  readonly options?: Partial<LinuxGroOptions>;
  readonly expected: readonly Delivered[];
}

export const ack = (tcp: Partial<TcpFields> = {}): Uint8Array =>
  ipv4Packet({ id: 11 }, { seq: 1100, payload: u8(), ...tcp });

/** Flow `flow` of several, segment `i`. */
export const ofFlow = (flow: number, i = 0): Uint8Array =>
  ethernet(train(i, {}, { sourcePort: 2000 + flow }));
/** A table of cases, one test each. */
export function describeCases(title: string, cases: readonly Case[]): void {
  describe(`linux-gro, ${title}`, () => {
    for (const { name, frames, options, expected } of cases) {
      it(name, () => {
        // Looking at checksums or not goes different ways through the engine.
        const ways = options?.verifyChecksums === undefined ? [true, false] : [options.verifyChecksums];
        for (const verifyChecksums of ways) {
          const delivered = deliveries(run(frames, { ...options, verifyChecksums }));
          expect(delivered, `verifyChecksums: ${verifyChecksums}`).to.deep.equal(expected);
        }
      });
    }
  });
}
