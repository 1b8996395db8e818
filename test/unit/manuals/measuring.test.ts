// The manual on measuring states figures and shows commands: the figures are those of the simulation, and the commands are there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '../../../electron/cli/program.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manual = read('docs/manuals/measuring.md');

interface Row {
  readonly count: number;
  readonly variation: number;
  readonly covered: { readonly median: number; readonly ratio: number };
  readonly falseAlarms: number;
  readonly found: { readonly fivePercent: number };
}

const { rows } = JSON.parse(read('resources/statistics/coverage.json')) as { rows: Row[] };

function range(of: readonly Row[], value: (row: Row) => number, digits: number): string {
  const values = of.map((row) => value(row) * 100);
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)} %`;
}

test.each([5, 10, 20, 30])('states what the simulation found for %i boots', (count) => {
  const cases = rows.filter((row) => row.count === count);
  const middling = cases.filter(({ variation }) => variation === 0.03);
  const cells = [range(cases, ({ covered }) => covered.median, 1), range(cases, ({ covered }) => covered.ratio, 1), range(cases, ({ falseAlarms }) => falseAlarms, 1), range(middling, ({ found }) => found.fivePercent, 0)];
  expect(manual).toContain(`| ${count} | ${cells.join(' | ')} |`);
});

test('shows commands and options that there are', () => {
  const program = createProgram(() => Promise.resolve());
  const lines = [...manual.matchAll(/(?:^\$ |`)petri ([^`\n]+)/gm)].map(([, line]) => line ?? '');
  expect(lines.length).toBeGreaterThan(12);
  for (const line of lines) {
    const words = line.split(' -- ')[0]?.split(' ') ?? [];
    const first = program.commands.find((command) => command.name() === words[0]);
    expect(first, line).toBeDefined();
    const second = first?.commands.find((command) => command.name() === words[1]);
    const known = [program, first, second].flatMap((command) => command?.options.map(({ long }) => long) ?? []);
    for (const word of words.filter((word) => word.startsWith('--') && word !== '--')) expect(known, line).toContain(word);
  }
});
