/** Random traffic of a few flows in which segments mostly follow each other, and now and then something is odd. */
import * as fc from 'fast-check';
import { concat, pattern, replaced, u8, u16 } from '../helpers/bytes.ts';
import { ethernet, MAC_A, MAC_B } from '../helpers/links.ts';
import { ETHERTYPE, FLAG, ipv4Packet, ipv6Packet, type TcpFields, timestamps } from '../helpers/packets.ts';
import { greInIpv4, inIpv4, inIpv6, protocolOf } from '../helpers/tunnels.ts';

const ODDITIES = [
  'ttl',
  'tos',
  'df',
  'window',
  'ack',
  'timestamp',
  'no-options',
  'mac',
  'label',
  'id',
  'gap',
  'again',
  'checksum',
  'ip-checksum',
  'trailer',
  'length',
  'evil',
  'fragment',
  'options',
  'tag',
  'offset',
  'zero-length',
  'long-length',
  'short-ip-header',
  'urgent-pointer',
  'broken-option',
  'all-options',
  'options-beyond',
  'cut',
  'second-tunnel',
  'gre-sequence',
  'other-protocol',
] as const;
type Oddity = (typeof ODDITIES)[number];

/** Where a frame is cut: within link header, IP, extension headers or a tunnel, TCP. */
const CUTS = [9, 20, 40, 52, 60, 75];

const FLOWS = 10;

interface Event {
  /** null: the main flow of this traffic. */
  readonly flow: number | null;
  readonly bytes: number;
  readonly flags: number;
  readonly odd: Oddity | null;
}

