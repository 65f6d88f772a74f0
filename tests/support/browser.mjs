// A browser for tests of the console: Debian's Chromium, headless, with a profile of its own that goes with it.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export class Browser {
  static async start() {
    const browser = new Browser();
    browser.profile = mkdtempSync(join(tmpdir(), 'dialtone-browser-'));
    browser.context = await chromium.launchPersistentContext(browser.profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    });
    browser.context.setDefaultTimeout(15_000);
    return browser;
  }

  /** A page whose script errors and refused resources are collected in `page.problems`. */
  async page(url) {
    const page = await this.context.newPage();
    page.problems = [];
    page.on('pageerror', (error) => page.problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() !== 'error' || /Failed to load resource/.test(message.text())) return;
      // Chromium's own text editing tries style attributes inside the code editor; the policy keeps them out, as it should.
      if (/inline style/.test(message.text()) && /style attributes/.test(message.text())) return;
      page.problems.push(message.text());
    });
    if (url) await page.goto(url);
    return page;
  }

  /** Opens a page of the console, uses it, and then looks at what axe and the browser say of it, light and dark. */
  async visit(url, use) {
    const page = await this.page(url);
    try {
      await use(page);
    } catch (error) {
      error.message += await shown(page);
      throw error;
    }
    const path = new URL(page.url()).pathname;
    assert.deepEqual(await seriousProblems(page), [], `axe on ${path}`);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === 'dark');
    assert.deepEqual(await seriousProblems(page), [], `axe on ${path}, dark`);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await widerThanScreen(page), [], `${path} on a phone`);
    assert.deepEqual(page.problems, [], `errors on ${path}`);
    await page.close();
  }

  async stop() {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** What a person would see where a test failed. */
async function shown(page) {
  const text = await page.locator('body').innerText({ timeout: 2000 }).catch(String);
  const fields = await page.locator('input, textarea').evaluateAll((all) => all.map((each) => `${each.ariaLabel ?? each.name}: ${each.value}`)).catch(String);
  return `\n${page.url()} shows:\n${text}\nFields: ${fields}\nErrors: ${page.problems}`;
}

/** What sticks out of the page to the right, once it has found its width. */
async function widerThanScreen(page) {
  const fits = () => document.scrollingElement.scrollWidth <= innerWidth;
  const settled = await page.waitForFunction(fits, undefined, { timeout: 3000 }).then(() => true, () => false);
  if (settled) return [];
  return page.evaluate(() => {
    const out = (each) => each.getBoundingClientRect().right > innerWidth + 1;
    const clipped = (each) => each !== document.body && (getComputedStyle(each).overflowX !== 'visible' && !out(each) ? true : clipped(each.parentElement));
    return [...document.querySelectorAll('body *')].filter((each) => out(each) && !clipped(each.parentElement)).slice(0, 5).map((each) => each.outerHTML.slice(0, 200));
  });
}

/** What axe finds serious or critical on the page as it is, as lines of text. */
export async function seriousProblems(page) {
  // Not as a script element: the page's policy forbids it.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  return found.violations.filter((each) => ['serious', 'critical'].includes(each.impact))
    .map((each) => `${each.id}: ${each.help}: ${each.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
}
