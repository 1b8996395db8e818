import { expect, test } from '@playwright/test';
import { connectLab } from '../../electron/client/connectLab.ts';
import { endLab, startLabForTests } from '../support/labForTests.ts';

test('a lab that is killed is missed, what was known stays, and the next lab is found through its new address', async ({ page }) => {
  const first = await startLabForTests();
  await first.connection.client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Survivor' });
  await page.goto(`${first.url}#/guests`);
  await expect(page.getByRole('link', { name: 'Survivor' })).toBeVisible();

  process.kill(first.connection.hello.pid, 'SIGKILL');
  await expect(page.getByText('What you see is as it was last known')).toBeVisible();
  await expect(page.getByText('as last known', { exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Survivor' })).toBeVisible();

  // Another lab on the same data and port has a token of its own, so this page is told what to do.
  const connection = await connectLab({ dataDirectory: first.dataDirectory, shell: 'test', build: 'development', start: true });
  const { url } = await connection.client.system.listen({ port: Number(new URL(first.url).port) });
  await page.getByRole('button', { name: /Try now|Try again/ }).click();
  await expect(page.getByRole('alert')).toContainText('TOKEN_REFUSED');
  await expect(page.getByRole('alert')).toContainText('Open the address that "petri serve" printed, with its token.');

  await page.goto(`${url}#/guests`);
  await page.reload();
  await expect(page.getByText('Lab connected')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Survivor' })).toBeVisible();
  await endLab(connection);
  await first.connection.close();
  await first.removeData();
});
