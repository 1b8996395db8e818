import { describe, expect, it } from 'vitest';
import { readCatalogEntry } from '../../../electron/core/catalog/catalogEntry.ts';
import { declared } from '../../support/declared.ts';

const digest = 'ab'.repeat(32);
const entry = {
  name: 'A system',
  summary: 'Boots.',
  architecture: 'i386',
  family: 'Own',
  homepage: null,
  presets: [{ id: 'default', name: 'Default', machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 }, diskBus: 'ide', card: null, display: 'none', known: 'verified', why: 'Seen.' }],
  choices: {
    boards: [{ value: 'pc', why: 'Seen.' }], cpuModels: [], diskBuses: [], cards: [], displays: [],
    cpus: { maximum: 1, why: 'Seen.' }, memoryMiB: { minimum: 16, why: 'Seen.' }, share: { possible: false, line: null, why: 'Seen.' },
  },
  images: [],
  serialPorts: [{ shows: 'everything' }],
  requiresBoard: null,
  install: null,
  limits: [],
  boot: { kernel: { kind: 'shipped', path: 'a/kernel.elf' }, arguments: '', modules: [] },
  phaseTable: 'a-table',
  verified: null,
};
const read = (data: unknown) => readCatalogEntry('a.yaml', 'a', data, (path) => (path === 'a/kernel.elf' ? digest : undefined));

describe('a catalog entry', () => {
  it('takes its id from its file and the digest of a shipped image from its record', () => {
    expect(read(entry)).toMatchObject({ id: 'a', boot: { kernel: { kind: 'shipped', path: 'a/kernel.elf', digest } } });
  });

  it('leaves an image of the user as it is', () => {
    const kernel = { kind: 'file', path: '/home/me/kernel' };
    expect(read({ ...entry, boot: { ...entry.boot, kernel } }).boot.kernel).toEqual(kernel);
  });

  it.each([
    ['an architecture that Petri does not know', { ...entry, architecture: 'vax' }, 'architecture'],
    ['no preset', { ...entry, presets: [] }, 'presets'],
    ['a field that nobody reads', { ...entry, hook: '$(rm -rf /)' }, 'hook'],
    ['a field in its boot that nobody reads', { ...entry, boot: { ...entry.boot, kernal: 'x' } }, 'kernal'],
    ['a list in place of an entry', [], 'name'],
    ['nothing', null, 'whole'],
  ])('is refused with %s, naming the file and the field', async (_, data, field) => {
    const { details } = await declared('RESOURCE_INVALID', () => read(data));
    expect(details.file).toBe('a.yaml');
    expect(details.issues.join('\n')).toContain(field);
  });

  it('is refused when nobody recorded the digest of its image', async () => {
    const kernel = { kind: 'shipped', path: 'b/kernel.elf' };
    const { details } = await declared('RESOURCE_INVALID', () => read({ ...entry, boot: { ...entry.boot, kernel } }));
    expect(details.issues).toEqual(['no digest is recorded for b/kernel.elf']);
  });
});
