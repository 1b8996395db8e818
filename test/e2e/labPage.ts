import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';
import type { LabClient } from '../../electron/contract/contract.ts';
import { startLabForTests, type LabForTests } from '../support/labForTests.ts';

interface Fixtures {
  /** The lab's own answers, to compare the page with. */
  readonly client: LabClient;
  /** What the browser complained about, such as a refusal by the content policy; it must be empty at the end. */
  readonly complaints: string[];
}

/** Each file of tests has a real lab with an empty data directory, and each test a page that has opened it. */
export const test = base.extend<Fixtures, { lab: LabForTests }>({
  lab: [
    // Playwright reads the names of the fixtures that are needed from this empty pattern.
     
    async ({}, use) => {
      const lab = await startLabForTests();
      await use(lab);
      await lab.close();
    },
    { scope: 'worker' },
  ],
  client: async ({ lab }, use) => use(lab.connection.client),
  // Playwright reads the names of the fixtures that are needed from this empty pattern.
  complaints: async ({}, use) => use([]),
  page: async ({ page, lab, complaints }, use) => {
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(lab.url);
    await expect(page.getByText('Lab connected')).toBeVisible();
    // The first route is there; an address that changes before would be lost.
    await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
    await use(page);
    expect(complaints, 'the browser complained').toEqual([]);
  },
});

/** Goes to a route of the page without loading it anew. */
export async function visit(page: Page, route: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#${route}`);
}

/** Fails with what axe finds, in both themes. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`).join('; ')}`);
    expect(found, `axe in the ${colorScheme} theme`).toEqual([]);
  }
}

/** The text that a console shows. */
export async function consoleText(page: Page): Promise<string> {
  return page.locator('.xterm-rows').innerText();
}

export { expect } from '@playwright/test';
