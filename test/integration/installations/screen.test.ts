import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { draftFor, untilInstallation, untilState } from '../../support/installing.ts';
import { makeLabPlace } from '../../support/labPlace.ts';
import { canRun } from '../../support/qemuGuest.ts';

const resources = join(import.meta.dirname, '../../../resources');

it.skipIf(!canRun({ architecture: 'i386' }))('A system without a serial console is installed by what its text screen shows and by keystrokes', { timeout: 120_000 }, async () => {
  const place = makeLabPlace();
  try {
    // The same dialogue, read from the memory of the VGA card and typed on the keyboard.
    const resourcesDirectory = join(place.path, 'resources');
    cpSync(resources, resourcesDirectory, { recursive: true });
    const script = join(resourcesDirectory, 'installs/builtin-installer.yaml');
    // The installed guest shows itself on the screen when it is told to.
    const words = readFileSync(script, 'utf8').replace("arguments: ''", 'arguments: console=vga');
    writeFileSync(script, `console: screen\n${words}`);
    const { client } = await place.open({ resourcesDirectory });

    const { id } = await client.installations.begin(await draftFor(client, 'builtin-installer', { preset: 'screen' }));
    await untilInstallation(client, id, ({ steps }) => steps.some(({ title, state }) => title === 'Confirm' && state === 'running'));
    const { lines } = await client.installations.screen({ id });
    expect(lines).toHaveLength(25);
    expect(lines?.join('\n')).toContain('arguments:');
    const done = await untilState(client, id, 'done');
    expect((await client.installations.screen({ id })).lines?.filter((line) => line !== '').at(-1)).toBe('petri#');
    expect((await client.guests.get({ id: done.guest ?? '' })).definition.medium).toBeNull();
  } finally {
    await place.close();
  }
});
