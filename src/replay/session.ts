/**
 * One pass over a capture: blocks are read, decoded, assigned to flows, filtered to what the receiver's NIC
 * got, and handed to every consumer before the next block is read.
 */
import type { Readable } from 'node:stream';
import { type Core, createCore } from '../capture/core.ts';
import type { Later } from '../capture/later.ts';
import { type CaptureReader, openCapture } from '../capture/reader.ts';
import { createDecoder } from '../packet/decode.ts';
import { createFlowTable, type FlowTable } from '../packet/flows.ts';
import {
  createReceiverFilter,
  createReceiverFinder,
  RECEIVER_PREFIX_PACKETS,
  type ReceiverChoice,
} from '../packet/receiver.ts';
import type { ResegmentCounts, ResegmentOptions } from '../packet/resegment.ts';
import { BLOCK_ROWS, createPacketTable, type PacketTable, recordNumber } from '../packet/table.ts';

export interface SessionOptions {
  /** `auto`, or a receiver that the user named. */
  readonly receiver: 'auto' | ReceiverChoice;
  /** Trailing FCS bytes; null: as the file says, else none. */
  readonly fcsBytes: number | null;
  /** How super-packets are split; they stay whole where it is null or left out. */
  readonly resegment?: ResegmentOptions | null;
  /** Is shown the first packets before they are read again. */
  readonly lookAhead?: (block: PacketTable) => void;
  readonly stdin: () => Readable;
  /** False: without the WebAssembly core, for comparison. */
  readonly core?: boolean;
  /** Reads files on threads of Node's own: not where all processors have work. */
  readonly readAhead?: boolean;
}

/** May return a promise to be waited for before the next block is read. */
export type BlockConsumer = (table: PacketTable) => undefined | Promise<void>;

/** How far the received packets are in order of time. */
export interface TimeOrder {
  /** Received packets that are earlier than the one received before them. */
  backwards: number;
  /** The first of them; -1 without any. */
  firstPacket: number;
}

export interface Session {
  readonly reader: CaptureReader;
  readonly table: PacketTable;
  readonly flows: FlowTable;
  readonly receiver: ReceiverChoice;
  readonly timeOrder: TimeOrder;
  /** What was split so far; null where super-packets stay whole. */
  resegmented(): ResegmentCounts | null;
  /** Calls `consume` after each block is ready in `table`, until the capture ends or `signal` is aborted. */
  run(consume: BlockConsumer, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** Throws a CaptureError where nothing can be read. */
export async function openSession(path: string, options: SessionOptions): Promise<Session> {
  const core = options.core === false ? null : createCore();
  const { fcsBytes, stdin, readAhead = false } = options;
  const reader = await openCapture(path, { fcsBytes, stdin, core, readAhead });
  try {
    return await createSession(reader, core, options);
  } catch (error) {
    reader.close();
    throw error;
  }
}

async function createSession(
  reader: CaptureReader,
  core: Core | null,
  options: SessionOptions,
): Promise<Session> {
  const read = createPacketTable(BLOCK_ROWS, core);
  const flows = createFlowTable();
  const decodeBlock = createDecoder(read);
  const resegment = options.resegment ?? null;
  const resegmenter =
    resegment === null ? null : (await import('../packet/resegment.ts')).createResegmenter(flows, resegment);
  const table = resegmenter === null ? read : resegmenter.table;

  /** No promise where the bytes are at hand. */
  function nextBlock(): Later<boolean> {
    const more = reader.next(read);
    return typeof more === 'boolean' ? prepare(more) : more.then(prepare);
  }

  function prepare(more: boolean): boolean {
    if (!more) return false;
    decodeBlock();
    flows.assign(read);
    return true;
  }

  /** Looks at the first packets, then goes back to the start of the capture. Flows keep their numbers. */
  async function lookAhead(): Promise<ReceiverChoice> {
    const finder = createReceiverFinder(flows);
    while (reader.notes().packets < RECEIVER_PREFIX_PACKETS && reader.canReadOnAndRestart()) {
      if (!(await nextBlock())) break;
      finder.add(read, Math.min(read.count, RECEIVER_PREFIX_PACKETS - read.firstRecord));
      resegmenter?.learn(read);
      options.lookAhead?.(read);
    }
    await reader.restart();
    resegmenter?.restart();
    return finder.choose();
  }

  const named = options.receiver === 'auto' ? null : options.receiver;
  const found =
    named === null || resegmenter !== null || options.lookAhead !== undefined ? await lookAhead() : null;
  const receiver = named ?? found!;
  reader.commit();
  const filter = createReceiverFilter(receiver);
  const timeOrder: TimeOrder = { backwards: 0, firstPacket: -1 };
  let lastNs = Number.NEGATIVE_INFINITY;

  function checkOrder(): void {
    const { core, rows, received, timeNs } = table;
    if (received === 0) return;
    if (core !== null && core.kernels.isInOrder(received, lastNs) !== 0) {
      lastNs = timeNs[rows[received - 1]!]!;
      return;
    }
    let last = lastNs;
    for (let i = 0; i < received; i++) {
      const now = timeNs[rows[i]!]!;
      if (now < last) {
        if (timeOrder.backwards === 0) timeOrder.firstPacket = recordNumber(table, rows[i]!);
        timeOrder.backwards++;
      }
      last = now;
    }
    lastNs = last;
  }

  function hand(consume: BlockConsumer): undefined | Promise<void> {
    checkOrder();
    return consume(table);
  }

  return {
    reader,
    timeOrder,
    table,
    flows,
    receiver,
    resegmented: () => resegmenter?.counts() ?? null,
    async run(consume, signal) {
      while (signal?.aborted !== true) {
        const more = nextBlock();
        if (!(typeof more === 'boolean' ? more : await more)) break;
        filter(read, flows);
        if (resegmenter === null) {
          const pending = hand(consume);
          if (pending !== undefined) await pending;
          continue;
        }
        resegmenter.start(read);
        while (resegmenter.next()) await hand(consume);
      }
    },
    close: () => reader.close(),
  };
}
