import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { placeholderWords } from '../../../electron/core/installations/placeholderWords.ts';
import { draftFor, untilState } from '../../support/installing.ts';
import { makeLabPlace } from '../../support/labPlace.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { wordsOf } from '../../support/refusal.ts';

const root = join(import.meta.dirname, '../../..');

describe.skipIf(!canRun({ architecture: 'i386' }) || !canRun({ architecture: 'arm' }))('What is said before an installation', { timeout: 60_000 }, () => {
  it('names what stands in its way with the command that helps, and commands that are the ones that run', async () => {
    const place = makeLabPlace();
    onTestFinished(() => place.close());
    const { client } = await place.open();
    const obstacles = async (entry: string, choices = {}) => (await client.installations.review(await draftFor(client, entry, choices))).obstacles;

    expect((await obstacles('own-iso')).map((failure) => wordsOf(failure).fix)).toContain('Name a file of yours: petri install own-iso --medium FILE');
    expect((await obstacles('own-disk')).map((failure) => wordsOf(failure).fix)).toEqual(['Name a file of yours: petri install own-disk --image FILE']);
    expect((await obstacles('own-kernel')).map((failure) => wordsOf(failure).fix)).toEqual(['Name a kernel of yours: petri install own-kernel --kernel FILE [--initrd FILE] [--append WORDS]']);
    // A card image would not help: no QEMU here has the board.
    expect((await obstacles('minix3-arm'))[0]).toMatchObject({ code: 'BOARD_MISSING', details: { board: 'beaglexm' } });

    const text = join(place.path, 'kernel.txt');
    writeFileSync(text, 'This is a list of things to buy.\n');
    expect((await obstacles('own-kernel', { source: { kind: 'kernel' }, kernel: text })).map(({ code }) => code)).toEqual(['IMAGE_UNKNOWN']);
    const kernel = join(root, 'images/builtin/built/petri-i386.elf');
    const own = await client.installations.review(await draftFor(client, 'own-kernel', { source: { kind: 'kernel' }, kernel, initrd: text, append: 'calls=3' }));
    expect(own.obstacles).toEqual([]);
    const [start] = own.commands;
    expect(start?.argv).toEqual(expect.arrayContaining(['-kernel', kernel, '-append', 'calls=3', '-initrd']));
    expect(own.placeholders.map(({ name }) => name)).toEqual(['GUEST', 'UUID']);
    expect(placeholderWords(own.placeholders)).toBe('Chosen when they are made: GUEST is the guest’s run directory, UUID is the guest’s UUID. All else in QEMU’s commands is as it is run.');
  });

  it('differs from the command of the guest that is made in nothing but its placeholders', async () => {
    const place = makeLabPlace();
    onTestFinished(() => place.close());
    const { client } = await place.open();
    const draft = { ...(await draftFor(client, 'builtin-installer', { name: 'Compared' })), install: 'none' as const };
    const { commands, placeholders } = await client.installations.review(draft);
    expect(placeholders.map(({ name }) => name)).toEqual(['GUEST', 'UUID', 'DISK']);
    const { id } = await client.installations.begin(draft);
    const { guest } = await untilState(client, id, 'done');
    const { argv } = await client.guests.command({ id: guest ?? '' });
    const shown = commands.at(-1)?.argv ?? [];
    const asPattern = (word: string): RegExp => new RegExp(`^${word.split(/GUEST|UUID|DISK/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('[^/,]+')}$`);
    expect(shown).toHaveLength(argv.length);
    for (const [index, word] of shown.entries()) expect(argv[index]).toMatch(asPattern(word));
  });
});
