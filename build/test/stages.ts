import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { COUNTS_FILE, nothing, readCounts, type Counts } from './counts.ts';

export interface Stage {
  readonly name: string;
  run(environment: Readonly<Record<string, string>>): Promise<Counts>;
}

/** Runs a script on this Node without stdin, with what it prints shown, and resolves with its exit code. */
function runScript(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...environment } });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
}

const bin = (path: string): string => join(root, 'node_modules', path);

/** A stage that is right or wrong as a whole. */
function check(name: string, args: readonly string[]): Stage {
  return {
    name,
    run: async (environment) => {
      const passed = (await runScript(args, environment)) === 0;
      return passed ? { ...nothing, passed: 1 } : { ...nothing, failed: 1, failures: [name] };
    },
  };
}

/** A stage whose reporter counts its tests. */
function counted(name: string, args: readonly string[]): Stage {
  return {
    name,
    run: async (environment) => {
      const folder = mkdtempSync(join(tmpdir(), 'petri-counts-'));
      const file = join(folder, 'counts.json');
      try {
        const exitCode = await runScript(args, { ...environment, [COUNTS_FILE]: file });
        return readCounts(file, name, exitCode);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}

function vitest(project: string, ...more: string[]): Stage {
  const reporters = ['--reporter', 'default', '--reporter', './build/test/vitestReporter.ts'];
  return counted(project, [bin('vitest/vitest.mjs'), 'run', '--project', project, '--passWithNoTests', ...reporters, ...more]);
}

const playwright = counted('e2e', [bin('@playwright/test/cli.js'), 'test', '--config', 'playwright.config.ts', '--pass-with-no-tests', '--reporter', 'list,./build/test/playwrightReporter.ts']);

/** All stages, cheapest first. Real guests are timed by some, so those run one file after another. */
export function stages(): Stage[] {
  return [
    check('layers', ['build/layers/check.ts']),
    check('lint', [bin('eslint/bin/eslint.js'), '.']),
    check('types', ['build/typecheck/typecheck.ts']),
    vitest('unit'),
    vitest('contract'),
    vitest('integration', '--no-file-parallelism'),
    ...(existsSync(join(root, 'test/e2e')) ? [playwright] : []),
    vitest('security'),
    vitest('fault', '--no-file-parallelism'),
  ];
}
