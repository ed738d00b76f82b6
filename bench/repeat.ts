/**
 * Makes a long capture out of a short real one: the same packets again and again, with time going on and
 * with client ports of their own, so that each repetition opens its connections anew. TCP checksums stay
 * as right or wrong as they were.
 */
import { MAGIC_NANOSECONDS, PCAP_HEADER_BYTES, RECORD_HEADER_BYTES, viewOf } from './records.ts';
import type { Template, TemplatePacket } from './template.ts';

export type Format = 'pcap' | 'pcapng';

export interface Repetition {
  readonly format: Format;
  readonly repetitions: number;
  /** How many sets of client ports there are; the next repetition starts again with the first. Bounds the number of flows. */
  readonly portSets: number;
}

const FIRST_PORT = 1024;
const PORTS = 65536 - FIRST_PORT;
const NS_PER_SECOND = 1_000_000_000n;

/** How a format frames a packet. Offsets are from the first byte of its record or block. */
interface Framing {
  readonly header: (template: Template) => Uint8Array;
  readonly frameBytes: (capturedBytes: number) => number;
  readonly dataOffset: number;
  readonly writeFrame: (view: DataView, at: number, packet: TemplatePacket) => void;
  readonly writeTime: (view: DataView, at: number, timeNs: bigint) => void;
}

const FRAMINGS: Readonly<Record<Format, Framing>> = {
  pcap: {
    header: pcapHeader,
    frameBytes: (capturedBytes) => RECORD_HEADER_BYTES + capturedBytes,
    dataOffset: RECORD_HEADER_BYTES,
    writeFrame: (view, at, { capturedBytes, wireBytes }) => {
      view.setUint32(at + 8, capturedBytes, true);
      view.setUint32(at + 12, wireBytes, true);
    },
    writeTime: (view, at, timeNs) => {
      view.setUint32(at, Number(timeNs / NS_PER_SECOND), true);
      view.setUint32(at + 4, Number(timeNs % NS_PER_SECOND), true);
    },
  },
  pcapng: {
    header: pcapngHeader,
    frameBytes: enhancedPacketBytes,
    dataOffset: 28,
    writeFrame: (view, at, { capturedBytes, wireBytes }) => {
      const blockBytes = enhancedPacketBytes(capturedBytes);
      view.setUint32(at, 6, true);
      view.setUint32(at + 4, blockBytes, true);
      view.setUint32(at + 20, capturedBytes, true);
      view.setUint32(at + 24, wireBytes, true);
      view.setUint32(at + blockBytes - 4, blockBytes, true);
    },
    writeTime: (view, at, timeNs) => {
      view.setUint32(at + 12, Number(timeNs >> 32n), true);
      view.setUint32(at + 16, Number(timeNs & 0xffff_ffffn), true);
    },
  },
};

/**
 * The bytes of the capture: its header, then one chunk a repetition. Chunks share one buffer: each is valid
 * until the next is asked for.
 */
export function* repeat(template: Template, options: Repetition): Generator<Uint8Array> {
  const framing = FRAMINGS[options.format];
  yield framing.header(template);

  const { packets, clientPorts } = template;
  const starts = new Int32Array(packets.length);
  let size = 0;
  packets.forEach((packet, i) => {
    starts[i] = size;
    size += framing.frameBytes(packet.capturedBytes);
  });
  const chunk = new Uint8Array(size);
  const view = viewOf(chunk);
  packets.forEach((packet, i) => {
    framing.writeFrame(view, starts[i]!, packet);
    const data = template.bytes.subarray(packet.offset, packet.offset + packet.capturedBytes);
    chunk.set(data, starts[i]! + framing.dataOffset);
  });

  for (let repetition = 0; repetition < options.repetitions; repetition++) {
    const startNs = template.startNs + BigInt(repetition) * BigInt(template.periodNs);
    const firstPort = (repetition % options.portSets) * clientPorts.length;
    packets.forEach((packet, i) => {
      const at = starts[i]!;
      framing.writeTime(view, at, startNs + BigInt(packet.timeNs));
      if (packet.client < 0) return;
      const port = FIRST_PORT + ((firstPort + packet.client) % PORTS);
      replacePort(view, at + framing.dataOffset, packet, port);
    });
    yield chunk;
  }
}

/** Also mends the checksum, by the incremental rule of RFC 1624. */
function replacePort(view: DataView, dataAt: number, packet: TemplatePacket, port: number): void {
  const portAt = dataAt + packet.portOffset;
  const checksumAt = dataAt + packet.checksumOffset;
  let sum = (~view.getUint16(checksumAt) & 0xffff) + (~view.getUint16(portAt) & 0xffff) + port;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(checksumAt, ~sum & 0xffff);
  view.setUint16(portAt, port);
}

function pcapHeader(template: Template): Uint8Array {
  const bytes = new Uint8Array(PCAP_HEADER_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, MAGIC_NANOSECONDS, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, template.snaplenBytes, true);
  view.setUint32(20, template.linkType, true);
  return bytes;
}

function enhancedPacketBytes(capturedBytes: number): number {
  return 32 + 4 * Math.ceil(capturedBytes / 4);
}

/** A section and one interface with nanosecond time stamps, as dumpcap writes them. */
function pcapngHeader(template: Template): Uint8Array {
  const sectionBytes = 28;
  const interfaceBytes = 32;
  const bytes = new Uint8Array(sectionBytes + interfaceBytes);
  const view = viewOf(bytes);
  view.setUint32(0, 0x0a0d0d0a, true);
  view.setUint32(4, sectionBytes, true);
  view.setUint32(8, 0x1a2b3c4d, true);
  view.setUint16(12, 1, true);
  // Section length unknown.
  view.setBigInt64(16, -1n, true);
  view.setUint32(24, sectionBytes, true);

  view.setUint32(28, 1, true);
  view.setUint32(32, interfaceBytes, true);
  view.setUint16(36, template.linkType, true);
  view.setUint32(40, template.snaplenBytes, true);
  // Option if_tsresol, one byte: 10^-9 s; then the end of options.
  view.setUint16(44, 9, true);
  view.setUint16(46, 1, true);
  view.setUint8(48, 9);
  view.setUint32(56, interfaceBytes, true);
  return bytes;
}
