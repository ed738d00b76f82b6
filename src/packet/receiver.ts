/**
 * Which frames reached the receiving host's NIC. The host is named by the user, by the capture's own
 * direction marks, or found: the host that received most TCP payload in the first packets.
 */
import { LINK } from '../capture/link-types.ts';
import { DIRECTION, kernelsFor } from '../capture/record-block.ts';
import { type FlowTable, ipv4Text, ipv6Text } from './flows.ts';
import { familyOf, type PacketTable } from './table.ts';

/** Packets looked at to find the receiver. */
export const RECEIVER_PREFIX_PACKETS = 65_536;

export type ReceiverChoice =
  | { readonly mode: 'all'; readonly why: string }
  | { readonly mode: 'marks'; readonly why: string }
  | { readonly mode: 'ip'; readonly address: string; readonly why: string }
  | { readonly mode: 'mac'; readonly address: string; readonly why: string };

/** `02:00:00:00:00:01` of the six bytes at `at`. */
export function macText(view: DataView, at: number): string {
  let text = '';
  for (let i = 0; i < 6; i++)
    text += `${i === 0 ? '' : ':'}${view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, '0')}`;
  return text;
}

/** Whether the same frames reach it. */
export function isSameReceiver(one: ReceiverChoice, other: ReceiverChoice): boolean {
  const addressOf = (choice: ReceiverChoice): string => ('address' in choice ? choice.address : '');
  return one.mode === other.mode && addressOf(one) === addressOf(other);
}

export interface ReceiverFinder {
  /** Counts the first `count` rows. */
  add(table: PacketTable, count: number): void;
  choose(): ReceiverChoice;
}

export function createReceiverFinder(flows: FlowTable): ReceiverFinder {
  // No more flows than packets are looked at.
  const payloadOf = new Float64Array(RECEIVER_PREFIX_PACKETS);
  const seen = new Uint8Array(RECEIVER_PREFIX_PACKETS);
  const macOf = new Map<number, string>();
  let marked = false;
  let packets = 0;

  /** The flow's destination MAC, empty where it tells nothing. */
  function noteMac(table: PacketTable, row: number, flow: number): void {
    seen[flow] = 1;
    if (table.linkType[row] !== LINK.ETHERNET) return;
    const frame = table.frameOffset[row]!;
    const destination = macText(table.view, frame);
    const differs = destination !== macText(table.view, frame + 6);
    if (differs && (table.view.getUint8(frame) & 1) === 0) macOf.set(flow, destination);
  }

  function add(table: PacketTable, count: number): void {
    const { direction, flow, payloadBytes } = table;
    for (let row = 0; row < count; row++) {
      if (direction[row] === DIRECTION.INBOUND || direction[row] === DIRECTION.OUTBOUND) marked = true;
      const id = flow[row]!;
      if (id < 0) continue;
      payloadOf[id]! += Math.max(0, payloadBytes[row]!);
      if (seen[id] === 0) noteMac(table, row, id);
    }
    packets += count;
  }

  function choose(): ReceiverChoice {
    if (marked) return { mode: 'marks', why: 'the capture marks the direction of its packets' };
    const hosts = new Map<string, { payload: number; mac: string }>();
    for (let flow = 0; flow < Math.min(flows.size(), RECEIVER_PREFIX_PACKETS); flow++) {
      // The block in which the prefix ends may hold flows that begin after it: nothing is known of them.
      if (seen[flow] === 0) continue;
      const payload = payloadOf[flow]!;
      const address = flows.destinationAddress(flow);
      const host = hosts.get(address) ?? { payload: 0, mac: macOf.get(flow) ?? '' };
      host.payload += payload;
      if (host.mac !== (macOf.get(flow) ?? '')) host.mac = '';
      hosts.set(address, host);
    }
    let best = { address: '', payload: 0, mac: '' };
    let total = 0;
    for (const [address, host] of hosts) {
      total += host.payload;
      if (host.payload > best.payload) best = { address, ...host };
    }
    if (best.payload === 0) return { mode: 'all', why: 'no TCP payload tells the receiver from the sender' };
    const share = `${best.address} received ${((100 * best.payload) / total).toFixed(1)} % of the TCP payload in the first ${packets} packets`;
    if (best.mac === '') return { mode: 'ip', address: best.address, why: share };
    return { mode: 'mac', address: best.mac, why: `${share}; its frames go to ${best.mac}` };
  }

  return { add, choose };
}

