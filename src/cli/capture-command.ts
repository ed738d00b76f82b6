/** `analyze capture`: what a capture is good for, and where it was taken. */
import { checkCapture } from '../replay/capture-check.ts';
import { isDegraded } from '../replay/warnings.ts';
import { captureText } from './capture-text.ts';
import { EXIT } from './exit-code.ts';
import { MAX_LINK_MBPS, type RawReplayOptions } from './options.ts';
import { abortOnSignals, createPacer } from './pacer.ts';
import { parseReceiver } from './receiver-option.ts';
import { complain, createStdout } from './terminal.ts';
import { wholeNumber } from './usage.ts';

export interface RawCaptureOptions extends Pick<RawReplayOptions, 'receiver' | 'mtu' | 'fcs'> {
  readonly capture: string;
  readonly 'link-mbps': string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
}

export async function runCapture(raw: RawCaptureOptions): Promise<number> {
  const options = {
    receiver: parseReceiver(raw.receiver),
    fcsBytes: raw.fcs === undefined ? null : wholeNumber('--fcs', raw.fcs, 0, 8),
    mtu: wholeNumber('--mtu', raw.mtu, 68, 65_535),
    linkMbps: wholeNumber('--link-mbps', raw['link-mbps'], 1, MAX_LINK_MBPS),
    stdin: () => process.stdin,
  };
  const signal = abortOnSignals();
  const pacer = createPacer(raw.progress && !raw.quiet);
  const report = await checkCapture(raw.capture, options, ({ reader }) => pacer.tick(reader), signal);
  pacer.done();
  if (signal.aborted) return EXIT.INTERRUPTED;
  const out = createStdout();
  out.write(raw.json ? `${JSON.stringify(report, null, 2)}\n` : captureText(report));
  await out.end();
  for (const { code, message } of report.warnings) complain(`${code}: ${message}`);
  return isDegraded(report.warnings) ? EXIT.DEGRADED : EXIT.DONE;
}
