/**
 * Linux GRO for TCP as kernel 6.18 does it: docs/engines/linux-gro.md has the rules. Bytes of headers and checksums
 * are not the engine's business: a recording sink keeps them.
 */
import { kernelsFor } from '../capture/record-block.ts';
import type { PacketTable } from '../packet/table.ts';
import { countedPolls } from './counted-polls.ts';
import { createHeldSkb, type Engine, NO_MERGE, type SegmentPlace, type SkbSink } from './engine.ts';
import { bucketOf } from './gro-bucket.ts';
import { createGroPacketReader } from './gro-packet.ts';
import {
  EMPTY,
  endLinuxGro,
  type GroRoom,
  LAST_SLOTS,
  reserveGroRoom,
  takeLinuxGro,
  takeLinuxGroPolls,
  WORD,
} from './gro-room.ts';
import { HELD_STRIDE, ID_RULE, idRules, isSameFlow, joinViolation, SLOT, SLOT_WORDS } from './gro-rules.ts';
import { createUsualTest } from './gro-usual.ts';
import { OBSTACLE, type ObstacleSet } from './obstacle.ts';
import { REASON } from './reason.ts';

export interface LinuxGroOptions {
  /** Lists of held skbs, chosen by a hash of the flow. */
  readonly buckets: number;
  /** Skbs held in each list. */
  readonly perBucket: number;
  /** An skb stays below this many bytes from its outermost IP header on; 65536 at most. */
  readonly maxSize: number;
  /** A tag that the NIC strips is part of the flow; a frame that still has one is not looked into. */
  readonly vlan: 'strip' | 'pass' | 'inband';
  readonly verifyChecksums: boolean;
  /** False as in gvisor: what is in a tunnel passes. */
  readonly tunnels?: boolean;
  /** True as in gvisor: a smaller segment does not join either. */
  readonly equalSizes?: boolean;
  /** Obstacles to be taken as gone, for what-if replays: docs/explain.md. Tables and sizes are told by the options above. */
  readonly waived?: ObstacleSet;
}

/** Of kernel 6.18; buckets and list length are constants there. */
export const LINUX_GRO_DEFAULTS: LinuxGroOptions = {
  buckets: 8,
  perBucket: 8,
  maxSize: 65_536,
  vlan: 'pass',
  verifyChecksums: false,
};

/** Of the bytes 12 to 15 of a TCP header, the first one lowest. */
const FIN_PSH_BITS = 0x0900;
const WINDOW_BITS = 0xffff_0000 | 0;

const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const URG = 0x20;
/** A packet that has one of these is never held. */
const NEVER_HELD = FIN | SYN | RST | PSH | URG;

/**
 * Builds the engine; options must be whole numbers in their ranges (checked where they are parsed).
 * @param room may be that of another engine with the same options, for packets that come in two tables
 */
