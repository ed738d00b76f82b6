/**
 * Packets longer than the MTU: super-packets, in captures taken above receive offload or before the sender's
 * segmentation offload. Jumbo frames are told apart from them by their lengths.
 */
import { type Core, reserveDoubles } from '../capture/core.ts';
import { kernelsFor } from '../capture/record-block.ts';
import { handshakeMss } from './handshake.ts';
import { type PacketTable, STATUS, statusOf } from './table.ts';

/** MTU of ordinary Ethernet, and the longest IP packet that jumbo frames of common NICs carry. */
const ORDINARY_MTU = 1500;
const JUMBO_MTU = 9216;
/** What a packet may have beyond the MSS (RFC 9293 §3.7.1): IPv6 and TCP header without options. */
const HEADERS_BESIDE_MSS = 60;
const SYN = 0x02;
/** An IP length has 16 bits. */
const LENGTHS = 65_536;

export interface SuperPacketReport {
  readonly packets: number;
  /** Share of the TCP payload that stands in super-packets, 0…1; null without payload. */
  readonly share: number | null;
  /** Longest IP packet that was a wire packet by this judgement. */
  readonly wireMtu: number;
}

export interface SuperPacketFinder {
  /** Looks at all rows of the block for handshakes, and counts the received ones that carry TCP payload. */
  add(table: PacketTable): void;
  /** The first part of `add`. */
  learnHandshakes(table: PacketTable): void;
  /** The second part, of received rows from `from` on. */
  addRows(table: PacketTable, from: number, to: number): void;
  /** Packets with payload, and their payload, by IP length. */
  readonly byLength: { readonly packets: Float64Array; readonly payload: Float64Array };
  report(): SuperPacketReport;
}

/**
 * Data packets beyond 1500 bytes are jumbo frames if none exceeds 9216 bytes, the longest of them is the most
 * frequent length there, and no handshake was seen or one announced an MSS that large; otherwise they are super-packets, as
 * are packets with an IP length of 0.
 *
 * @param core where the tables lie whose packets kernels may count; null for no kernels
 */
export function createSuperPacketFinder(core: Core | null = null): SuperPacketFinder {
  const packetsOf = reserveDoubles(core, LENGTHS);
  const payloadOf = reserveDoubles(core, LENGTHS);
  const isInCore = core !== null && payloadOf.buffer === core.buffer;

  /** The largest MSS that a handshake announced, in either direction; 0 where none was seen. */
  let announcedMss = 0;

  function lookForMss(table: PacketTable, row: number): void {
    announcedMss = Math.max(announcedMss, handshakeMss(table, row));
  }

  function add(table: PacketTable): void {
    learnHandshakes(table);
    const kernels = isInCore ? kernelsFor(table) : null;
    if (kernels === null) addRows(table, 0, table.received);
    else kernels.countLengths(packetsOf.byteOffset, payloadOf.byteOffset, table.received);
  }

  function learnHandshakes(table: PacketTable): void {
    const { count, tcpAt, tcpFlags } = table;
    const kernels = kernelsFor(table);
    if (kernels !== null) {
      for (let row = kernels.nextSyn(0, count); row < count; row = kernels.nextSyn(row + 1, count)) {
        lookForMss(table, row);
      }
      return;
    }
    for (let row = 0; row < count; row++) {
      if ((tcpFlags[row]! & SYN) !== 0 && tcpAt[row] !== 0) lookForMss(table, row);
    }
  }

  function addRows(table: PacketTable, from: number, to: number): void {
    const { rows, tcpAt, payloadBytes, ipLength, kind } = table;
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      if (tcpAt[row] === 0) continue;
      const payload = payloadBytes[row]!;
      if (payload <= 0) continue;
      const length = ipLength[row]!;
      // A length of 0 stands for "longer than the field can say".
      const slot = length === 0 && statusOf(kind[row]!) === STATUS.SHORT_IP_LENGTH ? 0 : length & 0xffff;
      packetsOf[slot]! += 1;
      payloadOf[slot]! += payload;
    }
  }

  /** From `from` on, one that packets with payload have. There are so many that a loop in the interpreter is felt. */
  function nextLength(from: number): number {
    if (isInCore) return core.kernels.nextCounted(packetsOf.byteOffset, from, LENGTHS);
    let length = from;
    while (length < LENGTHS && packetsOf[length] === 0) length++;
    return length;
  }

  function report(): SuperPacketReport {
    let longest = 0;
    let mode = 0;
    let packets = packetsOf[0]!;
    let payload = payloadOf[0]!;
    let total = payload;
    let wireMtu = 0;
    for (let length = nextLength(1); length < LENGTHS; length = nextLength(length + 1)) {
      const count = packetsOf[length]!;
      total += payloadOf[length]!;
      if (length <= ORDINARY_MTU) {
        wireMtu = length;
        continue;
      }
      longest = length;
      if (mode === 0 || count > packetsOf[mode]!) mode = length;
      packets += count;
      payload += payloadOf[length]!;
    }
    const asAnnounced = announcedMss === 0 || longest <= announcedMss + HEADERS_BESIDE_MSS;
    const jumbo =
      longest > 0 && longest <= JUMBO_MTU && mode === longest && packetsOf[0] === 0 && asAnnounced;
    if (jumbo) return { packets: 0, share: 0, wireMtu: longest };
    return { packets, share: total === 0 ? null : payload / total, wireMtu };
  }

  return { add, learnHandshakes, addRows, byLength: { packets: packetsOf, payload: payloadOf }, report };
}
