import { expect } from 'chai';
import * as fc from 'fast-check';
import type { EngineName } from '../../src/coalesce/catalog.ts';
import { DPDK_GRO_DEFAULTS } from '../../src/coalesce/dpdk-gro.ts';
import { FREEBSD_DEFAULTS } from '../../src/coalesce/freebsd.ts';
import { conformanceCases } from '../conformance/cases.ts';
import { COLUMNS } from '../conformance/columns.ts';
import { runPolls } from '../helpers/engine-run.ts';
import { dpdkModel, wireguardModel } from './item-models.ts';
import { plainSegment } from './plain-segment.ts';
import { type RuleOptions, run } from './rule-cases.ts';
import { RULE_TRAFFIC } from './rule-traffic.ts';
import { freebsdModel, type Model, windowsModel } from './session-models.ts';

interface Pair {
  readonly name: string;
  readonly engine: EngineName;
  readonly options: RuleOptions;
  readonly model: Model;
}

const PAIRS: readonly Pair[] = [
  {
    name: 'by default',
    engine: 'freebsd',
    options: {},
    model: freebsdModel({ entries: 8, mtu: 1500, verify: false }),
  },
  {
    name: 'two entries, a short limit, checksums',
    engine: 'freebsd',
    options: { freebsd: { ...FREEBSD_DEFAULTS, entries: 2, mtu: 65_535 - 300, verifyChecksums: true } },
    model: freebsdModel({ entries: 2, mtu: 65_535 - 300, verify: true }),
  },
  { name: 'by default', engine: 'windows-rsc', options: {}, model: windowsModel() },
  {
    name: 'by default',
    engine: 'dpdk-gro',
    options: {},
    model: dpdkModel({ older: false, maxAggr: 19, burst: 128, verify: false }),
  },
  {
    name: 'older rules, three segments, bursts of ten, checksums',
    engine: 'dpdk-gro',
    options: {
      dpdkGro: { ...DPDK_GRO_DEFAULTS, rules: 'older', maxAggr: 3, burst: 10, verifyChecksums: true },
    },
    model: dpdkModel({ older: true, maxAggr: 3, burst: 10, verify: true }),
  },
  { name: 'by default', engine: 'wireguard', options: {}, model: wireguardModel() },
];

describe('engines after published rules, any traffic', () => {
  for (const { name, engine, options, model } of PAIRS) {
    it(`${engine}, ${name}: delivers what the slow model delivers`, () => {
      fc.assert(
        fc.property(RULE_TRAFFIC, ({ frames, lastPackets }) => {
          const { skbs } = run(engine, frames, options, lastPackets);
          const delivered = skbs.map(({ packets, reason }) => ({ packets, reason }));
          const segments = frames.map((frame) => plainSegment(frame, 1));
          expect(delivered).to.deep.equal(model(segments, lastPackets));
        }),
        { numRuns: 800 },
      );
    });
  }

  it('the cases of the conformance table: each delivers what its slow model delivers', async () => {
    let compared = 0;
    for (const testCase of await conformanceCases()) {
      const { packets, poll, set, options } = testCase;
      // The models know whole frames, and polls that are given.
      if (poll.kind !== 'file' && poll.kind !== 'end') continue;
      if (packets.some(({ bytes, wireBytes }) => bytes.length !== wireBytes)) continue;
      const verify = set === 'linux-gro' || options.inetLro.verifyChecksums;
      const models: Partial<Record<EngineName, Model>> = {
        freebsd: freebsdModel({ entries: 8, mtu: 1500, verify }),
        'windows-rsc': windowsModel(),
        'dpdk-gro': dpdkModel({ older: false, maxAggr: 19, burst: 128, verify }),
        wireguard: wireguardModel(),
      };
      const segments = packets.map(({ bytes }) => plainSegment(bytes, 0));
      const lastPackets = poll.kind === 'file' ? [...poll.lastPackets] : [];
      for (const { engine, optionsFor } of COLUMNS) {
        const expected = models[engine]?.(segments, lastPackets);
        if (expected === undefined) continue;
        const { skbs } = runPolls(packets, optionsFor(testCase), poll);
        const delivered = skbs.map(({ packets: members, reason }) => ({ packets: members, reason }));
        expect(delivered, `${engine} on ${testCase.name}`).to.deep.equal(expected);
        compared++;
      }
    }
    expect(compared).to.be.above(1800);
  });
});
