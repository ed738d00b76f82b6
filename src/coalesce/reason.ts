/**
 * Why an skb was delivered when it was: the one rule that ended its merge, or kept a packet out.
 * A closed list, shared by all engines; engines name reasons by index so that counting them is an
 * addition to a typed array. Sources: the rules of each engine, under docs/engines/.
 */
export const REASONS = [
  /** The engine `none`: nothing is ever merged. */
  'not-coalesced',
  'poll-end',
  'capture-end',
  'max-aggr',
  'max-length',
  'table-full',
  'sequence',
  'not-ipv4',
  'not-tcp',
  'ip-fragment',
  'checksum',
  'bad-header',
  'length-mismatch',
  'no-payload',
  'ip-options',
  'tcp-flags',
  'ecn-ce',
  'tcp-options',
  'timestamp-backwards',
  'timestamp-echo-zero',
  // What Linux GRO compares, and what ends a merge there.
  'cwr',
  'syn',
  'rst',
  'urg',
  'flags',
  'options-changed',
  'window-changed',
  'ack-changed',
  'ttl-changed',
  'tos-changed',
  'df-changed',
  'ip-id',
  'size-larger',
  'max-size',
  'fin',
  'psh',
  'size-smaller',
  // What only engines known by their published rules look at: freebsd, windows-rsc, dpdk-gro, wireguard.
  'duplicate-ack',
  'pure-ack',
  'ack-backwards',
  'ecn-changed',
  'burst-end',
] as const;

export type Reason = (typeof REASONS)[number];

/** Index of each reason in `REASONS`. */
export const REASON = Object.fromEntries(REASONS.map((name, index) => [name, index])) as Readonly<
  Record<Reason, number>
>;
