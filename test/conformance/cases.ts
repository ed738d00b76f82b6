/** Every case that a real kernel decided: what arrived, where polls ended, and what was delivered. */
import { join } from 'node:path';
import { INET_LRO_DEFAULTS, type InetLroOptions } from '../../src/coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS } from '../../src/coalesce/linux-gro.ts';
import type { PollSpec } from '../../src/nic/poll.ts';
import type { EngineOptions } from '../../src/replay/coalesce.ts';
import { parseOptions } from '../helpers/coalesce-run.ts';
import type { Frame } from '../helpers/fill-table.ts';
import { type PlainPacket, readCapture } from '../helpers/read-capture.ts';
import { VECTORS } from '../helpers/surroundings.ts';
import { parseLines, readText, type VectorCase, type VectorRun, vectorRuns } from '../helpers/vector-runs.ts';

/** The engine whose real code decided the case. */
export const SETS = ['linux-gro', 'inet_lro'] as const;
export type CaseSet = (typeof SETS)[number];

export interface ConformanceCase {
  readonly set: CaseSet;
  /** `set/name`, unique. */
  readonly name: string;
  readonly about: string;
  readonly packets: readonly (PlainPacket & Frame)[];
  readonly poll: PollSpec;
  /** Those of the real code. */
  readonly options: EngineOptions;
  /** Packets of each skb in order of delivery, as the real code delivered them. */
  readonly delivered: readonly (readonly number[])[];
}

export async function conformanceCases(): Promise<ConformanceCase[]> {
  return [...(await linuxGroCases()), ...(await inetLroCases())];
}

/** Ranges of packets in two captures; the polls of one case never reach into the next. */
async function linuxGroCases(): Promise<ConformanceCase[]> {
  const folder = join(VECTORS, 'linux-gro');
  const cases: ConformanceCase[] = [];
  for (const run of vectorRuns(folder)) {
    if (run.cases === undefined) continue;
    const { packets } = await readCapture(join(folder, run.capture));
    const delivered = deliveredIn(folder, run);
    const polls = run.options.find((option) => option.startsWith('file:')) ?? '';
    const lasts = readText(join(folder, polls.slice('file:'.length)))
      .split('\n')
      .filter(Boolean)
      .map(Number);
    for (const found of JSON.parse(readText(join(folder, run.cases))) as VectorCase[]) {
      const { firstPacket: first, packets: count } = found;
      const inCase = (packet: number): boolean => packet >= first && packet < first + count;
      cases.push({
        set: 'linux-gro',
        name: `linux-gro/${found.case}`,
        about: found.about,
        packets: packets.slice(first, first + count),
        poll: {
          kind: 'file',
          file: '',
          lastPackets: Float64Array.from(lasts.filter(inCase).map((last) => last - first)),
        },
        options: {
          engine: 'linux-gro',
          inetLro: INET_LRO_DEFAULTS,
          linuxGro: { ...LINUX_GRO_DEFAULTS, buckets: 1, verifyChecksums: true },
        },
        delivered: delivered
          .filter((members) => inCase(members[0]!))
          .map((members) => members.map((packet) => packet - first)),
      });
    }
  }
  return cases;
}

/** Runs over one capture with the same polls that delivered the same are one case: the first of them. */
async function inetLroCases(): Promise<ConformanceCase[]> {
  const folder = join(VECTORS, 'inet_lro');
  const cases = new Map<string, ConformanceCase>();
  for (const run of vectorRuns(folder)) {
    const delivered = deliveredIn(folder, run);
    const { inetLro, poll } = parseOptions(run.options);
    const key = JSON.stringify([run.capture, poll, delivered]);
    if (cases.has(key)) continue;
    const { packets } = await readCapture(join(folder, run.capture));
    cases.set(key, {
      set: 'inet_lro',
      name: `inet_lro/${run.expected.replace(/(\.skb)?\.expected\.jsonl$/, '').replace('.skb.', '.')}`,
      about: [run.note ?? '', limitsOf(inetLro)].filter((text) => text !== '').join('; '),
      packets,
      poll,
      options: { engine: 'inet_lro', inetLro },
      delivered,
    });
  }
  return [...cases.values()];
}

/** What a run sets other than by default, which other engines know nothing of. */
function limitsOf(options: InetLroOptions): string {
  const names = ['maxAggr', 'maxDesc', 'mtu', 'mode', 'fragSize', 'verifyChecksums'] as const;
  return names
    .filter((name) => options[name] !== INET_LRO_DEFAULTS[name])
    .map((name) => `${name} ${options[name]}`)
    .join(', ');
}

function deliveredIn(folder: string, run: VectorRun): (readonly number[])[] {
  return parseLines(readText(join(folder, run.expected))).flatMap(({ packets }) =>
    packets === undefined ? [] : [packets],
  );
}
