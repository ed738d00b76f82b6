import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { concat, pattern, replaced, u32 } from '../helpers/bytes.ts';
import {
  block,
  enhancedBlock,
  interfaceBlock,
  type MadePacket,
  PCAP_STYLE,
  pcapFile,
  pcapRecord,
  sectionBlock,
} from '../helpers/capture-files.ts';
import { type CommandResult, runCommand } from '../helpers/command.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet } from '../helpers/packets.ts';
import { runAhead } from '../helpers/run-ahead.ts';
import { CAPTURES, skipWith, useTempFolder } from '../helpers/surroundings.ts';
import { zstdFrame } from '../helpers/zstd-frames.ts';

/** A command that reads a capture: its arguments, and how its output tells the packets read. */
interface Command {
  readonly name: string;
  readonly args: (capture: string) => readonly string[];
  readonly packetsIn: (stdout: string) => number;
  /** How it says that there is nothing to merge. */
  readonly noTcp: string;
}

const COMMANDS: readonly Command[] = [
  {
    name: 'coalesce',
    args: (capture) => ['coalesce', capture],
    packetsIn: (stdout) => Number(/^packets received +(\d+)$/m.exec(stdout)?.[1] ?? Number.NaN),
    noTcp: 'no TCP payload',
  },
  {
    name: 'the main command',
    args: (capture) => [capture, '--json', '--format', 'none'],
    packetsIn: (stdout) => (JSON.parse(stdout) as { capture: { packets: number } }).capture.packets,
    noTcp: 'W-NO-TCP',
  },
];

const BEGIN_NS = 1_700_000_000_000_000_000n;
const FRAME = ethernet(ipv4Packet({}, { payload: pattern(100) }));
const made = (i: number, changes: Partial<MadePacket> = {}): MadePacket => ({
  timeNs: BEGIN_NS + BigInt(i * 1000),
  bytes: FRAME,
  ...changes,
});
const THREE = pcapFile([made(0), made(1), made(2)]);
const RECORD_BYTES = pcapRecord(made(0), PCAP_STYLE).length;
/** A pcapng with one good packet, then something else. */
const afterOne = (...rest: Uint8Array[]): Uint8Array =>
  concat(sectionBlock(), interfaceBlock(1), enhancedBlock(0, { ticks: 1n, bytes: FRAME }), ...rest);
const ONE_PACKET_BYTES = afterOne().length;
const GOOD_BLOCK = enhancedBlock(0, { ticks: 2n, bytes: FRAME });
const claiming = (bytes: number): Uint8Array => replaced(GOOD_BLOCK, 4, u32(bytes, true));
const REAL = gunzipSync(readFileSync(join(CAPTURES, 'full-f4.pcap.gz')));

interface Case {
  readonly name: string;
  readonly file: () => Uint8Array | string;
  readonly exit: 0 | 3 | 4;
  /** Packets reported; 'some' where decompression decides. Nothing is reported with exit code 3. */
  readonly packets?: number | 'some';
  /** Parts of what is said on stderr. */
  readonly says: readonly string[];
  /** Whether it is also said that there is no TCP. */
  readonly noTcp?: true;
}

const NOT_A_CAPTURE = ['not a pcap or pcapng file', 'byte offset 0', 'tcpdump, dumpcap or Wireshark'];
const DAMAGED = ['W-DAMAGED', 'The file is damaged from here on; what stands before it was read'];

