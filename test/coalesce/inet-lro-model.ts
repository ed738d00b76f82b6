/**
 * inet_lro once more, from the text of its rules alone (docs/engines/inet-lro.md, whose section numbers stand in the
 * comments): slow, with plain objects, and sharing no code with the engine. What it delivers, the engine must.
 */

export interface ModelOptions {
  readonly maxDesc: number;
  readonly maxAggr: number;
  readonly mtu: number;
  readonly mode: 'skb' | 'frags';
  readonly fragSize: number;
  readonly vlan: 'strip' | 'pass' | 'inband';
  readonly verifyChecksums: boolean;
}

export interface ModelPacket {
  /** Captured bytes of an Ethernet frame. */
  readonly bytes: Uint8Array;
  readonly wireBytes: number;
}

export interface ModelSkb {
  readonly packets: readonly number[];
  readonly lro: boolean;
  readonly reason: string;
  readonly gsoSize: number;
  /** Of the delivered header; null for a packet that went past the engine, whose header is untouched. */
  readonly header: {
    readonly ipLength: number;
    readonly seq: number;
    readonly ack: number;
    readonly window: number;
    readonly flags: number;
    readonly tsval: number | null;
    readonly tsecr: number | null;
    readonly ipChecksum: number;
    readonly tcpChecksum: number;
  } | null;
}

export interface ModelCounters {
  aggregated: number;
  flushed: number;
  noDesc: number;
}

/** A packet that the header callback let through. */
interface Accepted {
  readonly number: number;
  readonly frame: Uint8Array;
  readonly wireLength: number;
  /** Where IP begins. */
  readonly l3: number;
  readonly ihl: number;
  readonly doff: number;
  readonly totLen: number;
  readonly payload: number;
}

interface LroSession {
  readonly key: string;
  readonly first: Accepted;
  readonly members: number[];
  nextSeq: number;
  ack: number;
  win: number;
  ipTot: number;
  len: number;
  mss: number;
  readonly hasTs: boolean;
  readonly tsval: number;
  tsecr: number;
  npkts: number;
  nfrags: number;
  datasum: number;
}

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
const u32 = (bytes: Uint8Array, at: number): number => u16(bytes, at) * 65_536 + u16(bytes, at + 2);
const modulo = (value: number, base: number): number => ((value % base) + base) % base;
const wordSum = (bytes: Uint8Array): number => {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += u16(bytes, at);
  return sum;
};
/** The checksum field for a sum (§6). */
const complement = (sum: number): number => (modulo(sum, 65_535) === 0 ? 0 : 65_535 - modulo(sum, 65_535));

/** §6: P(len). */
function pseudo(packet: Accepted, length: number): number {
  const addresses = packet.frame.slice(packet.l3 + 12, packet.l3 + 20);
  return wordSum(addresses) + 6 + modulo(length, 65_536);
}

const tcpAt = (packet: Accepted): number => packet.l3 + 4 * packet.ihl;

/** §6: D(x), the sum of the payload if the checksum is right. */
function dataSum(packet: Accepted): number {
  const header = packet.frame.slice(tcpAt(packet), tcpAt(packet) + 4 * packet.doff);
  return modulo(-wordSum(header) - pseudo(packet, packet.payload + 4 * packet.doff), 65_535);
}

