/** A measured row together with what was counted for it: one equation for each domain. */
import { EVENT, type EventName, eventsByName } from '../path/events.ts';
import type { ReceiveMode } from '../path/netback.ts';
import { lineRateGoodputMbps } from './laws.ts';
import type { MeasuredRow } from './measured.ts';
import type { Coefficient } from './profile.ts';
import { studyEvents } from './study.ts';
import { STUDY_LINK_USE } from './study-fit.ts';

export interface Observation {
  readonly row: MeasuredRow;
  /** Counted events by name. */
  readonly events: Readonly<Record<string, number>>;
  /** Unique TCP payload that the counts belong to. */
  readonly goodputBytes: number;
  /** Wire packets an skb in the counts; null without data. */
  readonly lroRate: number | null;
  /** Goodput over what it takes of the link; null if it cannot be said. */
  readonly linkShare: number | null;
}

/**
 * Counts for a row without a capture: those of the study's schedule at the row's own rate, 100 skbs of full segments
 * of ⌊rate⌋ and ⌈rate⌉ packets. Null where the row has no rate; `Xen` needs none.
 */
export function scheduleObservation(row: MeasuredRow, receiveMode: ReceiveMode): Observation | null {
  const { configuration } = row;
  const lroRate = configuration === 'Xen' ? 1 : row.lroRate;
  if (lroRate === null) return null;
  const { events, payloadBytes } = studyEvents({ configuration, lroRate }, receiveMode);
  return {
    row,
    events: eventsByName(events),
    goodputBytes: payloadBytes,
    lroRate: events[EVENT.dataPackets]! / events[EVENT.dataSkbs]!,
    linkShare: lineRateGoodputMbps(1, STUDY_LINK_USE),
  };
}

/** Cycles per goodput byte that coefficients of 1 would cost in an observation. */
export function eventsPerByte(observation: Observation, events: readonly EventName[]): number {
  const { goodputBytes } = observation;
  return events.reduce((sum, name) => sum + observation.events[name]!, 0) / goodputBytes;
}

/** Cycles per goodput byte of coefficients with their values. */
export function cyclesPerByteOf(observation: Observation, coefficients: readonly Coefficient[]): number {
  return coefficients.reduce((sum, term) => sum + term.value * eventsPerByte(observation, [term.event]), 0);
}