const CASES: readonly Case[] = [
  { name: 'an empty file', file: () => '', exit: 3, says: ['the file is empty', 'Record something first'] },
  { name: 'ten random bytes', file: () => pattern(10, 3), exit: 3, says: NOT_A_CAPTURE },
  { name: 'three bytes', file: () => pattern(3), exit: 3, says: NOT_A_CAPTURE },
  { name: 'a text file', file: () => 'Dear reader,\nthis is no capture.\n', exit: 3, says: NOT_A_CAPTURE },
  { name: 'a gzipped text file', file: () => gzipSync('Dear reader,\n'), exit: 3, says: NOT_A_CAPTURE },
  {
    name: 'an empty gzip',
    file: () => gzipSync(''),
    exit: 3,
    says: ['the file is empty'],
  },
  {
    name: 'a cut gzip',
    file: () => gzipSync(REAL, { level: 1 }).subarray(0, 1_000_000),
    exit: 4,
    packets: 'some',
    says: ['W-DAMAGED', 'the compressed data ends too early', 'get the whole file for the rest'],
  },
  {
    name: 'a gzip cut inside its header',
    file: () => gzipSync(REAL, { level: 1 }).subarray(0, 9),
    exit: 3,
    says: ['the compressed data ends too early', 'Check the file'],
  },
  {
    name: 'a gzip with a wrong data check',
    file: () => replaced(gzipSync(REAL, { level: 1 }), gzipSync(REAL, { level: 1 }).length - 8, u32(0)),
    exit: 4,
    packets: 'some',
    says: ['W-DAMAGED', 'the compressed data is damaged'],
  },
  {
    name: 'a cut zstd',
    file: () => zstdFrame(REAL.subarray(0, 800_000)).subarray(0, 700_000),
    exit: 4,
    packets: 'some',
    says: ['W-DAMAGED', 'the compressed data ends too early'],
  },
  {
    name: 'a zstd whose second frame is none',
    file: () => concat(zstdFrame(THREE), pattern(20)),
    exit: 4,
    packets: 3,
    says: ['W-DAMAGED', 'the compressed data is damaged'],
  },
  {
    name: 'a pcap cut inside its header',
    file: () => THREE.subarray(0, 20),
    exit: 3,
    says: ['the file ends after 20 bytes, inside its header', 'Get the whole file'],
  },
  {
    name: 'a pcapng cut inside its first header',
    file: () => afterOne().subarray(0, 27),
    exit: 3,
    says: ['the file ends after 27 bytes, inside its header', 'Get the whole file'],
  },
  {
    name: 'a pcap without a packet',
    file: () => THREE.subarray(0, 24),
    exit: 0,
    packets: 0,
    says: [],
    noTcp: true,
  },
  {
    name: 'a pcap cut inside a record header',
    file: () => THREE.subarray(0, 24 + 2 * RECORD_BYTES + 7),
    exit: 4,
    packets: 2,
    says: [
      'W-CUT',
      `byte offset ${24 + 2 * RECORD_BYTES}, packet 2`,
      'ends inside a record',
      '16 bytes needed, 7 there',
    ],
  },
  {
    name: 'a pcap cut inside a record',
    file: () => THREE.subarray(0, 24 + 3 * RECORD_BYTES - 1),
    exit: 4,
    packets: 2,
    says: ['W-CUT', `byte offset ${24 + 2 * RECORD_BYTES}, packet 2`, `${RECORD_BYTES - 1} there`],
  },
  {
    name: 'a record that claims 4 GB',
    file: () => replaced(THREE, 24 + RECORD_BYTES + 8, u32(0xffffffff)),
    exit: 4,
    packets: 1,
    says: [...DAMAGED, '4294967295', `byte offset ${24 + RECORD_BYTES}, packet 1`],
  },
  {
    name: 'a pcapng cut inside a block',
    file: () => afterOne(GOOD_BLOCK).subarray(0, ONE_PACKET_BYTES + 20),
    exit: 4,
    packets: 1,
    says: ['W-CUT', `byte offset ${ONE_PACKET_BYTES}, packet 1`],
  },
  {
    name: 'a packet block that claims 4 GB',
    file: () => afterOne(claiming(0xfffffffc)),
    exit: 4,
    packets: 1,
    says: [...DAMAGED, '4294967292', `byte offset ${ONE_PACKET_BYTES}, packet 1`],
  },
  {
    name: 'an unknown block that claims 2 GB',
    file: () => afterOne(u32(0xbad, true), u32(0x7fffffff, true), pattern(100)),
    exit: 4,
    packets: 1,
    says: [...DAMAGED, '2147483647'],
  },
  {
    name: 'an unknown block that is cut',
    file: () => afterOne(block(0xbad, pattern(1000)).subarray(0, 500)),
    exit: 4,
    packets: 1,
    says: ['W-CUT', 'packet 1'],
  },
  {
    name: 'a block of length zero',
    file: () => afterOne(claiming(0)),
    exit: 4,
    packets: 1,
    says: [...DAMAGED, 'claims a length of 0 bytes'],
  },
  {
    name: 'a block whose two lengths differ',
    file: () => afterOne(replaced(GOOD_BLOCK, GOOD_BLOCK.length - 4, u32(GOOD_BLOCK.length + 4, true))),
    exit: 4,
    packets: 1,
    says: [...DAMAGED, `two lengths differ (${GOOD_BLOCK.length} and ${GOOD_BLOCK.length + 4})`],
  },
  {
    name: 'a packet of an interface that is not described',
    file: () => afterOne(enhancedBlock(7, { ticks: 2n, bytes: FRAME })),
    exit: 4,
    packets: 1,
    says: [...DAMAGED, 'a packet of interface 7', 'describes 1 interfaces'],
  },
  {
    name: 'more captured than was on the wire',
    file: () => pcapFile([made(0), made(1, { wireBytes: 60 })]),
    exit: 0,
    packets: 2,
    says: ['W-LENGTHS', '1 record with more'],
  },
  {
    name: 'time that goes backwards',
    file: () => pcapFile([made(5), made(6), made(1), made(0)]),
    exit: 0,
    packets: 4,
    says: ['W-TIME-BACKWARDS', '2 times among the received packets, first at packet 2', 'reordercap'],
  },
  {
    name: 'an unknown link type',
    file: () => pcapFile([made(0), made(1)], { linkType: 147 }),
    exit: 4,
    packets: 2,
    says: ['W-LINK-TYPE', '2 packets of link type 147', 'Ethernet, Linux SLL, raw IP and NULL/LOOP'],
  },
  {
    name: 'no TCP at all',
    file: () =>
      pcapFile([0, 1, 2].map((i) => made(i, { bytes: ethernet(ipv4Packet({ protocol: 17 }, {})) }))),
    exit: 0,
    packets: 3,
    says: [],
    noTcp: true,
  },
  {
    name: 'packets cut too short for their headers',
    file: () => pcapFile([made(0, { bytes: FRAME.subarray(0, 40), wireBytes: 154 })]),
    exit: 0,
    packets: 1,
    says: ['W-SNAPLEN', 'cut to 40 bytes', 'snaplen of 96'],
  },
];

