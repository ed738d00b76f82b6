/** Figures and an origin for tests. */
import { renderFigure } from '../../src/report/chart-render.ts';
import type { Figure } from '../../src/report/figure.ts';
import type { FigureOrigin } from '../../src/report/figure-origin.ts';

export function sampleOrigin(changes: Partial<FigureOrigin> = {}): FigureOrigin {
  return {
    tool: 'analyze 9.9.9',
    capture: 'trace.pcap',
    captureSha256: '0123456789abcdef'.repeat(4),
    packets: 12_345,
    optionsSha256: 'fedcba9876543210'.repeat(4),
    command: 'analyze trace.pcap --poll window:50',
    settings: '--poll window:50',
    seed: null,
    ...changes,
  };
}

export function pngOf(figure: Figure): Buffer {
  return renderFigure(figure, 'png', 'column', sampleOrigin());
}
