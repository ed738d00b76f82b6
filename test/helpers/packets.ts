/** Made-up TCP/IP packets with right lengths and checksums, unless told otherwise. */
import { concat, u8, u16, u32 } from './bytes.ts';
import { checksumField } from './internet-checksum.ts';

export const FLAG = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const;
export const ETHERTYPE = { IPV4: 0x0800, ARP: 0x0806, VLAN: 0x8100, IPV6: 0x86dd, QINQ: 0x88a8 } as const;

export interface TcpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: number;
  readonly ack: number;
  /** The eight flags. */
  readonly flags: number;
  /** The four bits before the flags. */
  readonly reserved: number;
  readonly window: number;
  readonly urgent: number;
  /** A multiple of four bytes. */
  readonly options: Uint8Array;
  /** Header length in words, where it is to differ from the truth. */
  readonly dataOffset: number | null;
  readonly payload: Uint8Array;
  /** Added to the right checksum. */
  readonly checksumError: number;
}

const TCP_DEFAULTS: TcpFields = {
  sourcePort: 1111,
  destinationPort: 80,
  seq: 1000,
  ack: 5000,
  flags: FLAG.ACK,
  reserved: 0,
  window: 1000,
  urgent: 0,
  options: new Uint8Array(0),
  dataOffset: null,
  payload: new Uint8Array(0),
  checksumError: 0,
};

export interface Ipv4Fields {
  readonly source: string;
  readonly destination: string;
  readonly tos: number;
  readonly id: number;
  /** Flags and fragment offset. */
  readonly fragment: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly options: Uint8Array;
  /** Where it is to differ from the truth. */
  readonly totalLength: number | null;
}

const IPV4_DEFAULTS: Ipv4Fields = {
  source: '10.0.0.1',
  destination: '10.0.0.2',
  tos: 0,
  id: 1,
  fragment: 0x4000,
  ttl: 64,
  protocol: 6,
  options: new Uint8Array(0),
  totalLength: null,
};

/** NOP, NOP, timestamps: the twelve option bytes of ordinary data segments. */
export function timestamps(tsval: number, tsecr: number): Uint8Array {
  return concat(u8(1, 1, 8, 10), u32(tsval), u32(tsecr));
}

export function ipv4Bytes(address: string): Uint8Array {
  return Uint8Array.from(address.split('.').map(Number));
}

function tcpSegment(pseudoHeader: (tcpBytes: number) => Uint8Array, fields: Partial<TcpFields>): Uint8Array {
  const tcp = { ...TCP_DEFAULTS, ...fields };
  const words = tcp.dataOffset ?? 5 + tcp.options.length / 4;
  const before = concat(
    u16(tcp.sourcePort),
    u16(tcp.destinationPort),
    u32(tcp.seq),
    u32(tcp.ack),
    u8((words << 4) | tcp.reserved, tcp.flags),
    u16(tcp.window),
  );
  const after = concat(u16(tcp.urgent), tcp.options, tcp.payload);
  const tcpBytes = before.length + 2 + after.length;
  const right = checksumField(concat(pseudoHeader(tcpBytes), before, u16(0), after));
  return concat(before, u16((right + tcp.checksumError) & 0xffff), after);
}

export function ipv4Packet(ipFields: Partial<Ipv4Fields>, tcpFields: Partial<TcpFields>): Uint8Array {
  const ip = { ...IPV4_DEFAULTS, ...ipFields };
  const addresses = concat(ipv4Bytes(ip.source), ipv4Bytes(ip.destination));
  const tcp = tcpSegment((bytes) => concat(addresses, u16(6), u16(bytes)), tcpFields);
  const headerBytes = 20 + ip.options.length;
  const start = concat(
    u8(0x40 | (headerBytes / 4), ip.tos),
    u16(ip.totalLength ?? headerBytes + tcp.length),
    u16(ip.id),
    u16(ip.fragment),
    u8(ip.ttl, ip.protocol),
  );
  const rest = concat(addresses, ip.options);
  return concat(start, u16(checksumField(concat(start, rest))), rest, tcp);
}

export interface ExtensionHeader {
  readonly protocol: number;
  /** Whole header; its first byte (next header) is filled in. */
  readonly bytes: Uint8Array;
}

export interface Ipv6Fields {
  /** Sixteen bytes. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly extensions: readonly ExtensionHeader[];
  /** After the extension headers. */
  readonly protocol: number;
  readonly payloadLength: number | null;
}

export const IPV6_A = u8(0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
export const IPV6_B = u8(0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);

export function ipv6Packet(ipFields: Partial<Ipv6Fields>, tcpFields: Partial<TcpFields>): Uint8Array {
  const ip: Ipv6Fields = {
    source: IPV6_A,
    destination: IPV6_B,
    extensions: [],
    protocol: 6,
    payloadLength: null,
    ...ipFields,
  };
  const tcp = tcpSegment((bytes) => concat(ip.source, ip.destination, u32(bytes), u32(6)), tcpFields);
  const protocols = [...ip.extensions.map((extension) => extension.protocol), ip.protocol];
  const headers = ip.extensions.map(({ bytes }, i) => concat(u8(protocols[i + 1]!), bytes.subarray(1)));
  const body = concat(...headers, tcp);
  return concat(
    u8(0x60, 0, 0, 0),
    u16(ip.payloadLength ?? body.length),
    u8(protocols[0]!, 64),
    ip.source,
    ip.destination,
    body,
  );
}
