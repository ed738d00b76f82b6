/** The page in a real browser, from a file. What runs in the page is passed as text: these tests have no DOM types. */
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { htmlFile } from '../../src/report/html/html-file.ts';
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
import { sampleRecord } from './sample-record.ts';

const HOSTILE_FILE = '"><img src=x onerror=alert(1)>.pcap.gz';
const HOSTILE_NAME = '"><script>alert(1)</script>.pcap';

const CHARTS = ['throughput', 'lro-rate', 'cycles-per-byte', 'latency', 'cycles-by-stage'];

describe('report.html in chromium', function () {
  this.timeout(120_000);
  const folder = useTempFolder();
  let browser: Browser | undefined;
  let url = '';
  let seen: Visit;

  before(async function () {
    browser = await startBrowser(this);
    const capture = folder.path(HOSTILE_FILE);
    copyFileSync(join(CAPTURES, 'web-8thr.pcap.gz'), capture);
    const out = folder.path('reports');
    const { code, stderr } = await runCommand([capture, '--format', 'html', '--out', out]);
    expect(code, stderr).to.equal(0);
    const written = /wrote (.*report\.html)/.exec(stderr)![1]!;
    url = pathToFileURL(written).href;
  });
  after(() => browser?.close());

  beforeEach(async () => {
    seen = await visit(browser!, url, { colorScheme: 'light' });
  });
  afterEach(async () => {
    expect(seen.complaints).to.deep.equal([]);
    expect(seen.requests.filter((request) => !request.startsWith('data:'))).to.deep.equal([url]);
    await seen.page.close();
  });

  const focused = (page: Page): Promise<string> =>
    page.evaluate('document.activeElement.textContent.trim()') as Promise<string>;
  const rows = (page: Page, column: number): Promise<string[]> =>
    page.evaluate(
      `[...document.querySelectorAll('table.sortable tbody tr')].filter((row) => !row.hidden).map((row) => row.cells[${column}].dataset.v ?? row.cells[${column}].textContent)`,
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
    await page.getByRole('button', { name: 'use the light theme' }).click();
    const again: Canvas[] = await page.evaluate(CANVASES);
    for (const [at, name] of CHARTS.entries()) {
      expect(light[at]!.colours, name).to.be.above(10);
      expect(dark[at]!.picture, name).not.to.equal(light[at]!.picture);
      expect(again[at]!.picture, name).to.equal(light[at]!.picture);
    }
  });

  it('follows the theme of the system', async () => {
    const { page } = seen;
    const ground = `getComputedStyle(document.body).backgroundColor`;
    const light = await page.evaluate(ground);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await page.evaluate(ground)).not.to.equal(light);
    expect(await page.getByRole('button', { name: 'use the light theme' }).isVisible()).to.equal(true);
  });

  it('hides a series and steps through the bars by keyboard', async () => {
    const { page } = seen;
    const pictures = await stepThroughChart(page, 'cycles-per-byte', 'DomainU');
    expect(pictures[3]).to.equal(pictures[0]);
    expect(new Set(pictures).size).to.equal(4);
  });

  it('sorts by keyboard, both ways', async () => {
    const { page } = seen;
    const button = page.locator('table.sortable').getByRole('button', { name: /^LRO rate, LRO/ });
    const column = await page.evaluate<number>(
      `[...document.querySelectorAll('table.sortable th')].findIndex((th) => th.textContent.startsWith('LRO rate, LRO'))`,
    );
    const before = (await rows(page, column)).map(Number);
    const down = [...before].sort((a, b) => b - a);
    expect(before).to.have.length(200);
    expect(before).not.to.deep.equal(down);
    await button.focus();
    await page.keyboard.press('Enter');
    expect((await rows(page, column)).map(Number)).to.deep.equal(down);
    await page.keyboard.press('Space');
    expect((await rows(page, column)).map(Number)).to.deep.equal(down.reverse());
    expect(await page.locator('th[aria-sort="ascending"]').count()).to.equal(1);
    const reason = page.locator('table.sortable').getByRole('button', { name: 'Main reason' });
    await reason.press('Enter');
    const [first] = await rows(page, 7);
    expect(first).to.match(/^max-length/);
  });

  it('searches by keyboard, and says how many it found', async () => {
    const { page } = seen;
    await page.getByLabel('Search').focus();
    await page.keyboard.type('44358 10.9.0.1');
    expect(await rows(page, 1)).to.deep.equal(['10.9.0.1:44358']);
    expect(await page.locator('#found').textContent()).to.equal('1 of 200 flows');
    await page.keyboard.press('Escape');
    expect(await rows(page, 1)).to.have.length(200);
    await page.keyboard.type('<nothing>');
    expect(await rows(page, 1)).to.deep.equal([]);
  });

  it('goes from cell to cell with the arrow keys, and says what each number is', async () => {
    const { page } = seen;
    const table = page.getByRole('grid', { name: 'Packets for each skb' });
    await table.locator('[tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).to.equal('5.40');
    const tip = page.getByRole('tooltip');
    expect(await tip.textContent()).to.match(/^LRO rate: 5\.39\d+ packets per skb.*divided by the skbs/);
    expect(await page.evaluate(`document.activeElement.getAttribute('aria-describedby')`)).to.equal('tip');
    await page.keyboard.press('Escape');
    expect(await tip.isVisible()).to.equal(false);
    await page.locator('td[data-t="latency-p99"]').first().hover();
    expect(await tip.textContent()).to.match(/^Latency p99: [\d.]+ µs/);
  });

  it('has a definition for every number', async () => {
    const bare = await seen.page.evaluate(
      `[...document.querySelectorAll('table.data td.n')].filter((cell) => /\\d/.test(cell.textContent) && !cell.dataset.t).length`,
    );
    expect(bare).to.equal(0);
  });

  it('fits a narrow window, and paper', async () => {
    const { page } = seen;
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(SETTLED_WIDTH)).to.equal(390);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#search').isVisible()).to.equal(false);
    expect((await page.pdf()).subarray(0, 5).toString()).to.equal('%PDF-');
  });

  it('shows the name of the capture as it is', async () => {
    expect(await seen.page.title()).to.equal(`${HOSTILE_FILE} – analyze`);
    expect(await seen.page.locator('h1').textContent()).to.include(`${HOSTILE_FILE} holds 80,000 packets`);
    expect(await seen.page.locator('img').count()).to.equal(0);
  });

  it('shows a name that would be a script, too', async () => {
    const { capture } = sampleRecord();
    const file = htmlFile(sampleRecord({ capture: { ...capture, name: HOSTILE_NAME } }));
    const path = folder.write('hostile.html', 'text' in file ? file.text : '');
    const { page, complaints } = await visit(browser!, pathToFileURL(path).href);
    expect(await page.locator('h1').textContent()).to.include(HOSTILE_NAME);
    expect(complaints).to.deep.equal([]);
    await page.close();
  });

  it('lets no request out, whoever asks', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const { page } = await visit(browser!, url);
      const outcome = await page.evaluate(`(async () => {
        const image = new Image();
        const loaded = new Promise((resolve) => { image.onload = image.onerror = resolve; });
        image.src = '${address}';
        await loaded;
        return fetch('${address}').then(() => 'sent', () => 'refused');
      })()`);
      expect(outcome).to.equal('refused');
      expect(asked).to.equal(0);
      await page.close();
    } finally {
      server.close();
    }
  });

  it('has all numbers without JavaScript', async () => {
    const { page } = await visit(browser!, url, { javaScriptEnabled: false });
    expect(await page.locator('table.sortable tbody tr').count()).to.equal(200);
    expect(await page.locator('noscript').first().isVisible()).to.equal(true);
    expect(await page.locator('#theme').isVisible()).to.equal(false);
    await page.close();
  });
});