const usually = <T>(usual: T, other: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const EVENT: fc.Arbitrary<Event> = fc.record({
  flow: usually<number | null>(null, fc.nat(FLOWS - 1), 2),
  bytes: usually(100, fc.constantFrom(0, 1, 33, 99, 101), 8),
  flags: usually<number>(
    FLAG.ACK,
    fc.constantFrom(0, FLAG.FIN, FLAG.SYN, FLAG.RST, FLAG.PSH, FLAG.URG, FLAG.ECE, FLAG.CWR, 0x100, 0x400),
    10,
  ),
  odd: usually<Oddity | null>(null, fc.constantFrom(...ODDITIES), 6),
});

export interface Traffic {
  readonly frames: readonly Uint8Array[];
  readonly lastPackets: readonly number[];
  readonly perBucket: number;
  readonly maxSize: number;
}

export const TRAFFIC: fc.Arbitrary<Traffic> = fc
  .record({
    mainFlow: fc.nat(FLOWS - 1),
    events: fc.array(EVENT, { minLength: 1, maxLength: 60 }),
    steps: fc.array(fc.constantFrom(0, 1), { minLength: FLOWS, maxLength: FLOWS }),
    polls: fc.uniqueArray(fc.nat(60), { maxLength: 5 }),
    perBucket: fc.constantFrom(8, 1, 2, 3),
    maxSize: usually(65_536, fc.constantFrom(352, 452, 453), 3),
  })
  .map(({ mainFlow, events, steps, polls, perBucket, maxSize }) => ({
    frames: framesOf(mainFlow, events, steps),
    lastPackets: polls.toSorted((a, b) => a - b),
    perBucket,
    maxSize,
  }));

/** `steps`: what the ids of each flow go up by. */
function framesOf(mainFlow: number, events: readonly Event[], steps: readonly number[]): Uint8Array[] {
  const flows = steps.map((step, flow) => ({ seq: (2 ** 32 - 250 * flow) % 2 ** 32, id: 65_533, step }));
  return events.map((event, index) => {
    const flow = event.flow ?? mainFlow;
    const state = flows[flow]!;
    const { odd } = event;
    if (odd === 'gap') state.seq += 50;
    if (odd === 'again') state.seq -= 50;
    if (odd === 'id') state.id += 3;
    state.seq = (state.seq + 2 ** 32) % 2 ** 32;
    state.id %= 65_536;
    const frame = frameOf(flow, event, index, state);
    state.seq += event.bytes;
    state.id += state.step;
    return frame;
  });
}

function frameOf(flow: number, event: Event, index: number, state: { seq: number; id: number }): Uint8Array {
  const { odd } = event;
  const tcp: Partial<TcpFields> = {
    sourcePort: 1000 + (flow === 1 ? 1 : 0),
    seq: state.seq,
    flags: event.flags & 0xff,
    reserved: event.flags >> 8,
    payload: pattern(event.bytes, index),
    options: odd === 'no-options' ? u8() : timestamps(odd === 'timestamp' ? 2 : 1, 1),
    checksumError: odd === 'checksum' ? 1 : 0,
    ...(odd === 'broken-option' ? { options: u8(1, 1, 8, 0, 0, 0, 0, 1, 0, 0, 0, 1) } : {}),
    ...(odd === 'all-options' ? { options: new Uint8Array(40).fill(1) } : {}),
    ...(odd === 'options-beyond' ? { dataOffset: 15 } : {}),
    ...(odd === 'urgent-pointer' ? { urgent: 7 } : {}),
    ...(odd === 'window' ? { window: 7 } : {}),
    ...(odd === 'ack' ? { ack: 7 } : {}),
    ...(odd === 'offset' ? { dataOffset: 4 } : {}),
  };
  const inner = flow >= 5 && flow < 9 ? version6(odd, flow, tcp) : version4(odd, state.id, tcp);
  const wrapped = wrap(flow, inner, state.id, odd === 'gre-sequence' ? 1 : undefined);
  const packet = odd === 'second-tunnel' ? inIpv4(protocolOf(wrapped), wrapped, { id: state.id }) : wrapped;
  const frame = ethernet(packet, odd === 'tag' ? [ETHERTYPE.VLAN] : [], odd === 'mac' ? MAC_B : MAC_A);
  if (odd === 'cut') return frame.subarray(0, CUTS[index % CUTS.length]!);
  return odd === 'trailer' ? concat(frame, u8(1, 2)) : frame;
}

function version4(odd: Oddity | null, id: number, tcp: Partial<TcpFields>): Uint8Array {
  const flags = { df: 0, evil: 0xc000, fragment: 0x2000 } as const;
  const packet = ipv4Packet(
    {
      id,
      fragment: odd === 'df' || odd === 'evil' || odd === 'fragment' ? flags[odd] : 0x4000,
      ...(odd === 'ttl' ? { ttl: 9 } : {}),
      ...(odd === 'tos' ? { tos: 1 } : {}),
      ...(odd === 'options' ? { options: u8(1, 1, 1, 1) } : {}),
      ...(odd === 'length' ? { totalLength: 50 } : {}),
      ...(odd === 'zero-length' ? { totalLength: 0 } : {}),
      ...(odd === 'long-length' ? { totalLength: 1000 } : {}),
      ...(odd === 'other-protocol' ? { protocol: 17 } : {}),
    },
    tcp,
  );
  if (odd === 'short-ip-header') return replaced(packet, 0, u8(0x44));
  return odd === 'ip-checksum' ? replaced(packet, 10, u8(packet[10]! ^ 1)) : packet;
}

function version6(odd: Oddity | null, flow: number, tcp: Partial<TcpFields>): Uint8Array {
  const bytes = u8(0, 0, 1, 4, 0, 0, 0, 0);
  const protocols = [...(flow === 6 ? [0, 60] : []), ...(odd === 'fragment' ? [44] : [])];
  const packet = ipv6Packet({ extensions: protocols.map((protocol) => ({ protocol, bytes })) }, tcp);
  switch (odd) {
    case 'ttl':
      return replaced(packet, 7, u8(9));
    case 'tos':
      return replaced(packet, 1, u8(0x10));
    case 'label':
      return replaced(packet, 3, u8(9));
    case 'length':
    case 'zero-length':
      return replaced(packet, 4, u16(0));
    case 'long-length':
      return replaced(packet, 4, u16(1000));
    case 'other-protocol':
      return replaced(packet, 6, u8(17));
    default:
      return packet;
  }
}

/** Flows 0 and 1 are plain IPv4, 2 to 4 and 9 tunnels with IPv4 in them, 5 and 6 IPv6, 7 and 8 IPv6 in a tunnel. */
function wrap(flow: number, packet: Uint8Array, id: number, sequence: number | undefined): Uint8Array {
  const gre = sequence === undefined ? {} : { sequence };
  switch (flow) {
    case 2:
      return inIpv4(4, packet, { id: 65_535 - id });
    case 3:
      return greInIpv4(packet, { key: 5, checksum: true, ...gre }, { id });
    case 4:
      return inIpv6(4, packet);
    case 7:
      return inIpv4(41, packet, { id });
    case 8:
      return inIpv6(41, packet);
    case 9:
      return greInIpv4(packet, { key: 6, ...gre }, { id });
    default:
      return packet;
  }
}
