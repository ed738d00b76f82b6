/**
 * The table of TCP flows (one direction each). Flow state lives in one Int32Array of 16 words a flow, a cache
 * line, because a packet that touches its flow touches most of it. The table is bounded: the flows that are idle longest
 * are forgotten, and their numbers are given to others.
 */
import type { Core } from '../capture/core.ts';
import { kernelsFor } from '../capture/record-block.ts';
import { KIND, type PacketTable } from './table.ts';

const WORDS = 16;
const HASH = 0;
const FAMILY = 1;
/** Four words source, four words destination; IPv4 uses the first of each. */
const SOURCE = 2;
const DESTINATION = 6;
const PORTS = 10;
/** The block in which the flow was seen last, counted from 1; 0: forgotten. */
const SEEN = 11;

/** Flows known at once: with all that is kept of them, about 100 bytes each. */
export const MOST_FLOWS = 1 << 20;
/** Share of the table that is forgotten at once, so that looking for the idle ones costs little for each. */
const FORGOTTEN_AT_ONCE = 1 / 8;

export interface FlowTable {
  /** Flows seen so far, forgotten ones included; one that comes back after that counts again. */
  count(): number;
  /** Flows have numbers below this. */
  size(): number;
  forgotten(): number;
  /**
   * `forget` is called for each flow that is forgotten, before its number is given to another: between two blocks, for flows
   * of which none of the last MOST_FLOWS / 2 packets was.
   */
  onForget(forget: (flow: number) => void): void;
  /** Sets `table.flow` for every row, adding flows as they come: -1 where there is no TCP header. */
  assign(table: PacketTable): void;
  family(flow: number): 4 | 6;
  /** `10.0.0.1` or `fe80::1`. */
  sourceAddress(flow: number): string;
  destinationAddress(flow: number): string;
  sourcePort(flow: number): number;
  destinationPort(flow: number): number;
  /** The flow of the other direction of the connection; -1 where it has not been seen. */
  reverse(flow: number): number;
}

