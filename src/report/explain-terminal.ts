/** The record of `analyze explain` as plain text: one sentence, then for each engine reasons, what-ifs, losses and flows. */
import type { Delivery, EngineExplanation, ExplainRecord, WhatIf } from '../replay/explain-result.ts';
import type { Fate } from '../replay/result.ts';
import { describeDecision } from './explain-decision.ts';
import { duration, fixed, grouped, printable, wholePercent } from './format.ts';
import { PLAIN, styled, type TextLook } from './text-look.ts';
import { count, INDENT, renderTable, type Table, wrap } from './text-table.ts';

/** Gains below are written 0.00. */
const NO_GAIN = 0.005;

export function renderExplanation(record: ExplainRecord, look: TextLook = PLAIN): string {
  const parts = [
    styled('strong', wrap(openingSentence(record), '', look), look),
    ...record.engines.flatMap((engine) => engineParts(engine, look)),
    ...differenceParts(record, look),
    styled('faint', pollLine(record, look), look),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** What the capture is, how each engine merges it, and what hinders it most. */
export function openingSentence({ capture, engines }: ExplainRecord): string {
  const name = printable(capture.name);
  if (capture.packets === 0) return `${name} holds no packets.`;
  const time = capture.durationNs === null ? '' : ` in ${duration(capture.durationNs)}`;
  const size = `${name} holds ${count(capture.packets, 'packet')}${time}`;
  const rated = engines.filter(({ lroRate }) => lroRate !== null);
  if (rated.length === 0) return `${size}, but no TCP data that a receiver got: there is nothing to merge.`;
  return `${size}; ${rated.map(engineClause).join('; ')}.`;
}

function engineClause(engine: EngineExplanation): string {
  const merges = `${engine.engine} merges ${fixed(engine.lroRate, 2, '')} TCP data packets into an skb`;
  const clause = `${merges}${mainReason(engine)}`;
  const single = engine.whatIfs.find(({ without }) => without.length === 1);
  const [best] = engine.whatIfs.filter(({ upperBound }) => !upperBound);
  if (best === undefined || (best.gain ?? 0) < NO_GAIN) return clause;
  const named = single?.lroRate === best.lroRate ? single : best;
  return `${clause}, and would merge ${fixed(named.lroRate, 2, '')} without ${obstacleNames(named)}`;
}

/** Why most skbs were delivered. */
function mainReason({ reasons, skbs }: Fate): string {
  const [first, ...rest] = reasons;
  if (first === undefined) return '';
  const most = rest.reduce((best, next) => (next.skbs > best.skbs ? next : best), first);
  return ` (${wholePercent(most.skbs, skbs)} % of skbs delivered by ${most.reason})`;
}

function obstacleNames({ without, upperBound }: WhatIf): string {
  return upperBound ? 'all obstacles' : without.join(' and ');
}

function engineParts(engine: EngineExplanation, look: TextLook): string[] {
  const head = `${engine.engine}: ${count(engine.packets, 'packet')} in, ${count(engine.skbs, 'skb')} out, ${fixed(
    engine.lroRate,
    2,
    '-',
  )} data packets an skb, ${count(engine.polls, 'poll')}`;
  return [
    wrap(head, '', look),
    renderTable(reasonTable(engine), look),
    ...whatIfParts(engine, look),
    ...lossParts(engine, look),
    ...flowParts(engine, look),
    ...decisionParts(engine, look),
  ];
}

function pollLine({ poll, pollDescription }: ExplainRecord, look: TextLook): string {
  return wrap(`Polls: ${printable(poll)}: ${printable(pollDescription)}`, '', look);
}

function reasonTable({ reasons, packets }: Fate): Table {
  return {
    header: ['Why skbs were delivered', 'skbs', 'packets', 'of all', 'payload (bytes)'],
    rows: reasons.map((row) => [
      row.reason,
      grouped(row.skbs),
      grouped(row.packets),
      `${fixed((100 * row.packets) / packets, 1, '')} %`,
      grouped(row.payloadBytes),
    ]),
  };
}

function whatIfParts({ whatIfs, lroRate }: EngineExplanation, look: TextLook): string[] {
  if (whatIfs.length === 0 || lroRate === null) return [];
  const moved = whatIfs.filter(({ gain }) => Math.abs(gain ?? 0) >= NO_GAIN);
  const still = whatIfs.filter((whatIf) => !moved.includes(whatIf));
  const table = renderTable(
    {
      header: ['Without …', 'packets per skb', 'gain'],
      rows: [
        ['(as it is)', fixed(lroRate, 2, '-'), ''],
        ...moved.map((whatIf) => [
          obstacleNames(whatIf),
          fixed(whatIf.lroRate, 2, '-'),
          `${(whatIf.gain ?? 0) > 0 ? '+' : ''}${fixed(whatIf.gain, 2, '-')}`,
        ]),
      ],
    },
    look,
  );
  const parts = moved.length === 0 ? [] : [table];
  const advice = moved.filter(({ gain }) => (gain ?? 0) > 0);
  if (advice.length > 0) {
    parts.push(advice.map((one) => wrap(`${obstacleNames(one)}: ${one.advice}`, INDENT, look)).join('\n'));
  }
  if (still.length > 0)
    parts.push(wrap(`Nothing to gain without ${still.map(obstacleNames).join(', ')}.`, '', look));
  return parts;
}

const LOSS_NAMES = {
  pshPositions: 'PSH positions',
  timestampValues: 'TSval of a packet',
  timestampEchoes: 'TSecr overwritten',
  ipIds: 'IP ids',
  windowUpdates: 'windows overwritten',
  ackNumbers: 'ACK numbers overwritten',
  ipFields: 'TOS or TTL of a packet',
  unevenSkbs: 'skbs of unequal segments',
} as const;

function lossParts({ losses }: EngineExplanation, look: TextLook): string[] {
  const names = Object.keys(LOSS_NAMES) as (keyof typeof LOSS_NAMES)[];
  const lost = names.filter((name) => losses[name] > 0);
  const joined = `of ${count(losses.joined, 'packet')} that joined an skb`;
  if (lost.length === 0) return [`Merging loses nothing ${joined}.`];
  return [
    renderTable(
      {
        header: [`Merging loses, ${joined}`, 'lost'],
        rows: lost.map((name) => [LOSS_NAMES[name], grouped(losses[name])]),
      },
      look,
    ),
  ];
}

function flowParts({ flows, otherFlows, withoutFlow }: EngineExplanation, look: TextLook): string[] {
  const row = (name: string, fate: Fate): string[] => [
    name,
    grouped(fate.packets),
    grouped(fate.skbs),
    fixed(fate.lroRate, 2, '-'),
    fate.reasons[0]?.reason ?? '-',
  ];
  const rows = flows.map((flow) => row(`${flow.source} > ${flow.destination}`, flow));
  if (otherFlows.packets > 0) rows.push(row('other flows', otherFlows));
  if (withoutFlow.packets > 0) rows.push(row('not TCP', withoutFlow));
  if (rows.length === 0) return [];
  return [renderTable({ header: ['Flows', 'packets', 'skbs', 'packets per skb', 'most by'], rows }, look)];
}

function decisionParts({ decisions }: EngineExplanation, look: TextLook): string[] {
  if (decisions.length === 0) return [];
  const lines = decisions.map(({ packet, decision }) =>
    wrap(describeDecision(packet, decision), INDENT, look),
  );
  return [['Packets', ...lines].join('\n')];
}

function differenceParts({ difference }: ExplainRecord, look: TextLook): string[] {
  if (difference === null) return [];
  const { engines, packets, differentPackets, byReasons, places } = difference;
  const [a, b] = engines;
  const head = `${a} and ${b} deliver ${grouped(differentPackets)} of ${count(packets, 'packet')} in different skbs.`;
  if (differentPackets === 0) return [head];
  const span = (skb: Omit<Delivery, 'byPacket' | 'compared'>): string =>
    skb.segments === 1 ? `${skb.firstPacket}` : `${skb.firstPacket}–${skb.lastPacket} (${skb.segments})`;
  return [
    head,
    renderTable(
      {
        header: [`${a} delivers by`, `${b} by`, 'packets'],
        rows: byReasons.map(({ reasons, packets: parted }) => [...reasons, grouped(parted)]),
      },
      look,
    ),
    renderTable(
      {
        header: ['First places: packet', a, 'reason', b, 'reason'],
        rows: places.map(({ packet, deliveries: [mine, other] }) => [
          String(packet),
          span(mine),
          mine.reason,
          span(other),
          other.reason,
        ]),
      },
      look,
    ),
  ];
}
