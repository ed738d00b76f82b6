/** ACKs that the receiver sent for the data that it got: known only from captures that hold both directions. */
import type { FlowTable } from '../packet/flows.ts';
import { grown } from '../packet/grown.ts';
import type { PacketTable } from '../packet/table.ts';

export interface ReceiverAcks {
  /** Packets without payload, with ACK and without SYN, FIN and RST, in flows whose other direction was received. */
  readonly pureAcks: number;
  /** Received data packets of these flows. */
  readonly dataPackets: number;
  readonly perDataPacket: number;
}

export interface AckObserver {
  add(table: PacketTable): void;
  /** Null where the capture has no ACK of the receiver. */
  /** The number of this flow will be another's: it counts no more. */
  forget(flow: number): void;
  counts(flows: FlowTable): ReceiverAcks | null;
}

const FLAG = { FIN: 1, SYN: 2, RST: 4, ACK: 16 } as const;
const KINDS = FLAG.FIN | FLAG.SYN | FLAG.RST | FLAG.ACK;

export function createAckObserver(): AckObserver {
  let acks = new Float64Array(64);
  let data = new Float64Array(64);

  function add(table: PacketTable): void {
    const { rows, received, count, tcpAt, payloadBytes, tcpFlags, flow } = table;
    for (let row = 0, next = 0; row < count; row++) {
      const isReceived = next < received && rows[next] === row;
      if (isReceived) next++;
      if (tcpAt[row] === 0) continue;
      const index = flow[row]!;
      if (index >= acks.length) {
        acks = grown(acks, index);
        data = grown(data, index);
      }
      if (isReceived) {
        if (payloadBytes[row]! > 0) data[index]! += 1;
      } else if (payloadBytes[row] === 0 && (tcpFlags[row]! & KINDS) === FLAG.ACK) {
        acks[index]! += 1;
      }
    }
  }

  function counts(flows: FlowTable): ReceiverAcks | null {
    const known = Math.min(flows.size(), acks.length);
    const acksBackTo = new Map<string, number>();
    for (let flow = 0; flow < known; flow++) {
      if (acks[flow]! > 0) acksBackTo.set(nameOf(flows, flow, true), acks[flow]!);
    }
    let pureAcks = 0;
    let dataPackets = 0;
    for (let flow = 0; flow < known; flow++) {
      const back = data[flow]! > 0 ? acksBackTo.get(nameOf(flows, flow, false)) : undefined;
      if (back === undefined) continue;
      pureAcks += back;
      dataPackets += data[flow]!;
    }
    return pureAcks === 0 ? null : { pureAcks, dataPackets, perDataPacket: pureAcks / dataPackets };
  }

  function forget(flow: number): void {
    if (flow >= acks.length) return;
    acks[flow] = 0;
    data[flow] = 0;
  }

  return { add, forget, counts };
}

/** Both ends in the direction of the data. */
function nameOf(flows: FlowTable, flow: number, reversed: boolean): string {
  const source = `${flows.sourceAddress(flow)} ${flows.sourcePort(flow)}`;
  const destination = `${flows.destinationAddress(flow)} ${flows.destinationPort(flow)}`;
  return reversed ? `${destination} ${source}` : `${source} ${destination}`;
}
