/**
 * What tells where a capture was taken, counted for each direction: super-packets, checksums that are not filled in, hops,
 * who answers a handshake faster, and how packets follow each other.
 */
import { CHECKSUM_STATES, checksumStateOf } from './checksum-state.ts';
import type { FlowTable } from './flows.ts';
import { createHandshakeClock, type HandshakeTimes } from './handshake-clock.ts';
import { frameTimeNs } from './link-spread.ts';
import { createSegmentEvidence } from './resegment-evidence.ts';
import { familyOf, type PacketTable, STATUS, statusOf, tcpHeaderBytes } from './table.ts';

/** Counts of packets of one state, in the order of CHECKSUM_STATES. */
export type ChecksumCounts = readonly number[];

export interface SideCounts {
  readonly tcpPackets: number;
  readonly tcpBytes: number;
  readonly dataPackets: number;
  readonly payloadBytes: number;
  readonly superPackets: number;
  readonly superPayloadBytes: number;
  readonly longestIpBytes: number;
  /** Super-packets with an IP length of 0. */
  readonly zeroLengths: number;
  /** Super-packets that are a whole number of segments, but for those that end with PSH or FIN. */
  readonly wholeSegments: number;
  /** Super-packets with PSH. */
  readonly pushed: number;
  /** Super-packets whose ids can be judged, and those whose next packet's id is further by their segments. */
  readonly idPairs: number;
  readonly idsBySegments: number;
  readonly ordinaryChecksums: ChecksumCounts;
  readonly superChecksums: ChecksumCounts;
  /** Packets with a TTL or hop limit that senders start with, 64, 128 or 255. */
  readonly initialTtl: number;
}

export interface CapturePointCounts {
  /** Towards the receiver. */
  readonly towards: SideCounts;
  readonly from: SideCounts;
  /** Data packets received without a break in sequence, and those that came faster than a link of that rate can. */
  readonly gaps: number;
  readonly shortGaps: number;
  readonly equalStamps: number;
  readonly linkMbps: number;
  readonly handshakes: HandshakeTimes;
  readonly flowsWithPeer: number;
  readonly flows: number;
  /** Coarsest power of ten of ns that all times are a multiple of. */
  readonly resolutionNs: number;
  readonly longestCapturedBytes: number;
  readonly allBackwards: number;
}

export interface CapturePointObserver {
  /** Longest IP packet of the wire, where it is not the MTU given. Before the first block. */
  setWireMtu(bytes: number): void;
  add(table: PacketTable): void;
  counts(): CapturePointCounts;
}

const FLAG = { FIN: 0x01, SYN: 0x02, PSH: 0x08 };

function createSide() {
  return {
    tcpPackets: 0,
    tcpBytes: 0,
    dataPackets: 0,
    payloadBytes: 0,
    superPackets: 0,
    superPayloadBytes: 0,
    longestIpBytes: 0,
    zeroLengths: 0,
    wholeSegments: 0,
    pushed: 0,
    idPairs: 0,
    idsBySegments: 0,
    ordinaryChecksums: CHECKSUM_STATES.map(() => 0),
    superChecksums: CHECKSUM_STATES.map(() => 0),
    initialTtl: 0,
  };
}
type Side = ReturnType<typeof createSide>;

/** The id that the packet after a super-packet has if ids count segments. */
interface Expected {
  readonly id: number;
  readonly seq: number;
}

