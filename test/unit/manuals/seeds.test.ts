// The manual of the seeds' commands promises commands and tests: what it names has to be there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../electron/cli/program.ts';

const root = join(import.meta.dirname, '../../..');
const manual = readFileSync(join(root, 'docs/manuals/seeds.md'), 'utf8');
const rows = manual.split('\n').filter((line) => /^\| .* \| .* \| .*\|$/.test(line));
const commands = [...new Set(rows.flatMap((row) => [...row.matchAll(/`petri ([^`]+)`/g)].map((match) => match[1] ?? '')))];
const tests = rows.flatMap((row) => [...row.matchAll(/`(test\/[^`]+\.ts)`: ([^|;]+)/g)].map((match): [string, string] => [match[1] ?? '', (match[2] ?? '').trim()]));

/** The command that the first words name, and the words behind it. */
function find(words: readonly string[]): { command: Command; rest: readonly string[] } {
  let command = createProgram(() => Promise.resolve());
  let rest = words;
  for (;;) {
    const next = command.commands.find((candidate) => candidate.name() === rest[0]);
    if (next === undefined) return { command, rest };
    command = next;
    rest = rest.slice(1);
  }
}

test('the manual has commands and tests to look at', () => {
  expect(commands.length).toBeGreaterThan(25);
  expect(tests.length).toBeGreaterThan(25);
});

describe('a command of the manual', () => {
  test.each(commands)('petri %s', (line) => {
    const { command, rest } = find(line.split(' '));
    expect(command.name(), 'a command that the program knows').not.toBe('petri');
    // What stands behind an option that takes a value is that value.
    const takesValue = (word: string | undefined): boolean => command.options.some(({ long, required, optional }) => long === word && (required || optional));
    const operands = rest.filter((word, at) => !word.startsWith('--') && !takesValue(rest[at - 1]));
    expect(operands.length > 0 && command.registeredArguments.length === 0 && command.commands.length > 0, `"${operands.join(' ')}" is no subcommand`).toBe(false);
    const known = [command, createProgram(() => Promise.resolve())].flatMap(({ options }) => options.map(({ long }) => long));
    for (const option of rest.filter((word) => word.startsWith('--'))) expect(known).toContain(option);
  });
});

describe('a test of the manual', () => {
  test.each(tests)('%s: %s', (file, words) => {
    expect(existsSync(join(root, file)), `${file} is there`).toBe(true);
    const names = [...readFileSync(join(root, file), 'utf8').matchAll(/\b(?:test|it|describe)(?:\.\w+(?:\([^)]*\))?)*\(\s*(['"`])(.*?)\1/g)].map((match) => match[2] ?? '');
    expect(names.some((name) => name.includes(words)), `one of its tests says "${words}"`).toBe(true);
  });
});
