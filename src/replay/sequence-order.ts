/**
 * The what-if "reordering gone": the data packets of each flow are handed on in sequence order, in the places of arrival that
 * the flow's packets have anyway, so that polls take as many packets as before.
 *
 * Memory is bounded: packets are put in order inside windows of received packets, each closed by the first end of a poll after
 * WINDOW_PACKETS of them, at the latest after MAX_WINDOW_PACKETS. What is reordered farther than a window stays as it is. So do
 * packets whose sequence number the flow has had before in the window (repeats), and no packet passes a SYN, FIN or RST.
 */
import { seqDistance } from '../packet/seq.ts';
import type { PacketTable } from '../packet/table.ts';
import { createPacketCopy, KEPT_BYTES } from './packet-copy.ts';

export const WINDOW_PACKETS = 512;
export const MAX_WINDOW_PACKETS = 4096;
const SYN_FIN_RST = 0x07;
const MAX_TCP_HEADER_BYTES = 60;

export interface OrderedWindow {
  /** Packets in it. */
  readonly received: number;
  /** Of them, those that are rows of the table of `SequenceOrder`; the others are received packets of this block, from `blockFrom` on. */
  readonly copied: number;
  readonly blockFrom: number;
  /** Makes all of them such rows, in order: once, and before the call ends that told the window. */
  load(): void;
  /** Ends of polls, as numbers of packets before them, with the reason; `ends` of them are valid. */
  readonly endAt: Int32Array;
  readonly endReason: Int32Array;
  readonly ends: number;
  /** Data of each flow follows on what came before it in the window: order changes nothing here. */
  readonly consecutive: boolean;
  /** No packet has headers that a copy may lack. */
  readonly fitsCopy: boolean;
}

export interface SequenceOrder {
  readonly table: PacketTable;
  receive(from: number, to: number): void;
  flushAll(reason: number): void;
  /** Before the rows of a block are gone. */
  endBlock(): void;
}

/** `deliver` is called for each full window, and for the last one when `flushAll` is told the end of the capture. */
export function createSequenceOrder(
  source: PacketTable,
  wholePackets: boolean,
  captureEnd: number,
  deliver: (window: OrderedWindow) => void,
): SequenceOrder {
  const copy = createPacketCopy(source, MAX_WINDOW_PACKETS, wholePackets);
  const { table } = copy;
  const endAt = new Int32Array(MAX_WINDOW_PACKETS + 1);
  const endReason = new Int32Array(MAX_WINDOW_PACKETS + 1);
  let ends = 0;
  let consecutive = true;
  let fitsCopy = true;
  /** Of each flow: the window in which `next` was set, and the sequence number after its highest byte. */
  let windowOf = new Int32Array(4096).fill(-1);
  let next = new Int32Array(4096);
  let window = 0;

  function growFlows(flow: number): void {
    const size = Math.max(flow + 1, windowOf.length * 2);
    const windows = new Int32Array(size).fill(-1);
    windows.set(windowOf);
    windowOf = windows;
    const larger = new Int32Array(size);
    larger.set(next);
    next = larger;
  }

  /** Received packets of this block that are not copied yet, for which there may be no need. */
  let copyFrom = 0;
  let copyTo = 0;

  function copyPackets(): void {
    for (let i = copyFrom; i < copyTo; i++) copy.take(source.rows[i]!);
    copyFrom = copyTo;
  }

  function received(): number {
    return table.count + copyTo - copyFrom;
  }

  function take(i: number): void {
    copyTo = i + 1;
    const row = source.rows[i]!;
    const flow = source.flow[row]!;
    if (source.tcpAt[row]! - source.frameOffset[row]! > KEPT_BYTES - MAX_TCP_HEADER_BYTES) fitsCopy = false;
    if (flow >= 0 && source.payloadBytes[row]! > 0) follow(flow, source.seq[row]!, source.payloadBytes[row]!);
  }

  function load(): void {
    copyPackets();
    if (!consecutive) order();
  }

  function follow(flow: number, seq: number, payload: number): void {
    if (flow >= windowOf.length) growFlows(flow);
    if (windowOf[flow] !== window) {
      windowOf[flow] = window;
    } else if (seq !== next[flow]) consecutive = false;
    next[flow] = seq + payload;
  }

  function close(): void {
    if (received() === 0) return;
    const place = { received: received(), copied: table.count, blockFrom: copyFrom };
    deliver({ ...place, load, endAt, endReason, ends, consecutive, fitsCopy });
    if (!consecutive) for (let row = 0; row < table.count; row++) table.rows[row] = row;
    copy.clear();
    copyFrom = copyTo;
    ends = 0;
    consecutive = true;
    fitsCopy = true;
    window++;
  }

  /** Puts the rows of each flow's data into sequence order, in the places that they have together. */
  function order(): void {
    const placesOf = new Map<number, number[]>();
    for (let place = 0; place < table.count; place++) {
      const flow = table.flow[place]!;
      if (flow < 0) continue;
      const barrier = (table.tcpFlags[place]! & SYN_FIN_RST) !== 0;
      if (!barrier && table.payloadBytes[place]! <= 0) continue;
      const places = placesOf.get(flow);
      if (barrier) {
        if (places !== undefined) sortPlaces(places);
        placesOf.delete(flow);
      } else if (places === undefined) placesOf.set(flow, [place]);
      else places.push(place);
    }
    for (const places of placesOf.values()) sortPlaces(places);
  }

  function sortPlaces(places: readonly number[]): void {
    const { seq, rows } = table;
    const seen = new Set<number>();
    const movable = places.filter((place) => {
      const repeated = seen.has(seq[place]!);
      seen.add(seq[place]!);
      return !repeated;
    });
    const first = seq[movable[0]!]!;
    const sorted = [...movable].sort(
      (a, b) => seqDistance(seq[a]!, first) - seqDistance(seq[b]!, first) || a - b,
    );
    movable.forEach((place, i) => {
      rows[place] = sorted[i]!;
    });
  }

  return {
    table,
    receive(from, to) {
      // Rows that a full ring dropped lie between.
      if (from !== copyTo) {
        copyPackets();
        copyFrom = from;
        copyTo = from;
      }
      for (let i = from; i < to; i++) {
        if (received() === MAX_WINDOW_PACKETS) close();
        take(i);
      }
    },
    flushAll(reason) {
      const count = received();
      endAt[ends] = count;
      endReason[ends++] = reason;
      if (reason === captureEnd && count === 0) deliverLastEnd(reason);
      else if (count >= WINDOW_PACKETS || reason === captureEnd) close();
    },
    endBlock() {
      copyPackets();
      copyFrom = 0;
      copyTo = 0;
    },
  };

  /** The capture ends where a window was just closed: there is nothing in order, but what is held has to go. */
  function deliverLastEnd(reason: number): void {
    endReason[0] = reason;
    endAt[0] = 0;
    const place = { received: 0, copied: 0, blockFrom: 0 };
    deliver({ ...place, load, endAt, endReason, ends: 1, consecutive: true, fitsCopy: true });
    ends = 0;
  }
}