/** Fills `table.rows` with the rows that reached the receiver's NIC. */
export type ReceiverFilter = (table: PacketTable, flows: FlowTable) => void;

export function createReceiverFilter(choice: ReceiverChoice): ReceiverFilter {
  switch (choice.mode) {
    case 'all':
      return (table) => {
        for (let row = 0; row < table.count; row++) table.rows[row] = row;
        table.received = table.count;
      };
    case 'marks':
      return (table) =>
        select(table, (row) => {
          const mark = table.direction[row]!;
          return mark !== DIRECTION.OUTBOUND && mark !== DIRECTION.OTHER_HOST;
        });
    case 'mac':
      return macFilter(choice.address);
    case 'ip':
      return ipFilter(choice.address);
  }
}

function select(table: PacketTable, received: (row: number) => boolean): void {
  let rows = 0;
  for (let row = 0; row < table.count; row++) if (received(row)) table.rows[rows++] = row;
  table.received = rows;
}

/** Frames to this MAC address, or broadcast and multicast from another one. */
function macFilter(mac: string): ReceiverFilter {
  const bytes = mac.split(':').map((part) => Number.parseInt(part, 16));
  const high = (bytes[0]! << 8) | bytes[1]!;
  const low = (bytes[2]! << 24) | (bytes[3]! << 16) | (bytes[4]! << 8) | bytes[5]!;
  const inMemory = new DataView(Uint8Array.from(bytes).buffer);
  return (table) => {
    const { count, view, frameOffset, capturedBytes, linkType, rows } = table;
    const kernels = kernelsFor(table);
    if (kernels !== null) {
      const [first, last] = [inMemory.getInt32(0, true), inMemory.getUint16(4, true)];
      table.received = kernels.filterMac(first, last, count);
      return;
    }
    let received = 0;
    for (let row = 0; row < count; row++) {
      if (linkType[row] !== LINK.ETHERNET || capturedBytes[row]! < 14) continue;
      const frame = frameOffset[row]!;
      const toHigh = view.getUint16(frame);
      if (toHigh === high && view.getInt32(frame + 2) === low) rows[received++] = row;
      else if ((toHigh & 0x100) !== 0) {
        if (view.getUint16(frame + 6) !== high || view.getInt32(frame + 8) !== low) rows[received++] = row;
      }
    }
    table.received = received;
  };
}

/** Packets to this IP address, TCP or not. The verdict on a flow is kept: making its address as text takes long. */
function ipFilter(address: string): ReceiverFilter {
  const UNKNOWN = 0;
  const MATCH = 1;
  const OTHER = 2;
  let verdicts = new Uint8Array(2048);
  let heard: FlowTable | null = null;

  function hear(flows: FlowTable): void {
    heard = flows;
    flows.onForget((flow) => {
      if (flow < verdicts.length) verdicts[flow] = UNKNOWN;
    });
  }

  function verdict(flows: FlowTable, flow: number): number {
    if (flow >= verdicts.length) {
      const larger = new Uint8Array(Math.max(flow + 1, verdicts.length * 2));
      larger.set(verdicts);
      verdicts = larger;
    }
    if (verdicts[flow] === UNKNOWN)
      verdicts[flow] = flows.destinationAddress(flow) === address ? MATCH : OTHER;
    return verdicts[flow]!;
  }

  return (table, flows) => {
    if (heard !== flows) hear(flows);
    select(table, (row) => {
      const flow = table.flow[row]!;
      return flow >= 0 ? verdict(flows, flow) === MATCH : destinationText(table, row) === address;
    });
  };
}

/** Destination address of an IP packet without TCP header; empty where there is none. */
function destinationText(table: PacketTable, row: number): string {
  const { view } = table;
  const family = familyOf(table.kind[row]!);
  const ip = table.ipAt[row]!;
  const captured = table.frameOffset[row]! + table.capturedBytes[row]! - ip;
  if (family === 4 && captured >= 20) return ipv4Text(view.getInt32(ip + 16));
  if (family === 6 && captured >= 40) {
    return ipv6Text([24, 28, 32, 36].map((offset) => view.getInt32(ip + offset)));
  }
  return '';
}