/** §2: the header callback of the driver. A text is the reason of a rejection. */
function callback(packet: ModelPacket, number: number, options: ModelOptions): Accepted | string {
  let frame = packet.bytes;
  let wireLength = packet.wireBytes;
  if (frame.length < 14 || wireLength < 14 || wireLength > 262_144) return 'bad-header';
  let type = u16(frame, 12);
  let l3 = 14;
  if (type === 0x8100) {
    if (options.vlan === 'pass') return 'not-ipv4';
    if (frame.length < 18) return 'bad-header';
    type = u16(frame, 16);
    if (options.vlan === 'inband') l3 = 18;
    else {
      frame = Uint8Array.from([...frame.subarray(0, 12), ...frame.subarray(16)]);
      wireLength -= 4;
    }
  }
  if (type !== 0x0800) return 'not-ipv4';
  const captured = frame.length - l3;
  if (captured < 20) return 'bad-header';
  const ihl = frame[l3]! & 15;
  if (frame[l3]! >> 4 !== 4 || ihl < 5) return 'bad-header';
  if (frame[l3 + 9] !== 6) return 'not-tcp';
  if ((u16(frame, l3 + 6) & 0x3fff) !== 0) return 'ip-fragment';
  const totLen = u16(frame, l3 + 2);
  if (totLen < 4 * ihl + 20 || captured < 4 * ihl + 20) return 'bad-header';
  const doff = frame[l3 + 4 * ihl + 12]! >> 4;
  if (totLen < 4 * ihl + 4 * doff || captured < 4 * ihl + 4 * doff) return 'bad-header';
  const accepted = { number, frame, wireLength, l3, ihl, doff, totLen, payload: totLen - 4 * ihl - 4 * doff };
  if (options.verifyChecksums && captured >= totLen) {
    const segment = frame.slice(l3 + 4 * ihl, l3 + totLen);
    if (complement(wordSum(segment) + pseudo(accepted, segment.length)) !== 0) return 'checksum';
  }
  return accepted;
}

/** §4: the reason why a packet may not enter; null if it may. `length` is L. */
function ineligible(packet: Accepted, length: number, session: LroSession | null): string | null {
  const { frame, l3, doff } = packet;
  const tcp = tcpAt(packet);
  if (packet.totLen !== length) return 'length-mismatch';
  if (packet.payload === 0) return 'no-payload';
  if (packet.ihl !== 5) return 'ip-options';
  const flags = frame[tcp + 13]!;
  for (const bit of [0x80, 0x40, 0x20, 0x04, 0x02, 0x01]) if ((flags & bit) !== 0) return 'tcp-flags';
  if ((flags & 0x10) === 0) return 'tcp-flags';
  if ((frame[l3 + 1]! & 3) === 3) return 'ecn-ce';
  if (doff !== 5 && doff !== 8) return 'tcp-options';
  if (doff === 8) {
    if (u32(frame, tcp + 20) !== 0x0101080a) return 'tcp-options';
    // A signed 32-bit difference below zero has its top bit set.
    if (session !== null && modulo(u32(frame, tcp + 24) - session.tsval, 2 ** 32) >= 2 ** 31)
      return 'timestamp-backwards';
    if (u32(frame, tcp + 28) === 0) return 'timestamp-echo-zero';
  }
  return null;
}

export interface Model {
  receive(packet: ModelPacket): void;
  flushAll(reason: string): void;
  readonly delivered: readonly ModelSkb[];
  readonly counters: ModelCounters;
}

