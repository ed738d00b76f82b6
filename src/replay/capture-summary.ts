/** The capture as it was read, for every record about it. */
import { basename } from 'node:path';
import { linkTypeName } from '../capture/link-types.ts';
import type { CaptureSummary } from './result.ts';
import type { Session } from './session.ts';

/** `tcpPackets`: TCP segments among all records. */
export function captureSummary(session: Session, tcpPackets: number): CaptureSummary {
  const { reader, flows } = session;
  const notes = reader.notes();
  return {
    name: basename(reader.file),
    format: reader.scanner.format,
    compression: reader.compression,
    linkTypes: [...reader.scanner.linkTypes].map(linkTypeName),
    firstTimeNs: reader.scanner.firstTimeNs()?.toString() ?? null,
    durationNs: notes.packets === 0 ? null : notes.lastTimeNs,
    packets: notes.packets,
    wireBytes: notes.wireBytes,
    truncatedPackets: notes.truncatedPackets,
    tcpPackets,
    flows: flows.count(),
  };
}
