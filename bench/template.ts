/**
 * A real capture, prepared for being repeated: where its time stamps lie, and which bytes make up the
 * client port of each connection, so that a repetition can open connections of its own.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { pcapRecords, readPcapHeader, viewOf } from './records.ts';

export interface TemplatePacket {
  /** Since the earliest packet of the capture. */
  readonly timeNs: number;
  /** Of the captured bytes in `Template.bytes`. */
  readonly offset: number;
  readonly capturedBytes: number;
  readonly wireBytes: number;
  /** Index into `Template.clientPorts`, -1 for a packet that repetitions leave as it is. */
  readonly client: number;
  /** Of the client port and of the TCP checksum, from the first captured byte. */
  readonly portOffset: number;
  readonly checksumOffset: number;
}

export interface Template {
  readonly bytes: Uint8Array;
  readonly snaplenBytes: number;
  readonly linkType: number;
  /** Earliest time stamp, since 1970. */
  readonly startNs: bigint;
  /** Time from one repetition to the next: the length of the capture and one mean gap. */
  readonly periodNs: number;
  readonly packets: readonly TemplatePacket[];
  /** Distinct client ports. */
  readonly clientPorts: readonly number[];
}

const LINKTYPE_ETHERNET = 1;
const ETHERTYPE_IPV4 = 0x0800;
const PROTOCOL_TCP = 6;
const ETHERNET_BYTES = 14;
/** The checksum is the last field of the TCP header that a repetition touches. */
const TCP_CHECKSUM_OFFSET = 16;

/** Reads a gzipped pcap. Throws if it is anything else. */
export function loadTemplate(file: string): Template {
  return makeTemplate(gunzipSync(readFileSync(file)));
}

/** `bytes` is a whole classic pcap, little-endian. Throws if it is not, or holds no packet. */
export function makeTemplate(bytes: Uint8Array): Template {
  const { snaplenBytes, linkType } = readPcapHeader(bytes);
  const records = [...pcapRecords(bytes)];
  const first = records[0];
  if (first === undefined) throw new Error('a capture without packets cannot be repeated');
  // File order is not time order where a capture holds both directions.
  let startNs = first.timeNs;
  let endNs = first.timeNs;
  for (const { timeNs } of records) {
    if (timeNs < startNs) startNs = timeNs;
    if (timeNs > endNs) endNs = timeNs;
  }
  const view = viewOf(bytes);
  const clients = new Map<number, number>();
  const packets = records.map(({ timeNs, offset, capturedBytes, wireBytes }) => {
    const tcp = linkType === LINKTYPE_ETHERNET ? tcpOffset(view, offset, capturedBytes) : -1;
    const packet = { timeNs: Number(timeNs - startNs), offset, capturedBytes, wireBytes };
    if (tcp < 0) return { ...packet, client: -1, portOffset: 0, checksumOffset: 0 };
    const source = view.getUint16(offset + tcp);
    const destination = view.getUint16(offset + tcp + 2);
    const port = Math.max(source, destination);
    const client = clients.get(port) ?? clients.size;
    clients.set(port, client);
    return {
      ...packet,
      client,
      portOffset: source === port ? tcp : tcp + 2,
      checksumOffset: tcp + TCP_CHECKSUM_OFFSET,
    };
  });
  const lengthNs = Number(endNs - startNs);
  return {
    bytes,
    snaplenBytes,
    linkType,
    startNs,
    periodNs: lengthNs + Math.max(1, Math.round(lengthNs / records.length)),
    packets,
    clientPorts: [...clients.keys()],
  };
}

/** Offset of the TCP header in an untagged IPv4 frame, -1 where there is none or it is cut off. */
function tcpOffset(view: DataView, offset: number, capturedBytes: number): number {
  if (capturedBytes < ETHERNET_BYTES + 20) return -1;
  if (view.getUint16(offset + 12) !== ETHERTYPE_IPV4) return -1;
  if (view.getUint8(offset + ETHERNET_BYTES + 9) !== PROTOCOL_TCP) return -1;
  const tcp = ETHERNET_BYTES + 4 * (view.getUint8(offset + ETHERNET_BYTES) & 15);
  return capturedBytes < tcp + TCP_CHECKSUM_OFFSET + 2 ? -1 : tcp;
}
