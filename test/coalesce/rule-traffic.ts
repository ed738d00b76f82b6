/** Random traffic for the engines after published rules: few flows, segments that overtake each other, and oddities. */
import * as fc from 'fast-check';
import { concat, pattern, replaced, u8 } from '../helpers/bytes.ts';
import { ethernet, MAC_A, MAC_B } from '../helpers/links.ts';
import { FLAG, ipv4Packet, ipv6Packet, timestamps } from '../helpers/packets.ts';

const ODDITIES = [
  'gap',
  'again',
  'ack-back',
  'window',
  'clock-back',
  'echo-zero',
  'no-options',
  'other-options',
  'ttl',
  'tos',
  'df',
  'id',
  'mac',
  'tag',
  'tags',
  'checksum',
  'ip-checksum',
  'trailer',
  'fragment',
  'ip-options',
  'protocol',
  'offset',
] as const;
type Oddity = (typeof ODDITIES)[number];

interface Event {
  readonly flow: number | null;
  readonly bytes: number;
  readonly flags: number;
  /** The ACK number and the clock go on by this before the packet. */
  readonly acked: number;
  /** Where there is no payload. */
  readonly pureAcked: number;
  readonly ticks: number;
  readonly odd: Oddity | null;
  /** Packets that overtake this one. */
  readonly late: number;
}

const usually = <T>(usual: T, other: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const FLOWS = 5;

const EVENT: fc.Arbitrary<Event> = fc.record({
  flow: usually<number | null>(null, fc.nat(FLOWS - 1), 3),
  bytes: usually(100, fc.constantFrom(0, 0, 0, 0, 1, 33, 99, 101, 300), 4),
  flags: usually<number>(FLAG.ACK, fc.constantFrom(24, 24, 24, 0, 17, 18, 2, 20, 48, 80, 144), 6),
  acked: usually(0, fc.constantFrom(1, 500), 6),
  pureAcked: fc.constantFrom(0, 0, 1, 500),
  ticks: usually(0, fc.constantFrom(1, 2), 4),
  odd: usually<Oddity | null>(null, fc.constantFrom(...ODDITIES), 10),
  late: usually(0, fc.integer({ min: 1, max: 4 }), 6),
});

export interface RuleTraffic {
  readonly frames: readonly Uint8Array[];
  readonly lastPackets: readonly number[];
}

export const RULE_TRAFFIC: fc.Arbitrary<RuleTraffic> = fc
  .record({
    mainFlow: fc.nat(FLOWS - 1),
    events: fc.array(EVENT, { minLength: 1, maxLength: 60 }),
    polls: fc.uniqueArray(fc.nat(60), { maxLength: 4 }),
  })
  .map(({ mainFlow, events, polls }) => ({
    frames: framesOf(mainFlow, events),
    lastPackets: polls.toSorted((a, b) => a - b),
  }));

function framesOf(mainFlow: number, events: readonly Event[]): Uint8Array[] {
  const flows = Array.from({ length: FLOWS }, (_, flow) => ({
    seq: (2 ** 32 - 250 * flow) % 2 ** 32,
    ack: flow === 1 ? 2 ** 32 - 300 : 5000,
    clock: flow === 2 ? 2 ** 32 - 3 : 10,
    id: 65_530,
  }));
  const frames = events.map((event, index) => {
    const flow = event.flow ?? mainFlow;
    const state = flows[flow]!;
    if (event.odd === 'gap') state.seq += 50;
    if (event.odd === 'again') state.seq -= 100;
    if (event.odd === 'id') state.id += 3;
    state.seq = (state.seq + 2 ** 32) % 2 ** 32;
    state.ack = (state.ack + (event.bytes === 0 ? event.pureAcked : event.acked)) % 2 ** 32;
    state.clock = (state.clock + event.ticks) % 2 ** 32;
    state.id %= 65_536;
    const frame = frameOf(flow, event, index, state);
    state.seq += event.bytes;
    state.id++;
    return { frame, at: index + event.late };
  });
  return frames.toSorted((a, b) => a.at - b.at).map(({ frame }) => frame);
}

interface FlowState {
  readonly seq: number;
  readonly ack: number;
  readonly clock: number;
  readonly id: number;
}

function frameOf(flow: number, { odd, bytes, flags }: Event, index: number, state: FlowState): Uint8Array {
  const back = (value: number): number => (value + 2 ** 32 - 5) % 2 ** 32;
  const clock = odd === 'clock-back' ? back(state.clock) : state.clock;
  const tcp = {
    // Flows 0 and 1 share all but a port; flow 3 has no timestamps.
    sourcePort: flow === 1 ? 1001 : 1000,
    seq: state.seq,
    ack: odd === 'ack-back' ? back(state.ack) : state.ack,
    flags,
    payload: pattern(bytes, index),
    options: optionsOf(odd, flow, clock),
    checksumError: odd === 'checksum' ? 1 : 0,
    window: odd === 'window' ? 7 : 1000,
    dataOffset: odd === 'offset' ? 4 : null,
  };
  const packet = flow === 4 ? version6(odd, tcp) : version4(odd, flow, state.id, tcp);
  const tags = odd === 'tag' ? [0x8100] : odd === 'tags' ? [0x88a8, 0x8100] : [];
  const frame = ethernet(packet, tags, odd === 'mac' ? MAC_B : MAC_A);
  return odd === 'trailer' ? concat(frame, u8(1, 2)) : frame;
}

function optionsOf(odd: Oddity | null, flow: number, clock: number): Uint8Array {
  if (odd === 'other-options') return u8(1, 1, 1, 1);
  if ((odd === 'no-options') !== (flow === 3)) return u8();
  return timestamps(clock, odd === 'echo-zero' ? 0 : 9);
}

function version4(
  odd: Oddity | null,
  flow: number,
  id: number,
  tcp: Parameters<typeof ipv4Packet>[1],
): Uint8Array {
  const packet = ipv4Packet(
    {
      source: flow === 2 ? '10.0.0.9' : '10.0.0.1',
      id,
      // Flow 2 goes without DF.
      fragment: odd === 'fragment' ? 0x2000 : (odd === 'df') !== (flow === 2) ? 0 : 0x4000,
      ttl: odd === 'ttl' ? 9 : 64,
      tos: odd === 'tos' ? 1 : 0,
      protocol: odd === 'protocol' ? 17 : 6,
      options: odd === 'ip-options' ? u8(1, 1, 1, 1) : u8(),
    },
    tcp,
  );
  return odd === 'ip-checksum' ? replaced(packet, 10, u8(packet[10]! ^ 1)) : packet;
}

function version6(odd: Oddity | null, tcp: Parameters<typeof ipv6Packet>[1]): Uint8Array {
  const extensions = odd === 'fragment' ? [{ protocol: 44, bytes: u8(0, 0, 0, 1, 0, 0, 0, 0) }] : [];
  const packet = ipv6Packet({ extensions, protocol: odd === 'protocol' ? 17 : 6 }, tcp);
  if (odd === 'ttl') return replaced(packet, 7, u8(9));
  return odd === 'tos' ? replaced(packet, 1, u8(0x10)) : packet;
}
