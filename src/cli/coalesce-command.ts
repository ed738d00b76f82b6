/** `analyze coalesce`: the skbs that one engine would deliver. */
import { closeSync, lstatSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { type CaptureWriter, createPcapngWriter, createPcapWriter } from '../capture/writer.ts';
import { caveatOf, type EngineName } from '../coalesce/catalog.ts';
import type { SkbSink } from '../coalesce/engine.ts';
import { REASONS } from '../coalesce/reason.ts';
import { type CoalesceStats, coalesce } from '../replay/coalesce.ts';
import { createRecorder, type DeliveredSkb } from '../replay/recorder.ts';
import { resegmentSummary, resegmentWarnings } from '../replay/resegment-summary.ts';
import { openSession, type Session, untilReceiverStays } from '../replay/session.ts';
import { jsonlStats, skbJson } from '../replay/skb-json.ts';
import { isDegraded, readingWarnings, ringWarnings } from '../replay/warnings.ts';
import { statsText } from './coalesce-text.ts';
import { EXIT } from './exit-code.ts';
import { type RawGroOptions, resolveGroOptions } from './gro-options.ts';

import { resolveNic } from './nic-options.ts';
import { resolveReplayOptions } from './options.ts';

import { abortOnSignals, createPacer } from './pacer.ts';
import { parsePoll } from './poll-option.ts';
import { openPollsFile } from './polls-file.ts';

import { type RawPriceOptions, softirqFactory } from './priced-softirq.ts';
import { resolveRuleOptions } from './rule-engines.ts';
import type { RawRuleOptions } from './rule-options.ts';

import { complain, createStdout } from './terminal.ts';
import { UsageError } from './usage.ts';
import { type RawVethOptions, refuseVethOptions, resolveVeth } from './veth-options.ts';

export interface RawCoalesceOptions extends RawRuleOptions, RawGroOptions, RawPriceOptions, RawVethOptions {
  readonly capture: string;
  readonly engine: EngineName;
  readonly poll: string;
  readonly jsonl: boolean;
  readonly stats: boolean;
  readonly write: string | undefined;
  readonly 'polls-out': string | undefined;
  readonly quiet: boolean;
  readonly progress: boolean;
}

/** Skbs by index of their reason. */
function countOnly(skbsOf: Float64Array): SkbSink {
  return {
    deliverHeld(_, reason) {
      skbsOf[reason]! += 1;
    },
    deliverAlone(_, reason) {
      skbsOf[reason]! += 1;
    },
  };
}

export async function runCoalesce(raw: RawCoalesceOptions): Promise<number> {
  const options = resolveReplayOptions(raw);
  const linuxGro = resolveGroOptions(raw);
  const byRules = resolveRuleOptions(raw, options);
  const poll = parsePoll(
    raw.poll,
    () => resolveNic(raw),
    () => resolveVeth(raw),
  );
  if (raw.resegment && raw['polls-out'] !== undefined) {
    throw new UsageError(
      '--polls-out numbers polls by records, which segments share: write the segments with --resegment -w first',
    );
  }
  if (poll.kind !== 'veth') refuseVethOptions(raw);
  else if (raw['polls-out'] !== undefined && poll.groFlushTimeoutNs > 0) {
    throw new UsageError(
      '--polls-out cannot say which skbs stay held when a poll ends (--gro-flush-timeout)',
    );
  }
  if (raw.jsonl && raw.stats) throw new UsageError('--jsonl and --stats exclude each other');
  const newSoftirq = await softirqFactory(raw, poll, options.inetLro.mode);
  const file = raw.write === undefined ? null : openMerged(raw.write);
  const pollsFile = raw['polls-out'] === undefined ? null : openPollsFile(raw['polls-out']);
  const discard = (): void => {
    file?.discard();
    pollsFile?.discard();
  };
  const out = createStdout();
  const signal = abortOnSignals();
  const pacer = createPacer(raw.progress && !raw.quiet);
  /** Nothing that was told cannot be told anew. */
  const countsOnly = !raw.jsonl && file === null && pollsFile === null;
  let session: Session;
  try {
    session = await openSession(raw.capture, {
      ...options,
      stdin: () => process.stdin,
      readAhead: true,
      guessReceiver: countsOnly,
    });
  } catch (error) {
    discard();
    throw error;
  }
  try {
    const recorder = (deliver: (skb: DeliveredSkb) => void): SkbSink =>
      createRecorder(session.table, file !== null, deliver);
    const firstNs = (): bigint => session.reader.scanner.firstTimeNs() ?? 0n;
    const skbsOf = new Float64Array(REASONS.length);
    const sink =
      raw.jsonl || file !== null
        ? recorder((skb) => {
            skbsOf[skb.reason]! += 1;
            if (raw.jsonl) out.write(`${skbJson(skb)}\n`);
            file?.write(skb, firstNs());
          })
        : countOnly(skbsOf);
    const engine = { engine: raw.engine, inetLro: options.inetLro, linuxGro, ...byRules };
    const afterBlock = (): undefined | Promise<void> => out.drain() ?? pacer.tick(session.reader);
    const reportPoll = pollsFile?.add;
    const tally = (reason: number, skbs: number): void => {
      skbsOf[reason]! += skbs;
    };
    const stats = await untilReceiverStays(() => {
      skbsOf.fill(0);
      const extras = {
        softirq: newSoftirq(raw.engine !== 'none'),
        ...(reportPoll === undefined ? {} : { reportPoll }),
        ...(countsOnly ? { tally } : {}),
      };
      return coalesce(session, engine, poll, sink, afterBlock, signal, extras);
    });
    pacer.done();
    if (signal.aborted) {
      discard();
      return EXIT.INTERRUPTED;
    }
    out.write(raw.jsonl ? `${statsLine(stats)}\n` : statsText(raw.engine, stats, skbsOf));
    await out.end();
    const skipped = file?.end() ?? 0;
    pollsFile?.end();
    return report(session, raw, stats, skipped);
  } catch (error) {
    discard();
    throw error;
  } finally {
    session.close();
  }
}

function report(session: Session, raw: RawCoalesceOptions, stats: CoalesceStats, skipped: number): number {
  const split = session.resegmented();
  const warnings = [...readingWarnings(session), ...ringWarnings(stats.dropped), ...resegmentWarnings(split)];
  if (skipped > 0) {
    const message = `${skipped} packets of another link type do not fit into ${raw.write}; write a .pcapng instead.`;
    warnings.push({ code: 'W-LINK-TYPE', message });
  }
  if (!raw.quiet) {
    const { receiver } = session;
    const who = receiver.mode === 'ip' || receiver.mode === 'mac' ? ` ${receiver.address}` : '';
    complain(`receiver: ${receiver.mode}${who} (${receiver.why})`);
    const caveat = caveatOf(raw.engine);
    if (caveat !== null) complain(caveat);
    if (split !== null) complain(resegmentSummary(split).description);
    for (const path of [raw.write, raw['polls-out']]) if (path !== undefined) complain(`wrote ${path}`);
  }
  for (const warning of warnings) complain(`${warning.code}: ${warning.message}`);
  return isDegraded(warnings) ? EXIT.DEGRADED : EXIT.DONE;
}

function statsLine(stats: CoalesceStats): string {
  return JSON.stringify({ stats: jsonlStats(stats) });
}

interface MergedFile {
  write(skb: DeliveredSkb, firstTimeNs: bigint): void;
  /** Finishes the file under its real name; returns how many packets did not fit into it. */
  end(): number;
  discard(): void;
}

/** The merged packets as a capture, under a temporary name until it is complete. A device, pipe or link is written to as it is. */
function openMerged(path: string): MergedFile {
  /** Does what touches the file system. */
  function attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (cause) {
      throw new UsageError(`-w: ${path} cannot be written (${(cause as NodeJS.ErrnoException).code})`);
    }
  }
  const known = attempt(() => statSync(path, { throwIfNoEntry: false }));
  if (known?.isDirectory()) throw new UsageError(`-w: ${path} is a folder`);
  const inPlace = attempt(() => lstatSync(path, { throwIfNoEntry: false })?.isFile() === false);
  const temporary = inPlace ? path : `${path}.partial-${process.pid}`;
  let fd: number | null = attempt(() => openSync(temporary, 'w'));
  const close = (): void => {
    if (fd !== null) closeSync(fd);
    fd = null;
  };
  const discard = (): void => {
    close();
    if (!inPlace) rmSync(temporary, { force: true });
  };
  // A reader of stdout that goes away ends the program without passing through here.
  process.once('exit', discard);
  const put = (bytes: Uint8Array): void =>
    attempt(() => {
      for (let at = 0; fd !== null && at < bytes.length; ) at += writeSync(fd, bytes, at);
    });
  const writer: CaptureWriter = path.endsWith('.pcapng') ? createPcapngWriter(put) : createPcapWriter(put);
  let skipped = 0;
  return {
    write(skb, firstTimeNs) {
      const startSeconds = Number(firstTimeNs / 1_000_000_000n);
      const ns = Number(firstTimeNs % 1_000_000_000n) + skb.timeNs;
      const seconds = Math.floor(ns / 1e9);
      const written = writer.write({
        linkType: skb.linkType,
        seconds: startSeconds + seconds,
        nanoseconds: ns - seconds * 1e9,
        bytes: skb.bytes,
        offset: skb.frameOffset,
        capturedBytes: skb.capturedBytes,
        wireBytes: skb.wireBytes,
        comment: `${skb.segments} segments, ${REASONS[skb.reason]}`,
      });
      if (!written) skipped++;
    },
    end() {
      writer.end();
      attempt(() => {
        close();
        if (!inPlace) renameSync(temporary, path);
      });
      process.off('exit', discard);
      return skipped;
    },
    discard,
  };
}
