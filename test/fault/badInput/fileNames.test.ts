// File names that trip programs up, given to the command line: for the data directory, a kernel and a report.
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectLab } from '../../../electron/client/connectLab.ts';
import { makeCommandLine, type CommandLine } from '../../support/commandLine.ts';

const builtin = join(import.meta.dirname, '../../../images/builtin/built/petri-i386.elf');
/** Each has several traps, since every name costs a program's start; they are tried one by one in the tests of storage and guests. */
const names = [`-rf  two spaces, a "quote", one 's and a \``, '..$(touch x);|&\nnext line %2e%2e a=b', 'Ελληνικά 日本語 עברית'];

let cli: CommandLine;
beforeEach(() => void (cli = makeCommandLine()));
afterEach(() => cli.close());

test('a report is written to a file of any name and to nothing else, and never over a folder', async () => {
  expect((await cli.run('measure', 'boot', 'builtin-i386', '--runs', '1', '--warm-ups', '0')).exitCode).toBe(0);
  const folder = join(cli.folder, 'reports');
  mkdirSync(folder);
  for (const path of [join(folder, '..', 'reports'), join(folder, 'absent', 'x')]) {
    const { exitCode, error } = await cli.run('report', 'last', '--format', 'json', '-o', path);
    expect(exitCode).not.toBe(0);
    expect(error).toMatch(/fix: [\s\S]*\(PATH_REFUSED\)/);
    expect(readdirSync(folder)).toEqual([]);
  }
  for (const name of names) expect(await cli.run('report', 'last', '--format', 'json', '-o', join(folder, name))).toMatchObject({ exitCode: 0, error: '' });
  expect(readdirSync(folder).sort()).toEqual([...names].sort());
  expect(new Set(names.map((name) => readFileSync(join(folder, name), 'utf8'))).size).toBe(1);
});

test.each(names)('a lab works in a data directory named %j, with a kernel from a folder of that name', async (name) => {
  const data = join(cli.folder, 'labs', name);
  const kernel = join(cli.folder, 'kernels', name);
  mkdirSync(join(cli.folder, 'kernels'));
  copyFileSync(builtin, kernel);
  // The same run directory as the command line's, so that its own look for leaks sees this lab too.
  const runtime = process.env['XDG_RUNTIME_DIR'];
  process.env['XDG_RUNTIME_DIR'] = join(cli.folder, 'run');
  try {
    const connection = await connectLab({ dataDirectory: data, shell: 'test', build: 'development', start: true });
    const { client } = connection;
    const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: name.replaceAll(/\p{Cc}/gu, ' ').trim() });
    await client.guests.update({ id: definition.id, change: { accelerator: 'tcg', boot: { ...definition.boot, kernel: { kind: 'file', path: kernel } } } });
    const { id } = await client.measurements.start({ kind: 'boot', subjects: [{ guest: definition.id }], runs: 1, warmUps: 0 });
    for await (const event of await client.measurements.watch({ id })) if (event.type === 'sample') expect(event.sample).toMatchObject({ outcome: 'complete' });
    await client.system.shutdown({ guests: 'kill' });
    await connection.closed;
  } finally {
    if (runtime === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = runtime;
  }
  expect(readdirSync(join(cli.folder, 'labs'))).toEqual([name]);
  expect(readdirSync(join(cli.folder, 'run', 'petri'))).toEqual([]);
});
