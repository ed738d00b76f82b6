/**
 * Where polls end. A poll model hands the received packets to an engine in runs and tells it when a poll is
 * over. "Received packets" are all frames that reach the NIC, TCP or not.
 */
import { kernelsFor } from '../capture/record-block.ts';
import { type PacketTable, recordNumber } from '../packet/table.ts';
import { createBatchCore, createWindowCore, type WindowState } from './batch-core.ts';
import { addTime, createHistogram, summarise } from './histogram.ts';
import { createNapi } from './napi.ts';
import type { NapiSpec } from './napi-state.ts';
import type { FlushReasons, PollModel, PollTarget } from './poll-model.ts';
import type { Softirq } from './softirq.ts';
import { createVeth, type VethSpec } from './veth.ts';

export type PollSpec =
  | { readonly kind: 'batch'; readonly packets: number }
  | { readonly kind: 'window'; readonly windowNs: number; readonly budget: number }
  | { readonly kind: 'end' }
  /** 0-based record numbers of the last packet of each poll, ascending. */
  | { readonly kind: 'file'; readonly file: string; readonly lastPackets: Float64Array }
  | NapiSpec
  | VethSpec;

/** A poll model whose polls take no processor time. */
type TimelessSpec = Exclude<PollSpec, NapiSpec | VethSpec>;

/** Whether the model keeps the time of its polls in a `Softirq`, so that skbs have a time of delivery. */
export function movesClock(spec: PollSpec): spec is NapiSpec | VethSpec {
  return spec.kind === 'napi' || spec.kind === 'veth';
}

/** `softirq` is the clock of `napi` and `veth`; the other models do not look at it. */
export function createPollModel(
  spec: PollSpec,
  target: PollTarget,
  reasons: FlushReasons,
  softirq: Softirq,
): PollModel {
  if (spec.kind === 'napi') return createNapi(spec, target, reasons, softirq);
  if (spec.kind === 'veth') return createVeth(spec, target, reasons, softirq);
  return createTimelessModel(spec, target, reasons);
}

function createTimelessModel(spec: TimelessSpec, target: PollTarget, reasons: FlushReasons): PollModel {
  const state: WindowState = { polls: 0, pending: 0, windowEndNs: Number.NEGATIVE_INFINITY };
  let finishFile = (): void => {};
  /** Stays empty where the model has no clock. */
  const holds = createHistogram(spec.kind === 'window' ? target.usual?.core : null);

  function endPoll(): void {
    state.polls++;
    state.pending = 0;
    target.flushAll(reasons.pollEnd);
  }

  function take(from: number, to: number): void {
    if (to > from) target.receive(from, to);
    state.pending += to - from;
  }

  function runBatch(packets: number): (table: PacketTable) => void {
    const takeUsual = createBatchCore(packets, state, target, reasons);
    return (table) => {
      const usual = kernelsFor(table) === null ? null : takeUsual;
      let from = 0;
      while (from < table.received) {
        if (usual !== null) from = usual(from, table.received);
        if (from === table.received) break;
        // What the core left over, or all up to the end of the poll.
        const most = usual === null ? packets - state.pending : 1;
        const to = Math.min(table.received, from + most);
        take(from, to);
        from = to;
        if (state.pending === packets) endPoll();
      }
    };
  }

  function runWindow(windowNs: number, budget: number): (table: PacketTable) => void {
    const takeUsual = createWindowCore(windowNs, budget, state, holds, target, reasons);
    return (table) => {
      const { rows, received, timeNs } = table;
      const usual = kernelsFor(table) === null ? null : takeUsual;
      let from = 0;
      for (let i = 0; i < received; i++) {
        if (usual !== null) {
          i = usual(i, received);
          from = i;
          if (i === received) break;
        }
        const now = timeNs[rows[i]!]!;
        if (now >= state.windowEndNs) {
          if (i > from) take(from, i);
          from = i;
          if (state.pending > 0) endPoll();
          state.windowEndNs = now + windowNs;
        }
        // All that a window takes is delivered at its end, whatever was merged.
        addTime(holds, state.windowEndNs - now);
        if (usual === null && state.pending + i + 1 - from < budget) continue;
        take(from, i + 1);
        from = i + 1;
        if (state.pending === budget) endPoll();
      }
      take(from, received);
    };
  }

  function runFile(lastPackets: Float64Array): (table: PacketTable) => void {
    let next = 0;
    let last = -1;
    /** Ends the poll that a boundary up to `packet` closes. It may fall on a packet that the NIC did not get. */
    const endAt = (packet: number): void => {
      if (state.pending > 0) endPoll();
      while (next < lastPackets.length && lastPackets[next]! <= packet) next++;
    };
    finishFile = () => {
      if (next < lastPackets.length && lastPackets[next]! <= last) endAt(last);
    };
    return (table) => {
      const { rows, received } = table;
      let from = 0;
      for (let i = 0; i < received && next < lastPackets.length; i++) {
        const packet = recordNumber(table, rows[i]!);
        // Segments of one packet share a number: only the packet after them tells that they were the last.
        if (lastPackets[next]! < packet) {
          take(from, i);
          from = i;
          endAt(packet - 1);
        }
        last = packet;
      }
      take(from, received);
    };
  }

  function runner(): (table: PacketTable) => void {
    switch (spec.kind) {
      case 'batch':
        return runBatch(spec.packets);
      case 'window':
        return runWindow(spec.windowNs, spec.budget);
      case 'file':
        return runFile(spec.lastPackets);
      case 'end':
        return (table) => take(0, table.received);
    }
  }

  return {
    run: runner(),
    finish() {
      finishFile();
      if (state.pending > 0) state.polls++;
      state.pending = 0;
      target.flushAll(reasons.captureEnd);
    },
    polls: () => state.polls,
    dropped: () => 0,
    interrupts: () => null,
    holds,
    holdTimes: () => summarise(holds),
  };
}
