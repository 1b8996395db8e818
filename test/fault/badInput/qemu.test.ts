// No QEMU, or one that cannot be used: said when a guest is started, measured or shown as a command.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../electron/contract/errors.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { refusal } from '../../support/refusal.ts';
import { installStandIn } from '../../support/standInQemu.ts';

let place: LabPlace;
beforeEach(() => (place = makeLabPlace()));
afterEach(() => place.close());

/** A search path without a QEMU in it. */
function emptyFolder(): string {
  const folder = join(place.path, 'empty');
  mkdirSync(folder);
  return folder;
}

const cases: readonly (readonly [string, ErrorCode, () => string, RegExp, RegExp])[] = [
  ['no QEMU', 'QEMU_MISSING', emptyFolder, /searched: .*empty/, /[Ii]nstall/],
  ['a QEMU that is too old', 'QEMU_TOO_OLD', () => installStandIn(place.path, { version: 'QEMU emulator version 4.2.1', run: 'exit 1' }), /needed: 6\.2\.0 or newer/, /newer QEMU/],
  ['a program that is no QEMU', 'QEMU_UNUSABLE', () => installStandIn(place.path, { version: 'I am a teapot', run: 'exit 1' }), /I am a teapot/, /settings/],
];

describe.each(cases)('with %s', (_name, code, install, evidence, fix) => {
  test('a guest is neither started nor measured nor shown as a command, and stays as it is', async () => {
    const { client } = await place.open({ qemuSearchPath: install() });
    const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
    const { id } = definition;
    const actions = [
      () => client.guests.start({ id }),
      () => client.guests.command({ id }),
      () => client.measurements.start({ kind: 'boot', subjects: [{ guest: id }] }),
    ];
    for (const action of actions) {
      const words = await refusal(code, [place.path], action);
      expect(words.evidence.join('\n')).toMatch(evidence);
      expect(words.fix).toMatch(fix);
    }
    expect((await client.guests.get({ id })).runtime).toEqual({ state: 'stopped', end: null });
    expect(await client.measurements.list()).toEqual([]);
    expect((await client.tasks.list()).filter(({ state }) => state === 'running')).toEqual([]);
  });
});
