/** Captures too long to store: made while the command reads them from a pipe, whose peak memory is told. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { u32, viewOf } from './bytes.ts';
import { PCAP_STYLE, pcapHeader, pcapRecord } from './capture-files.ts';
import { COMMAND, type CommandResult } from './command.ts';
import { ethernet } from './links.ts';
import { ipv4Packet } from './packets.ts';
import { ROOT } from './surroundings.ts';

const PACKETS_A_CHUNK = 1000;
const RECORD_HEADER_BYTES = 16;
const LINK_HEADER_BYTES = 14;
/** Of the source address in an IPv4 header. */
const SOURCE = 12;

/** `flows` connections of which one data packet each was captured, 1 µs apart; then the first of them once more. */
export function* manyFlows(flows: number): Generator<Uint8Array> {
  yield pcapHeader(PCAP_STYLE);
  const packet = ethernet(ipv4Packet({}, { payload: new Uint8Array(20) }));
  const record = pcapRecord({ timeNs: 0n, bytes: packet }, PCAP_STYLE);
  for (let first = 0; first <= flows; first += PACKETS_A_CHUNK) {
    const packets = Math.min(PACKETS_A_CHUNK, flows + 1 - first);
    const chunk = new Uint8Array(packets * record.length);
    const view = viewOf(chunk);
    for (let i = 0; i < packets; i++) {
      const at = i * record.length;
      chunk.set(record, at);
      view.setUint32(at, Math.floor((first + i) / 1e6), true);
      view.setUint32(at + 4, ((first + i) % 1e6) * 1000, true);
      const source = 0x0b000000 + ((first + i) % flows);
      chunk.set(u32(source), at + RECORD_HEADER_BYTES + LINK_HEADER_BYTES + SOURCE);
    }
    yield chunk;
  }
}

export interface MeasuredRun extends CommandResult {
  readonly peakMebibytes: number;
}

/** Runs the command with `capture` on its standard input, and learns its peak resident set. */
export function runOnStream(args: readonly string[], capture: Iterable<Uint8Array>): Promise<MeasuredRun> {
  const meter = pathToFileURL(join(ROOT, 'dist', 'bench', 'peak-memory.js')).href;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', meter, COMMAND, ...args], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      timeout: 120_000,
      killSignal: 'SIGKILL',
    });
    const texts = ['', '', ''];
    for (const [at, stream] of [child.stdout, child.stderr, child.stdio[3]].entries()) {
      (stream as Readable).setEncoding('utf8').on('data', (text: string) => {
        texts[at] += text;
      });
    }
    pipeline(Readable.from(capture), child.stdin).catch(() => undefined);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const [stdout = '', stderr = '', peak = ''] = texts;
      resolve({ code, signal, stdout, stderr, peakMebibytes: Number(peak) / 1024 });
    });
  });
}
