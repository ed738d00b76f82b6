/** The page of a batch in a real browser, from a file. What runs in the page is passed as text. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { safeName } from '../../src/report/folder-name.ts';
import {
  CANVASES,
  type Canvas,
  SETTLED_WIDTH,
  startBrowser,
  stepThroughChart,
  type Visit,
  visit,
} from '../helpers/browser.ts';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const HOSTILE = '"><img src=x onerror=alert(1)>';
const NAMES = ['f1-bidir', 'full-f4', 'msg1k-nodelay-f4', 'mtu9000-f1', 'v6-f4', 'web-8thr'];
const CHARTS = ['batch-lro-rate', 'batch-domain0-saved', 'batch-throughput-gained'];

describe('report.html of a batch in chromium', function () {
  this.timeout(120_000);
  const folder = useTempFolder();
  let browser: Browser | undefined;
  let url = '';
  let seen: Visit;

  before(async function () {
    browser = await startBrowser(this);
    const captures = folder.path('captures');
    mkdirSync(join(captures, HOSTILE), { recursive: true });
    for (const name of NAMES)
      copyFileSync(join(CAPTURES, `${name}.pcap.gz`), join(captures, `${name}.pcap.gz`));
    copyFileSync(join(CAPTURES, 'full-f4.pcap.gz'), join(captures, HOSTILE, `${HOSTILE}.pcap.gz`));
    writeFileSync(join(captures, `bad ${HOSTILE}.pcap`), Buffer.from('d4c3b2a102000400', 'hex'));
    const out = folder.path('reports');
    const { code, stderr } = await runCommand([captures, '--format', 'html', '--out', out]);
    expect(code, stderr).to.equal(4);
    expect(stderr).to.include(`wrote ${join(out, 'report.html')}`);
    url = pathToFileURL(join(out, 'report.html')).href;
  });
  after(() => browser?.close());

  beforeEach(async () => {
    seen = await visit(browser!, url, { colorScheme: 'light' });
  });
  afterEach(async () => {
    expect(seen.complaints).to.deep.equal([]);
    expect(seen.requests.filter((request) => !/^(data|file):/.test(request))).to.deep.equal([]);
    await seen.page.close();
  });

  const shown = (page: Page, column: number): Promise<string[]> =>
    page.evaluate(
      `[...document.querySelectorAll('table.sortable tbody tr')].filter((row) => !row.hidden).map((row) => row.cells[${column}].textContent)`,
    );
  const columnOf = (page: Page, name: string): Promise<number> =>
    page.evaluate(
      `[...document.querySelectorAll('table.sortable th')].findIndex((th) => th.textContent.startsWith('${name}'))`,
    );

  it('draws every chart, in light and in dark', async () => {
    const { page } = seen;
    const names = await page.evaluate(
      `[...document.querySelectorAll('[data-chart]')].map((one) => one.dataset.chart)`,
    );
    expect(names).to.deep.equal(CHARTS);
    const light: Canvas[] = await page.evaluate(CANVASES);
    await page.getByRole('button', { name: 'use the dark theme' }).click();
    const dark: Canvas[] = await page.evaluate(CANVASES);
    for (const [at, name] of CHARTS.entries()) {
      expect(light[at]!.colours, name).to.be.above(20);
      expect(dark[at]!.picture, name).not.to.equal(light[at]!.picture);
    }
  });

  it('steps through the captures of a chart by keyboard, and hides a series', async () => {
    const { page } = seen;
    const pictures = await stepThroughChart(page, 'batch-lro-rate', 'Optimized');
    expect(pictures[3]).to.equal(pictures[0]);
    expect(new Set(pictures).size).to.equal(4);
  });

  it('sorts by keyboard, both ways', async () => {
    const { page } = seen;
    const column = await columnOf(page, 'LRO rate');
    const before = (await shown(page, column)).map(Number);
    const down = [...before].sort((a, b) => b - a);
    expect(before).to.have.length(NAMES.length + 1);
    expect(before).not.to.deep.equal(down);
    await page
      .locator('table.sortable')
      .getByRole('button', { name: /^LRO rate/ })
      .first()
      .focus();
    await page.keyboard.press('Enter');
    expect((await shown(page, column)).map(Number)).to.deep.equal(down);
    await page.keyboard.press('Space');
    expect((await shown(page, column)).map(Number)).to.deep.equal(down.reverse());
    // With thousands set apart.
    await page
      .locator('table.sortable')
      .getByRole('button', { name: /^Packets/ })
      .press('Enter');
    const packets = (await shown(page, 1)).map((text) => Number(text.replace(',', '')));
    expect(packets).to.deep.equal([...packets].sort((a, b) => b - a));
  });

  it('searches by keyboard, and says how many it found', async () => {
    const { page } = seen;
    await page.getByLabel('Search').focus();
    await page.keyboard.type('not-ipv4');
    expect(await shown(page, 0)).to.deep.equal(['v6-f4.pcap.gz']);
    expect(await page.locator('#found').textContent()).to.equal('1 of 7 captures');
    await page.keyboard.press('Escape');
    expect(await shown(page, 0)).to.have.length(7);
    // An outlier is found by the quantity in which it is one.
    const standsOut = await columnOf(page, 'Stands out');
    await page.keyboard.type('lro rate');
    expect(await shown(page, 0)).to.deep.equal(['f1-bidir.pcap.gz']);
    expect(await shown(page, standsOut)).to.deep.equal(['LRO rate, Domain0 cycles saved']);
  });

  it('goes from cell to cell with the arrow keys, says what each number is, and follows a link', async () => {
    const { page } = seen;
    const table = page.locator('table.sortable');
    expect(await table.locator('tbody [tabindex="0"]').count()).to.equal(1);
    await page.getByLabel('Search').fill('web-8thr');
    await table.locator('tbody [tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    const tip = page.getByRole('tooltip');
    expect(await tip.textContent()).to.match(/^Packets: 80,000 packets.*Packets in the capture/);
    await page.locator('td[data-t="domain0-saved.median"]').first().hover();
    expect(await tip.textContent()).to.match(
      /^Domain0 cycles saved, median: -?[\d.]+ %.*Half of the captures/,
    );
    await table.locator('tbody td.n').first().focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL(/web-8thr\/report\.html$/);
    expect(await page.locator('h1').textContent()).to.match(/^web-8thr\.pcap\.gz holds 80,000 packets/);
  });

  it('leads to a report for each capture, also that of a hostile name', async () => {
    const { page } = seen;
    const links: string[] = await page.evaluate(
      `[...document.querySelectorAll('table.sortable tbody th a')].map((link) => link.href)`,
    );
    expect(links).to.have.length(NAMES.length + 1);
    const titles: string[] = [];
    for (const link of links) {
      await page.goto(link);
      titles.push(await page.title());
    }
    expect(titles).to.have.members([...NAMES, HOSTILE].map((name) => `${name}.pcap.gz – analyze`));
  });

  it('has a definition for every number', async () => {
    const numbers: (string | null)[] = await seen.page.evaluate(
      `[...document.querySelectorAll('table.data td.n')].filter((cell) => /\\d/.test(cell.textContent)).map((cell) =>
        cell.dataset.t ?? cell.closest('table').tHead.rows[0].cells[cell.cellIndex].dataset.t ?? null)`,
    );
    expect(numbers).to.have.length.above(90);
    expect(numbers).not.to.include(null);
  });

  it('names what has no result, and shows names as they are', async () => {
    const { page } = seen;
    const missing = page.getByRole('grid', { name: 'Captures without a result' });
    expect(await missing.locator('tbody').textContent()).to.equal(
      `bad ${HOSTILE}.pcapthe file ends after 8 bytes, inside its header (byte offset 0). Get the whole file`,
    );
    expect(await shown(page, 0)).to.include(`${safeName(HOSTILE)}/${HOSTILE}.pcap.gz`);
    expect(await page.locator('img').count()).to.equal(0);
    expect(await page.locator('h1').textContent()).to.match(
      /^7 captures: .* 1 capture more has no result\.$/,
    );
  });

  it('fits a narrow window, and has all numbers without JavaScript', async () => {
    await seen.page.setViewportSize({ width: 390, height: 800 });
    expect(await seen.page.evaluate(SETTLED_WIDTH)).to.equal(390);
    const { page } = await visit(browser!, url, { javaScriptEnabled: false });
    expect(await page.locator('table.sortable tbody tr').count()).to.equal(NAMES.length + 1);
    expect(await page.locator('noscript').first().isVisible()).to.equal(true);
    await page.close();
  });
});
