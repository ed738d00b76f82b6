/** `analyze capture`: one pass over a capture, and what it is good for. */

import { packageVersion } from '../package-root.ts';
import {
  type CapturePointCounts,
  createCapturePointObserver,
  type SideCounts,
} from '../packet/capture-point.ts';
import { createSuperPacketFinder } from '../packet/super-packets.ts';
import type { PacketTable } from '../packet/table.ts';
import type { CaptureReport, ChecksumSummary, DirectionSummary } from './capture-report.ts';
import { captureSummary } from './capture-summary.ts';
import { adviceFor, type Judged, usesOf } from './capture-uses.ts';
import { judgeHost, judgePoint, judgeTiming } from './capture-verdicts.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';
import { readingWarnings } from './warnings.ts';

export interface CaptureCheckOptions extends Omit<SessionOptions, 'resegment' | 'lookAhead'> {
  /** Longest IP packet of the wire, where the capture does not tell. */
  readonly mtu: number;
  /** Rate of the link, for judging how near packets can be to each other. */
  readonly linkMbps: number;
}

/** Throws a CaptureError where nothing can be read. `afterBlock` is for progress. */
export async function checkCapture(
  path: string,
  options: CaptureCheckOptions,
  afterBlock: (session: Session) => undefined | Promise<void>,
  signal?: AbortSignal,
): Promise<CaptureReport> {
  const jumbos = createSuperPacketFinder();
  const session = await openSession(path, {
    ...options,
    lookAhead(block) {
      for (let row = 0; row < block.count; row++) block.rows[row] = row;
      block.received = block.count;
      jumbos.add(block);
    },
  });
  try {
    const observer = createCapturePointObserver(session.flows, options.mtu, options.linkMbps);
    const { packets, wireMtu } = jumbos.report();
    if (packets === 0 && wireMtu > options.mtu) observer.setWireMtu(wireMtu);
    let received = 0;
    const add = (table: PacketTable): undefined | Promise<void> => {
      received += table.received;
      observer.add(table);
      return afterBlock(session);
    };
    await session.run(add, signal);
    return assemble(session, observer.counts(), received);
  } finally {
    session.close();
  }
}

function assemble(session: Session, counts: CapturePointCounts, received: number): CaptureReport {
  const { reader, receiver, timeOrder } = session;
  const notes = reader.notes();
  const tcpPackets = counts.towards.tcpPackets + counts.from.tcpPackets;
  const tcpBytes = counts.towards.tcpBytes + counts.from.tcpBytes;
  const host = judgeHost(counts, receiver.mode === 'marks');
  const judged: Judged = {
    counts,
    host,
    point: judgePoint(counts, host),
    timing: judgeTiming(counts),
    truncatedPackets: notes.truncatedPackets,
    shortestTruncationBytes: notes.shortestTruncationBytes,
    cut: reader.fault() !== null,
  };
  return {
    recordVersion: 1,
    tool: { name: 'analyze', version: packageVersion() },
    capture: captureSummary(session, tcpPackets),
    longestCapturedBytes: counts.longestCapturedBytes,
    timeResolutionNs: notes.packets === 0 ? null : counts.resolutionNs,
    backwards: { all: counts.allBackwards, received: timeOrder.backwards },
    receiver: {
      mode: receiver.mode,
      address: receiver.mode === 'ip' || receiver.mode === 'mac' ? receiver.address : null,
      why: receiver.why,
      packets: received,
    },
    tcpShare: {
      packets: notes.packets === 0 ? null : tcpPackets / notes.packets,
      bytes: notes.wireBytes === 0 ? null : tcpBytes / notes.wireBytes,
    },
    flowsWithPeer: counts.flowsWithPeer,
    handshakes: { syns: counts.handshakes.syns, complete: counts.handshakes.complete },
    towardsReceiver: directionSummary(counts.towards),
    fromReceiver: directionSummary(counts.from),
    host,
    point: judged.point,
    timing: judged.timing,
    uses: usesOf(judged),
    advice: adviceFor(judged),
    warnings: readingWarnings(session),
  };
}

function directionSummary(side: SideCounts): DirectionSummary {
  const { tcpPackets, dataPackets, payloadBytes, superPackets, superPayloadBytes, longestIpBytes } = side;
  return {
    tcpPackets,
    dataPackets,
    payloadBytes,
    superPackets,
    superPacketShare: payloadBytes === 0 ? null : superPayloadBytes / payloadBytes,
    longestIpBytes,
    ordinaryChecksums: checksumSummary(side.ordinaryChecksums),
    superChecksums: checksumSummary(side.superChecksums),
  };
}

function checksumSummary(states: readonly number[]): ChecksumSummary {
  const [right, partial, wrong, unverifiable] = states;
  return { right: right!, partial: partial!, wrong: wrong!, unverifiable: unverifiable! };
}
