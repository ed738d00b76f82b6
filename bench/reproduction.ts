/**
 * The LRO rate of the study from interrupt moderation, NAPI and processor time: the tables of docs/reproduction.md.
 * `node dist/bench/reproduction.js` prints them as Markdown; it takes some seconds. Given the name of a PNG file, it
 * also draws the first one.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SkbSink } from '../src/coalesce/engine.ts';
import { INET_LRO_DEFAULTS, type InetLroOptions } from '../src/coalesce/inet-lro.ts';
import { loadProfile } from '../src/cost/load-profile.ts';
import { STUDY } from '../src/cost/study.ts';
import type { NapiSpec } from '../src/nic/napi-state.ts';
import { NIC_NAMES, nicPreset } from '../src/nic/presets.ts';
import { createGoodputCounter } from '../src/packet/goodput.ts';
import type { XenConfiguration } from '../src/path/xen-configurations.ts';
import { createLane } from '../src/replay/coalesce.ts';
import { openSession, type Session } from '../src/replay/session.ts';
import { createPricedSoftirq } from '../src/replay/softirq.ts';
import { renderFigure } from '../src/report/chart-render.ts';
import type { XyChartSpec } from '../src/report/chart-spec-xy.ts';
import { markdown } from './table.ts';

const CAPTURE = fileURLToPath(new URL('../../captures/f1.pcap.gz', import.meta.url));

const CLOCKS_GHZ = [1.6, 1.86, 2.0, 2.4, 2.8, 3.0];
const SHARES = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Where single settings are varied, the middle of both ranges. */
const MIDDLE = { cpuGhz: 2.3, perPacketShare: 0.65 };
const PROFILE = loadProfile('aizu-2008');

interface Run {
  readonly configuration: XenConfiguration;
  readonly spec: NapiSpec;
  readonly inetLro: InetLroOptions;
}

interface Outcome {
  /** Data packets per skb that carries data. */
  readonly lroRate: number;
  readonly packetsPerPoll: number;
  readonly dropped: number;
  readonly meanHoldUs: number;
  readonly p99HoldUs: number;
}

/** Goodput of the capture, Mbit/s, from its first to its last data packet. */
async function capturedMbps(): Promise<number> {
  const session = await open();
  const goodput = createGoodputCounter();
  let [firstNs, lastNs] = [Number.POSITIVE_INFINITY, 0];
  await session.run((table) => {
    goodput.add(table, 0, table.received);
    for (let i = 0; i < table.received; i++) {
      const row = table.rows[i]!;
      if (table.tcpAt[row] === 0 || table.payloadBytes[row]! <= 0) continue;
      firstNs = Math.min(firstNs, table.timeNs[row]!);
      lastNs = Math.max(lastNs, table.timeNs[row]!);
    }
    return undefined;
  });
  session.close();
  return (goodput.uniqueBytes() * 8 * 1000) / (lastNs - firstNs);
}

function open(): Promise<Session> {
  return openSession(CAPTURE, { receiver: 'auto', fcsBytes: null, stdin: () => process.stdin });
}

/** All runs in one pass over the capture. */
async function replay(runs: readonly Run[]): Promise<Outcome[]> {
  const session = await open();
  const { table } = session;
  const lanes = runs.map(({ configuration, spec, inetLro }) => {
    const counts = { packets: 0, skbs: 0 };
    const sink: SkbSink = {
      deliverHeld(skb) {
        counts.packets += skb.segments;
        counts.skbs++;
      },
      deliverAlone(row) {
        if (table.tcpAt[row] === 0 || table.payloadBytes[row]! <= 0) return;
        counts.packets++;
        counts.skbs++;
      },
    };
    const price = { configuration, receiveMode: 'flip', lroMode: 'skb', profile: PROFILE } as const;
    const softirq = createPricedSoftirq(price, true, spec);
    const lane = createLane(table, { engine: 'inet_lro', inetLro }, spec, sink, { softirq });
    return { lane, counts };
  });
  await session.run((block) => {
    for (const { lane } of lanes) lane.run(block);
    return undefined;
  });
  session.close();
  return lanes.map(({ lane, counts }) => {
    lane.finish();
    const stats = lane.stats();
    return {
      lroRate: counts.packets / counts.skbs,
      packetsPerPoll: stats.packets / stats.polls,
      dropped: stats.dropped,
      meanHoldUs: (stats.holdTimes?.meanNs ?? 0) / 1000,
      p99HoldUs: (stats.holdTimes?.p99Ns ?? 0) / 1000,
    };
  });
}

