import { execFile } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { bundleInto, programs } from '../../../build/bundle/programs.ts';
import { scratch } from '../../support/scratch.ts';

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** The system's Node where it is an older one that Petri still wants to be started by. */
async function findOldNode(): Promise<string | null> {
  for (const program of ['/usr/bin/node', '/usr/local/bin/node']) {
    const major = await run(program, ['--version']).then(({ stdout }) => Number(stdout.slice(1).split('.')[0])).catch(() => 0);
    if (major >= 20 && major < 24) return program;
  }
  return null;
}

const oldNode = await findOldNode();

describe.skipIf(oldNode === null)(`The command line under an older Node${oldNode === null ? ' (skipped: this system has none from 20 to 23)' : ''}`, { timeout: 60_000 }, () => {
  it('hands over to the project’s Node, and says in one line what is needed where there is none', async () => {
    const place = scratch();
    const program = programs.find(({ name }) => name === 'cli');
    if (program === undefined || oldNode === null) throw new Error('nothing to run');
    await bundleInto(program, join(place, 'dist/cli'));
    const petri = (...words: string[]) => run(oldNode, [join(place, 'dist/cli/index.js'), ...words], { cwd: '/', env: { ...process.env, PETRI_DATA: join(place, 'data') } });

    const refused = (await petri('status').catch((error: unknown) => error)) as { code: number; stderr: string };
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^error: Petri needs Node 24 or newer, and this is Node 2[0-3]\.\S+ In its folder run: npm ci && npm run petri\n$/);

    symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
    expect((await petri('--version')).stdout).toBe(`${manifest.version}\n`);
    // What has an exit code of its own keeps it.
    expect(await petri('nonsense').catch((error: unknown) => error)).toMatchObject({ code: 2 });
    expect((await petri('status')).stdout).toContain('No lab runs');
  });
});
