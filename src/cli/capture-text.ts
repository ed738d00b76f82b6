/** The report on a capture as plain text. */
import type {
  CaptureHost,
  CapturePoint,
  CaptureReport,
  CaptureTiming,
  DirectionSummary,
  Fitness,
  Purpose,
  Verdict,
} from '../replay/capture-report.ts';
import { duration, fixed, grouped, printable } from '../report/format.ts';

const POINT_WORDS: Readonly<Record<CapturePoint, string>> = {
  wire: 'packets as they were on the wire',
  'before-tso': 'before segmentation (TSO or GSO): super-packets that were not split yet',
  'after-gro': 'after GRO or LRO: received packets that were merged already',
  'after-gro-and-before-tso':
    'on a host with offloads on: merged on the way in, not split yet on the way out',
  'super-packets': 'super-packets: merged already, or not split yet; which of them cannot be told',
  unknown: 'cannot be told',
};

const HOST_WORDS: Readonly<Record<CaptureHost, string>> = {
  receiver: 'at the receiver',
  sender: 'at the sender',
  both: 'on a machine that both ends run on',
  unknown: 'at which end cannot be told',
};

const TIMING_WORDS: Readonly<Record<CaptureTiming, string>> = {
  spaced: 'packets follow each other as a link of this rate would deliver them',
  batched: 'packets come in batches, closer than a link of this rate can deliver them',
  coarse: 'too coarse for a link of this rate',
  unknown: 'cannot be told',
};

const PURPOSE_WORDS: Readonly<Record<Purpose, string>> = {
  replay: 'replay with rates',
  coalesce: 'what an engine merges',
  checksums: 'verifying checksums',
  goodput: 'goodput',
  latency: 'latency',
};

const FIT_WORDS: Readonly<Record<Fitness, string>> = {
  yes: 'yes',
  'with-resegment': 'with --resegment',
  limited: 'limited',
  no: 'no',
};

const WIDTH = 24;

export function captureText(report: CaptureReport): string {
  const lines = [
    ...facts(report),
    '',
    'Where it was taken',
    ...verdictLines('packets', POINT_WORDS[report.point.verdict], report.point),
    ...verdictLines('place', HOST_WORDS[report.host.verdict], report.host),
    ...verdictLines('times', TIMING_WORDS[report.timing.verdict], report.timing),
    '',
    'Good for',
    ...report.uses.map(({ purpose, fit, why }) => line(PURPOSE_WORDS[purpose], `${FIT_WORDS[fit]}: ${why}`)),
    ...(report.advice.length === 0 ? [] : ['', 'Advice', ...report.advice.map((text) => `  ${text}`)]),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function facts(report: CaptureReport): string[] {
  const { capture, receiver, tcpShare, handshakes, backwards, timeResolutionNs } = report;
  const compression = capture.compression === 'none' ? '' : `, ${capture.compression}`;
  const time = capture.durationNs === null ? '' : ` in ${duration(capture.durationNs)}`;
  const cut =
    capture.truncatedPackets === 0
      ? 'packets are whole'
      : `${grouped(capture.truncatedPackets)} packets cut, to at most ${report.longestCapturedBytes} bytes`;
  const order = `${grouped(backwards.all)} times backwards, ${grouped(backwards.received)} among received packets`;
  const ways = capture.flows === 0 ? 'none' : waysOf(report);
  return [
    capture.name,
    line('format', `${capture.format}${compression}; ${capture.linkTypes.join(', ') || 'no link type'}`),
    line('packets', `${grouped(capture.packets)}${time}; ${cut}`),
    line('times', timeResolutionNs === null ? 'none' : `whole ${resolution(timeResolutionNs)}; ${order}`),
    line(
      'receiver',
      `${receiver.address ?? receiver.mode}, ${grouped(receiver.packets)} packets (${receiver.why})`,
    ),
    line('TCP', `${percent(tcpShare.packets)} of packets, ${percent(tcpShare.bytes)} of bytes`),
    line('flows', ways),
    line('handshakes', `${grouped(handshakes.complete)} complete, ${grouped(handshakes.syns)} begun`),
    line('to the receiver', directionText(report.towardsReceiver)),
    line('from the receiver', directionText(report.fromReceiver)),
  ];
}

function waysOf({ capture, flowsWithPeer }: CaptureReport): string {
  const { flows } = capture;
  if (flowsWithPeer === 0) return `${grouped(flows)}, one-way`;
  return flowsWithPeer === flows
    ? `${grouped(flows)}, two-way`
    : `${grouped(flows)}, ${grouped(flowsWithPeer)} of them with the other direction`;
}

function directionText(side: DirectionSummary): string {
  const { tcpPackets, dataPackets, superPackets, superPacketShare, ordinaryChecksums } = side;
  const { right, partial, wrong, unverifiable } = ordinaryChecksums;
  const parts = [`${grouped(tcpPackets)} TCP packets, ${grouped(dataPackets)} with payload`];
  if (superPackets > 0)
    parts.push(`${grouped(superPackets)} super-packets with ${percent(superPacketShare)} of the payload`);
  if (tcpPackets > 0)
    parts.push(
      `checksums of ordinary ones: ${grouped(right)} right, ${grouped(partial)} not filled in, ${grouped(wrong)} wrong, ${grouped(unverifiable)} unverifiable`,
    );
  return parts.join('; ');
}

function verdictLines(what: string, words: string, verdict: Verdict<string>): string[] {
  return [
    line(what, `${words} (${verdict.certainty})`),
    ...verdict.evidence.map((text) => `${' '.repeat(WIDTH)}- ${text}`),
  ];
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(WIDTH - 2)}${text}`;
}

function percent(share: number | null): string {
  return share === null ? '-' : `${fixed(100 * share, 1, '-')} %`;
}

function resolution(ns: number): string {
  if (ns >= 1e9) return 'seconds';
  const [value, unit] = ns >= 1e6 ? [ns / 1e6, 'ms'] : ns >= 1000 ? [ns / 1000, 'µs'] : [ns, 'ns'];
  return value === 1 ? unit : `${value} ${unit}`;
}
