// A guest image that is no image: refused when the guest is made, started or measured, before anything runs.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../electron/contract/errors.ts';
import { guestDraft, type GuestDraft } from '../../../electron/contract/guests.ts';
import { makeLabPlace, type DoorlessLab, type LabPlace } from '../../support/labPlace.ts';
import { refusal } from '../../support/refusal.ts';

const good = readFileSync(join(import.meta.dirname, '../../../images/builtin/built/petri-i386.elf'));

let place: LabPlace;
let opened: DoorlessLab;
let path: string;
beforeEach(async () => {
  place = makeLabPlace();
  opened = await place.open();
  path = join(place.path, 'kernel');
  writeFileSync(path, good);
});
afterEach(() => place.close());

const draft = (): GuestDraft => guestDraft.parse({
  name: 'Own',
  catalogEntry: null,
  architecture: 'i386',
  machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 },
  boot: { kernel: { kind: 'file', path }, arguments: '', modules: [] },
  phaseTable: 'builtin-i386',
  accelerator: 'tcg',
  notes: '',
});

const cases: readonly (readonly [string, ErrorCode, () => void, RegExp, RegExp])[] = [
  ['missing', 'IMAGE_MISSING', () => undefined, /ENOENT/, /Put it back/],
  ['empty', 'IMAGE_EMPTY', () => writeFileSync(path, ''), /0 bytes/, /again/],
  ['truncated', 'IMAGE_TRUNCATED', () => { writeFileSync(path, good); truncateSync(path, 9_000); }, /segment \d needs \d+ bytes, the file has 9000/, /again/],
  ['a directory', 'IMAGE_NOT_A_FILE', () => mkdirSync(path), /a directory/, /another file/],
  ['a FIFO that nobody writes to', 'IMAGE_NOT_A_FILE', () => void execFileSync('mkfifo', [path]), /a named pipe/, /another file/],
  ['a web page', 'IMAGE_IS_WEB_PAGE', () => writeFileSync(path, '<!DOCTYPE html><title>404 Not Found</title>'), /begins with "<!DOCTYPE html>/, /fetch the image again/],
  ['some other file', 'IMAGE_UNKNOWN', () => writeFileSync(path, 'this is a letter to my aunt, and no kernel'), /begins with .*letter/, /another file/],
];

describe.each(cases)('an image that is %s', (_name, code, spoil, evidence, fix) => {
  const expectRefusal = async (action: () => unknown): Promise<void> => {
    const words = await refusal(code, [place.path], action);
    expect(words.what).toContain(path);
    expect(words.evidence.join('\n')).toMatch(evidence);
    expect(words.fix).toMatch(fix);
  };
  const spoilImage = (): void => {
    rmSync(path, { force: true });
    spoil();
  };

  test('is refused for a new guest, and no guest is made', async () => {
    spoilImage();
    await expectRefusal(() => opened.client.guests.create(draft()));
    expect(await opened.client.guests.list()).toEqual([]);
  });

  test('is refused when a guest is started whose image was good once, and the guest stays stopped', async () => {
    const { definition } = await opened.client.guests.create(draft());
    spoilImage();
    await expectRefusal(() => opened.client.guests.start({ id: definition.id }));
    expect(await opened.client.guests.list()).toMatchObject([{ definition, runtime: { state: 'stopped', end: null } }]);
  });

  test('is refused when such a guest is measured, and no run is made', async () => {
    const { definition } = await opened.client.guests.create(draft());
    spoilImage();
    await expectRefusal(() => opened.client.measurements.start({ kind: 'boot', subjects: [{ guest: definition.id }] }));
    expect(await opened.client.measurements.list()).toEqual([]);
  });
});
