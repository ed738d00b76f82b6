import { spawnSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';
import { createNone } from '../../src/coalesce/none.ts';
import { createRecorder } from '../../src/replay/recorder.ts';
import { openSession } from '../../src/replay/session.ts';
import { skbJson } from '../../src/replay/skb-json.ts';
import { runAhead } from '../helpers/run-ahead.ts';
import {
  CAPTURES,
  FORMATS,
  filesIn,
  isCopy,
  needTool,
  SHARED_CAPTURES,
  skipWith,
} from '../helpers/surroundings.ts';
import { tsharkFields } from '../helpers/tshark.ts';
import { EXCEPTIONS } from './tshark-exceptions.ts';

/** The captures of 80,000 packets are compared as far as this, to save time. */
const MAX_PACKETS = 10_000;

const FIELDS = [
  'frame.time_epoch',
  'frame.len',
  'frame.cap_len',
  'frame.protocols',
  'ip.len',
  'ipv6.plen',
  'tcp.len',
  'tcp.seq',
  'tcp.ack',
  'tcp.flags',
  'tcp.window_size_value',
  'tcp.urgent_pointer',
  'tcp.options.timestamp.tsval',
  'tcp.options.timestamp.tsecr',
] as const;
type Field = (typeof FIELDS)[number];

/** Link layers, VLAN tags, IP with its extension headers, TCP: what the decoder promises to look through. */
const TCP_PATH =
  /^((eth:ethertype|sll:ethertype|sll|null|raw):)?((vlan|ieee8021ad):ethertype:)*(ip|ipv6(:ipv6\.\w+|:ah)*):tcp(:|$)/;

/** A packet as one line, by tshark and by us: everything the contract names. */
function lineOfTshark(row: Readonly<Record<Field, string>>): string {
  const frame = [row['frame.len'], row['frame.cap_len']];
  // A TCP header of which less than 20 bytes were captured is none to us.
  if (!TCP_PATH.test(row['frame.protocols']) || row['tcp.urgent_pointer'] === '')
    return [...frame, '-'].join(' ');
  const plen = Number(row['ipv6.plen']);
  const ipLength = row['ip.len'] !== '' ? row['ip.len'] : plen === 0 ? 0 : plen + 40;
  const tcp = ['tcp.len', 'tcp.seq', 'tcp.ack', 'tcp.flags', 'tcp.window_size_value'] as const;
  const stamps = ['tcp.options.timestamp.tsval', 'tcp.options.timestamp.tsecr'] as const;
  return [
    ...frame,
    ipLength,
    ...tcp.map((field) => Number(row[field])),
    ...stamps.map((field) => row[field] || '-'),
  ].join(' ');
}

interface OurPacket {
  readonly line: string;
  readonly timeNs: number;
}

interface Line {
  readonly ipLength: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly tsval: number | null;
  readonly tsecr: number | null;
}

/** The packets of a capture as the command would print them without coalescing, and as the table holds them. */
async function readOurs(path: string): Promise<{ packets: OurPacket[]; firstTimeNs: bigint }> {
  const receiver = { mode: 'all', why: '' } as const;
  const session = await openSession(path, { receiver, fcsBytes: null, stdin: () => process.stdin });
  const { table } = session;
  const packets: OurPacket[] = [];
  const sink = createRecorder(table, false, (skb) => {
    const row = skb.packets[0]! - table.firstRecord;
    const frame = [table.wireBytes[row], table.capturedBytes[row]];
    const json = JSON.parse(skbJson(skb)) as Line;
    const flags = table.tcpFlags[row]! & 0xfff;
    const tcp = [json.ipLength, table.payloadBytes[row], json.seq, json.ack, flags, json.window];
    const stamps = [json.tsval ?? '-', json.tsecr ?? '-'];
    const line = table.tcpAt[row] === 0 ? [...frame, '-'] : [...frame, ...tcp, ...stamps];
    packets.push({ line: line.join(' '), timeNs: table.timeNs[row]! });
  });
  const engine = createNone(table, sink);
  const enough = new AbortController();
  await session.run((block) => {
    engine.receive(0, block.received);
    if (packets.length >= MAX_PACKETS) enough.abort();
    return undefined;
  }, enough.signal);
  session.close();
  return { packets: packets.slice(0, MAX_PACKETS), firstTimeNs: session.reader.scanner.firstTimeNs() ?? 0n };
}

/** "1700000000.123456789" in ns. */
function epochNs(text: string): bigint {
  const [seconds = '0', fraction = ''] = text.split('.');
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Times are doubles of ns since the first packet: exact up to here, 104 days, and to their last bits beyond. */
const EXACT_NS = 2 ** 53;

async function compare(path: string): Promise<string[]> {
  const [rows, ours] = await Promise.all([
    tsharkFields(path, FIELDS, { maxPackets: MAX_PACKETS }),
    readOurs(path),
  ]);
  const differences: string[] = [];
  const customBlocks = EXCEPTIONS[basename(path)]?.customBlocks ?? 0;
  const theirs = customBlocks === 0 ? rows : rows.filter((row) => row['frame.protocols'] !== 'data');
  if (rows.length - theirs.length !== customBlocks)
    differences.push(`tshark shows ${rows.length - theirs.length} custom blocks`);
  if (ours.packets.length !== theirs.length)
    differences.push(`tshark reads ${theirs.length} packets, we ${ours.packets.length}`);
  ours.packets.slice(0, theirs.length).forEach(({ line, timeNs }, i) => {
    const row = theirs[i]!;
    const expected = lineOfTshark(row);
    if (line !== expected) differences.push(`packet ${i}: tshark ${expected}, we ${line}`);
    const errorNs = ours.firstTimeNs + BigInt(timeNs) - epochNs(row['frame.time_epoch']);
    const allowedNs = Math.abs(timeNs) > EXACT_NS ? (2 * Math.abs(timeNs)) / EXACT_NS : 0;
    if (Math.abs(Number(errorNs)) > allowedNs) differences.push(`packet ${i}: time differs by ${errorNs} ns`);
  });
  return differences;
}

/** The version whose deviations are known. */
const KNOWN_VERSION = /^TShark \(Wireshark\) 4\.0\./;

describe('tshark decodes the same', () => {
  const folders = [CAPTURES, FORMATS, join(SHARED_CAPTURES, 'live'), join(SHARED_CAPTURES, 'public')];
  const paths = folders.flatMap((folder) =>
    filesIn(folder)
      .filter((name) => !/\.(md|tsv)$/.test(name))
      .filter((name) => folder === CAPTURES || !isCopy(join(folder, name), join(CAPTURES, name)))
      .map((name) => join(folder, name)),
  );
  let differencesOf: Promise<string[]>[] = [];
  let isKnownVersion = false;

  before(function () {
    needTool(this, 'tshark');
    isKnownVersion = KNOWN_VERSION.test(spawnSync('tshark', ['--version'], { encoding: 'utf8' }).stdout);
    differencesOf = runAhead(paths.map((path) => () => compare(path)));
  });

  paths.forEach((path, i) => {
    const exception = EXCEPTIONS[basename(path)];
    it(`${basename(dirname(path))}/${basename(path)}${exception === undefined ? '' : ', except that it should not'}`, async () => {
      const differences = await differencesOf[i];
      // Another version may have mended its part of the difference.
      if (exception === undefined || (!isKnownVersion && differences?.length === 0)) {
        expect(differences).to.deep.equal([]);
      } else expect(differences, exception.why).to.deep.equal(exception.differences);
    });
  });

  it('saw every capture there is', function () {
    expect(paths.length).to.be.at.least(9 + 15);
    if (filesIn(SHARED_CAPTURES).length === 0) skipWith(this, `${SHARED_CAPTURES} is not there`);
    expect(paths.length).to.be.at.least(120);
    const names = paths.map((path) => basename(path));
    expect(names).to.include.members(Object.keys(EXCEPTIONS));
  });
});
