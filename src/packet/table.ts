import type { RecordBlock } from '../capture/record-block.ts';

/**
 * A block of decoded packets as columns (struct of typed arrays), filled again and again so that
 * nothing is allocated per packet. Row `i` is record `firstRecord + i` of the capture file.
 *
 * 32-bit protocol fields (`seq`, `ack`, `tsval`, `tsecr`) are kept as *signed* 32-bit values, which V8
 * holds without boxing; use `>>> 0` to print them and wrap-aware arithmetic to compare them.
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
  /** The IP length is too small for its headers (0 in captures taken before TSO); `seq` … `tsecr` are valid. */
  SHORT_IP_LENGTH: 6,
} as const;

export interface PacketTable extends RecordBlock {
  readonly status: Uint8Array;
  /** 4, 6, or 0 where it is not IP. */
  readonly family: Uint8Array;
  /** 0: untagged; 1: one 802.1Q tag (0x8100); 2: anything else that was looked through (QinQ, 0x88a8). */
  readonly vlanTags: Uint8Array;
  /** Bytes before the network header, tags included. */
  readonly l2Bytes: Int32Array;
  /** Bytes before the TCP header, from the start of the frame; 0 where no TCP header was captured, and then
   * the columns from `seq` on are not valid. (A first fragment or a cut-off option has one, too.) */
  readonly tcpOffset: Int32Array;
  /** IPv4 total length, or IPv6 payload length + 40. */
  readonly ipLength: Int32Array;
  /** IPv4 header length, or everything between the IPv6 and TCP header starts. */
  readonly ipHeaderBytes: Int32Array;
  /** TOS or traffic class byte. */
  readonly tos: Uint8Array;
  readonly seq: Int32Array;
  readonly ack: Int32Array;
  readonly window: Int32Array;
  /** Bytes 12–13 of the TCP header: data offset (4 bits), reserved and AE (4), the eight flags. */
  readonly tcpFlags: Uint16Array;
  /** TCP payload by the IP length; by the frame length where the IP length is 0 (TSO captures). */
  readonly payloadBytes: Int32Array;
  /** 1 where the TCP options are exactly NOP, NOP, TIMESTAMP. */
  readonly timestampOnly: Uint8Array;
  /** TSval where `timestampOnly`, otherwise 0. */
  readonly tsval: Int32Array;
  /** The four bytes at TCP header + 28, whatever they are; uncaptured ones read as 0. */
  readonly word28: Int32Array;
  /** Index of the TCP flow (one direction) in the flow table, -1 where there is none. */
  readonly flow: Int32Array;

  /** Rows that reached the receiver's NIC: `rows[0 … received-1]`, ascending. */
  readonly rows: Int32Array;
  received: number;
}

/** An empty table for blocks of at most `capacity` rows. */
export function createPacketTable(capacity: number = BLOCK_ROWS): PacketTable {
  const bytes = new Uint8Array(0);
  return {
    count: 0,
    firstRecord: 0,
    bytes,
    view: new DataView(bytes.buffer),
    timeNs: new Float64Array(capacity),
    frameOffset: new Int32Array(capacity),
    capturedBytes: new Int32Array(capacity),
    wireBytes: new Int32Array(capacity),
    linkType: new Int32Array(capacity),
    direction: new Uint8Array(capacity),
    status: new Uint8Array(capacity),
    family: new Uint8Array(capacity),
    vlanTags: new Uint8Array(capacity),
    l2Bytes: new Int32Array(capacity),
    tcpOffset: new Int32Array(capacity),
    ipLength: new Int32Array(capacity),
    ipHeaderBytes: new Int32Array(capacity),
    tos: new Uint8Array(capacity),
    seq: new Int32Array(capacity),
    ack: new Int32Array(capacity),
    window: new Int32Array(capacity),
    tcpFlags: new Uint16Array(capacity),
    payloadBytes: new Int32Array(capacity),
    timestampOnly: new Uint8Array(capacity),
    tsval: new Int32Array(capacity),
    word28: new Int32Array(capacity),
    flow: new Int32Array(capacity),
    rows: new Int32Array(capacity),
    received: 0,
  };
}