export function createModel(options: ModelOptions): Model {
  const slots: (LroSession | null)[] = Array.from({ length: options.maxDesc }, () => null);
  const delivered: ModelSkb[] = [];
  const counters: ModelCounters = { aggregated: 0, flushed: 0, noDesc: 0 };
  let received = 0;

  function straightUp(number: number, reason: string): void {
    delivered.push({ packets: [number], lro: false, reason, gsoSize: 0, header: null });
  }

  const fragments = (packet: Accepted): number =>
    options.fragSize === 0 ? 1 : Math.ceil(packet.wireLength / options.fragSize);

  function open(slot: number, key: string, packet: Accepted): void {
    const { frame, payload } = packet;
    const tcp = tcpAt(packet);
    const hasTs = packet.doff === 8;
    slots[slot] = {
      key,
      first: packet,
      members: [packet.number],
      nextSeq: modulo(u32(frame, tcp + 4) + payload, 2 ** 32),
      ack: u32(frame, tcp + 8),
      win: u16(frame, tcp + 14),
      ipTot: packet.totLen,
      len: packet.wireLength - 14,
      mss: payload,
      hasTs,
      tsval: hasTs ? u32(frame, tcp + 24) : 0,
      tsecr: hasTs ? u32(frame, tcp + 28) : 0,
      npkts: 1,
      nfrags: fragments(packet),
      datasum: dataSum(packet),
    };
    counters.aggregated++;
  }

  function merge(session: LroSession, packet: Accepted): void {
    const { frame, payload } = packet;
    const tcp = tcpAt(packet);
    session.members.push(packet.number);
    session.nextSeq = modulo(session.nextSeq + payload, 2 ** 32);
    session.ack = u32(frame, tcp + 8);
    session.win = u16(frame, tcp + 14);
    session.ipTot = modulo(session.ipTot + payload, 65_536);
    session.datasum += session.len % 2 === 1 ? dataSum(packet) * 256 : dataSum(packet);
    session.len += payload;
    session.mss = Math.max(session.mss, payload);
    if (session.hasTs) session.tsecr = u32(frame, tcp + 28);
    session.npkts++;
    session.nfrags += fragments(packet);
    counters.aggregated++;
  }

  /** §5 and §6. */
  function flush(slot: number, reason: string): void {
    const session = slots[slot];
    if (session === null || session === undefined) return;
    const { first } = session;
    const header = first.frame.slice();
    const put = (at: number, value: number, size: number): void => {
      for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256))
        header[at + i] = rest % 256;
    };
    const ip = first.l3;
    const tcp = tcpAt(first);
    if (session.npkts > 1) {
      put(tcp + 8, session.ack, 4);
      put(tcp + 14, session.win, 2);
      if (session.hasTs) put(tcp + 28, session.tsecr, 4);
      put(ip + 2, session.ipTot, 2);
      put(ip + 10, 0, 2);
      put(ip + 10, complement(wordSum(header.slice(ip, ip + 20))), 2);
      put(tcp + 16, 0, 2);
      const tcpSum = wordSum(header.slice(tcp, tcp + 4 * first.doff));
      put(tcp + 16, complement(session.datasum + tcpSum + pseudo(first, session.ipTot - 20)), 2);
    }
    slots[slot] = null;
    counters.flushed++;
    delivered.push({
      packets: session.members,
      lro: true,
      reason,
      gsoSize: session.mss,
      header: {
        ipLength: u16(header, ip + 2),
        seq: u32(header, tcp + 4),
        ack: u32(header, tcp + 8),
        window: u16(header, tcp + 14),
        flags: header[tcp + 13]!,
        tsval: session.hasTs ? u32(header, tcp + 24) : null,
        tsecr: session.hasTs ? u32(header, tcp + 28) : null,
        ipChecksum: u16(header, ip + 10),
        tcpChecksum: u16(header, tcp + 16),
      },
    });
  }

  /** §3. */
  function process(packet: Accepted): void {
    const tcp = tcpAt(packet);
    const key = [
      ...packet.frame.slice(packet.l3 + 12, packet.l3 + 20),
      ...packet.frame.slice(tcp, tcp + 4),
    ].join();
    const l3Length = packet.wireLength - packet.l3;
    const held = slots.findIndex((session) => session?.key === key);
    if (held < 0) {
      const empty = slots.indexOf(null);
      if (empty < 0) {
        counters.noDesc++;
        straightUp(packet.number, 'table-full');
        return;
      }
      const reason = ineligible(packet, l3Length, null);
      if (reason === null) open(empty, key, packet);
      else straightUp(packet.number, reason);
      return;
    }
    const session = slots[held]!;
    const length = options.mode === 'skb' ? packet.wireLength - 14 : l3Length;
    const inSequence = u32(packet.frame, tcp + 4) === session.nextSeq;
    const reason = inSequence ? ineligible(packet, length, session) : 'sequence';
    if (reason !== null) {
      flush(held, reason);
      straightUp(packet.number, reason);
      return;
    }
    merge(session, packet);
    const count = options.mode === 'skb' ? session.npkts : session.nfrags;
    if (count >= options.maxAggr) flush(held, 'max-aggr');
    else if (session.len > 65_535 - options.mtu) flush(held, 'max-length');
  }

  return {
    delivered,
    counters,
    receive(packet) {
      const number = received++;
      const outcome = callback(packet, number, options);
      if (typeof outcome === 'string') straightUp(number, outcome);
      else process(outcome);
    },
    flushAll(reason) {
      for (let slot = 0; slot < slots.length; slot++) flush(slot, reason);
    },
  };
}
