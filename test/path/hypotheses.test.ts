import { expect } from 'chai';
import fc from 'fast-check';
import { demandOf, HYPOTHESIS_FACTS, studyTraffic } from '../../src/cost/hypotheses.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import {
  createAckCounter,
  createHypothesisCounter,
  extraSlots,
  HYPOTHESES,
  type Hypothesis,
  type HypothesisInput,
} from '../../src/path/hypotheses.ts';

/** Full segments with timestamps. */
function skbOf(segments: number, flow = 0, segmentBytes = 1448): HypothesisInput {
  const payloadBytes = segments * segmentBytes;
  return { flow, segments, payloadBytes, frameBytes: 66 + payloadBytes, segmentBytes };
}

function count(hypothesis: Hypothesis, skbs: readonly HypothesisInput[]): number {
  const counter = createHypothesisCounter(hypothesis);
  for (const skb of skbs) counter.deliver(skb);
  return counter.count();
}

describe('slot-per-fragment', () => {
  // k slots instead of S(k), which is 1 for k = 1 and 2, 2 for 3–5, 3 for 6–8, 6 for 16, 12 for 32.
  const cases = [
    [1, 0],
    [2, 1],
    [3, 1],
    [5, 3],
    [6, 3],
    [8, 5],
    [16, 10],
    [32, 20],
  ] as const;
  for (const [segments, extra] of cases) {
    it(`adds ${extra} slots to an skb of ${segments}`, () => {
      expect(extraSlots(skbOf(segments))).to.equal(extra);
    });
  }

  it('gives a jumbo fragment as many pages as it needs', () => {
    // 9 kB in three pages each: 6 instead of 1 + ⌈(66 + 17896 − 3694) / 4096⌉ = 5.
    expect(extraSlots(skbOf(2, 0, 8948))).to.equal(1);
  });

  it('never takes slots away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 9000 }), (segments, bytes) => {
        expect(extraSlots(skbOf(segments, 0, bytes))).to.be.at.least(0);
      }),
    );
  });
});

describe('more-acks', () => {
  const acks = (bytes: readonly number[], segmentBytes: (payload: number) => number): number => {
    const counter = createAckCounter();
    for (const payload of bytes) counter.deliver(0, payload, segmentBytes(payload));
    return counter.acks();
  };

  it('an ACK goes out for every second full segment', () => {
    expect(acks([1448, 1448, 1448, 1448, 1448], () => 1448)).to.equal(2);
  });

  it('for every super-packet that has its segment size, for every second that has not', () => {
    const merged = [2896, 2896, 2896, 2896];
    expect(acks(merged, () => 1448)).to.equal(4);
    expect(acks(merged, (payload) => payload)).to.equal(2);
    expect(
      count(
        'more-acks',
        [2, 2, 2, 2].map((k) => skbOf(k)),
      ),
    ).to.equal(2);
  });

  it('counts flows apart, any number of them, and no ACK for nothing', () => {
    const interleaved = [0, 1, 500, 0, 1, 500].map((flow) => skbOf(1, flow));
    expect(count('more-acks', interleaved)).to.equal(0);
    const counter = createAckCounter();
    for (const flow of [0, 1, 500]) counter.deliver(flow, 1448, 1448);
    expect(counter.acks()).to.equal(0);
    for (const flow of [0, 1, 500]) counter.deliver(flow, 1448, 1448);
    expect(counter.acks()).to.equal(3);
    counter.deliver(0, 0, 0);
    expect(counter.acks()).to.equal(3);
  });

  it('adds nothing where nothing merges', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 1460 }))), (packets) => {
        expect(
          count(
            'more-acks',
            packets.map(([flow, bytes]) => skbOf(1, flow, bytes)),
          ),
        ).to.equal(0);
      }),
    );
  });
});

describe('the hypotheses in the study', () => {
  const traffic = studyTraffic();
  const residual = loadProfile('aizu-2008').unexplained!.value;
  // The prices that were worked out by hand for 2353 cycles an skb, 0.67 cycles a byte.
  const expected = {
    'slot-per-fragment': { perSkb: 1, needed: 2353, tolerance: 0.5 },
    'more-acks': { perSkb: 0.5, needed: 4706, tolerance: 1 },
    'dear-copy': { perSkb: 2.43 * 1448, needed: 0.669, tolerance: 5e-4 },
  } as const;

  for (const [index, name] of HYPOTHESES.entries()) {
    it(`${name} needs ${expected[name].needed}, which is plausible`, () => {
      const { perSkb, needed, tolerance } = expected[name];
      const demand = demandOf(name, traffic.counts[index]!, traffic.dataSkbs, residual * traffic.dataPackets);
      expect(demand.perDataSkb).to.be.closeTo(perSkb, 1e-9);
      expect(demand.needed).to.be.closeTo(needed, tolerance);
      expect(demand.plausible).to.equal(true);
    });
  }

  it('have ranges with a source, and are outside of them beyond', () => {
    for (const name of HYPOTHESES) {
      const { low, high, source } = HYPOTHESIS_FACTS[name].plausible;
      expect(low).to.be.below(high);
      expect(source).to.have.length.above(20);
      expect(demandOf(name, 1, 1, high * 1.01).plausible).to.equal(false);
      expect(demandOf(name, 1, 1, high).plausible).to.equal(true);
      expect(demandOf(name, 0, 1, 100)).to.deep.include({ needed: null, plausible: null });
    }
  });
});
