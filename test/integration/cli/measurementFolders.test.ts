import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { exitCodes } from '../../../electron/cli/exitCodes.ts';
import { makeCommandLine } from '../../support/commandLine.ts';

const petri = makeCommandLine();
afterAll(() => petri.close(), 60_000);

it('runs go from files to files by the command line, and what is refused is named', async () => {
  const [from, to] = [join(petri.folder, 'from'), join(petri.folder, 'to')];
  mkdirSync(join(from, 'measurements', 'arm'), { recursive: true });
  const boot = { timestamp: '2025-10-31T21:45:00', architecture: 'arm', container: 'minix-arm', boot_markers: { kernel_starts: 1, shell_prompt: 9 }, total_time_ms: 9_000, marker_count: 2, success: true };
  writeFileSync(join(from, 'measurements', 'arm', 'boot-1.json'), JSON.stringify(boot));
  writeFileSync(join(from, 'measurements', 'arm', 'boot-2.json'), '{');
  const imported = await petri.run('measure', 'import', from);
  expect(imported.exitCode).toBe(0);
  expect(imported.out).toMatch(/^1 run imported, 1 file refused\nimported-[0-9a-f]{12}\n/);
  expect(imported.error).toContain('measurements/arm/boot-2.json: it is not JSON');
  const again = await petri.run('measure', 'import', from, '--json');
  expect([again.exitCode, (JSON.parse(again.out) as { runs: unknown[] }).runs]).toEqual([exitCodes.negative, []]);
  const exported = await petri.run('measure', 'export', to, '--run', 'last', '--json');
  expect((JSON.parse(exported.out) as { files: string[] }).files).toEqual([join(to, 'measurements', 'arm', readdirSync(join(to, 'measurements', 'arm'))[0] ?? '')]);
  expect((await petri.run('measure', 'import', join(petri.folder, 'nowhere'))).error).toContain('There is no measurements');
  const report = await petri.run('report', 'imported');
  expect(report.out, report.error).toContain('minix-arm');
}, 120_000);
