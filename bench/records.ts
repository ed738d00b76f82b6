/**
 * A plain walk over the records of a little-endian classic pcap held in memory. On purpose not the reader
 * under src/capture: it makes the inputs that the program is measured on, and counts what the committed
 * captures hold, so it must not share that reader's mistakes.
 */

export const PCAP_HEADER_BYTES = 24;
export const RECORD_HEADER_BYTES = 16;
export const MAGIC_NANOSECONDS = 0xa1b23c4d;
export const MAGIC_MICROSECONDS = 0xa1b2c3d4;

export interface PcapHeader {
  readonly snaplenBytes: number;
  readonly linkType: number;
  /** Nanoseconds in one unit of a record's fraction field. */
  readonly unitNs: 1 | 1000;
}

export interface PcapRecord {
  /** Since 1970. */
  readonly timeNs: bigint;
  /** Of the first captured byte in the file. */
  readonly offset: number;
  readonly capturedBytes: number;
  readonly wireBytes: number;
}

/** Throws if `bytes` does not start with the header of a little-endian classic pcap. */
export function readPcapHeader(bytes: Uint8Array): PcapHeader {
  const view = viewOf(bytes);
  const magic = bytes.length < PCAP_HEADER_BYTES ? 0 : view.getUint32(0, true);
  if (magic !== MAGIC_NANOSECONDS && magic !== MAGIC_MICROSECONDS) {
    throw new Error(`not a little-endian classic pcap: magic 0x${magic.toString(16)}, ${bytes.length} bytes`);
  }
  return {
    snaplenBytes: view.getUint32(16, true),
    linkType: view.getUint32(20, true),
    unitNs: magic === MAGIC_NANOSECONDS ? 1 : 1000,
  };
}

/** Every record in file order. Throws if the file does not end with a record. */
export function* pcapRecords(bytes: Uint8Array): Generator<PcapRecord> {
  const view = viewOf(bytes);
  const unitNs = BigInt(readPcapHeader(bytes).unitNs);
  for (let at = PCAP_HEADER_BYTES; at < bytes.length; ) {
    const offset = at + RECORD_HEADER_BYTES;
    const capturedBytes = offset <= bytes.length ? view.getUint32(at + 8, true) : 0;
    if (offset + capturedBytes > bytes.length) throw new Error(`record at byte ${at} is cut off`);
    const seconds = BigInt(view.getUint32(at, true));
    const fraction = BigInt(view.getUint32(at + 4, true));
    yield {
      timeNs: seconds * 1_000_000_000n + fraction * unitNs,
      offset,
      capturedBytes,
      wireBytes: view.getUint32(at + 12, true),
    };
    at = offset + capturedBytes;
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
