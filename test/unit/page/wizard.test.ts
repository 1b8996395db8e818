import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../../../electron/contract/catalog.ts';
import { installationDraft, type Installation } from '../../../electron/contract/installations.ts';
import { openEntries } from '../../../electron/lab/catalog/entries.ts';
import { families, imageState, readiness } from '../../../renderer/features/catalog/systems.ts';
import { actsOf } from '../../../renderer/features/installations/installationMarks.ts';
import { forgetDraft, keepDraft, readDraft } from '../../../renderer/features/installations/keptDraft.ts';
import { firstProblem, problemsOf, reachable } from '../../../renderer/features/installations/wizardChecks.ts';
import { applyPreset, chooseSource, chooseSystem, emptyWizard, installationOf, installsOf, nameOf, shareLine, sourcesOf } from '../../../renderer/features/installations/wizardDraft.ts';

const root = join(import.meta.dirname, '../../..');
const entries = openEntries({ resourcesDirectory: join(root, 'resources'), imagesDirectory: join(root, 'images'), entriesDirectory: join(root, 'nowhere'), log: () => undefined }).all();
const entry = (id: string): CatalogEntry => {
  const found = entries.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no entry ${id}`);
  return found;
};
const own = { 'own-iso': { medium: '/home/ada/x.iso' }, 'own-disk': { image: '/home/ada/x.img' }, 'own-kernel': { kernel: '/home/ada/x.elf' }, 'minix3-arm': { image: '/home/ada/minix_arm_sd.img' } } as Readonly<Record<string, object>>;

describe('the wizard', () => {
  it.each(entries.map(({ id }) => [id] as const))('gives %s defaults that the contract accepts and in which nothing is wrong', (id) => {
    const draft = { ...chooseSystem(emptyWizard(), entry(id)), ...own[id] };
    expect(firstProblem(draft, entry(id))).toBeNull();
    const wanted = installationOf(draft, entry(id), []);
    expect(installationDraft.safeParse(wanted).error?.issues).toBeUndefined();
    expect(wanted.entry === null).toBe(id.startsWith('own-'));
  });

  it('offers only sources and ways to install that a system has, the best first', () => {
    expect(sourcesOf(entry('builtin-i386'))).toEqual(['fetch']);
    expect(sourcesOf(entry('minix3-i386'))).toEqual(['fetch', 'medium', 'disk', 'existing']);
    expect(sourcesOf(entry('minix3-arm'))).toEqual(['disk', 'existing']);
    expect(sourcesOf(entry('own-kernel'))).toEqual(['kernel']);
    expect(installsOf(entry('linux-debian'), 'fetch')).toEqual(['unattended', 'byHand']);
    expect(installsOf(entry('own-iso'), 'medium')).toEqual(['byHand', 'none']);
    expect(installsOf(entry('linux-debian'), 'existing')).toEqual(['none']);
  });

  it('makes a disk where something is installed, and none where nothing is', () => {
    const installed = chooseSystem(emptyWizard(), entry('linux-debian'));
    expect(installationOf(installed, entry('linux-debian'), [])).toMatchObject({ install: 'unattended', newDisk: { bytes: 1_073_741_824 }, diskBus: 'virtio' });
    expect(chooseSource(installed, entry('linux-debian'), 'existing').diskMiB).toBeNull();
  });

  it('forgets no path when another source is tried', () => {
    const draft = { ...chooseSystem(emptyWizard(), entry('own-iso')), medium: '/a.iso' };
    const there = { ...chooseSource(draft, entry('own-iso'), 'disk'), image: '/b.qcow2' };
    const back = chooseSource(there, entry('own-iso'), 'medium');
    expect([back.medium, back.image]).toEqual(['/a.iso', '/b.qcow2']);
  });

  it('takes a preset whole', () => {
    const hurd = entry('hurd-x86-64');
    const seed = hurd.presets.find(({ id }) => id === 'seed');
    if (seed === undefined) throw new Error('no preset');
    expect(applyPreset(chooseSystem(emptyWizard(), hurd), seed)).toMatchObject({ board: 'pc', cpus: 2, diskBus: 'ide', memoryMiB: 4_096, preset: 'seed' });
  });

  it('names the guest after its system or its file, and never as another', () => {
    const draft = chooseSystem(emptyWizard(), entry('own-iso'));
    expect(nameOf({ ...draft, medium: '/home/ada/plan9.iso' }, entry('own-iso'), [])).toBe('plan9.iso');
    expect(nameOf(draft, entry('minix2'), ['minix 2.0.4', 'MINIX 2.0.4 2'])).toBe('MINIX 2.0.4 3');
    expect(nameOf({ ...draft, name: ' Mine ' }, entry('minix2'), [])).toBe('Mine');
  });

  it('lets nobody past a step in which something is wrong, and says where', () => {
    expect([...reachable(emptyWizard(), undefined)]).toEqual(['system']);
    const iso = entry('own-iso');
    const draft = chooseSystem(emptyWizard(), iso);
    expect(problemsOf('source', draft, iso)).toEqual({ path: 'Name the file.' });
    expect(problemsOf('source', { ...draft, medium: 'x.iso' }, iso)).toHaveProperty('path');
    expect([...reachable(draft, iso)]).toEqual(['system', 'source']);
    expect(problemsOf('machine', { ...draft, cpus: 99, memoryMiB: 1.5, diskMiB: 0 }, iso)).toMatchObject({ cpus: expect.stringContaining('16') as string, memoryMiB: expect.any(String) as string, diskMiB: expect.any(String) as string });
    const forwards = [{ name: '', protocol: 'tcp' as const, hostPort: 2222, guestPort: 22, link: null }, { name: '', protocol: 'tcp' as const, hostPort: 2222, guestPort: 23, link: null }];
    expect(problemsOf('network', { ...draft, forwards }, iso)).toEqual({ forwards: 'Two forwards have the same host port.' });
  });

  it('asks nothing of a system that it cannot have, whatever was said for another', () => {
    const said = { ...chooseSystem(emptyWizard(), entry('linux-debian')), sharePath: '/home/ada', forwards: [{ name: '', protocol: 'tcp' as const, hostPort: null, guestPort: 22, link: 'ssh' as const }] };
    expect(installationOf(said, entry('linux-debian'), []).guest).toMatchObject({ share: { path: '/home/ada', readOnly: true }, network: { forwards: [{ name: '22', guestPort: 22 }] } });
    expect(installationOf(chooseSystem(said, entry('builtin-i386')), entry('builtin-i386'), []).guest).toMatchObject({ share: null, network: { kind: 'none' } });
  });

  it('says the line that mounts the share, with its tag', () => {
    expect(shareLine(entry('linux-x86-64'))).toBe('mount -t 9p -o trans=virtio share /mnt');
    expect(shareLine(entry('minix2'))).toBeNull();
  });
});

describe('the draft of the wizard', () => {
  const storage = () => {
    const kept = new Map<string, string>();
    return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
  };

  it('survives a reload with every field, and is forgotten when it has been used', () => {
    const place = storage();
    const draft = { ...chooseSystem(emptyWizard(), entry('hurd-x86-64')), step: 'network' as const, engine: 'default' };
    keepDraft(draft, place);
    expect(readDraft(place)).toEqual(draft);
    forgetDraft(place);
    expect(readDraft(place)).toEqual(emptyWizard());
  });

  it.each(['{', '[]', '{"step": 7}', 'null', JSON.stringify({ ...emptyWizard(), forwards: 'many' })])('counts for nothing when it is %s', (text) => {
    const place = storage();
    place.setItem('petri.install', text);
    expect(readDraft(place)).toEqual(emptyWizard());
  });
});

describe('what can be done about an installation', () => {
  const running = { state: 'running', draft: { install: 'unattended' }, steps: [{ id: 'install:2', state: 'running' }] } as unknown as Installation;
  it('is to take over while a script plays, and to hand back or finish after it', () => {
    expect(actsOf(running)).toMatchObject({ takeOver: true, handBack: false, finish: false, cancel: true });
    expect(actsOf({ ...running, steps: [] })).toMatchObject({ takeOver: false });
    expect(actsOf({ ...running, state: 'byHand' })).toMatchObject({ takeOver: false, handBack: true, finish: true });
    expect(actsOf({ ...running, state: 'interrupted' })).toMatchObject({ resume: true, cancel: true, forget: false });
    expect(actsOf({ ...running, state: 'done' })).toMatchObject({ resume: false, cancel: false, forget: true });
  });
});

describe('the list of systems', () => {
  it('has Petri first and your own last, and finds by words', () => {
    const names = families(entries).map(({ name }) => name);
    expect([names[0], names.at(-1)]).toEqual(['Petri', 'Your own']);
    expect(families(entries, 'hurd q').flatMap(({ entries: found }) => found)).toEqual([]);
    expect(families(entries, 'MINIX beagle').flatMap(({ entries: found }) => found.map(({ id }) => id))).toEqual(['minix3-arm']);
  });

  it('says of each image where it is', () => {
    const minix = entry('minix2');
    const [disk] = minix.images;
    if (disk === undefined) throw new Error('no image');
    const partial = { entry: 'minix2', image: 'disk', url: 'https://x', bytes: 5, totalBytes: 9, at: '2026-01-01T00:00:00.000Z' };
    expect(imageState({ library: [], partials: [] }, minix, disk).kind).toBe('absent');
    expect(imageState({ library: [], partials: [partial] }, minix, disk).kind).toBe('partial');
    expect(readiness({ library: [], partials: [partial] }, minix)).toBe('partly');
    const kept = { digest: 'a'.repeat(64), name: 'x', bytes: 1, entry: 'minix2', image: 'disk', source: 'https://x', sourceDigest: 'b'.repeat(64), trust: 'published' as const, fetchedAt: partial.at };
    expect(readiness({ library: [kept], partials: [] }, minix)).toBe('here');
    expect(readiness({ library: [], partials: [] }, entry('own-iso'))).toBe('own');
    expect(readiness({ library: [], partials: [] }, entry('builtin-i386'))).toBe('here');
  });
});
