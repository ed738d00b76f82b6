/** The hypotheses about the guest's unexplained cycles as plain text for a terminal. */
import type { HypothesisResult, Traffic, UnexplainedRecord } from '../replay/unexplained-record.ts';
import { fixed, grouped, percentChange, printable } from './format.ts';
import { INDENT, renderTable, wrap } from './text-table.ts';

export function renderUnexplained(record: UnexplainedRecord): string {
  const parts = [
    opening(record),
    trafficTable(record),
    demandTable(record),
    predictionTable(record),
    ...record.hypotheses.map(renderHypothesis),
    acksText(record),
    lawTable(record),
  ];
  return `${parts.join('\n\n')}\n`;
}

function opening(record: UnexplainedRecord): string {
  const { study, configuration, unexplainedCyclesPerPacket: perPacket } = record;
  const measured =
    `The guest of ${configuration} spent ${fixed(study.unexplainedCyclesPerByte, 2, '-')} cycles per byte ` +
    `(${perPacket.toFixed(0)} a packet) that no counted event of cost profile ${record.profile} explains. ` +
    'Each hypothesis below could account for them. One table cannot tell which is right: it gives one number, ' +
    'and each of them has one free price. What would tell them apart is said with each.';
  const replay = `Counted in ${printable(record.capture)}, polls ${record.poll}: ${record.pollDescription}; receive mode ${record.receiveMode}.`;
  return `${wrap(measured, '')}\n${wrap(replay, '')}`;
}

function trafficTable({ study, replayed, capture, configuration }: UnexplainedRecord): string {
  const row = (name: string, traffic: Traffic): string[] => [
    name,
    grouped(traffic.dataPackets),
    fixed(traffic.lroRate, 2, '-'),
    fixed(traffic.domainUCyclesPerByte, 2, '-'),
    fixed(traffic.unexplainedCyclesPerByte, 2, '-'),
  ];
  return renderTable({
    header: [configuration, 'data packets', 'LRO rate', 'DomainU, c/B', 'unexplained, c/B'],
    rows: [row('the study (schedule)', study), row(printable(capture), replayed)],
  });
}

function demandTable({ hypotheses }: UnexplainedRecord): string {
  const table = renderTable({
    header: ['Price it needs', 'for each', 'in the study', 'in this capture', 'plausible', 'grade'],
    rows: hypotheses.map(({ name, unit, study, capture, plausible }) => [
      name,
      unit.replace('cyclesPer', '').toLowerCase(),
      demandText(study),
      demandText(capture),
      `${plausible.low}…${plausible.high}`,
      plausible.grade,
    ]),
  });
  const sentence =
    'The price here is that of as many unexplained cycles a packet on this traffic, which nobody measured.';
  return `${table}\n${wrap(sentence, INDENT)}`;
}

function demandText({ needed, plausible }: HypothesisResult['study']): string {
  if (needed === null) return '-';
  return `${price(needed)} ${plausible === true ? '(inside)' : '(OUTSIDE)'}`;
}

function predictionTable({ hypotheses }: UnexplainedRecord): string {
  const table = renderTable({
    header: ['With the price of the study, here', 'more a data skb', 'more, c/B', 'DomainU, c/B'],
    rows: hypotheses.map((one) => [
      one.name,
      each(one.capture.perDataSkb),
      fixed(one.predictedCyclesPerByte, 2, '-'),
      fixed(one.domainUCyclesPerByte, 2, '-'),
    ]),
  });
  const sentence =
    'A measurement of the guest on this traffic would tell those apart whose numbers differ by more than its noise.';
  return `${table}\n${wrap(sentence, INDENT)}`;
}

function renderHypothesis(one: HypothesisResult): string {
  const { low, high, grade, source } = one.plausible;
  const lines = [
    `If ${one.mechanism}.`,
    `It adds ${one.adds}: ${each(one.study.perDataSkb)} a data skb in the study, ${each(one.capture.perDataSkb)} here (${grouped(one.capture.count)}).`,
    `Plausible, ${low}…${high} (${grade}): ${source}`,
    one.implies,
    `To tell: ${one.observable}.`,
  ];
  return `${one.name}\n${lines.map((line) => wrap(line, INDENT)).join('\n')}`;
}

function acksText({ receiverAcks: acks }: UnexplainedRecord): string {
  if (acks === null) {
    return wrap(
      'ACKs of the receiver: none in this capture, which holds one direction; record both to see them.',
      '',
    );
  }
  const sentence =
    `ACKs of the receiver in this capture: ${grouped(acks.pureAcks)} for ${grouped(acks.dataPackets)} data packets, ` +
    `${acks.perDataPacket.toFixed(3)} a packet and ${fixed(acks.perDataSkb, 2, '-')} for each skb that ` +
    'the replay delivers. They are those of the host that was captured, whatever it merged; more-acks is about the ' +
    'difference between two configurations: compare captures of both.';
  return wrap(sentence, '');
}

function lawTable({ laws, configuration }: UnexplainedRecord): string {
  const against = (mbps: number, measured: number): string =>
    `${mbps.toFixed(2)} (${percentChange(measured, mbps) ?? '-'})`;
  const table = renderTable({
    header: [`Throughput of ${configuration} in the study, Mbit/s`, 'with them', 'without', 'measured'],
    rows: laws.map(({ law, formula, withMbps, withoutMbps, measuredMbps }) => [
      `${law}: ${formula}`,
      against(withMbps, measuredMbps),
      against(withoutMbps, measuredMbps),
      measuredMbps.toFixed(2),
    ]),
  });
  const sentence =
    'A clock that was fitted to totals with these cycles in them (serial in aizu-2008) does better with them by construction: that is no evidence for their cause.';
  return `${table}\n${wrap(sentence, INDENT)}`;
}

function each(value: number | null): string {
  return value !== null && value >= 100 ? grouped(value) : fixed(value, 2, '-');
}

function price(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(3);
}
