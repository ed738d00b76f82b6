/** The npm package pcap-parser, which comes without types: an independent reader of classic µs captures. */
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

interface ParsedPacket {
  readonly header: {
    readonly timestampSeconds: number;
    readonly timestampMicroseconds: number;
    readonly capturedLength: number;
    readonly originalLength: number;
  };
  readonly data: Buffer;
}

interface Parser {
  on(event: 'packet', listener: (packet: ParsedPacket) => void): this;
  on(event: 'globalHeader', listener: (header: { linkLayerType: number }) => void): this;
  on(event: 'end', listener: () => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
}

const { parse } = createRequire(import.meta.url)('pcap-parser') as { parse: (stream: Readable) => Parser };

export interface PeerCapture {
  readonly linkType: number;
  readonly packets: readonly ParsedPacket[];
}

/** Its buffer grows by copying with each chunk: small chunks keep that short. */
const CHUNK_BYTES = 64 * 1024;

export function readWithPcapParser(bytes: Uint8Array): Promise<PeerCapture> {
  const packets: ParsedPacket[] = [];
  let linkType = -1;
  function* chunks(): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
      yield Buffer.from(bytes.subarray(at, at + CHUNK_BYTES));
  }
  return new Promise((resolve, reject) => {
    parse(Readable.from(chunks(), { objectMode: false }))
      .on('globalHeader', (header) => {
        linkType = header.linkLayerType;
      })
      .on('packet', (packet) => packets.push(packet))
      .on('error', reject)
      .on('end', () => resolve({ linkType, packets }));
  });
}
