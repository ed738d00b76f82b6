/** Reads and decodes a whole capture into plain objects. */
import { Readable } from 'node:stream';
import type { Core } from '../../src/capture/core.ts';
import type { CaptureFault } from '../../src/capture/errors.ts';
import { type CaptureReader, openCapture } from '../../src/capture/reader.ts';
import type { ReadingNotes } from '../../src/capture/scanner.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createPacketTable, familyOf, type PacketTable, STATUS, statusOf } from '../../src/packet/table.ts';

/** One row of a packet table. Offsets are from the frame's first byte; what is not valid is null. */
export interface PlainPacket {
  readonly timeNs: number;
  readonly linkType: number;
  readonly direction: number;
  readonly capturedBytes: number;
  readonly wireBytes: number;
  readonly kind: number;
  readonly ip: { readonly at: number; readonly length: number | null } | null;
  readonly tcp: {
    readonly at: number;
    readonly seq: number;
    readonly flags: number;
    readonly payloadBytes: number;
  } | null;
  /** Captured bytes, copied. */
  readonly bytes: Uint8Array;
}

export interface PlainCapture {
  readonly packets: readonly PlainPacket[];
  readonly firstTimeNs: bigint | null;
  readonly format: string;
  readonly compression: string;
  readonly notes: ReadingNotes;
  readonly fault: CaptureFault | null;
}

export interface ReadOptions {
  readonly fcsBytes?: number | null;
  /** Rows of a block. */
  readonly capacity?: number;
  readonly maxPackets?: number;
  /** Reads and decodes with this WebAssembly core. */
  readonly core?: Core;
  /** Read instead of the file, in the chunks given. */
  readonly stdin?: readonly Uint8Array[];
}

export async function readCapture(path: string, options: ReadOptions = {}): Promise<PlainCapture> {
  const stdin = (): Readable => Readable.from(options.stdin ?? [], { objectMode: false });
  const core = options.core ?? null;
  const reader = await openCapture(path, { fcsBytes: options.fcsBytes ?? null, stdin, core });
  try {
    return await readAll(reader, options);
  } finally {
    reader.close();
  }
}

async function readAll(reader: CaptureReader, options: ReadOptions): Promise<PlainCapture> {
  reader.commit();
  const table = createPacketTable(options.capacity, options.core);
  const decodeBlock = createDecoder(table);
  const maxPackets = options.maxPackets ?? Number.POSITIVE_INFINITY;
  const packets: PlainPacket[] = [];
  while (packets.length < maxPackets && (await reader.next(table))) {
    if (table.firstRecord !== packets.length)
      throw new Error(`a block begins at ${table.firstRecord} after ${packets.length}`);
    decodeBlock();
    for (let row = 0; row < table.count; row++) packets.push(plainPacket(table, row));
  }
  return {
    packets: packets.slice(0, maxPackets),
    firstTimeNs: reader.scanner.firstTimeNs(),
    format: reader.scanner.format,
    compression: reader.compression,
    notes: reader.notes(),
    fault: reader.fault(),
  };
}

export function plainPacket(table: PacketTable, row: number): PlainPacket {
  const at = table.frameOffset[row]!;
  const capturedBytes = table.capturedBytes[row]!;
  const kind = table.kind[row]!;
  const tcpAt = table.tcpAt[row]!;
  return {
    timeNs: table.timeNs[row]!,
    linkType: table.linkType[row]!,
    direction: table.direction[row]!,
    capturedBytes,
    wireBytes: table.wireBytes[row]!,
    kind,
    ip:
      familyOf(kind) === 0
        ? null
        : {
            at: table.ipAt[row]! - at,
            length: tcpAt !== 0 || statusOf(kind) === STATUS.NOT_TCP ? table.ipLength[row]! : null,
          },
    tcp:
      tcpAt === 0
        ? null
        : {
            at: tcpAt - at,
            seq: table.seq[row]!,
            flags: table.tcpFlags[row]!,
            payloadBytes: table.payloadBytes[row]!,
          },
    bytes: table.bytes.slice(at, at + capturedBytes),
  };
}

/** Absolute time of a packet, ns since 1970. */
export function absoluteTimeNs(capture: PlainCapture, packet: PlainPacket): bigint {
  return (capture.firstTimeNs ?? 0n) + BigInt(packet.timeNs);
}

/** Everything about a packet but its time, as text: quick to compare. */
export function withoutTime(packet: PlainPacket): string {
  return JSON.stringify({ ...packet, timeNs: null, bytes: Buffer.from(packet.bytes).toString('hex') });
}
