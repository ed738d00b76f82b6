/** Counted fates as they stand in records. */
import { REASONS } from '../coalesce/reason.ts';
import type { FlowTable } from '../packet/flows.ts';
import { type FateCounts, type Fates, rateOf } from './fate-counts.ts';
import type { Fate, FlowFates } from './result.ts';

/** The `top` flows with most payload, and what is left. */
export function flowFates(counts: FateCounts, top: number, flows: FlowTable): FlowFates {
  const found = counts.top(top);
  return {
    flows: found.flows.map(({ flow, fates }) => ({
      source: endpoint(flows.sourceAddress(flow), flows.sourcePort(flow)),
      destination: endpoint(flows.destinationAddress(flow), flows.destinationPort(flow)),
      ...fateOf(fates),
    })),
    otherFlows: fateOf(found.others),
    withoutFlow: fateOf(found.withoutFlow),
  };
}

export function fateOf(fates: Fates): Fate {
  const sum = (value: (fate: Fates[number]) => number): number =>
    fates.reduce((total, fate) => total + value(fate), 0);
  const { dataPackets, dataSkbs } = rateOf(fates);
  return {
    packets: sum(({ packets }) => packets),
    skbs: sum(({ skbs }) => skbs),
    payloadBytes: sum(({ payloadBytes }) => payloadBytes),
    dataPackets,
    dataSkbs,
    lroRate: dataSkbs === 0 ? null : dataPackets / dataSkbs,
    reasons: fates
      .map(({ reason, ...counts }) => ({ reason: REASONS[reason]!, ...counts }))
      .sort((a, b) => b.packets - a.packets),
  };
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
