import { afterAll, beforeAll, expect, it } from 'vitest';
import { untilPrinted } from '../../support/installing.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';
import { wordsOf } from '../../support/refusal.ts';

const hasPackages = hasProgram('apt-get') && hasProgram('dpkg-deb');
let place: LabPlace;
beforeAll(() => {
  place = makeLabPlace();
});
afterAll(() => place.close());

// The Linux systems of the catalog are booted in test/integration/installations/linux.test.ts.
it.skipIf(!hasPackages || !canRun({ architecture: 'x86_64' }))('GNU Mach is made of the distribution’s package and boots to where it looks for its first task', { timeout: 180_000 }, async (context) => {
  const { client } = await place.open();
  const { task } = await client.catalog.fetch({ entry: 'gnumach-x86-64', image: 'kernel' });
  for await (const tasks of await client.tasks.watch()) {
    const found = tasks.find(({ id }) => id === task);
    if (found?.failure?.code === 'PACKAGES_UNAVAILABLE') {
      process.stderr.write(`SKIPPED: ${wordsOf(found.failure).evidence.join('; ')}\n`);
      context.skip('the package cannot be had here');
    }
    if (found === undefined || found.endedAt === null) continue;
    expect(found).toMatchObject({ state: 'done', failure: null });
    break;
  }
  expect((await client.catalog.get()).library).toMatchObject([{ entry: 'gnumach-x86-64', image: 'kernel', trust: 'recorded' }]);
  const { definition } = await client.guests.createFromCatalog({ entry: 'gnumach-x86-64' });
  await client.guests.start({ id: definition.id });
  expect(await untilPrinted(client, definition.id, /No bootstrap code/)).toMatch(/^GNU Mach 1\.8[^]*vm_page: page table size[^]*RTC time is/m);
  await client.guests.kill({ id: definition.id });
});
