// What is done with runs and traces that are kept, as whole commands against a real lab.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run as runSchema, type RunListItem } from '../../../electron/contract/measurements.ts';
import { traceComparison, traceWithSamples } from '../../../electron/contract/programs.ts';
import { straceTracer } from '../../../electron/host/instruments/strace/strace.ts';
import { makeCommandLine, type CommandLine } from '../../support/commandLine.ts';

let cli: CommandLine;
beforeAll(() => void (cli = makeCommandLine()));
afterAll(() => cli.close());

/** The output of a command that ends well. */
async function said(...args: string[]): Promise<string> {
  const finished = await cli.run(...args);
  expect(finished, finished.error).toMatchObject({ exitCode: 0 });
  return finished.out;
}

const answered = async (...args: string[]): Promise<unknown> => JSON.parse(await said(...args, '--json'));

describe('runs', () => {
  const list = async (...words: string[]): Promise<RunListItem[]> => (await answered('measure', 'list', ...words)) as RunListItem[];

  test('are listed, found by what they are of, named, put away and taken back', async () => {
    expect(await said('measure', 'list')).toContain('no run was kept');
    await said('measure', 'boot', 'builtin-i386', '--runs', '1', '--warm-ups', '0', '--name', 'First');
    await said('measure', 'boot', 'builtin-i386', '--runs', '1', '--warm-ups', '0', '--name', 'Second');
    expect((await list()).map(({ name }) => name)).toEqual(['Second', 'First']);
    const [second, first] = await list();
    const text = await cli.run('measure', 'list', '--limit', '1');
    expect(text.out).toContain(`${second?.id ?? ''}  boot      Second`);
    expect(text.error).toContain('runs 0 to 0 of 2');

    const edited = runSchema.parse(await answered('measure', 'edit', first?.id ?? '', '--name', 'Before', '--notes', 'the old kernel', '--tags', 'thesis, disk'));
    expect(edited).toMatchObject({ id: first?.id, name: 'Before', notes: 'the old kernel', tags: ['thesis', 'disk'] });
    expect((await list('--tag', 'thesis')).map(({ id }) => id)).toEqual([first?.id]);
    expect((await list('--search', 'OLD KERNEL')).map(({ id }) => id)).toEqual([first?.id]);
    expect(await list('--kind', 'syscalls')).toEqual([]);
    expect((await list('--guest', 'builtin-i386', '--order', 'oldest')).map(({ id }) => id)).toEqual([first?.id, second?.id]);

    expect(await said('measure', 'rm', 'last')).toContain(`petri measure restore ${second?.id ?? ''}`);
    expect(await list()).toHaveLength(1);
    await said('measure', 'restore', second?.id ?? '');
    expect(await list()).toHaveLength(2);
    const missing = await cli.run('measure', 'rm', 'no-such-run');
    expect([missing.exitCode, missing.error]).toEqual([3, expect.stringContaining('petri measure list')]);
  });
});

const { available, reason } = await straceTracer.probe();
if (!available) process.stderr.write(`SKIPPED: strace: ${reason}\n`);

describe.skipIf(!available)('traces of programs', () => {
  test('are listed, shown with their lines, compared, exported, put away and taken back', async () => {
    expect(await said('programs', 'list')).toContain('petri trace -- COMMAND');
    const writes = (count: number): string[] => ['--instrument', 'strace', '--calls', 'write', '--', 'dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1', 'status=none', `count=${count}`];
    const three = traceWithSamples.parse(JSON.parse(await said('trace', '--name', 'three', '--json', ...writes(3))));
    await said('trace', '--name', 'six', ...writes(6));
    expect(await said('programs', 'list')).toMatch(new RegExp(String.raw`six +done[^\n]*\n${three.trace.id} +three +done`));

    expect(await said('programs', 'show', 'three')).toContain('write');
    expect(traceWithSamples.parse(await answered('programs', 'show', three.trace.id)).trace.id).toBe(three.trace.id);
    const lines = (await answered('programs', 'lines', 'six', '--search', 'write(1')) as { lines: string[] };
    expect(lines.lines).toHaveLength(6);

    const comparison = traceComparison.parse(await answered('programs', 'compare', 'three', 'six'));
    expect(comparison.calls).toMatchObject([{ name: 'write', count: { a: 3, b: 6 } }]);
    expect(await said('programs', 'compare', 'three', 'last')).toContain('write');

    const file = join(cli.folder, 'calls.csv');
    expect(await said('programs', 'export', 'three', '--format', 'csv', '-o', file)).toContain(file);
    expect(readFileSync(file, 'utf8')).toContain('write');
    expect(traceWithSamples.parse(JSON.parse(await said('programs', 'export', 'three', '-o', '-'))).trace.id).toBe(three.trace.id);

    expect(await said('programs', 'rm', 'three')).toContain(`petri programs restore ${three.trace.id}`);
    expect(((await answered('programs', 'list')) as unknown[]).length).toBe(1);
    const gone = await cli.run('programs', 'show', 'three');
    expect([gone.exitCode, gone.error]).toEqual([3, expect.stringContaining('petri programs list')]);
    expect(await said('programs', 'restore', three.trace.id)).toContain('is back');
    expect(((await answered('programs', 'list')) as unknown[]).length).toBe(2);
  });
});
