/** Handshakes in a capture, and how long each side takes to answer there: next to a host its answers come at once. */
import type { FlowTable } from './flows.ts';
import type { PacketTable } from './table.ts';

export interface HandshakeTimes {
  readonly syns: number;
  /** With SYN, SYN-ACK and the ACK after it. */
  readonly complete: number;
  /** Medians over the complete ones; null without any. */
  readonly receiverAnswerNs: number | null;
  readonly senderAnswerNs: number | null;
}

export interface HandshakeClock {
  /** `towards`: sent to the receiver. */
  add(table: PacketTable, row: number, towards: boolean): void;
  times(): HandshakeTimes;
}

const FLAG = { SYN: 0x02, RST: 0x04, ACK: 0x10 };
/** Handshakes that are timed; more tell nothing new. */
const ENOUGH = 4096;

export function createHandshakeClock(flows: FlowTable): HandshakeClock {
  /** By the flow of the SYN: when it was seen, and the SYN-ACK (NaN before it). */
  const open = new Map<number, { readonly synNs: number; synAckNs: number }>();
  const answers: { readonly receiver: number[]; readonly sender: number[] } = { receiver: [], sender: [] };
  let syns = 0;
  flows.onForget((flow) => open.delete(flow));

  function add(table: PacketTable, row: number, towards: boolean): void {
    const flags = table.tcpFlags[row]!;
    const flow = table.flow[row]!;
    const now = table.timeNs[row]!;
    if ((flags & FLAG.SYN) === 0) {
      if (open.size > 0) addAnswer(flow, flags, now, towards);
      return;
    }
    if ((flags & FLAG.ACK) === 0) {
      syns++;
      if (answers.sender.length < ENOUGH) open.set(flow, { synNs: now, synAckNs: Number.NaN });
      return;
    }
    const started = open.get(flows.reverse(flow));
    if (started !== undefined && Number.isNaN(started.synAckNs)) started.synAckNs = now;
  }

  /** The client's first packet after the SYN-ACK. */
  function addAnswer(flow: number, flags: number, now: number, towards: boolean): void {
    const started = open.get(flow);
    if (started === undefined) return;
    open.delete(flow);
    const [server, client] = [started.synAckNs - started.synNs, now - started.synAckNs];
    if ((flags & FLAG.RST) !== 0 || !(server >= 0) || !(client >= 0)) return;
    answers.receiver.push(towards ? server : client);
    answers.sender.push(towards ? client : server);
  }

  return {
    add,
    times: () => ({
      syns,
      complete: answers.sender.length,
      receiverAnswerNs: median(answers.receiver),
      senderAnswerNs: median(answers.sender),
    }),
  };
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
