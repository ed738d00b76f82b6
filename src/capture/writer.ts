/** Writes captures: classic pcap with ns time stamps, or pcapng with a comment a packet. */
import { LINK } from './link-types.ts';
import { SECTION_HEADER } from './pcapng.ts';

export interface WrittenPacket {
  readonly linkType: number;
  /** ns since 1970, in whole seconds and the rest. */
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly capturedBytes: number;
  readonly wireBytes: number;
  /** For pcapng. */
  readonly comment: string;
}

export interface CaptureWriter {
  /** False if the format cannot hold this packet (classic pcap has one link type for all). */
  write(packet: WrittenPacket): boolean;
  /** Writes what is still buffered. */
  end(): void;
}

const BUFFER_BYTES = 1024 * 1024;
const SNAPLEN = 262_144;
const RECORD_HEADER_BYTES = 16;

/** A buffer that is handed to `put` whenever it is full. */
function createBuffer(put: (bytes: Uint8Array) => void): {
  /** Room for `length` bytes: the view and where to write. */
  reserve(length: number): { view: DataView; bytes: Uint8Array; at: number };
  end(): void;
} {
  let bytes = new Uint8Array(BUFFER_BYTES);
  let view = new DataView(bytes.buffer);
  let used = 0;
  const flush = (): void => {
    if (used > 0) put(bytes.subarray(0, used));
    used = 0;
  };
  return {
    reserve(length) {
      if (used + length > bytes.length) flush();
      if (length > bytes.length) {
        bytes = new Uint8Array(length);
        view = new DataView(bytes.buffer);
      }
      const at = used;
      used += length;
      return { view, bytes, at };
    },
    end: flush,
  };
}

export function createPcapWriter(put: (bytes: Uint8Array) => void): CaptureWriter {
  const buffer = createBuffer(put);
  let linkType = -1;

  function header(ofLinkType: number): void {
    linkType = ofLinkType;
    const { view, at } = buffer.reserve(24);
    view.setUint32(at, 0xa1b23c4d, true);
    view.setUint16(at + 4, 2, true);
    view.setUint16(at + 6, 4, true);
    view.setUint32(at + 8, 0, true);
    view.setUint32(at + 12, 0, true);
    view.setUint32(at + 16, SNAPLEN, true);
    view.setUint32(at + 20, linkType, true);
  }

  return {
    write(packet) {
      if (linkType < 0) header(packet.linkType);
      if (packet.linkType !== linkType) return false;
      const { view, bytes, at } = buffer.reserve(RECORD_HEADER_BYTES + packet.capturedBytes);
      view.setUint32(at, packet.seconds, true);
      view.setUint32(at + 4, packet.nanoseconds, true);
      view.setUint32(at + 8, packet.capturedBytes, true);
      view.setUint32(at + 12, packet.wireBytes, true);
      bytes.set(
        packet.bytes.subarray(packet.offset, packet.offset + packet.capturedBytes),
        at + RECORD_HEADER_BYTES,
      );
      return true;
    },
    end() {
      if (linkType < 0) header(LINK.ETHERNET);
      buffer.end();
    },
  };
}

export function createPcapngWriter(put: (bytes: Uint8Array) => void): CaptureWriter {
  const buffer = createBuffer(put);
  const interfaces = new Map<number, number>();
  const encoder = new TextEncoder();
  let started = false;

  function header(): void {
    const { view, at } = buffer.reserve(28);
    view.setUint32(at, SECTION_HEADER, true);
    view.setUint32(at + 4, 28, true);
    view.setUint32(at + 8, 0x1a2b3c4d, true);
    view.setUint16(at + 12, 1, true);
    view.setUint16(at + 14, 0, true);
    view.setBigInt64(at + 16, -1n, true);
    view.setUint32(at + 24, 28, true);
  }

  /** An interface a link type, with ns time stamps (if_tsresol 9). */
  function interfaceOf(linkType: number): number {
    const known = interfaces.get(linkType);
    if (known !== undefined) return known;
    const { view, at } = buffer.reserve(32);
    view.setUint32(at, 1, true);
    view.setUint32(at + 4, 32, true);
    view.setUint16(at + 8, linkType, true);
    view.setUint16(at + 10, 0, true);
    view.setUint32(at + 12, SNAPLEN, true);
    view.setUint16(at + 16, 9, true);
    view.setUint16(at + 18, 1, true);
    view.setUint32(at + 20, 9, true);
    view.setUint32(at + 24, 0, true);
    view.setUint32(at + 28, 32, true);
    interfaces.set(linkType, interfaces.size);
    return interfaces.size - 1;
  }

  return {
    write(packet) {
      if (!started) header();
      started = true;
      const id = interfaceOf(packet.linkType);
      const comment = encoder.encode(packet.comment);
      const frame = (packet.capturedBytes + 3) & ~3;
      const option = comment.length === 0 ? 0 : 4 + ((comment.length + 3) & ~3) + 4;
      const length = 28 + frame + option + 4;
      const { view, bytes, at } = buffer.reserve(length);
      bytes.fill(0, at, at + length);
      const ns = BigInt(packet.seconds) * 1_000_000_000n + BigInt(packet.nanoseconds);
      view.setUint32(at, 6, true);
      view.setUint32(at + 4, length, true);
      view.setUint32(at + 8, id, true);
      view.setUint32(at + 12, Number(ns >> 32n), true);
      view.setUint32(at + 16, Number(ns & 0xffffffffn), true);
      view.setUint32(at + 20, packet.capturedBytes, true);
      view.setUint32(at + 24, packet.wireBytes, true);
      bytes.set(packet.bytes.subarray(packet.offset, packet.offset + packet.capturedBytes), at + 28);
      if (option > 0) {
        view.setUint16(at + 28 + frame, 1, true);
        view.setUint16(at + 30 + frame, comment.length, true);
        bytes.set(comment, at + 32 + frame);
      }
      view.setUint32(at + length - 4, length, true);
      return true;
    },
    end() {
      if (!started) header();
      buffer.end();
    },
  };
}
