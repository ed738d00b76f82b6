/** What can be wrong with a capture, as data; the sentence is composed last. */

export type CaptureErrorKind =
  | 'cannot-open'
  | 'cannot-read'
  | 'empty'
  | 'not-a-capture'
  | 'cut'
  | 'bad-length'
  | 'bad-block'
  | 'bad-interface'
  | 'bad-compression';

export interface CaptureFault {
  readonly kind: CaptureErrorKind;
  readonly file: string;
  /** Byte offset in the (decompressed) capture. */
  readonly offset: number | null;
  /** 0-based number of the record that could not be read. */
  readonly packet: number | null;
  /** What was found, in words and numbers. */
  readonly found: string;
  /** What the user can do. */
  readonly advice: string;
}

/** "file: found (byte offset 24, packet 0). Advice." */
export function faultMessage(fault: CaptureFault): string {
  const place = [
    fault.offset === null ? '' : `byte offset ${fault.offset}`,
    fault.packet === null ? '' : `packet ${fault.packet}`,
  ].filter((part) => part !== '');
  const where = place.length === 0 ? '' : ` (${place.join(', ')})`;
  return `${fault.file}: ${fault.found}${where}. ${fault.advice}`;
}

/** What a failed read means: the system refused it, or the compressed data is wrong. */
export function readingFault(cause: Error): Pick<CaptureFault, 'kind' | 'found'> {
  const { syscall, code } = cause as NodeJS.ErrnoException;
  if (syscall !== undefined) return { kind: 'cannot-read', found: `cannot be read (${code ?? syscall})` };
  const found = /unexpected end/.test(cause.message)
    ? 'the compressed data ends too early'
    : `the compressed data is damaged (${cause.message})`;
  return { kind: 'bad-compression', found };
}

/** Thrown only before any record has been delivered; later faults end the reading and are reported. */
export class CaptureError extends Error {
  readonly fault: CaptureFault;
  constructor(fault: CaptureFault) {
    super(faultMessage(fault));
    this.name = 'CaptureError';
    this.fault = fault;
  }
}
