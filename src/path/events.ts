/**
 * The events that a run counts: what happened, how often, in which unit, and nothing about its price.
 * A closed list, counted by index in one Float64Array, so that counting is an addition. Terms and sources
 * are in docs/model.md; "payload" is TCP payload, retransmissions included.
 */

/** What one count of an event is; a coefficient is in cycles for each of them. */
export type EventUnit =
  | 'packet'
  | 'poll'
  | 'skb'
  | 'byte'
  | 'allocation'
  | 'page'
  | 'slot'
  | 'operation'
  | 'hypercall'
  | 'notification'
  | 'ack';

interface EventDefinition {
  readonly name: string;
  readonly unit: EventUnit;
  readonly definition: string;
}

export const EVENTS = [
  // The run as a whole.
  {
    name: 'receivedFrames',
    unit: 'packet',
    definition: 'frames of any kind that reached the NIC of the receiver',
  },
  {
    name: 'enginePackets',
    unit: 'packet',
    definition: 'received frames handed to a merge engine, those it would not hold included; 0 without one',
  },
  { name: 'polls', unit: 'poll', definition: 'runs of the NAPI poll that ended' },

  // What the driver handed up.
  { name: 'skbs', unit: 'skb', definition: 'skbs of any kind that entered the bridge' },
  { name: 'dataSkbs', unit: 'skb', definition: 'skbs that carry TCP payload' },
  { name: 'dataPackets', unit: 'packet', definition: 'wire packets with TCP payload, in all data skbs' },
  { name: 'payloadBytes', unit: 'byte', definition: 'payload of all skbs' },
  { name: 'frameBytes', unit: 'byte', definition: 'L of all skbs: Ethernet header to end of payload' },
  { name: 'superPackets', unit: 'skb', definition: 'skbs merged from two wire packets or more' },
  { name: 'superPacketPayloadBytes', unit: 'byte', definition: 'payload of super-packets' },
  { name: 'superPacketFrameBytes', unit: 'byte', definition: 'L of all super-packets' },

  // Between bridge and vif.
  {
    name: 'linearisedSkbs',
    unit: 'skb',
    definition: 'fragment lists copied into one buffer because the vif cannot take them',
  },
  { name: 'linearisedPayloadBytes', unit: 'byte', definition: 'payload copied by linearising' },
  {
    name: 'linearisedTotalBytes',
    unit: 'byte',
    definition: 'all bytes copied by linearising: headroom, headers, payload',
  },
  { name: 'linearisedOrder0', unit: 'allocation', definition: 'linear buffers of up to 4 KiB' },
  { name: 'linearisedOrder1', unit: 'allocation', definition: 'linear buffers of up to 8 KiB' },
  { name: 'linearisedOrder2', unit: 'allocation', definition: 'linear buffers of up to 16 KiB' },
  { name: 'linearisedOrder3', unit: 'allocation', definition: 'linear buffers of up to 32 KiB' },
  { name: 'linearisedOrder4', unit: 'allocation', definition: 'linear buffers of up to 64 KiB' },
  { name: 'linearisedOrder5', unit: 'allocation', definition: 'linear buffers of 128 KiB or more' },
  {
    name: 'droppedSkbs',
    unit: 'skb',
    definition: 'super-packets dropped because their linear buffer could not be allocated',
  },
  { name: 'droppedPackets', unit: 'packet', definition: 'wire packets in dropped super-packets' },
  { name: 'droppedPayloadBytes', unit: 'byte', definition: 'payload of dropped super-packets' },
  { name: 'droppedFrameBytes', unit: 'byte', definition: 'L of all dropped super-packets' },

  // Netback.
  {
    name: 'netbackCopiedSkbs',
    unit: 'skb',
    definition: 'skbs that netback copied into buffers of its own; one head allocation each',
  },
  { name: 'netbackCopiedPayloadBytes', unit: 'byte', definition: 'payload in these copies' },
  {
    name: 'netbackCopiedTotalBytes',
    unit: 'byte',
    definition: 'all bytes in these copies: headers, payload',
  },
  { name: 'netbackPages', unit: 'page', definition: 'pages allocated for what exceeds the head of a copy' },
  { name: 'netbackZeroedPages', unit: 'page', definition: 'of these, the last page of a copy, zeroed first' },
  { name: 'ringSlots', unit: 'slot', definition: 'entries of the receive ring that were filled' },
  { name: 'gsoSlots', unit: 'slot', definition: 'of these, entries that hold no bytes but the segment size' },
  { name: 'pageFlips', unit: 'page', definition: 'pages transferred to the guest' },
  {
    name: 'grantCopyOperations',
    unit: 'operation',
    definition: 'grant-copy operations: pieces that cross no page on either side',
  },
  { name: 'grantCopiedPayloadBytes', unit: 'byte', definition: 'payload copied by the hypervisor' },
  {
    name: 'grantCopiedTotalBytes',
    unit: 'byte',
    definition: 'all bytes copied by the hypervisor: headers, payload',
  },
  {
    name: 'hypercalls',
    unit: 'hypercall',
    definition: 'hypercalls that hand slots over: one a batch, in mode modern one for 64 operations at most',
  },
  {
    name: 'eventNotifications',
    unit: 'notification',
    definition: 'notifications of the guest, at most: one after each of these hypercalls',
  },

  // Netfront and guest.
  {
    name: 'guestHeadCopiedBytes',
    unit: 'byte',
    definition: 'first bytes of each skb, copied by netfront from the page into the head',
  },
  {
    name: 'copyToUserBytes',
    unit: 'byte',
    definition: 'payload that the guest copies to user space, at most: duplicates are not told apart',
  },
  { name: 'guestAcks', unit: 'ack', definition: 'ACKs that the guest sends for received payload' },
] as const satisfies readonly EventDefinition[];

export type EventName = (typeof EVENTS)[number]['name'];

/** Index of each event in `EVENTS` and in an array of counts. */
export const EVENT = Object.fromEntries(EVENTS.map((event, index) => [event.name, index])) as Readonly<
  Record<EventName, number>
>;

/** Counts of all events, all zero. */
export function createEvents(): Float64Array {
  return new Float64Array(EVENTS.length);
}

/** What only the run as a whole knows. */
export interface RunCounts {
  readonly receivedFrames: number;
  /** 0 where the configuration has no merge engine. */
  readonly enginePackets: number;
  readonly polls: number;
}

export function addRun(events: Float64Array, run: RunCounts): void {
  events[EVENT.receivedFrames]! += run.receivedFrames;
  events[EVENT.enginePackets]! += run.enginePackets;
  events[EVENT.polls]! += run.polls;
}

/** The counts by name, in the order of `EVENTS`: the shape of the result record. */
export function eventsByName(events: Float64Array): Readonly<Record<EventName, number>> {
  const named: Partial<Record<EventName, number>> = {};
  for (const [index, event] of EVENTS.entries()) named[event.name] = events[index]!;
  return named as Record<EventName, number>;
}
