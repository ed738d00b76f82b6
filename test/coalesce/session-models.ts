/** freebsd and windows-rsc once more, slow and plain, from docs/engines/freebsd.md and windows-rsc.md. */
import type { Reason } from '../../src/coalesce/reason.ts';
import { ahead, type PlainSegment } from './plain-segment.ts';

export interface ModelSkb {
  readonly packets: readonly number[];
  readonly reason: Reason;
}

export type Model = (segments: readonly PlainSegment[], lastPackets: readonly number[]) => ModelSkb[];

interface Session {
  readonly members: { readonly packet: number; readonly segment: PlainSegment }[];
}

/** What an engine does with a packet that finds a session of its flow. */
type Verdict =
  | { readonly kind: 'take' }
  /** Ends the session and goes alone. */
  | { readonly kind: 'end'; readonly reason: Reason }
  /** Ends the session and opens the next one. */
  | { readonly kind: 'restart'; readonly reason: Reason };

interface Rules {
  readonly maxSessions: number;
  /** Reason for which a packet goes up at once, whatever is held. */
  readonly passes: (segment: PlainSegment) => Reason | null;
  /** Reason for which it opens no session. */
  readonly opens: (segment: PlainSegment) => Reason | null;
  readonly meets: (session: readonly PlainSegment[], segment: PlainSegment) => Verdict;
  readonly isFull: (session: readonly PlainSegment[]) => Reason | null;
}

function runSessions(rules: Rules): Model {
  return (segments, lastPackets) => {
    const out: ModelSkb[] = [];
    let sessions: Session[] = [];
    const end = (session: Session, reason: Reason): void => {
      sessions = sessions.filter((other) => other !== session);
      out.push({ packets: session.members.map(({ packet }) => packet), reason });
    };
    const open = (packet: number, segment: PlainSegment): void => {
      const reason = rules.opens(segment) ?? (sessions.length >= rules.maxSessions ? 'table-full' : null);
      if (reason !== null) out.push({ packets: [packet], reason });
      else sessions.push({ members: [{ packet, segment }] });
    };
    segments.forEach((segment, packet) => {
      const passes = rules.passes(segment);
      const session = sessions.find(({ members }) => members[0]!.segment.flow === segment.flow);
      if (passes !== null) out.push({ packets: [packet], reason: passes });
      else if (session === undefined) open(packet, segment);
      else {
        const verdict = rules.meets(
          session.members.map((member) => member.segment),
          segment,
        );
        if (verdict.kind === 'take') {
          session.members.push({ packet, segment });
          const full = rules.isFull(session.members.map((member) => member.segment));
          if (full !== null) end(session, full);
        } else {
          end(session, verdict.reason);
          if (verdict.kind === 'restart' && segment.payload > 0) open(packet, segment);
          else out.push({ packets: [packet], reason: verdict.reason });
        }
      }
      if (lastPackets.includes(packet)) for (const held of [...sessions]) end(held, 'poll-end');
    });
    for (const held of [...sessions]) end(held, 'capture-end');
    return out;
  };
}

const TAKE: Verdict = { kind: 'take' };
const TIMESTAMP = /^0101080a(.{8})(.{8})$/;

function stamps({ options }: PlainSegment): { tsval: number; tsecr: number } | null {
  const found = TIMESTAMP.exec(options);
  return found === null
    ? null
    : { tsval: Number.parseInt(found[1]!, 16), tsecr: Number.parseInt(found[2]!, 16) };
}

/** ACK, with or without PSH; no options but timestamps. */
function formViolation(segment: PlainSegment): Reason | null {
  if (segment.flags !== 16 && segment.flags !== 24) return 'tcp-flags';
  return segment.options !== '' && stamps(segment) === null ? 'tcp-options' : null;
}

function nextSeq(session: readonly PlainSegment[]): number {
  return session.reduce((seq, { payload }) => seq + payload, session[0]!.seq) % 2 ** 32;
}

function ipBytes(session: readonly PlainSegment[]): number {
  return session.reduce((sum, { payload }) => sum + payload, session[0]!.ipBytes - session[0]!.payload);
}

/** Timestamps or not as before, the next byte, a TSval that does not go back. */
function orderViolation(session: readonly PlainSegment[], segment: PlainSegment): Reason | null {
  const last = stamps(session.at(-1)!);
  const now = stamps(segment);
  if ((last === null) !== (now === null)) return 'options-changed';
  if (segment.seq !== nextSeq(session)) return 'sequence';
  if (last !== null && now !== null && ahead(now.tsval, last.tsval) < 0) return 'timestamp-backwards';
  return ahead(segment.ack, session.at(-1)!.ack) < 0 ? 'ack-backwards' : null;
}

export function freebsdModel({
  entries,
  mtu,
  verify,
}: {
  entries: number;
  mtu: number;
  verify: boolean;
}): Model {
  const own = (segment: PlainSegment): Reason | null =>
    formViolation(segment) ?? (stamps(segment)?.tsecr === 0 ? 'timestamp-echo-zero' : null);
  return runSessions({
    maxSessions: entries,
    passes: (segment) => {
      if (segment.refused !== null) return segment.refused;
      if (verify && !segment.checksumsRight) return 'checksum';
      return Math.floor(segment.flags / 2) % 2 === 1 ? 'syn' : null;
    },
    opens: (segment) => (segment.payload === 0 ? 'no-payload' : own(segment)),
    meets: (session, segment) => {
      const duplicate = segment.payload === 0 && segment.ack === session.at(-1)!.ack ? 'duplicate-ack' : null;
      const reason = own(segment) ?? orderViolation(session, segment) ?? duplicate;
      return reason === null ? TAKE : { kind: 'end', reason };
    },
    isFull: (session) => (ipBytes(session) > 65_535 - mtu ? 'max-length' : null),
  });
}

export function windowsModel(): Model {
  /** Pure ACKs that acknowledge what was acknowledged, and announce the window that was announced. */
  const duplicates = (session: readonly PlainSegment[]): number =>
    session.filter(({ payload, window }, i) => i > 0 && payload === 0 && window === session[i - 1]!.window)
      .length;
  return runSessions({
    maxSessions: Number.POSITIVE_INFINITY,
    // What cannot be told to belong to a flow.
    passes: (segment) => (segment.refused !== null && segment.flow === '' ? segment.refused : null),
    opens: (segment) => {
      if (segment.refused !== null) return segment.refused;
      if (!segment.checksumsRight) return 'checksum';
      return segment.payload === 0 ? 'no-payload' : formViolation(segment);
    },
    meets: (session, segment) => {
      const end = (reason: Reason): Verdict => ({ kind: 'end', reason });
      if (segment.refused !== null) return end(segment.refused);
      if (!segment.checksumsRight) return end('checksum');
      const reason = formViolation(segment) ?? orderViolation(session, segment);
      if (reason !== null) return end(reason);
      if (segment.ack !== session.at(-1)!.ack) {
        if (segment.payload === 0) return end('pure-ack');
        if (duplicates(session) > 0) return end('duplicate-ack');
      }
      if (segment.tos % 4 !== session[0]!.tos % 4) return { kind: 'restart', reason: 'ecn-changed' };
      if (ipBytes([...session, segment]) > 65_535) return { kind: 'restart', reason: 'max-length' };
      return TAKE;
    },
    isFull: () => null,
  });
}
