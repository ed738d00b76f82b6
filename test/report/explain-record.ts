/** A record of `analyze explain`, and its published schema. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { EngineExplanation, ExplainRecord } from '../../src/replay/explain-result.ts';
import { noLosses } from '../../src/replay/merge-losses.ts';
import type { Fate } from '../../src/replay/result.ts';
import { ROOT } from '../helpers/surroundings.ts';

export const EXPLAIN_SCHEMA = JSON.parse(
  readFileSync(join(ROOT, 'schema', 'explain.schema.json'), 'utf8'),
) as object;

const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  EXPLAIN_SCHEMA,
);

/** What the schema has against `record`, as `path: message`; empty if nothing. */
export function explainSchemaErrors(record: unknown): string[] {
  validate(record);
  return (validate.errors ?? []).map((error) => `${error.instancePath || '/'}: ${error.message}`);
}

export const NO_FATE: Fate = {
  packets: 0,
  skbs: 0,
  payloadBytes: 0,
  dataPackets: 0,
  dataSkbs: 0,
  lroRate: null,
  reasons: [],
};

const FATE: Fate = {
  packets: 1000,
  skbs: 400,
  payloadBytes: 1_200_000,
  dataPackets: 900,
  dataSkbs: 300,
  lroRate: 3,
  reasons: [
    { reason: 'poll-end', skbs: 250, packets: 850, payloadBytes: 1_000_000, dataSkbs: 250 },
    { reason: 'no-payload', skbs: 100, packets: 100, payloadBytes: 0, dataSkbs: 0 },
    { reason: 'sequence', skbs: 50, packets: 50, payloadBytes: 200_000, dataSkbs: 50 },
  ],
};

export function sampleEngine(changes: Partial<EngineExplanation> = {}): EngineExplanation {
  return {
    engine: 'inet_lro',
    polls: 200,
    ...FATE,
    whatIfs: [
      {
        without: ['poll-end'],
        upperBound: false,
        dataSkbs: 100,
        lroRate: 9,
        gain: 6,
        advice: 'Longer polls merge more.',
      },
      {
        without: ['table-full'],
        upperBound: false,
        dataSkbs: 300,
        lroRate: 3,
        gain: 0,
        advice: 'More descriptors.',
      },
    ],
    losses: { ...noLosses(), joined: 600, pshPositions: 12 },
    flows: [{ source: '10.0.0.1:5001', destination: '10.0.0.2:33000', ...FATE }],
    otherFlows: NO_FATE,
    withoutFlow: NO_FATE,
    decisions: [],
    ...changes,
  };
}

export function sampleExplanation(changes: Partial<ExplainRecord> = {}): ExplainRecord {
  return {
    recordVersion: 1,
    tool: { name: 'analyze', version: '0.1.0' },
    capture: { name: 'trace.pcap', packets: 2000, durationNs: 1_500_000_000, flows: 2 },
    receiver: { mode: 'all', address: null, why: 'asked for' },
    poll: 'batch:5',
    pollDescription: 'a poll ends after every 5 received packets',
    engines: [sampleEngine()],
    difference: null,
    warnings: [],
    ...changes,
  };
}
