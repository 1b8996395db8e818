// A log of 1,000,000 lines in the page: searched while frames go on, and scrolled from place to place.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { findBrowser } from '../../build/browser.ts';
import { printRows, sayProgress, type BenchmarkRow } from '../support/benchmark.ts';
import { startBundledLab } from '../support/bundledLab.ts';
import { numberedLines } from '../support/feeder/numberedLines.ts';

const LINES = 1_000_000;
const LINE_BYTES = 64;
const LIMIT_MS = 100;
const SCROLLS = 60;
/** The line that is searched for, at nine tenths of the log. */
const WANTED = String(LINES * LINE_BYTES * 0.9).padStart(12, '0');

/** Writes the log as a lab keeps it: one segment that begins at offset 0. */
function writeLog(dataDirectory: string, guest: string): void {
  const directory = join(dataDirectory, 'consoles', 'guest', guest, 'serial0');
  mkdirSync(directory, { recursive: true });
  const file = openSync(join(directory, '00000000000000.log'), 'w');
  const blockBytes = 10_000 * LINE_BYTES;
  for (let from = 0; from < LINES * LINE_BYTES; from += blockBytes) writeSync(file, numberedLines(from, from + blockBytes));
  closeSync(file);
}

/** The times between the frames of the page while something is done in it, in milliseconds. */
async function framesDuring(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const state = window as unknown as { frames: number[]; counting: boolean };
    state.frames = [];
    state.counting = true;
    let last = performance.now();
    const tick = (now: number): void => {
      state.frames.push(now - last);
      last = now;
      if (state.counting) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await act();
  return page.evaluate(() => {
    const state = window as unknown as { frames: number[]; counting: boolean };
    state.counting = false;
    return state.frames;
  });
}

function rowOf(name: string, frames: readonly number[]): BenchmarkRow {
  const worst = Math.max(...frames);
  return { name, ours: `${worst.toFixed(0)} ms the longest frame`, reference: '', ratio: '', target: `≤ ${LIMIT_MS} ms`, runs: frames.length, met: worst <= LIMIT_MS };
}

const executablePath = findBrowser();
const lab = await startBundledLab();
const browser = await chromium.launch({ ...(executablePath === null ? {} : { executablePath }), args: process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu'] });
try {
  const { client, hello } = lab.connection;
  const { id } = (await client.guests.createFromCatalog({ entry: 'builtin-i386' })).definition;
  writeLog(hello.dataDirectory, id);
  const { url } = await client.system.listen({ port: 0 });
  const page = await (await browser.newContext({ viewport: { width: 1_280, height: 800 } })).newPage();
  await page.goto(`${url}#/guests/${id}`);
  await page.locator('.xterm-helper-textarea').focus();
  // The end of the log is shown before anything is measured.
  await page.locator('.xterm-rows').getByText(String((LINES - 1) * LINE_BYTES).padStart(12, '0')).waitFor();
  const region = page.getByRole('region', { name: 'Whole log' });
  const searching = await framesDuring(page, async () => {
    await page.keyboard.press('Control+f');
    await page.keyboard.type(WANTED);
    await page.getByRole('status').filter({ hasText: /^1 match$/ }).waitFor();
    await page.keyboard.press('Enter');
    await region.locator('.row.target').filter({ hasText: WANTED }).waitFor();
  });
  sayProgress('searched');
  await region.hover();
  const before = await region.innerText();
  const scrolling = await framesDuring(page, async () => {
    for (let at = 0; at < SCROLLS; at += 1) await page.mouse.wheel(0, at % 2 === 0 ? 3_000 : -12_000);
  });
  if ((await region.innerText()) === before) throw new Error('the log did not scroll');
  sayProgress('scrolled');
  printRows([rowOf('search in 1,000,000 lines', searching), rowOf('scroll through 1,000,000 lines', scrolling)]);
} finally {
  await browser.close();
  await lab.close();
}