export function createLinuxGro(
  table: PacketTable,
  options: LinuxGroOptions,
  sink: SkbSink,
  room: GroRoom = reserveGroRoom(table.core, options),
): Engine {
  const { buckets, perBucket, maxSize, verifyChecksums } = options;
  const waived = options.waived ?? 0;
  /** What finishes an skb besides its size, and what is never held. */
  const pshFinishes = (waived & OBSTACLE.psh) === 0;
  const finishingFlags = pshFinishes ? FIN | PSH : FIN;
  const neverHeld = pshFinishes ? NEVER_HELD : NEVER_HELD & ~PSH;
  const anySize = (waived & OBSTACLE['segment-size']) !== 0;
  const slotCount = buckets * perBucket;
  const { hold } = sink;
  const isTold = hold !== undefined && sink.holdTaken === undefined;
  const { words, slots, held, order, inUse, lastSlot } = room;
  words[WORD.MAX_SIZE] = maxSize;
  words[WORD.FINISHING] = finishingFlags;
  words[WORD.ANY_SIZE] = anySize ? 1 : 0;
  words[WORD.NEVER_HELD] = neverHeld;
  words[WORD.IGNORED_BITS] = FIN_PSH_BITS | ((waived & OBSTACLE['window-changed']) === 0 ? 0 : WINDOW_BITS);
  words[WORD.ACK_BITS] = (waived & OBSTACLE['ack-changed']) === 0 ? -1 : 0;
  words[WORD.ANY_STAMP] = (waived & OBSTACLE.timestamp) === 0 ? 0 : 1;
  const counters = { aggregated: 0, flushed: 0, noDesc: 0 };
  const skb = createHeldSkb();
  const place: SegmentPlace = { ipAt: 0, tcpAt: 0, payloadBytes: 0 };
  const reader = createGroPacketReader(table, options.vlan === 'strip', verifyChecksums);
  const { packet } = reader;
  const tunnels = options.tunnels !== false;
  const equalSizes = options.equalSizes === true;
  const usual = verifyChecksums || equalSizes ? null : createUsualTest(table, slots, held, maxSize);
  const { rows, ipAt, tcpAt, payloadBytes, tcpFlags, flow } = table;
  let { view } = table;

  /** The slot that holds the packet's flow, -1 if none does. */
  function find(bucket: number): number {
    const from = bucket * perBucket;
    const to = from + inUse[bucket]!;
    for (let i = from; i < to; i++) {
      const slot = order[i]!;
      if (isSameFlow(packet, view, slots, slot * SLOT_WORDS, held, slot * HELD_STRIDE)) return slot;
    }
    return -1;
  }

  /** Takes the skb out of its list. The place it leaves is the first free one. */
  function release(slot: number): void {
    const bucket = slots[slot * SLOT_WORDS + SLOT.BUCKET]!;
    inUse[bucket]! -= 1;
    const last = bucket * perBucket + inUse[bucket]!;
    let i = bucket * perBucket;
    while (order[i] !== slot) i++;
    for (; i < last; i++) order[i] = order[i + 1]!;
    order[last] = slot;
    slots[slot * SLOT_WORDS + SLOT.FLOW] = EMPTY;
    words[WORD.HELD_SKBS]! -= 1;
  }

  function fill(slot: number): void {
    const at = slot * SLOT_WORDS;
    const outer = slots[at + SLOT.OUTER]!;
    const size = slots[at + SLOT.SIZE_BYTES]!;
    const tcp = slot * HELD_STRIDE + slots[at + SLOT.TCP]!;
    const segments = slots[at + SLOT.COUNT]!;
    skb.slot = slot;
    skb.segments = segments;
    skb.payloadBytes = slots[at + SLOT.PAYLOAD_BYTES]!;
    skb.frameBytes = outer + size;
    // An skb of one packet is delivered as it came.
    skb.gsoSize = segments === 1 ? 0 : slots[at + SLOT.GSO_BYTES]!;
    skb.ipLength = size - (slots[at + SLOT.INNER]! - outer);
    skb.flow = slots[at + SLOT.FLOW]!;
    skb.ack = held.getInt32(tcp + 8);
    skb.window = held.getUint16(tcp + 14);
    skb.addedFlags = slots[at + SLOT.ADDED_FLAGS]!;
    counters.flushed++;
  }

  function flush(slot: number, reason: number): void {
    fill(slot);
    release(slot);
    sink.deliverHeld(skb, reason);
  }

  function tellHold(
    slot: number,
    row: number,
    first: boolean,
    ip: number,
    tcp: number,
    payload: number,
  ): void {
    counters.aggregated++;
    if (hold === undefined) return;
    place.ipAt = ip;
    place.tcpAt = tcp;
    place.payloadBytes = payload;
    hold(slot, row, first, place);
  }

  /** Holds the packet as the youngest of its list. */
  function open(bucket: number): void {
    if (inUse[bucket] === perBucket) {
      counters.noDesc++;
      flush(order[bucket * perBucket]!, REASON['table-full']);
    }
    const slot = order[bucket * perBucket + inUse[bucket]!]!;
    inUse[bucket]! += 1;
    words[WORD.HELD_SKBS]! += 1;
    const at = slot * SLOT_WORDS;
    const { frame, payloadBytes } = packet;
    slots[at + SLOT.FLOW] = packet.flow;
    slots[at + SLOT.LINK_TYPE] = packet.linkType;
    slots[at + SLOT.OUTER] = packet.outer - frame;
    slots[at + SLOT.INNER] = packet.inner - frame;
    slots[at + SLOT.TCP] = packet.tcp - frame;
    slots[at + SLOT.COUNT] = 1;
    slots[at + SLOT.NEXT_SEQ] = view.getInt32(packet.tcp + 4) + payloadBytes;
    slots[at + SLOT.GSO_BYTES] = payloadBytes;
    slots[at + SLOT.PAYLOAD_BYTES] = payloadBytes;
    slots[at + SLOT.SIZE_BYTES] = packet.sizeBytes;
    slots[at + SLOT.OUTER_ID] = ID_RULE.UNDECIDED;
    slots[at + SLOT.INNER_ID] = ID_RULE.UNDECIDED;
    slots[at + SLOT.ADDED_FLAGS] = 0;
    slots[at + SLOT.BUCKET] = bucket;
    slots[at + SLOT.TICK] = words[WORD.TICK]!;
    copyHeaders(slot * HELD_STRIDE, frame, packet.tcp + packet.tcpHeaderBytes - frame);
    lastSlot[packet.flow & (LAST_SLOTS - 1)] = slot;
    tellHold(slot, packet.row, true, packet.inner, packet.tcp, payloadBytes);
  }

  function copyHeaders(to: number, from: number, length: number): void {
    let i = 0;
    for (; i + 4 <= length; i += 4) held.setInt32(to + i, view.getInt32(from + i));
    for (; i < length; i++) held.setUint8(to + i, view.getUint8(from + i));
  }

  function join(slot: number): void {
    const rules = idRules(packet, view, slots, slot * SLOT_WORDS, held, slot * HELD_STRIDE);
    slots[slot * SLOT_WORDS + SLOT.INNER_ID] = rules >> 2;
    tellHold(slot, packet.row, false, packet.inner, packet.tcp, packet.payloadBytes);
    add(slot, packet.tcpWord >>> 16, packet.payloadBytes, rules & 3);
  }

  /** Adds a packet that may join; the skb is finished by a smaller one, PSH or FIN. */
  function add(slot: number, tcpFlags: number, payloadBytes: number, outerRule: number): void {
    const at = slot * SLOT_WORDS;
    const flags = tcpFlags & (FIN | PSH);
    slots[at + SLOT.OUTER_ID] = outerRule;
    slots[at + SLOT.COUNT]! += 1;
    slots[at + SLOT.NEXT_SEQ]! += payloadBytes;
    slots[at + SLOT.PAYLOAD_BYTES]! += payloadBytes;
    slots[at + SLOT.SIZE_BYTES]! += payloadBytes;
    slots[at + SLOT.ADDED_FLAGS] = flags;
    const finishes =
      (flags & finishingFlags) !== 0 || (payloadBytes < slots[at + SLOT.GSO_BYTES]! && !anySize);
    if (finishes) flush(slot, finishReason(slot));
  }

  /** Why the packet that joined last finished its skb. */
  function finishReason(slot: number): number {
    const flags = slots[slot * SLOT_WORDS + SLOT.ADDED_FLAGS]! & finishingFlags;
    if (flags === 0) return REASON['size-smaller'];
    return (flags & FIN) !== 0 ? REASON.fin : REASON.psh;
  }

  /** Why a packet that finds no held skb of its flow is not held itself; -1 if it is. */
  function aloneReason(): number {
    if (packet.spoilt >= 0) return packet.spoilt;
    const flags = (packet.tcpWord >>> 16) & neverHeld;
    if (flags !== 0) {
      if ((flags & RST) !== 0) return REASON.rst;
      if ((flags & SYN) !== 0) return REASON.syn;
      if ((flags & FIN) !== 0) return REASON.fin;
      return (flags & URG) !== 0 ? REASON.urg : REASON.psh;
    }
    return packet.payloadBytes === 0 ? REASON['no-payload'] : -1;
  }

  function process(row: number): void {
    let bypass = reader.read(row);
    if (bypass < 0 && !tunnels && packet.inner !== packet.outer) bypass = REASON['not-tcp'];
    if (bypass >= 0) {
      sink.deliverAlone(row, bypass);
      return;
    }
    const bucket = bucketOf(packet, view, buckets);
    const slot = find(bucket);
    if (slot >= 0) {
      let violation = joinViolation(
        packet,
        view,
        slots,
        slot * SLOT_WORDS,
        held,
        slot * HELD_STRIDE,
        maxSize,
        waived,
      );
      if (violation < 0 && equalSizes && packet.payloadBytes < slots[slot * SLOT_WORDS + SLOT.GSO_BYTES]!) {
        violation = REASON['size-smaller'];
      }
      if (violation < 0) {
        join(slot);
        return;
      }
      flush(slot, violation);
    }
    const alone = aloneReason();
    if (alone >= 0) sink.deliverAlone(row, alone);
    else open(bucket);
  }

  function endFilled(slot: number): void {
    flush(slot, finishReason(slot));
  }

  const takeInCore = isTold ? null : takeLinuxGro(room, counters, sink, endFilled);
  const endInCore = endLinuxGro(room, sink);
  const engine = {
    counters,
    inCore: room.core !== null && waived === 0 ? { ...NO_MERGE, gro: words, maxDesc: slotCount } : undefined,
    receive(from: number, to: number) {
      view = table.view;
      if (usual !== null) usual.begin();
      // A packet alone is one that a lane in the core left over.
      const kernels = takeInCore === null || to - from === 1 ? null : kernelsFor(table);
      for (let i = from; i < to; i++) {
        if (kernels !== null && takeInCore !== null) {
          i = takeInCore(kernels, i, to);
          if (i === to) break;
        }
        const row = rows[i]!;
        const slot = lastSlot[flow[row]! & (LAST_SLOTS - 1)]!;
        const rule = usual === null ? -1 : usual.test(row, slot);
        if (rule < 0) process(row);
        else {
          tellHold(slot, row, false, ipAt[row]!, tcpAt[row]!, payloadBytes[row]!);
          add(slot, tcpFlags[row]!, payloadBytes[row]!, rule);
        }
      }
    },
    flushAll(reason: number) {
      if (endInCore !== null) {
        counters.flushed += endInCore();
        return;
      }
      for (let bucket = 0; words[WORD.HELD_SKBS]! > 0; bucket++) {
        const first = bucket * perBucket;
        for (let i = 0; i < inUse[bucket]!; i++) {
          const slot = order[first + i]!;
          fill(slot);
          slots[slot * SLOT_WORDS + SLOT.FLOW] = EMPTY;
          sink.deliverHeld(skb, reason);
        }
        words[WORD.HELD_SKBS]! -= inUse[bucket]!;
        inUse[bucket] = 0;
      }
    },
    aging: {
      beginTick() {
        // Ticks are compared for equality alone; a slot would have to stay held through 2^32 of them.
        words[WORD.TICK]! += 1;
      },
      flushOld(reason: number) {
        // The oldest of a list stand first.
        for (let bucket = 0; bucket < buckets; bucket++) {
          while (inUse[bucket]! > 0) {
            const slot = order[bucket * perBucket]!;
            if (slots[slot * SLOT_WORDS + SLOT.TICK] === words[WORD.TICK]) break;
            flush(slot, reason);
          }
        }
      },
    },
  } satisfies Engine;
  const takePolls = room.core === null ? null : takeLinuxGroPolls(room);
  return { ...engine, takePolls: countedPolls(room.core, sink, takePolls, engine) };
}
