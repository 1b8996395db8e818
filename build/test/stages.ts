import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { COUNTS_FILE, nothing, readCounts, type Counts } from './counts.ts';

/** What a stage is run with. */
export interface StageRun {
  readonly environment: Readonly<Record<string, string>>;
  /** Takes what it prints; it is shown as it comes without. */
  readonly print?: (piece: Buffer) => void;
}

export interface Stage {
  readonly name: string;
  run(given: StageRun): Promise<Counts>;
}

/** Runs a script on this Node without stdin, and resolves with its exit code. */
function runScript(args: readonly string[], { environment, print }: StageRun): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const how = print === undefined ? 'inherit' : 'pipe';
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', how, how], env: { ...process.env, ...environment } });
    if (print !== undefined) for (const stream of [child.stdout, child.stderr]) stream?.on('data', print);
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
}

const bin = (path: string): string => join(root, 'node_modules', path);

/** A stage that is right or wrong as a whole. */
function check(name: string, args: readonly string[]): Stage {
  return {
    name,
    run: async (given) => {
      const passed = (await runScript(args, given)) === 0;
      return passed ? { ...nothing, passed: 1 } : { ...nothing, failed: 1, failures: [name] };
    },
  };
}

/** A stage whose reporter counts its tests. */
function counted(name: string, args: readonly string[]): Stage {
  return {
    name,
    run: async (given) => {
      const folder = mkdtempSync(join(tmpdir(), 'petri-counts-'));
      const file = join(folder, 'counts.json');
      try {
        const exitCode = await runScript(args, { ...given, environment: { ...given.environment, [COUNTS_FILE]: file } });
        return readCounts(file, name, exitCode);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}

function vitest(name: string, ...more: string[]): Stage {
  const reporters = ['--reporter', 'default', '--reporter', './build/test/vitestReporter.ts'];
  return counted(name, [bin('vitest/vitest.mjs'), 'run', '--project', name, '--passWithNoTests', ...reporters, ...more]);
}

const playwright = counted('e2e', [bin('@playwright/test/cli.js'), 'test', '--config', 'playwright.config.ts', '--pass-with-no-tests', '--reporter', 'list,./build/test/playwrightReporter.ts']);

/** Stages that run one after another, beside other lanes. */
export type Lane = readonly Stage[];

/** All stages, cheapest first: a round begins when all lanes of the one before it have ended. */
export function rounds(): readonly (readonly Lane[])[] {
  return [
    // The linter keeps one core busy as long as all of these together the other.
    [
      [check('layers', ['build/layers/check.ts']), check('types', ['build/typecheck/typecheck.ts']), vitest('unit'), vitest('contract')],
      [check('lint', [bin('eslint/bin/eslint.js'), '.'])],
    ],
    // Two files at once, then those that want the machine for themselves.
    [[vitest('integration', '--project', 'alone')]],
    ...(existsSync(join(root, 'test/e2e')) ? [[[playwright]]] : []),
    [[vitest('security')]],
    [[vitest('fault')]],
  ];
}
