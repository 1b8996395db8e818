import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closingLine, nothing, readCounts, sum } from '../../../build/test/counts.ts';
import { scratch } from '../../support/scratch.ts';

function written(counts: object): string {
  const path = join(scratch(), 'counts.json');
  writeFileSync(path, JSON.stringify({ ...nothing, ...counts }));
  return path;
}

test('the closing line is over all stages', () => {
  const total = sum([{ ...nothing, passed: 3, skipped: 1, skips: [{ test: 'a', reason: 'b' }] }, { ...nothing, passed: 1, failed: 2, failures: ['c', 'd'] }]);
  expect(closingLine(total)).toBe('4 passed, 2 failed, 1 skipped');
  expect(total).toMatchObject({ skips: [{ test: 'a', reason: 'b' }], failures: ['c', 'd'] });
});

test('a stage that crashed before it counted is a failure', () => {
  expect(readCounts('/nowhere/counts.json', 'unit', 1)).toMatchObject({ passed: 0, failed: 1 });
  expect(readCounts('/nowhere/counts.json', 'unit', 0)).toMatchObject({ passed: 0, failed: 1 });
});

test('a stage that ended badly although its tests passed is a failure', () => {
  expect(readCounts(written({ passed: 5 }), 'unit', 1)).toMatchObject({ passed: 5, failed: 1 });
  expect(readCounts(written({ passed: 5 }), 'unit', null)).toMatchObject({ passed: 5, failed: 1 });
});

test('a stage that counted is believed', () => {
  expect(readCounts(written({ passed: 5 }), 'unit', 0)).toMatchObject({ passed: 5, failed: 0 });
  expect(readCounts(written({ passed: 5, failed: 2 }), 'unit', 1)).toMatchObject({ passed: 5, failed: 2 });
});
