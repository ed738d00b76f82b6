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
  isSameReceiver,
  RECEIVER_PREFIX_PACKETS,
  type ReceiverChoice,
  type ReceiverFinder,
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
  /**
   * Takes the receiver that the first packets tell for granted, and begins: the others that count are looked at on the
   * way. `run` throws ReceiverChanged where they tell another. Only where reading again is possible.
   */
  readonly guessReceiver?: boolean;
  /** Reads files on threads of Node's own: not where all processors have work. */
  readonly readAhead?: boolean;
}

/** What the run has told so far counts for nothing: call `run` again with new consumers, once. */
export class ReceiverChanged extends Error {
  override readonly name = 'ReceiverChanged';
}

/** What `body` returns that runs the session, once more if its receiver was guessed wrong. */
export async function untilReceiverStays<Result>(body: () => Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ReceiverChanged) return body();
    throw error;
  }
}

/** Packets that a guess is made from. */
const GUESS_PACKETS = 1024;

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
  /** May change as long as it is a guess. */
  readonly receiver: ReceiverChoice;
  readonly timeOrder: TimeOrder;
  /** What was split so far; null where super-packets stay whole. */
  resegmented(): ResegmentCounts | null;
  /**
   * Calls `consume` after each block is ready in `table`, until the capture ends or `signal` is aborted. Rejects with
   * ReceiverChanged where a guess was wrong.
   */
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

  /** Looks at so many first packets, then goes back to the start of the capture. Flows keep their numbers. */
  async function lookAhead(packets: number): Promise<ReceiverChoice> {
    const finder = createReceiverFinder(flows);
    while (reader.notes().packets < packets && reader.canReadOnAndRestart()) {
      if (!(await nextBlock())) break;
      look(finder);
      resegmenter?.learn(read);
      options.lookAhead?.(read);
    }
    await reader.restart();
    resegmenter?.restart();
    return finder.choose();
  }

  function look(finder: ReceiverFinder): void {
    finder.add(read, Math.min(read.count, RECEIVER_PREFIX_PACKETS - read.firstRecord));
  }

  const named = options.receiver === 'auto' ? null : options.receiver;
  const mustLook = resegmenter !== null || options.lookAhead !== undefined;
  const guesses =
    options.guessReceiver === true &&
    named === null &&
    !mustLook &&
    reader.source.rewindLimitBytes === Infinity;
  const found =
    named === null || mustLook ? await lookAhead(guesses ? GUESS_PACKETS : RECEIVER_PREFIX_PACKETS) : null;
  let receiver = named ?? found!;
  let filter = createReceiverFilter(receiver);
  /** Looks at the packets that decide, while the receiver is a guess. */
  let unsettled = guesses ? createReceiverFinder(flows) : null;
  if (!guesses) reader.commit();
  const timeOrder: TimeOrder = { backwards: 0, firstPacket: -1 };
  let lastNs = Number.NEGATIVE_INFINITY;

  function checkOrder(): void {
    const { core, rows, received, timeNs } = table;
    table.inOrder = false;
    if (received === 0) return;
    if (core !== null && core.kernels.isInOrder(received, lastNs) !== 0) {
      table.inOrder = true;
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

  /** The block is counted if it may decide which host is the receiver. */
  function confirm(finder: ReceiverFinder): undefined | Promise<void> {
    look(finder);
    return reader.notes().packets < RECEIVER_PREFIX_PACKETS ? undefined : settle(finder);
  }

  async function settle(finder: ReceiverFinder): Promise<void> {
    unsettled = null;
    const guess = receiver;
    receiver = finder.choose();
    if (isSameReceiver(guess, receiver)) {
      reader.commit();
      return;
    }
    filter = createReceiverFilter(receiver);
    timeOrder.backwards = 0;
    timeOrder.firstPacket = -1;
    lastNs = Number.NEGATIVE_INFINITY;
    await reader.restart();
    reader.commit();
    throw new ReceiverChanged();
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
    get receiver() {
      return receiver;
    },
    resegmented: () => resegmenter?.counts() ?? null,
    async run(consume, signal) {
      while (signal?.aborted !== true) {
        const more = nextBlock();
        if (!(typeof more === 'boolean' ? more : await more)) {
          if (unsettled !== null) await settle(unsettled);
          break;
        }
        if (unsettled !== null) await confirm(unsettled);
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
