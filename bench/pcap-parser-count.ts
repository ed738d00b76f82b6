/** A peer: counts the packets of a capture with the npm package pcap-parser. Usage: pcap-parser-count <file> */
import { createReadStream, type ReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { MAGIC_MICROSECONDS } from './records.ts';

interface PcapParser {
  readonly parse: (stream: ReadStream) => {
    on(event: 'packet' | 'end', listener: () => void): unknown;
    on(event: 'error', listener: (error: Error) => void): unknown;
  };
}

const pcapParser = createRequire(import.meta.url)('pcap-parser') as PcapParser;

const stream = createReadStream(process.argv[2] ?? '');
// It knows the microsecond magic only; for counting, the unit of the time stamps does not matter.
stream.once('data', (chunk) => {
  if (typeof chunk !== 'string') chunk.writeUInt32LE(MAGIC_MICROSECONDS, 0);
});
let packets = 0;
const parser = pcapParser.parse(stream);
parser.on('packet', () => {
  packets++;
});
parser.on('error', (error) => {
  throw error;
});
parser.on('end', () => {
  console.log(packets);
});
