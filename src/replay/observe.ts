/** What the received traffic of a capture is, whatever a configuration makes of it. */
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

export function createTrafficObserver(): TrafficObserver {
  const goodput = createGoodputCounter();
  const superPackets = createSuperPacketFinder();
  const total = { allTcp: 0, frames: 0, tcp: 0, data: 0, ipBytes: 0, frameBytes: 0 };
  let firstNs = Number.POSITIVE_INFINITY;
  let lastNs = Number.NEGATIVE_INFINITY;

  function addRecords({ count, tcpAt }: PacketTable): void {
    let allTcp = 0;
    for (let row = 0; row < count; row++) if (tcpAt[row] !== 0) allTcp++;
    total.allTcp += allTcp;
  }

  function add(table: PacketTable): void {
    const { rows, received, tcpAt, payloadBytes, wireBytes, timeNs, ipAt, frameOffset, kind } = table;
    let [tcp, data, ipBytes, frameBytes] = [0, 0, 0, 0];
    let first = firstNs;
    let last = lastNs;
    for (let i = 0; i < received; i++) {
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
    firstNs = first;
    lastNs = last;
    total.tcp += tcp;
    total.data += data;
    total.ipBytes += ipBytes;
    total.frameBytes += frameBytes;
    total.frames += received;
    goodput.add(table);
    superPackets.add(table);
  }

  return {
    addRecords,
    add,
    linkUse: () => ({
      goodputBytes: goodput.uniqueBytes(),
      frames: total.frames,
      frameBytes: total.frameBytes,
    }),
    forget: goodput.forget,
    counts: () => ({
      allTcpPackets: total.allTcp,
      frames: total.frames,
      tcpPackets: total.tcp,
      dataPackets: total.data,
      payloadBytes: goodput.payloadBytes(),
      goodputBytes: goodput.uniqueBytes(),
      ipBytes: total.ipBytes,
      frameBytes: total.frameBytes,
      durationNs: lastNs > firstNs ? lastNs - firstNs : null,
      superPackets: superPackets.report(),
    }),
  };
}