function print(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const align = head.map((_, column) => (column === 0 ? 'left' : 'right'));
  process.stdout.write(`### ${title}\n\n${markdown({ head, align, rows })}\n\n`);
}

const captured = await capturedMbps();

function run(
  configuration: XenConfiguration,
  changes: Partial<NapiSpec>,
  lro: Partial<InetLroOptions> = {},
): Run {
  const tg3 = nicPreset('tg3');
  const spec: NapiSpec = {
    kind: 'napi',
    nic: tg3.name,
    moderation: tg3.moderation.value,
    ringPackets: tg3.ringPackets.value,
    weight: tg3.weight.value,
    interruptLatencyUs: 2,
    afterFlush: 'interrupt',
    timeScale: captured / STUDY[configuration].throughputMbps,
    ...MIDDLE,
    ...changes,
  };
  return { configuration, spec, inetLro: { ...INET_LRO_DEFAULTS, ...lro } };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** LRO rates by clock, then by share. */
async function printGrid(configuration: 'LRO' | 'Optimized'): Promise<readonly (readonly number[])[]> {
  const study = STUDY[configuration];
  const points = CLOCKS_GHZ.flatMap((cpuGhz) => SHARES.map((perPacketShare) => ({ cpuGhz, perPacketShare })));
  const outcomes = await replay(points.map((point) => run(configuration, point)));
  const rows = CLOCKS_GHZ.map((cpuGhz, index) => {
    const line = outcomes.slice(index * SHARES.length, (index + 1) * SHARES.length);
    // The study's value lies between the cell before the bold one and the bold one.
    const reached = line.findIndex(({ lroRate }) => lroRate >= study.lroRate);
    const cells = line.map(({ lroRate, dropped }, column) => {
      const text = `${lroRate.toFixed(2)}${dropped > 0 ? ' (drops)' : ''}`;
      return column === reached ? `**${text}**` : text;
    });
    return [`${cpuGhz.toFixed(2)} GHz`, ...cells];
  });
  const title = `${configuration} at ${study.throughputMbps} Mbit/s: LRO rate (study: ${study.lroRate})`;
  print(title, ['clock', ...SHARES.map(percent)], rows);
  return CLOCKS_GHZ.map((_, index) =>
    outcomes.slice(index * SHARES.length, (index + 1) * SHARES.length).map(({ lroRate }) => lroRate),
  );
}

/** Four of the clocks: more curves would not be told apart. */
const DRAWN = [
  { ghz: 1.6, role: 'curve1' },
  { ghz: 1.86, role: 'curve2' },
  { ghz: 2, role: 'curve3' },
  { ghz: 2.4, role: 'curve4' },
] as const;

/** Rate against share and clock, with the two rates of the study drawn in. */
function gridChart(rates: readonly (readonly number[])[]): XyChartSpec {
  const [left, right] = [100 * SHARES[0]!, 100 * SHARES.at(-1)!];
  const study = [STUDY.LRO.lroRate, STUDY.Optimized.lroRate].flatMap((y) => [
    { x: left, y },
    { x: right, y },
    { x: right, y: null },
  ]);
  return {
    name: 'reproduction',
    title: `LRO rate at ${STUDY.LRO.throughputMbps} Mbit/s by clock and share of the cycles per packet inside the poll`,
    x: {
      label: 'Cycles per packet inside the poll (%), by clock (GHz)',
      scale: 'linear',
      ticks: null,
      fromZero: false,
    },
    y: { label: 'LRO rate (packets)', scale: 'linear', ticks: null, fromZero: false },
    series: [
      ...DRAWN.map(({ ghz, role }) => ({
        role,
        label: ghz.toFixed(2),
        joined: true,
        points: rates[CLOCKS_GHZ.indexOf(ghz)]!.map((y, index) => ({ x: 100 * SHARES[index]!, y })),
      })),
      { role: 'reference', label: 'study', joined: true, points: study },
    ],
  };
}

/** The lowest whole percentage at which the rate is at least the study's, by halving: it grows with the share. */
async function printHits(): Promise<void> {
  const searches = CLOCKS_GHZ.flatMap((cpuGhz) =>
    (['LRO', 'Optimized'] as const).map((configuration) => ({ cpuGhz, configuration, low: 0, high: 101 })),
  );
  while (searches.some(({ low, high }) => low < high)) {
    const shares = searches.map(({ low, high }) => Math.min(100, Math.floor((low + high) / 2)));
    const outcomes = await replay(
      searches.map(({ cpuGhz, configuration }, index) =>
        run(configuration, { cpuGhz, perPacketShare: shares[index]! / 100 }),
      ),
    );
    for (const [index, search] of searches.entries()) {
      if (search.low === search.high) continue;
      if (outcomes[index]!.lroRate >= STUDY[search.configuration].lroRate) search.high = shares[index]!;
      else search.low = shares[index]! + 1;
    }
  }
  const cell = (cpuGhz: number, configuration: XenConfiguration): string => {
    const { high } = searches.find((one) => one.cpuGhz === cpuGhz && one.configuration === configuration)!;
    return high > 100 ? 'none' : `${high} %`;
  };
  const rows = CLOCKS_GHZ.map((ghz) => [`${ghz.toFixed(2)} GHz`, cell(ghz, 'LRO'), cell(ghz, 'Optimized')]);
  const head = ['clock', `LRO, ${STUDY.LRO.lroRate}`, `Optimized, ${STUDY.Optimized.lroRate}`];
  print("Least share of the cycles per packet inside the poll that reaches the study's rate", head, rows);
}

async function printVariants(title: string, variants: readonly (readonly [string, Run])[]): Promise<void> {
  const outcomes = await replay(variants.map(([, one]) => one));
  const rows = variants.map(([name], index) => {
    const { lroRate, packetsPerPoll, meanHoldUs, p99HoldUs, dropped } = outcomes[index]!;
    return [
      name,
      lroRate.toFixed(2),
      packetsPerPoll.toFixed(2),
      meanHoldUs.toFixed(1),
      p99HoldUs.toFixed(1),
      String(dropped),
    ];
  });
  print(title, ['', 'LRO rate', 'packets/poll', 'held, mean µs', 'held, p99 µs', 'dropped'], rows);
}

process.stdout.write(`Captured goodput ${captured.toFixed(2)} Mbit/s.\n\n`);
const grid = await printGrid('LRO');
await printGrid('Optimized');
await printHits();
const middle = `LRO, ${MIDDLE.cpuGhz} GHz, ${percent(MIDDLE.perPacketShare)}`;
await printVariants(`${middle}: limits of inet_lro`, [
  ...[8, 16, 32, 64].map((maxAggr) => [`max_aggr ${maxAggr}`, run('LRO', {}, { maxAggr })] as const),
  ...[1, 8, 32].map((maxDesc) => [`max_desc ${maxDesc}`, run('LRO', {}, { maxDesc })] as const),
]);
const tg3 = (rxUsecs: number, rxFrames: number, timer: 'first' | 'last') =>
  ({ moderation: { kind: 'coalesce', rxUsecs, rxFrames, timer } }) as const;
await printVariants(`${middle}: what else is assumed`, [
  ...[0, 2, 5].map((us) => [`interrupt latency ${us} µs`, run('LRO', { interruptLatencyUs: us })] as const),
  ['timer from the last packet', run('LRO', tg3(20, 5, 'last'))],
  ['no timer: 5 frames', run('LRO', tg3(0, 5, 'first'))],
  ['20 µs alone', run('LRO', tg3(20, 0, 'first'))],
  ['50 µs, 5 frames (no tagged status)', run('LRO', tg3(50, 5, 'first'))],
  ['ring looked at again after the flush', run('LRO', { afterFlush: 'poll' })],
  ['the same, Optimized', run('Optimized', { afterFlush: 'poll' })],
]);
await printVariants(
  `${middle}: other NICs`,
  NIC_NAMES.map((nic) => {
    const { moderation, weight } = nicPreset(nic);
    return [nic, run('LRO', { nic, moderation: moderation.value, weight: weight.value })] as const;
  }),
);

const [, , picture] = process.argv;
if (picture !== undefined) {
  const figure = { kind: 'xy', spec: gridChart(grid) } as const;
  writeFileSync(picture, renderFigure(figure, 'png', 'column', null));
}
