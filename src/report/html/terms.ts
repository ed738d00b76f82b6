/** What each number of the page is: name, unit, definition. Keys stand in `data-t` of the cells. */
import type { StageName } from '../../replay/result.ts';
import { QUANTITIES } from '../quantities.ts';
import { REASON_NOTES } from './reason-notes.ts';

export interface Term {
  readonly name: string;
  readonly unit: string | null;
  readonly definition: string;
}

const UNEXPLAINED =
  'Guest cycles that the study measured and no counted mechanism accounts for. Not part of DomainU.';

/** By id of quantities.ts. */
const OF_QUANTITIES: Readonly<Record<string, string>> = {
  'lro-rate':
    'TCP data packets on the wire, divided by the skbs that carried them up the stack. 1.00: nothing was merged.',
  throughput:
    'Goodput that the throughput law predicts from the cycles of both domains: a model, not a measurement.',
  domain0: 'CPU cycles of the driver domain for each byte of goodput: driver, merge engine, bridge, netback.',
  domainU: 'CPU cycles of the guest for each byte of goodput: netfront, TCP, copy to user space.',
  unexplained: UNEXPLAINED,
  'latency-mean':
    'From arrival at the NIC until the driver hands the skb up: mean over all packets received. Exact.',
  'latency-p50':
    'From arrival at the NIC until the driver hands the skb up: half of the packets waited less. Within 0.4 %.',
  'latency-p99':
    'From arrival at the NIC until the driver hands the skb up: 99 of 100 packets waited less. Within 0.4 %.',
  'latency-max':
    'From arrival at the NIC until the driver hands the skb up: the longest wait of a packet. Exact.',
  polls: 'Runs of the NAPI poll that ended.',
  interrupts: 'Interrupts that the NIC raised.',
  dropped:
    'Packets lost at a full receive ring. They are in no skb, but in the goodput that cycles are divided by.',
};

const OF_STAGES: Readonly<Record<StageName | 'unexplained', string>> = {
  'per-packet': 'All that the profile prices by the wire packet, as one lump.',
  driver: 'Driver and interrupts.',
  'merge-engine': 'The merge engine itself.',
  'per-skb': 'All that the profile prices by the skb, as one lump.',
  bridge: 'The Linux bridge of the driver domain.',
  linearise: 'Copying a merged packet into one buffer, because the virtual interface takes no fragment list.',
  netback: 'Netback, without what copies payload.',
  'netback-copy': 'Software copies in netback.',
  'grant-copy': 'Copies by the hypervisor into pages of the guest.',
  netfront: 'Netfront, the driver of the guest.',
  tcp: 'TCP/IP of the guest.',
  acks: 'ACKs on their way back: sending them, or passing them on.',
  'copy-to-user': 'Copying the payload to the application.',
  unexplained: UNEXPLAINED,
};

const OTHERS: Readonly<Record<string, Term>> = {
  'captured-goodput': {
    name: 'Captured goodput',
    unit: 'Mbps',
    definition: 'Unique TCP payload of the capture over its time: measured, not modelled.',
  },
  change: {
    name: 'Change',
    unit: '%',
    definition: 'Predicted throughput against that of the configuration Xen, which merges nothing.',
  },
  'per-flush': {
    name: 'Aggregated ÷ flushed',
    unit: 'packets per skb',
    definition:
      "The merge engine's own counters: packets that it took into a session over sessions handed up.",
  },
  'data-packets': {
    name: 'Data packets',
    unit: 'packets',
    definition: 'TCP segments with payload, as they were on the wire.',
  },
  'data-skbs': { name: 'Data skbs', unit: 'skbs', definition: 'Skbs that carry TCP payload up the stack.' },
  skbs: {
    name: 'Skbs',
    unit: 'skbs',
    definition: 'Socket buffers handed up the stack: 1 or more packets each.',
  },
  packets: { name: 'Packets', unit: 'packets', definition: 'Wire packets in these skbs.' },
  share: { name: 'Share', unit: '%', definition: 'Of all packets received.' },
  'payload-bytes': {
    name: 'Payload',
    unit: 'bytes',
    definition: 'TCP payload received, retransmissions included.',
  },
  'main-reason': {
    name: 'Main reason',
    unit: null,
    definition: 'The rule that ended the merge of most packets of the flow, and their share of its packets.',
  },
  copies: {
    name: 'Copies of a payload byte',
    unit: 'copies',
    definition: 'How often a byte of TCP payload is copied at this place, on average.',
  },
  'per-skb': {
    name: 'For each skb',
    unit: 'per skb',
    definition: 'Counted events over the skbs that entered the bridge.',
  },
  'cycles-total': {
    name: 'Total of the domain',
    unit: 'cycles/byte',
    definition: 'CPU cycles for each byte of goodput, all stages together.',
  },
};

export function allTerms(): Readonly<Record<string, Term>> {
  const entries: [string, Term][] = [
    ...QUANTITIES.map(({ id, name, unit }): [string, Term] => [
      id,
      { name, unit: id === 'lro-rate' ? 'packets per skb' : unit, definition: OF_QUANTITIES[id] ?? name },
    ]),
    ...Object.entries(OTHERS),
    ...Object.entries(OF_STAGES).map(([stage, definition]): [string, Term] => [
      `stage-${stage}`,
      { name: stage, unit: 'cycles/byte', definition },
    ]),
    ...Object.entries(REASON_NOTES).map(([reason, definition]): [string, Term] => [
      `reason-${reason}`,
      { name: reason, unit: null, definition },
    ]),
  ];
  return Object.fromEntries(entries);
}
