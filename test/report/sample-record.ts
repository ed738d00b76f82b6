/** A result record of the study's shape for tests: its numbers are the study's table, not a measurement of ours. */
import { EVENTS } from '../../src/path/events.ts';
import type { ConfigurationResult, ResultRecord } from '../../src/replay/result.ts';

interface Numbers {
  readonly engine: string;
  readonly mbps: number;
  readonly rate: number;
  readonly perFlush: number | null;
  readonly domain0: number;
  readonly domainU: number;
  readonly unexplained: number | null;
}

const DATA_PACKETS = 60_000;
const NO_EVENTS = Object.fromEntries(EVENTS.map((event) => [event.name, 0]));

export function sampleConfiguration(
  name: ConfigurationResult['name'],
  numbers: Numbers,
): ConfigurationResult {
  const skbs = Math.round(DATA_PACKETS / numbers.rate);
  return {
    name,
    engine: numbers.engine,
    poll: 'window:125:64',
    latency: null,
    pace: null,
    flows: null,
    predictedThroughputMbps: numbers.mbps,
    lroRate: numbers.rate,
    aggregatedPerFlushed: numbers.perFlush,
    counters: {
      packets: DATA_PACKETS,
      delivered: skbs,
      polls: skbs,
      aggregated: numbers.perFlush === null ? 0 : DATA_PACKETS,
      flushed: numbers.perFlush === null ? 0 : skbs,
      noDesc: 0,
      dropped: 0,
      interrupts: null,
      dataPackets: DATA_PACKETS,
      dataSkbs: skbs,
    },
    reasons: [
      {
        reason: numbers.perFlush === null ? 'not-coalesced' : 'poll-end',
        skbs,
        packets: DATA_PACKETS,
      },
    ],
    events: {
      ...NO_EVENTS,
      receivedFrames: DATA_PACKETS,
      skbs,
      linearisedPayloadBytes: name === 'LRO' ? DATA_PACKETS * 1448 : 0,
    },
    domain0: {
      cyclesPerByte: numbers.domain0,
      stages: [{ stage: 'per-packet', cyclesPerByte: numbers.domain0 }],
    },
    domainU: {
      cyclesPerByte: numbers.domainU,
      stages: [{ stage: 'per-packet', cyclesPerByte: numbers.domainU }],
    },
    unexplainedDomainUCyclesPerByte: numbers.unexplained,
  };
}

const CONFIGURATIONS = [
  sampleConfiguration('Xen', {
    engine: 'none',
    mbps: 574.45,
    rate: 1,
    perFlush: null,
    domain0: 12.72,
    domainU: 8.97,
    unexplained: null,
  }),
  sampleConfiguration('LRO', {
    engine: 'inet_lro',
    mbps: 588.65,
    rate: 2.49,
    perFlush: 2.5,
    domain0: 13.51,
    domainU: 7.08,
    unexplained: null,
  }),
  sampleConfiguration('Optimized', {
    engine: 'inet_lro',
    mbps: 588.47,
    rate: 2.43,
    perFlush: 2.44,
    domain0: 12.64,
    domainU: 7.11,
    unexplained: 0.67,
  }),
];

const SAMPLE: ResultRecord = {
  recordVersion: 1,
  tool: { name: 'analyze', version: '0.1.0' },
  capture: {
    name: 'gbe-bulk.pcap.gz',
    format: 'pcap',
    compression: 'gzip',
    linkTypes: ['Ethernet'],
    firstTimeNs: '1190000000123456789',
    durationNs: 751_200_000,
    packets: 90_000,
    wireBytes: 92_820_000,
    truncatedPackets: 90_000,
    tcpPackets: 90_000,
    flows: 2,
  },
  receiver: {
    mode: 'ip',
    address: '10.0.0.2',
    why: 'It received most TCP payload in the first 65,536 packets.',
    packets: DATA_PACKETS,
    tcpPackets: DATA_PACKETS,
    dataPackets: DATA_PACKETS,
    payloadBytes: DATA_PACKETS * 1448,
    goodputBytes: DATA_PACKETS * 1448,
    durationNs: 751_000_000,
    superPackets: 0,
    superPacketShare: 0,
    resegmented: null,
  },
  options: {
    poll: 'window:125:64',
    pollDescription: 'a poll takes what arrives within 125 µs of its first packet, at most 64 packets',
    maxAggr: 64,
    maxDesc: 8,
    mtu: 1500,
    lroMode: 'skb',
    fragSize: 0,
    vlan: 'strip',
    fcs: 0,
    verifyChecksums: false,
    linuxGro: null,
    receiveMode: 'flip',
    fragmentCopy: 'software',
    lineariseMaxOrder: null,
    profile: 'aizu-2008',
    set: [],
    law: 'serial',
    receiver: 'auto',
    nic: null,
    pace: 'capture',
  },
  throughput: {
    capturedGoodputMbps: 925.51,
    capturedThroughputMbps: 958.74,
    capturedWireRateMbps: 983.03,
  },
  lawFormula: '1/T = 1/941.48 Mbps + (c0 + cU) / 4.015 GHz, c in cycles per goodput bit',
  profileNote: "fitted to the study's table; its Domain0 numbers are reproduced by construction",
  configurations: CONFIGURATIONS,
  slices: null,
  warnings: [],
};

export function sampleRecord(changes: Partial<ResultRecord> = {}): ResultRecord {
  return { ...SAMPLE, ...changes };
}

/** The sample with every number that may be absent absent, as for a capture without TCP data. */
export function emptyRecord(): ResultRecord {
  const absent = { cyclesPerByte: null, stages: [{ stage: 'per-packet' as const, cyclesPerByte: null }] };
  return sampleRecord({
    capture: { ...SAMPLE.capture, firstTimeNs: null, durationNs: null, packets: 0, tcpPackets: 0, flows: 0 },
    receiver: {
      ...SAMPLE.receiver,
      packets: 0,
      tcpPackets: 0,
      dataPackets: 0,
      payloadBytes: 0,
      goodputBytes: 0,
      durationNs: null,
      superPacketShare: null,
      resegmented: null,
    },
    throughput: { capturedGoodputMbps: null, capturedThroughputMbps: null, capturedWireRateMbps: null },
    configurations: CONFIGURATIONS.map((row) => ({
      ...row,
      predictedThroughputMbps: null,
      lroRate: null,
      aggregatedPerFlushed: null,
      reasons: [],
      domain0: absent,
      domainU: absent,
      unexplainedDomainUCyclesPerByte: null,
    })),
  });
}
