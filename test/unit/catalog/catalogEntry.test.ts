import { describe, expect, it } from 'vitest';
import { DeclaredError } from '../../../electron/contract/errors.ts';
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
    ['a field of a preset that nobody reads', { ...entry, presets: [{ ...entry.presets[0], bios: '/etc/passwd' }] }, 'presets.0.bios: nobody reads this field'],
    ['a preset that the wizard does not offer', { ...entry, presets: [{ ...entry.presets[0], machine: { ...entry.presets[0]?.machine, board: 'q35', cpus: 2, memoryMiB: 8 } }] }, 'presets.0.machine.board: q35 is not among the choices'],
    ['an image of the wrong role', { ...entry, boot: { ...entry.boot, kernel: { kind: 'image', image: 'disk' } } }, 'boot.kernel: disk is no image with the role kernel'],
    ['the same preset twice', { ...entry, presets: [entry.presets[0], entry.presets[0]] }, 'presets: default is there twice'],
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

  // Each is a value that would run, leave a folder or paint a terminal if anything took it for more than text.
  const injections = ['$(touch /tmp/owned)', '`id`', '; rm -rf /', 'x,readonly=off,file=/etc/passwd', '../../etc/passwd', 'javascript:alert(1)', '<img src=x onerror=alert(1)>', '\u001b]0;owned\u0007', '-monitor stdio', 'a\nb: c'];
  const paths = ['id', 'architecture', 'homepage', 'phaseTable', 'powerDownLine', 'install', 'presets.0.id', 'presets.0.machine.board', 'presets.0.machine.cpuModel', 'presets.0.diskBus', 'presets.0.card', 'presets.0.display', 'presets.0.known', 'requiresBoard', 'images.0.source.url', 'images.0.source.digest', 'images.0.source.unpack', 'images.0.source.member', 'images.0.id', 'images.0.role', 'boot.kernel.path'];
  const downloaded = { ...entry, images: [{ id: 'medium', role: 'medium', name: 'A', source: { kind: 'download', url: 'https://example.org/a.zip', bytes: null, digest: null, unpack: 'zip', member: 'a.iso' } }] };
  const harmless = new Set(['powerDownLine', 'images.0.source.member', 'boot.kernel.path']);

  function injected(path: string, value: string): unknown {
    const copy = structuredClone(downloaded) as unknown as Record<string, unknown>;
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    const target = steps.reduce<Record<string, unknown>>((part, step) => part[step] as Record<string, unknown>, copy);
    target[last] = value;
    return copy;
  }

  it.each(paths)('never takes an injection in %s for anything but text', (path) => {
    for (const value of injections) {
      try {
        const read = readCatalogEntry('a.yaml', 'a', injected(path, value), (image) => (image === 'a/kernel.elf' ? digest : undefined), 'user');
        // The id is the file's name; a line to type and a member's name are text that no path and no shell is made of.
        expect(path === 'id' ? read.id : 'a').toBe('a');
        expect(path === 'id' || harmless.has(path), `${path} accepted ${JSON.stringify(value)}`).toBe(true);
        if (path !== 'id') expect(value).not.toMatch(path === 'images.0.source.member' ? /\.\./ : /\u001b/);
      } catch (error) {
        if (!(error instanceof DeclaredError)) throw error;
        expect(error.code).toBe('RESOURCE_INVALID');
      }
    }
  });
});