export function createCapturePointObserver(
  flows: FlowTable,
  mtu: number,
  linkMbps: number,
): CapturePointObserver {
  const evidence = createSegmentEvidence(flows, mtu);
  const handshakes = createHandshakeClock(flows);
  const [towards, from] = [createSide(), createSide()];
  const expected = new Map<number, Expected>();
  flows.onForget((flow) => expected.delete(flow));
  let resolution = 1e9;
  const total = { gaps: 0, shortGaps: 0, equalStamps: 0, longest: 0, backwards: 0 };
  let lastReceivedNs = Number.NaN;
  let lastNs = Number.NEGATIVE_INFINITY;

  function add(table: PacketTable): void {
    evidence.add(table);
    const { rows, received, count, timeNs, capturedBytes } = table;
    let nextReceived = 0;
    for (let row = 0; row < count; row++) {
      const isReceived = nextReceived < received && rows[nextReceived] === row;
      if (isReceived) nextReceived++;
      const now = timeNs[row]!;
      while (resolution > 1 && now % resolution !== 0) resolution /= 10;
      if (now < lastNs) total.backwards++;
      lastNs = now;
      total.longest = Math.max(total.longest, capturedBytes[row]!);
      if (isReceived) addGap(table, row);
      const status = statusOf(table.kind[row]!);
      const hasTcp = status === STATUS.TCP || status === STATUS.SHORT_IP_LENGTH;
      if (hasTcp && table.flow[row]! >= 0) addTcp(table, row, isReceived ? towards : from, isReceived);
    }
  }

  /** Two frames in a row cannot be nearer to each other than the second takes on the link. */
  function addGap(table: PacketTable, row: number): void {
    const now = table.timeNs[row]!;
    const gap = now - lastReceivedNs;
    lastReceivedNs = now;
    if (!(gap >= 0)) return;
    total.gaps++;
    if (gap === 0) total.equalStamps++;
    // Half of it: a clock that jitters is no moderation.
    if (gap < frameTimeNs(table.wireBytes[row]!, linkMbps) / 2) total.shortGaps++;
  }

  function addTcp(table: PacketTable, row: number, side: Side, isReceived: boolean): void {
    const flags = table.tcpFlags[row]!;
    handshakes.add(table, row, isReceived);
    side.tcpPackets++;
    side.tcpBytes += table.wireBytes[row]!;
    const ip = table.ipAt[row]!;
    const isIpv4 = familyOf(table.kind[row]!) === 4;
    const ttl = table.view.getUint8(ip + (isIpv4 ? 8 : 7));
    if (ttl === 64 || ttl === 128 || ttl === 255) side.initialTtl++;
    const headerEnd = table.tcpAt[row]! + tcpHeaderBytes(flags);
    const isWhole = headerEnd <= table.frameOffset[row]! + table.capturedBytes[row]!;
    const payload = table.payloadBytes[row]!;
    const isSuper = payload > 0 && (flags & FLAG.SYN) === 0 && evidence.isSuperPacket(table, row);
    if (isWhole) (isSuper ? side.superChecksums : side.ordinaryChecksums)[checksumStateOf(table, row)]! += 1;
    if (payload <= 0) return;
    side.dataPackets++;
    side.payloadBytes += payload;
    side.longestIpBytes = Math.max(
      side.longestIpBytes,
      table.ipLength[row]! || table.wireBytes[row]! - (ip - table.frameOffset[row]!),
    );
    if (isIpv4) checkId(table, row, side);
    if (isSuper) addSuper(table, row, side, isIpv4);
  }

  function checkId(table: PacketTable, row: number, side: Side): void {
    const flow = table.flow[row]!;
    const known = expected.get(flow);
    if (known === undefined) return;
    expected.delete(flow);
    if (known.seq !== table.seq[row]) return;
    side.idPairs++;
    if (table.view.getUint16(table.ipAt[row]! + 4) === known.id) side.idsBySegments++;
  }

  function addSuper(table: PacketTable, row: number, side: Side, isIpv4: boolean): void {
    const payload = table.payloadBytes[row]!;
    const { bytes: mss } = evidence.mssOf(table, row);
    const isPushed = (table.tcpFlags[row]! & (FLAG.PSH | FLAG.FIN)) !== 0;
    side.superPackets++;
    side.superPayloadBytes += payload;
    if (table.ipLength[row] === 0) side.zeroLengths++;
    if (isPushed) side.pushed++;
    if (isPushed || payload % mss === 0) side.wholeSegments++;
    if (!isIpv4) return;
    const id = table.view.getUint16(table.ipAt[row]! + 4);
    expected.set(table.flow[row]!, {
      id: (id + Math.ceil(payload / mss)) & 0xffff,
      seq: (table.seq[row]! + payload) | 0,
    });
  }

  function countPeers(): number {
    let peers = 0;
    for (let flow = 0; flow < flows.size(); flow++) if (flows.reverse(flow) >= 0) peers++;
    return peers;
  }

  return {
    setWireMtu: evidence.setWireMtu,
    add,
    counts: () => ({
      towards,
      from,
      gaps: total.gaps,
      shortGaps: total.shortGaps,
      equalStamps: total.equalStamps,
      linkMbps,
      handshakes: handshakes.times(),
      flowsWithPeer: countPeers(),
      flows: flows.count(),
      resolutionNs: resolution,
      longestCapturedBytes: total.longest,
      allBackwards: total.backwards,
    }),
  };
}
