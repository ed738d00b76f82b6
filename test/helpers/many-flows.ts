/**
 * Random traffic of thousands of flows: more than tables that are looked at first have places (1,024 of linux-gro, 4,096 of the flow
 * table), whose flows come back when their place has been another's for long.
 */
import fc from 'fast-check';
import type { PollSpec } from '../../src/nic/poll.ts';
import { pcapFile } from './capture-files.ts';
import { ethernet } from './links.ts';
import { TG3 } from './napi-spec.ts';
import { FLAG, ipv4Packet, ipv6Packet, timestamps } from './packets.ts';

interface Flow {
  seq: number;
  id: number;
  ack: number;
  bytes: number;
  window: number;
  tsval: number;
}

const SIZES = [0, 1, 100, 700, 1448];
/** Places of the tables. */
const APART = [1024, 2048, 4096];

/** A fixed sequence of numbers from 0 to below 1 for each seed: Park and Miller's generator, 1988. */
function createRandom(seed: number): () => number {
  let state = (seed % 0x7fff_fffe) + 1;
  return () => {
    state = (state * 16_807) % 0x7fff_ffff;
    return (state - 1) / 0x7fff_fffe;
  };
}

function manyFlows(seed: number, packets: number, hasIpv6: boolean): Uint8Array[] {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const flows: Flow[] = [];
  let last = 0;

  function choose(): number {
    const dice = random();
    if (flows.length === 0 || dice < 0.3) {
      flows.push({ seq: below(0xffff_ffff), id: below(65_536), ack: 1, bytes: 1448, window: 900, tsval: 5 });
      return flows.length - 1;
    }
    if (dice < 0.65) return last;
    if (dice < 0.8) return Math.max(0, flows.length - 1 - below(5));
    const back = last - APART[below(APART.length)]!;
    return back >= 0 && dice < 0.95 ? back : below(flows.length);
  }

  function packet(number: number): Uint8Array {
    const flow = flows[number]!;
    const rarely = (share: number): boolean => random() < share;
    if (rarely(0.3)) flow.bytes = SIZES[below(SIZES.length)]!;
    if (rarely(0.08)) flow.ack += 100;
    if (rarely(0.04)) flow.window ^= 64;
    if (rarely(0.06)) flow.tsval += below(3) - 1;
    if (rarely(0.03)) flow.seq -= 100;
    const tcp = {
      sourcePort: 1024 + (number % 60_000),
      seq: flow.seq >>> 0,
      ack: flow.ack,
      window: flow.window,
      flags: FLAG.ACK | (rarely(0.1) ? FLAG.PSH : 0) | (rarely(0.02) ? FLAG.FIN : 0),
      options: rarely(0.03) ? new Uint8Array(0) : timestamps(flow.tsval, 1),
      payload: new Uint8Array(flow.bytes),
    };
    flow.seq += flow.bytes;
    if (rarely(0.97)) flow.id = (flow.id + 1) & 0xffff;
    return hasIpv6 && number % 7 === 0 ? ipv6Packet({}, tcp) : ipv4Packet({ id: flow.id }, tcp);
  }

  return Array.from({ length: packets }, () => {
    last = choose();
    return ethernet(packet(last));
  });
}

/** Some of it as a capture, and polls of up to so many packets. */
export interface ManyFlows {
  readonly file: Uint8Array;
  readonly packets: number;
  readonly polls: readonly PollSpec[];
}

const GAP_NS = 3000;

export const MANY_FLOWS: fc.Arbitrary<ManyFlows> = fc
  .record({
    seed: fc.noShrink(fc.nat()),
    count: fc.integer({ min: 5000, max: 9000 }),
    hasIpv6: fc.boolean(),
    packets: fc.integer({ min: 1, max: 200 }),
  })
  .map(({ seed, count, hasIpv6, packets }) => ({
    file: pcapFile(
      manyFlows(seed, count, hasIpv6).map((bytes, i) => ({ bytes, timeNs: BigInt(GAP_NS * i) })),
    ),
    packets,
    polls: [
      { kind: 'batch', packets },
      { kind: 'window', windowNs: GAP_NS * packets, budget: 64 },
      { ...TG3, weight: packets },
    ],
  }));
