import type { Core, Place } from '../capture/core.ts';
import type { RecordBlock } from '../capture/record-block.ts';

/**
 * A block of decoded packets as columns (struct of typed arrays), filled again and again so that
 * nothing is allocated per packet. Row `i` is record `firstRecord + i` of the capture file; see recordNumber.
 *
 * Columns hold what most consumers ask of most packets. The rest is read in place: `ipAt` and `tcpAt` say where
 * the headers stand in `bytes`, which is faster than storing fields that few look at. 32-bit protocol fields are
 * kept as *signed* values, which V8 holds without boxing: print them with `>>> 0`, compare them with seqDistance.
 */

/** Rows a block holds at most: all columns together stay inside a second-level cache. */
export const BLOCK_ROWS = 2048;

/** What the decoder made of a frame. */
export const STATUS = {
  /** A TCP segment over IPv4 or IPv6 whose headers were captured whole. */
  TCP: 0,
  /** Too short, or too long, to be a frame at all. */
  BAD_FRAME: 1,
  NOT_IP: 2,
  /** IP, but another protocol. */
  NOT_TCP: 3,
  IP_FRAGMENT: 4,
  /** IP or TCP header malformed or cut off by the snaplen. */
  BAD_HEADER: 5,
  /** The IP length is too small for its headers (0 in captures taken before TSO); the TCP columns are valid. */
  SHORT_IP_LENGTH: 6,
} as const;

/** Bits of `kind`: status 0–2, IPv4 3, IPv6 4, VLAN tags 5–6 (0: untagged; 1: one 802.1Q tag; 2: anything else, as QinQ). */
export const KIND = { IPV4: 8, IPV6: 16, ONE_TAG: 32, MORE_TAGS: 64 } as const;

/** An untagged TCP segment over IPv4: the usual packet, told by one comparison. */
export const PLAIN_TCP4 = KIND.IPV4 | STATUS.TCP;

export function statusOf(kind: number): number {
  return kind & 7;
}

/** 4, 6, or 0 where it is not IP. */
export function familyOf(kind: number): 0 | 4 | 6 {
  return (kind & KIND.IPV4) !== 0 ? 4 : (kind & KIND.IPV6) !== 0 ? 6 : 0;
}

export function vlanTagsOf(kind: number): number {
  return kind >> 5;
}

/** Header length from the first two bytes of the flags column. */
export function tcpHeaderBytes(tcpFlags: number): number {
  return (tcpFlags >> 10) & 0x3c;
}

export interface PacketTable extends RecordBlock {
  /** Status, IP family and VLAN tags in one byte; see statusOf, familyOf, vlanTagsOf. */
  readonly kind: Uint8Array;
  /** Where the network header begins in `bytes`; valid where the family is not 0. */
  readonly ipAt: Int32Array;
  /** Where the TCP header begins in `bytes`; 0 where none was captured, and then the columns below are not
   * valid. (A first fragment and a packet with cut-off options have one, too.) */
  readonly tcpAt: Int32Array;
  /** IPv4 total length, or IPv6 payload length + 40; 0 where the header says 0. */
  readonly ipLength: Int32Array;
  readonly seq: Int32Array;
  /** Bytes 12 and 13 of the TCP header: data offset (4 bits), reserved and AE (4), the eight flags. */
  readonly tcpFlags: Uint16Array;
  /** TCP payload by the IP length; by the frame length where the IP length is 0 (TSO captures). */
  readonly payloadBytes: Int32Array;
  /** Index of the TCP flow (one direction) in the flow table, -1 where there is none. */
  readonly flow: Int32Array;

  /** Records of the rows, counted from `firstRecord`; null where row i is record i. Segments of one packet share one. */
  readonly recordOffset: Int32Array | null;

  /** Rows that reached the receiver's NIC: `rows[0 … received-1]`, ascending. */
  readonly rows: Int32Array;
  received: number;
  /** Whether they are known to be in order of time. */
  inOrder: boolean;
}

/** 0-based number in the capture file of the record that a row stands for. */
export function recordNumber(table: PacketTable, row: number): number {
  const { recordOffset, firstRecord } = table;
  return firstRecord + (recordOffset === null ? row : recordOffset[row]!);
}

/** An empty table for blocks of at most `capacity` rows, whose columns lie in the core if there is one. */
export function createPacketTable(capacity: number = BLOCK_ROWS, core: Core | null = null): PacketTable {
  if (core !== null && capacity > core.at.MAX_ROWS)
    throw new Error(`the core has no room for ${capacity} rows`);
  const place = (name: Place, bytes: number): [ArrayBuffer, number, number] =>
    core === null ? [new ArrayBuffer(capacity * bytes), 0, capacity] : [core.buffer, core.at[name], capacity];
  const words = (name: Place): Int32Array => new Int32Array(...place(name, 4));
  const bytes = new Uint8Array(0);
  return {
    core,
    count: 0,
    firstRecord: 0,
    bytes,
    view: new DataView(bytes.buffer),
    timeNs: new Float64Array(...place('TIME_NS', 8)),
    frameOffset: words('FRAME_OFFSET'),
    capturedBytes: words('CAPTURED_BYTES'),
    wireBytes: words('WIRE_BYTES'),
    linkType: words('LINK_TYPE'),
    direction: new Uint8Array(...place('DIRECTION', 1)),
    kind: new Uint8Array(...place('KIND', 1)),
    ipAt: words('IP_AT'),
    tcpAt: words('TCP_AT'),
    ipLength: words('IP_LENGTH'),
    seq: words('SEQ'),
    tcpFlags: new Uint16Array(...place('TCP_FLAGS', 2)),
    payloadBytes: words('PAYLOAD_BYTES'),
    flow: words('FLOW'),
    recordOffset: null,
    rows: words('RECEIVED_ROWS'),
    received: 0,
    inOrder: false,
  };
}