/** `mostFlows`: at least eight blocks of packets. */
export function createFlowTable(mostFlows: number = MOST_FLOWS): FlowTable {
  let flows = 0;
  let blocks = 0;
  let forgotten = 0;
  /** Numbers to be given again, lowest last. */
  let free: number[] = [];
  const listeners: ((flow: number) => void)[] = [];
  let state = new Int32Array(2048 * WORDS);
  let buckets = new Int32Array(4096).fill(-1);
  let mask = buckets.length - 1;
  // Which flow sits where is invisible outside; a seed keeps made-up traffic from piling up in one bucket.
  const seed = (Math.random() * 0x7fffffff) | 1;
  const key = new Int32Array(9);
  /** The core that knows flows of this table. */
  let known: Core | null = null;

  /** Whether `flow` is the IPv4 flow with this key. */
  function is4(flow: number, source: number, destination: number, ports: number): boolean {
    const at = flow * WORDS;
    return (
      state[at + PORTS] === ports &&
      state[at + SOURCE] === source &&
      state[at + DESTINATION] === destination &&
      state[at + FAMILY] === 4
    );
  }

  function assign(table: PacketTable): void {
    const { count, view, kind, ipAt, tcpAt, flow } = table;
    blocks++;
    if (flows - free.length + count > mostFlows) forgetIdle();
    // Most packets belong to the flow of the packet before, or to the one before that (data and its ACKs).
    let last = 0;
    let other = 0;
    const kernels = kernelsFor(table);
    if (kernels !== null && known !== table.core) {
      kernels.forgetFlows();
      known = table.core;
    }
    for (let row = 0; row < count; row++) {
      if (kernels !== null) {
        row = kernels.assignFlows(row, count);
        if (row === count) break;
      }
      const tcp = tcpAt[row]!;
      if (tcp === 0) {
        flow[row] = -1;
        continue;
      }
      const ip = ipAt[row]!;
      if ((kind[row]! & KIND.IPV4) !== 0) {
        const ports = view.getInt32(tcp);
        const source = view.getInt32(ip + 12);
        const destination = view.getInt32(ip + 16);
        if (!is4(last, source, destination, ports)) {
          const before = last;
          last = is4(other, source, destination, ports) ? other : find4(source, destination, ports);
          other = before;
        }
      } else {
        for (let i = 0; i < 8; i++) key[i] = view.getInt32(ip + 8 + 4 * i);
        key[8] = view.getInt32(tcp);
        last = find6();
      }
      flow[row] = last;
      if (kernels !== null && (kind[row]! & KIND.IPV4) !== 0) kernels.rememberFlow(row);
    }
    if (flows > mostFlows / 2) noteSeen(table);
  }

  /** Not on the usual path: while less than half the table is used, a flow's first block will do. */
  function noteSeen({ count, flow }: PacketTable): void {
    for (let row = 0; row < count; row++) if (flow[row]! >= 0) state[flow[row]! * WORDS + SEEN] = blocks;
  }

  function forgetIdle(): void {
    const bySeen = new Float64Array(flows);
    for (let flow = 0; flow < flows; flow++) bySeen[flow] = state[flow * WORDS + SEEN]! * mostFlows + flow;
    bySeen.sort();
    const inUse = bySeen.subarray(free.length);
    for (const seen of inUse.subarray(0, Math.ceil(mostFlows * FORGOTTEN_AT_ONCE))) {
      const flow = seen % mostFlows;
      for (const forget of listeners) forget(flow);
      state.fill(0, flow * WORDS, (flow + 1) * WORDS);
      free.push(flow);
      forgotten++;
    }
    free = free.toSorted((a, b) => b - a);
    fillBuckets();
    // The core forgets all it knows, at the next block.
    known = null;
  }

  function find4(source: number, destination: number, ports: number): number {
    const hash = hash4(source, destination, ports);
    for (let bucket = hash & mask; ; bucket = (bucket + 1) & mask) {
      const flow = buckets[bucket]!;
      if (flow < 0) break;
      if (state[flow * WORDS + HASH] === hash && is4(flow, source, destination, ports)) return flow;
    }
    const flow = add(hash, 4, ports);
    state[flow * WORDS + SOURCE] = source;
    state[flow * WORDS + DESTINATION] = destination;
    return flow;
  }

  function hash4(source: number, destination: number, ports: number): number {
    // Three independent multiplications instead of a chain: half the time.
    return finish(
      Math.imul(source ^ seed, 0x9e3779b1) +
        Math.imul(destination, 0x85ebca6b) +
        Math.imul(ports, 0xc2b2ae35),
    );
  }

  function hash6(): number {
    let hash = seed;
    for (let i = 0; i < 9; i++) hash = mix(hash, key[i]!);
    return hash;
  }

  /** Looks up the IPv6 addresses and ports in `key`. */
  function find6(): number {
    const hash = hash6();
    for (let bucket = hash & mask; ; bucket = (bucket + 1) & mask) {
      const flow = buckets[bucket]!;
      if (flow < 0) break;
      if (state[flow * WORDS + HASH] === hash && equals6(flow * WORDS)) return flow;
    }
    const flow = add(hash, 6, key[8]!);
    for (let i = 0; i < 8; i++) state[flow * WORDS + SOURCE + i] = key[i]!;
    return flow;
  }

  function equals6(at: number): boolean {
    if (state[at + FAMILY] !== 6 || state[at + PORTS] !== key[8]) return false;
    for (let i = 0; i < 8; i++) if (state[at + SOURCE + i] !== key[i]) return false;
    return true;
  }

  function reverse(flow: number): number {
    const at = flow * WORDS;
    const ports = (state[at + PORTS]! << 16) | (state[at + PORTS]! >>> 16);
    for (let i = 0; i < 4; i++) {
      key[i] = state[at + DESTINATION + i]!;
      key[4 + i] = state[at + SOURCE + i]!;
    }
    key[8] = ports;
    const isIpv4 = state[at + FAMILY] === 4;
    const hash = isIpv4 ? hash4(key[0]!, key[4]!, ports) : hash6();
    for (let bucket = hash & mask; ; bucket = (bucket + 1) & mask) {
      const found = buckets[bucket]!;
      if (found < 0) return -1;
      if (isIpv4 ? is4(found, key[0]!, key[4]!, ports) : equals6(found * WORDS)) return found;
    }
  }

  /** One more flow, still without addresses. */
  function add(hash: number, family: number, ports: number): number {
    const again = free.pop();
    if (again === undefined && (flows + 1) * 2 > buckets.length) grow();
    const flow = again ?? flows++;
    intoBucket(flow, hash);
    const at = flow * WORDS;
    state[at + HASH] = hash;
    state[at + FAMILY] = family;
    state[at + PORTS] = ports;
    state[at + SEEN] = blocks;
    return flow;
  }

  function intoBucket(flow: number, hash: number): void {
    let bucket = hash & mask;
    while (buckets[bucket]! >= 0) bucket = (bucket + 1) & mask;
    buckets[bucket] = flow;
  }

  function grow(): void {
    const larger = new Int32Array(state.length * 2);
    larger.set(state);
    state = larger;
    buckets = new Int32Array(buckets.length * 2);
    mask = buckets.length - 1;
    fillBuckets();
  }

  function fillBuckets(): void {
    buckets.fill(-1);
    for (let flow = 0; flow < flows; flow++) {
      if (state[flow * WORDS + SEEN] !== 0) intoBucket(flow, state[flow * WORDS + HASH]!);
    }
  }

  const address = (flow: number, side: number): string => {
    const words = Array.from(state.subarray(flow * WORDS + side, flow * WORDS + side + 4));
    return state[flow * WORDS + FAMILY] === 4 ? ipv4Text(words[0]!) : ipv6Text(words);
  };
  const ports = (flow: number): number => state[flow * WORDS + PORTS]!;
  return {
    count: () => flows - free.length + forgotten,
    size: () => flows,
    forgotten: () => forgotten,
    onForget: (forget) => listeners.push(forget),
    assign,
    family: (flow) => (state[flow * WORDS + FAMILY] === 4 ? 4 : 6),
    sourceAddress: (flow) => address(flow, SOURCE),
    destinationAddress: (flow) => address(flow, DESTINATION),
    sourcePort: (flow) => ports(flow) >>> 16,
    destinationPort: (flow) => ports(flow) & 0xffff,
    reverse,
  };
}

/** Brings the upper bits of a product down to the lower ones, which choose the bucket. */
function finish(product: number): number {
  const h = product ^ (product >>> 15);
  return Math.imul(h, 0x2c1b3c6d) ^ (h >>> 13);
}

/** Adds a word to a hash. */
export function mix(hash: number, word: number): number {
  return finish(Math.imul(hash ^ word, 0x9e3779b1));
}

export function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** Four 32-bit words as RFC 5952 text. */
export function ipv6Text(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return text(groups);
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}