for (const { name: command, args, packetsIn, noTcp } of COMMANDS) {
  describe(`bad input to ${command}`, () => {
    const folder = useTempFolder();

    function expectRefusal(result: CommandResult, path: string, says: readonly string[]): void {
      for (const part of says) expect(result.stderr).to.contain(part);
      expect(result.stderr).to.contain(`analyze: ${path}: `);
      expect(result.stderr).to.not.contain('a bug in this program').and.not.contain('..');
      expect(result.stdout).to.equal('');
      expect(result.code).to.equal(3);
    }

    /** Each case as a file, then each on stdin. */
    let fromFile: Promise<CommandResult>[] = [];
    let fromStdin: Promise<CommandResult>[] = [];
    const pathOf = (index: number): string => folder.path(`input-${index}`);

    before(() => {
      const all = ({ packets }: Case): string[] => (packets === 'some' ? ['--receiver', 'all'] : []);
      const cwd = folder.path('.');
      const asFile = CASES.map((one, i) => () => {
        const path = folder.write(`input-${i}`, one.file());
        return runCommand([...args(path), ...all(one)], { cwd });
      });
      const asInput = CASES.map((one) => () => {
        const content = one.file();
        const input = typeof content === 'string' ? new TextEncoder().encode(content) : content;
        return runCommand([...args('-'), ...all(one)], { cwd, input });
      });
      const results = runAhead([...asFile, ...asInput]);
      fromFile = results.slice(0, CASES.length);
      fromStdin = results.slice(CASES.length);
    });

    CASES.forEach(({ name, exit, packets, says, noTcp: isWithoutTcp }, i) => {
      it(`${name}: exit code ${exit}`, async () => {
        const result = await fromFile[i]!;
        if (exit === 3) {
          expectRefusal(result, pathOf(i), says);
          return;
        }
        expect(result.stderr).to.not.contain('a bug in this program');
        for (const part of isWithoutTcp ? [...says, noTcp] : says) expect(result.stderr).to.contain(part);
        expect(result.code).to.equal(exit);
        const read = packetsIn(result.stdout);
        if (packets !== 'some') expect(read).to.equal(packets);
        else {
          // As many as the message says, and neither none nor all.
          expect(Number(/packet (\d+)\)/.exec(result.stderr)?.[1])).to.equal(read);
          expect(read).to.be.within(100, 1499);
        }
        if (exit === 4) expect(result.stderr).to.match(/^analyze: W-[A-Z-]+: /m);
      });
    });

    it('the same on stdin: as many packets, the same exit code', async () => {
      for (const [i, { name, exit, packets }] of CASES.entries()) {
        const result = await fromStdin[i]!;
        expect(result.code, name).to.equal(exit);
        if (typeof packets === 'number') expect(packetsIn(result.stdout), name).to.equal(packets);
        if (exit === 3) expect(result.stderr, name).to.contain('analyze: stdin: ');
      }
    });

    it('a missing file', async () => {
      const path = folder.path('missing.pcap');
      expectRefusal(await runCommand(args(path)), path, ['no such file', 'Check the path']);
    });

    it('a file below a file', async () => {
      const path = join(folder.write('file', THREE), 'x.pcap');
      expectRefusal(await runCommand(args(path)), path, ['ENOTDIR']);
    });

    it('a folder without captures', async () => {
      const path = folder.path('folder');
      mkdirSync(path);
      const result = await runCommand(args(path));
      expect(result.code).to.equal(3);
      expect(result.stdout).to.equal('');
      expect(result.stderr)
        .to.contain(path)
        .and.match(/Give a .*(capture|pcap)/);
    });

    it('a file that may not be read', async function () {
      const path = folder.write('secret.pcap', THREE);
      chmodSync(path, 0o000);
      // Root may read everything: runs as nobody instead, who must then be able to run the command.
      const uid = process.getuid?.() === 0 ? 65_534 : undefined;
      if (uid !== undefined) {
        chmodSync(folder.path('.'), 0o755);
        const { code } = await runCommand(['--version'], { uid });
        if (code !== 0) skipWith(this, 'another user cannot run the command here');
      }
      const result = await runCommand(args(path), uid === undefined ? {} : { uid });
      expectRefusal(result, path, ['cannot be opened (EACCES)', 'permissions']);
    });

    it('a file that the system fails to read', async function () {
      const path = '/proc/self/mem';
      if (!existsSync(path)) skipWith(this, 'there is no /proc');
      expectRefusal(await runCommand(args(path)), path, ['cannot be read (EIO)']);
    });
  });
}
