/** What the rules of merging look at in one packet, read out for people: used for single packets, not in the hot path. */
import { REASON } from '../coalesce/reason.ts';
import { type PacketTable, recordNumber } from '../packet/table.ts';

export interface PacketFields {
  /** Record number in the capture, from 0. */
  readonly record: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  /** Bytes 12 and 13 of the TCP header. */
  readonly flags: number;
  /** The option bytes, hexadecimal. */
  readonly options: string;
  readonly tsval: number | null;
  readonly tsecr: number | null;
  /** Time to live or hop limit; TOS or traffic class. */
  readonly ttl: number;
  readonly tos: number;
  readonly df: boolean | null;
  readonly id: number | null;
  readonly payloadBytes: number;
  /** What the IP header says, and what was received from it on. */
  readonly ipLength: number;
  readonly receivedBytes: number;
}

/** The packet of a row with its headers at `ipAt` and `tcpAt`; null where it has no TCP header. */
export function packetFields(
  table: PacketTable,
  row: number,
  ipAt: number = table.ipAt[row]!,
  tcpAt: number = table.tcpAt[row]!,
  payloadBytes: number = table.payloadBytes[row]!,
): PacketFields | null {
  if (tcpAt === 0) return null;
  const { view } = table;
  const isIpv4 = view.getUint8(ipAt) >> 4 === 4;
  const frame = table.frameOffset[row]!;
  const end = frame + table.capturedBytes[row]!;
  const optionsEnd = Math.min(end, tcpAt + (view.getUint8(tcpAt + 12) >> 4) * 4);
  const options: string[] = [];
  for (let at = tcpAt + 20; at < optionsEnd; at++)
    options.push(view.getUint8(at).toString(16).padStart(2, '0'));
  const stamped = optionsEnd - tcpAt >= 32 && view.getInt32(tcpAt + 20) === 0x0101080a;
  return {
    record: recordNumber(table, row),
    seq: view.getUint32(tcpAt + 4),
    ack: view.getUint32(tcpAt + 8),
    window: view.getUint16(tcpAt + 14),
    flags: view.getUint16(tcpAt + 12),
    options: options.join(''),
    tsval: stamped ? view.getUint32(tcpAt + 24) : null,
    tsecr: stamped ? view.getUint32(tcpAt + 28) : null,
    ttl: view.getUint8(ipAt + (isIpv4 ? 8 : 7)),
    tos: isIpv4 ? view.getUint8(ipAt + 1) : (view.getUint16(ipAt) >> 4) & 0xff,
    df: isIpv4 ? (view.getUint16(ipAt + 6) & 0x4000) !== 0 : null,
    id: isIpv4 ? view.getUint16(ipAt + 4) : null,
    payloadBytes,
    ipLength: table.ipLength[row]!,
    receivedBytes: table.wireBytes[row]! - (table.ipAt[row]! - frame),
  };
}

/** What a held skb was at the moment of a decision. */
export interface HeldFields {
  readonly first: PacketFields;
  readonly second: PacketFields | null;
  readonly last: PacketFields;
  readonly packets: number;
  readonly payloadBytes: number;
}

/** The two values that a rule compared. */
export interface Compared {
  readonly quantity: string;
  /** Of the packet. */
  readonly packet: number | string;
  /** Of the held skb, or the limit; null where the rule looks at the packet alone. */
  readonly held: number | string | null;
}

export interface Limits {
  readonly maxAggr: number;
  /** Bytes that an skb may not exceed, counted from its IP header. */
  readonly maxBytes: number;
}

/** What `reason` compared; `held` is null where the packet was judged alone. Null where the rule has no values. */
export function compared(
  reason: number,
  packet: PacketFields,
  held: HeldFields | null,
  limits: Limits,
): Compared | null {
  const of = (quantity: string, mine: number | string, other: number | string | null): Compared => ({
    quantity,
    packet: mine,
    held: other,
  });
  const first = held?.first ?? null;
  switch (reason) {
    case REASON.sequence:
      return held === null
        ? null
        : of('sequence number', packet.seq, (held.last.seq + held.last.payloadBytes) % 2 ** 32);
    case REASON['ack-changed']:
      return first && of('ACK', packet.ack, first.ack);
    case REASON['window-changed']:
      return first && of('window', packet.window, first.window);
    case REASON['options-changed']:
      return first && comparedOptions(packet, first);
    case REASON['timestamp-backwards']:
      return of('TSval', packet.tsval ?? 'none', first?.tsval ?? 0);
    case REASON['timestamp-echo-zero']:
      return of('TSecr', packet.tsecr ?? 'none', null);
    case REASON['tcp-options']:
      return of('TCP options', packet.options, null);
    case REASON['ttl-changed']:
      return first && of('TTL', packet.ttl, first.ttl);
    case REASON['tos-changed']:
      return first && of('TOS', packet.tos, first.tos);
    case REASON['df-changed']:
      return first && of('DF', packet.df === true ? 1 : 0, first.df === true ? 1 : 0);
    case REASON['ip-id']:
      return held && of('IP id', packet.id ?? 'none', expectedId(held));
    case REASON['size-larger']:
    case REASON['size-smaller']:
      return first && of('payload bytes', packet.payloadBytes, first.payloadBytes);
    case REASON['no-payload']:
      return of('payload bytes', packet.payloadBytes, null);
    case REASON['max-aggr']:
      return held && of('packets', held.packets, limits.maxAggr);
    case REASON['max-size']:
    case REASON['max-length']:
      return held && of('bytes with the packet', sizeWith(reason, packet, held), limits.maxBytes);
    case REASON['length-mismatch']:
      return of('IP length', packet.ipLength, packet.receivedBytes);
    default:
      return isFlagReason(reason)
        ? of('TCP flags', flagNames(packet.flags), first && flagNames(first.flags))
        : null;
  }
}

const FLAG_REASONS: readonly number[] = (
  ['cwr', 'syn', 'rst', 'urg', 'flags', 'fin', 'psh', 'tcp-flags'] as const
).map((name) => REASON[name]);

function isFlagReason(reason: number): boolean {
  return FLAG_REASONS.includes(reason);
}

function comparedOptions(packet: PacketFields, first: PacketFields): Compared {
  if (packet.tsval !== null && first.tsval !== null && packet.options.length === first.options.length) {
    if (packet.tsval !== first.tsval) return { quantity: 'TSval', packet: packet.tsval, held: first.tsval };
    if (packet.tsecr !== first.tsecr) return { quantity: 'TSecr', packet: packet.tsecr!, held: first.tsecr! };
  }
  return { quantity: 'TCP options', packet: packet.options, held: first.options };
}

/** The second packet decides whether ids stay or count. */
function expectedId({ first, second, packets }: HeldFields): number | string {
  const id = first.id ?? 0;
  if (second === null) return `${id} or ${(id + 1) & 0xffff}`;
  return second.id === id ? id : (id + packets) & 0xffff;
}

/** A session of inet_lro has taken the packet by then, an skb of linux-gro has not. */
function sizeWith(reason: number, packet: PacketFields, held: HeldFields): number {
  const headers = held.first.ipLength - held.first.payloadBytes;
  return headers + held.payloadBytes + (reason === REASON['max-size'] ? packet.payloadBytes : 0);
}

const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const;

function flagNames(flags: number): string {
  const names = FLAGS.filter((_, bit) => (flags & (1 << bit)) !== 0);
  const reserved = (flags >> 8) & 0xf;
  return [...names, ...(reserved === 0 ? [] : [`reserved ${reserved}`])].join(' ') || 'none';
}
