// What goes wrong with measurements and campaigns, as the command line says it: in words, with its exit code, and as JSON.
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../electron/contract/errors.ts';
import { makeCommandLine, type CommandLine } from '../../support/commandLine.ts';
import { builtKernel, canRun, hasProgram } from '../../support/qemuGuest.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = makeCommandLine();
  await cli.run('guest', 'create', 'builtin-i386', '--name', 'One');
  await cli.run('guest', 'edit', 'One', '--accelerator', 'tcg');
});
afterAll(() => cli.close());

const campaign = (steps: string): string => {
  const file = join(cli.folder, 'campaign.yaml');
  writeFileSync(file, `name: Refused\nsteps:\n${steps}`);
  return file;
};
const step = (name: string, guest: string, after = ''): string => `  - { name: ${name}, measure: boot, guests: [${guest}], after: [${after}] }\n`;

const cases: readonly (readonly [string, ErrorCode, () => string[], RegExp])[] = [
  ['a symbol file of another kernel', 'SYMBOLS_OF_ANOTHER_KERNEL', () => ['measure', 'boot', 'One', '--symbols', builtKernel({ architecture: 'arm' })], /exactly this build/],
  ['a symbol file that is not there', 'SYMBOLS_UNREADABLE', () => ['measure', 'boot', 'One', '--symbols', '/nothing'], /output of nm/],
  ['a trace larger than what is free', 'SPACE_TOO_SMALL', () => ['measure', 'syscalls', 'One', '--trace-limit', '1000000', '--load', 'calls 1'], /Free some space/],
  ['a campaign with a cycle', 'CAMPAIGN_CYCLE', () => ['campaign', campaign(step('a', 'One', 'b') + step('b', 'One', 'a'))], /Take one of the names out/],
  ['a campaign with a guest that is not here', 'CAMPAIGN_GUEST_MISSING', () => ['campaign', campaign(step('a', 'nobody'))], /petri guest list/],
  ['a campaign file with a field that nobody reads', 'CAMPAIGN_INVALID', () => ['campaign', campaign('  - { name: a, measure: boot, guests: [One], lod: x }\n')], /Correct the lines/],
];

describe.skipIf(!canRun({ architecture: 'i386' }) || !hasProgram('cc'))('the command line', () => {
  test.each(cases)('says %s, and nothing is begun', async (_name, code, words, fix) => {
    if (code === 'SPACE_TOO_SMALL') expect(statfsSync(cli.folder).bavail * statfsSync(cli.folder).bsize).toBeLessThan(1e12);
    const said = await cli.run(...words());
    expect(said.exitCode).not.toBe(0);
    expect(said.out).toBe('');
    expect(said.error).toContain(`(${code})`);
    expect(said.error).toMatch(fix);
    const json = await cli.run(...words(), '--json');
    expect(json.exitCode).toBe(said.exitCode);
    expect(JSON.parse(json.out)).toMatchObject({ error: { code, evidence: expect.any(Array) as unknown[], fix: expect.stringMatching(fix) as string } });
    expect(JSON.parse((await cli.run('campaign', '--list', '--json')).out)).toEqual([]);
  });

  test('says that a trace was cut and that a guest rebooted, beside the counts', async () => {
    const cut = await cli.run('measure', 'syscalls', 'One', '--runs', '1', '--warm-ups', '0', '--trace-limit', '1', '--load', 'calls 9000');
    expect(cut).toMatchObject({ exitCode: 0 });
    expect(cut.out).toMatch(/note: sample 0: the trace ends early: its limit of 1000000 bytes/);
    expect(cut.out).toMatch(/note: sample 0: The trace reached its limit of 1 MB and was cut. \(TRACE_CUT\)/);
    const json = JSON.parse((await cli.run('report', 'last', '--json')).out) as { samples: unknown[] };
    expect(json.samples).toMatchObject([{ metrics: { failures: [{ code: 'TRACE_CUT' }], evidence: [{ cut: 'its limit of 1000000 bytes' }] } }]);
    const rebooted = await cli.run('measure', 'syscalls', 'One', '--runs', '1', '--warm-ups', '0', '--type', 'reboot');
    expect(rebooted.out).toMatch(/note: sample 0: The guest rebooted while it was watched. \(GUEST_REBOOTED\)/);
  });
});

test.skipIf(!hasProgram('cc'))('the command line quotes a compiler that does not build the plugin', async () => {
  const folder = join(cli.folder, 'compiler');
  mkdirSync(folder);
  writeFileSync(join(folder, 'cc'), '#!/bin/sh\necho "the type of this moon is unknown" >&2\nexit 3\n', { mode: 0o755 });
  const other = makeCommandLine({ PATH: [folder, process.env['PATH']].join(delimiter) });
  try {
    const words = ['measure', 'syscalls', 'builtin-i386', '--instrument', 'plugin', '--accelerator', 'tcg'];
    const said = await other.run(...words);
    expect(said.error).toContain('(PLUGIN_BUILD_FAILED)');
    expect(said.error).toContain('the type of this moon is unknown');
    expect(JSON.parse((await other.run(...words, '--json')).out)).toMatchObject({ error: { code: 'PLUGIN_BUILD_FAILED', details: { exitCode: 3 } } });
  } finally {
    await other.close();
  }
});
