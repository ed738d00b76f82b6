/** What the received traffic of a capture is, whatever a configuration makes of it. */
import { type Core, type Kernels, reserveDoubles } from '../capture/core.ts';
import { kernelsFor } from '../capture/record-block.ts';
import { createGoodputCounter } from '../packet/goodput.ts';
import { createSuperPacketFinder, type SuperPacketReport } from '../packet/super-packets.ts';
import { familyOf, type PacketTable } from '../packet/table.ts';

export interface TrafficCounts {
  /** TCP segments among all records, received or not. */
  readonly allTcpPackets: number;
  readonly frames: number;
  readonly tcpPackets: number;
  readonly dataPackets: number;
  readonly payloadBytes: number;
  /** Unique TCP payload. */
  readonly goodputBytes: number;
  /** IP bytes of all received packets. */
  readonly ipBytes: number;
  /** Frame bytes without FCS; frames of less than 60 bytes count 60, as they were padded on the wire. */
  readonly frameBytes: number;
  /** From the earliest to the latest data packet; null with fewer than two. */
  readonly durationNs: number | null;
  readonly superPackets: SuperPacketReport;
}

export interface TrafficObserver {
  /** Takes all rows of the block, received or not. */
  addRecords(table: PacketTable): void;
  /** Takes the received rows. */
  add(table: PacketTable): void;
  /** Unique TCP payload, frames and frame bytes so far. */
  linkUse(): Pick<TrafficCounts, 'goodputBytes' | 'frames' | 'frameBytes'>;
  /** The number of this flow will be another's. */
  forget(flow: number): void;
  counts(): TrafficCounts;
}

/** Shortest Ethernet frame without FCS (IEEE 802.3). */
const SHORTEST_FRAME_BYTES = 60;

/** Indices of the sums, as in wasm/observe.ts. */
const TCP = 0;
const DATA = 1;
const IP_BYTES = 2;
const FRAME_BYTES = 3;
const FIRST_NS = 4;
const LAST_NS = 5;
const SUMS = 6;

export function createTrafficObserver(core: Core | null = null): TrafficObserver {
  const goodput = createGoodputCounter(core);
  const superPackets = createSuperPacketFinder(core);
  const { byLength } = superPackets;
  const sums = reserveDoubles(core, SUMS);
  sums[FIRST_NS] = Number.POSITIVE_INFINITY;
  sums[LAST_NS] = Number.NEGATIVE_INFINITY;
  const total = { allTcp: 0, frames: 0 };
  const fixed = [sums, goodput.state().bytes, byLength.packets, byLength.payload];
  const isInCore = core !== null && fixed.every(({ buffer }) => buffer === core.buffer);

  function addRecords(table: PacketTable): void {
    const { count, tcpAt } = table;
    superPackets.learnHandshakes(table);
    const kernels = kernelsFor(table);
    if (kernels !== null) total.allTcp += kernels.countTcp(count);
    else for (let row = 0; row < count; row++) if (tcpAt[row] !== 0) total.allTcp++;
  }

  function add(table: PacketTable): void {
    const { received } = table;
    total.frames += received;
    const kernels = kernelsFor(table);
    if (kernels === null) {
      addRows(table, 0, received);
      return;
    }
    for (let i = 0; i < received; i++) {
      i = addUsual(kernels, i, received);
      if (i < received) addRows(table, i, i + 1);
    }
  }

  /** Returns the first row that it leaves over. */
  function addUsual(kernels: Kernels, from: number, to: number): number {
    const { bytes, next, known } = goodput.state();
    const { packets, payload } = byLength;
    // Those of flows leave it where there are many.
    if (!isInCore || next.buffer !== core.buffer || known.buffer !== core.buffer) return from;
    return kernels.observe(
      sums.byteOffset,
      bytes.byteOffset,
      next.byteOffset,
      known.byteOffset,
      next.length,
      packets.byteOffset,
      payload.byteOffset,
      from,
      to,
    );
  }

  function addRows(table: PacketTable, from: number, to: number): void {
    const { rows, tcpAt, payloadBytes, wireBytes, timeNs, ipAt, frameOffset, kind } = table;
    let [tcp, data, ipBytes, frameBytes] = [0, 0, 0, 0];
    let first = sums[FIRST_NS]!;
    let last = sums[LAST_NS]!;
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      const wire = wireBytes[row]!;
      frameBytes += Math.max(wire, SHORTEST_FRAME_BYTES);
      if (familyOf(kind[row]!) !== 0) ipBytes += wire - (ipAt[row]! - frameOffset[row]!);
      if (tcpAt[row] === 0) continue;
      tcp++;
      if (payloadBytes[row]! <= 0) continue;
      data++;
      const time = timeNs[row]!;
      if (time < first) first = time;
      if (time > last) last = time;
    }
    sums[FIRST_NS] = first;
    sums[LAST_NS] = last;
    sums[TCP]! += tcp;
    sums[DATA]! += data;
    sums[IP_BYTES]! += ipBytes;
    sums[FRAME_BYTES]! += frameBytes;
    goodput.add(table, from, to);
    superPackets.addRows(table, from, to);
  }

  return {
    addRecords,
    add,
    linkUse: () => ({
      goodputBytes: goodput.uniqueBytes(),
      frames: total.frames,
      frameBytes: sums[FRAME_BYTES]!,
    }),
    forget: goodput.forget,
    counts: () => ({
      allTcpPackets: total.allTcp,
      frames: total.frames,
      tcpPackets: sums[TCP]!,
      dataPackets: sums[DATA]!,
      payloadBytes: goodput.payloadBytes(),
      goodputBytes: goodput.uniqueBytes(),
      ipBytes: sums[IP_BYTES]!,
      frameBytes: sums[FRAME_BYTES]!,
      durationNs: sums[LAST_NS]! > sums[FIRST_NS]! ? sums[LAST_NS]! - sums[FIRST_NS]! : null,
      superPackets: superPackets.report(),
    }),
  };
}
