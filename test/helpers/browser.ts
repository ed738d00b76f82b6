/** A real browser without a window: the chromium of the system, driven by playwright-core. */
import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { needTool } from './surroundings.ts';

const NAME = 'chromium';

/** Skips where it is not installed; in continuous integration that is a failure. */
export async function startBrowser(context: Context): Promise<Browser> {
  needTool(context, NAME);
  const executablePath = spawnSync('sh', ['-c', `command -v ${NAME}`], { encoding: 'utf8' }).stdout.trim();
  const { chromium } = await import('playwright-core');
  // Its sandbox does not start for root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}

export interface Visit {
  readonly page: Page;
  /** Complaints of the page: console, exceptions, breaches of its policy; and dialogs. */
  readonly complaints: string[];
  /** Addresses asked for. */
  readonly requests: string[];
}

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests };
}

/** Colours of each chart's picture, and the pictures. */
export const CANVASES = `[...document.querySelectorAll('.plot canvas')].map((canvas) => {
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  const colours = new Set(new Uint32Array(data.buffer));
  return { colours: colours.size, picture: canvas.toDataURL() };
})`;

export interface Canvas {
  readonly colours: number;
  readonly picture: string;
}

/** Width of the page when its charts have followed that of the window, some frames later. */
export const SETTLED_WIDTH = `(async () => {
  for (let frame = 0; frame < 10; frame++) await new Promise(requestAnimationFrame);
  return document.documentElement.scrollWidth;
})()`;

/** Pictures of a chart: as it was, after each of three keys that step through it and leave it, with a series hidden. */
export async function stepThroughChart(page: Page, name: string, series: string): Promise<string[]> {
  const chart = page.locator(`[data-chart="${name}"]`);
  const picture = (): Promise<string> =>
    page.evaluate(`document.querySelector('[data-chart="${name}"] .plot canvas').toDataURL()`);
  const pictures = [await picture()];
  await chart.locator('.plot canvas').focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'Escape']) {
    await page.keyboard.press(key);
    pictures.push(await picture());
  }
  await chart.getByRole('button', { name: series }).press('Enter');
  pictures.push(await picture());
  return pictures;
}
