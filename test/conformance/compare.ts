/** One engine on one case. */
import type { Reason } from '../../src/coalesce/reason.ts';
import { parseFrame } from '../coalesce/linux-gro-model.ts';
import { runPolls } from '../helpers/engine-run.ts';
import type { PlainPacket } from '../helpers/read-capture.ts';
import type { ConformanceCase } from './cases.ts';
import type { Column, RuleDifference } from './columns.ts';

/** Rows of a block: smaller than many a case, so that blocks end within cases. */
const BLOCK_ROWS = 50;

export interface Outcome {
  readonly agrees: boolean;
  /** Payload bytes of each skb delivered, as text. */
  readonly payloads: string;
  readonly reasons: ReadonlySet<Reason>;
  /** The members of each skb: what agreement is about. */
  readonly delivered: readonly (readonly number[])[];
}

export function outcomeOf(column: Column, testCase: ConformanceCase): Outcome {
  const { packets, poll } = testCase;
  const { skbs } = runPolls(packets, column.optionsFor(testCase), poll, BLOCK_ROWS);
  const delivered = skbs.map((skb) => skb.packets);
  return {
    agrees: JSON.stringify(delivered) === JSON.stringify(testCase.delivered),
    payloads: payloadText(packets, delivered),
    reasons: new Set(skbs.map(({ reason }) => reason)),
    delivered,
  };
}

/** TCP payload bytes of each skb, `1448*3` for three in a row that have the same; `-` where there is no TCP header to find. */
export function payloadText(
  packets: readonly PlainPacket[],
  delivered: readonly (readonly number[])[],
): string {
  const runs: { payload: string; times: number }[] = [];
  for (const members of delivered) {
    const payload = payloadOf(members.map((member) => packets[member]!));
    const last = runs.at(-1);
    if (last?.payload === payload) last.times++;
    else runs.push({ payload, times: 1 });
  }
  return runs.map(({ payload, times }) => (times === 1 ? payload : `${payload}*${times}`)).join(' ');
}

function payloadOf(members: readonly PlainPacket[]): string {
  let sum = 0;
  for (const { tcp, bytes } of members) {
    const payload = tcp?.payloadBytes ?? tunnelled(bytes);
    if (payload === null) return '-';
    sum += payload;
  }
  return String(sum);
}

/** Of TCP inside a tunnel, which the packet table does not look into. */
function tunnelled(frame: Uint8Array): number | null {
  const segment = parseFrame(frame);
  return typeof segment === 'string' ? null : segment.payload;
}

/** The rules that list the case. */
export function rulesFor(column: Column, name: string): RuleDifference[] {
  return column.differences.filter(({ cases }) => cases[name] !== undefined);
}
