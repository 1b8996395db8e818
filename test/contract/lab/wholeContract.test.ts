import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient, isProcedure } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { contract, type LabClient } from '../../../electron/contract/contract.ts';
import type { Capability } from '../../../electron/contract/hosts.ts';
import { settings } from '../../../electron/contract/settings.ts';
import { openDataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { openTestLab } from '../../support/testLab.ts';

const procedureNames = Object.entries(contract).flatMap(([noun, procedures]) => Object.keys(procedures).map((name) => [noun, name] as const));

async function open() {
  const opened = await openTestLab();
  const client: LabClient = createRouterClient(opened.lab.router);
  return { ...opened, client };
}

describe('the lab', () => {
  it('serves every procedure of the contract', async () => {
    const { lab } = await open();
    const router = lab.router as Record<string, Record<string, unknown>>;
    expect(procedureNames.filter(([noun, name]) => !isProcedure(router[noun]?.[name]))).toEqual([]);
    expect(procedureNames.length).toBeGreaterThan(50);
  });

  it.skipIf(process.platform !== 'linux')('leaves no file open when it ends (seen on Linux), and its data directory to the next', async () => {
    const { lab, server, directory } = await open();
    expect(openFiles(directory)).toContain(join(directory, 'data', 'lab.sqlite'));
    await server.dispose();
    await lab.dispose();
    expect(openFiles(directory)).toEqual([]);
    openDataDirectory(join(directory, 'data')).dispose();
  });
});

/** Files under a directory that this process holds open, as Linux shows them. */
function openFiles(directory: string): string[] {
  const links = readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(join('/proc/self/fd', name))];
    } catch {
      // The descriptor by which the folder itself was read.
      return [];
    }
  });
  return links.filter((path) => path.startsWith(directory));
}

describe('the settings', () => {
  it('keep what is set, also beside another change, and go back to the defaults', async () => {
    const { client } = await open();
    expect(await client.settings.get()).toEqual(settings.parse({}));
    await client.settings.update({ theme: 'dark' });
    expect(await client.settings.update({ measurementRuns: 3 })).toMatchObject({ theme: 'dark', measurementRuns: 3 });
    expect(await client.settings.reset()).toEqual(settings.parse({}));
  });
});

describe('the capability board', () => {
  it('is there before anything was probed, and one card can be tested alone', async () => {
    const { client } = await open();
    const before = await client.hosts.capabilities();
    expect(before.map(({ verdict }) => verdict)).toEqual(before.map(() => 'unknown'));
    const after = await client.hosts.test({ id: 'memory' });
    expect(after.filter(({ testedAt }) => testedAt !== null).map(({ id }) => id)).toEqual(['memory']);
  });

  it('tells its subscribers that a test began and what it found', async () => {
    const { client } = await open();
    const cards = await client.hosts.watch();
    const disk = async (): Promise<Capability | undefined> => {
      const { value } = (await cards.next()) as IteratorYieldResult<Capability[]>;
      return value.find(({ id }) => id === 'disk');
    };
    expect(await disk()).toMatchObject({ testing: false, verdict: 'unknown' });
    const began = disk();
    await client.hosts.test({ id: 'disk' });
    expect(await began).toMatchObject({ testing: true });
    expect(await disk()).toMatchObject({ testing: false, evidence: [expect.stringContaining(' are free')] });
    await cards.return();
  });
});

describe('the diagnostics', () => {
  it('name the version, the machine and the settings, and not the person', async () => {
    const { client } = await open();
    await client.settings.update({ qemuPrograms: { arm: '/home/grace/bin/qemu-system-arm' } });
    const { text, redactions } = await client.diagnostics.collect();
    for (const words of ['build development', 'Node 24', '~/bin/qemu-system-arm']) expect(text).toContain(words);
    expect(text).not.toContain('grace');
    expect(redactions).toBeGreaterThan(0);
  });
});

describe('the catalog', () => {
  it('has the built-in guests, the systems of the seeds, and your own', async () => {
    const { client } = await open();
    const entries = await client.catalog.list();
    expect(entries.map(({ id }) => id)).toEqual(expect.arrayContaining(['builtin-arm', 'builtin-i386', 'builtin-installer', 'hurd-x86-64', 'minix3-i386', 'minix3-arm', 'own-iso', 'own-disk', 'own-kernel']));
  });
});
