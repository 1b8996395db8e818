import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { consoleDirectories } from '../../../electron/host/consoles/consoleDirectories.ts';
import { scratch } from '../../support/scratch.ts';

test('folders without a console, which a killed lab left, are removed when the next one opens them; consoles stay', () => {
  const root = scratch();
  for (const empty of ['run/run-1', 'run/run-2/0', 'guest/gone']) mkdirSync(join(root, empty), { recursive: true });
  mkdirSync(join(root, 'run/run-3/4/serial0'), { recursive: true });
  writeFileSync(join(root, 'run/run-3/4/serial0/00000000000000.log'), 'x');
  expect(consoleDirectories(root).list()).toEqual(['run/run-3/4/serial0']);
  expect(readdirSync(join(root, 'run'))).toEqual(['run-3']);
  expect(existsSync(join(root, 'guest'))).toBe(false);
});

test('a place that does not exist yet has no consoles', () => {
  expect(consoleDirectories(join(scratch(), 'consoles')).list()).toEqual([]);
});
