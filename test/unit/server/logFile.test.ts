import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLogFile } from '../../../electron/server/logFile.ts';
import { scratch } from '../../support/scratch.ts';

test('the log has one JSON object a line and stays below twice its limit, with the newest lines kept', () => {
  const directory = join(scratch(), 'logs');
  const path = join(directory, 'lab.log');
  const file = openLogFile(path, 5_000);
  for (let index = 0; index < 200; index += 1) file.log({ level: 'info', noun: 'guests', message: `line ${index}`, details: { index } });
  file.close();
  expect(readdirSync(directory).sort()).toEqual(['lab.log', 'lab.log.1']);
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).size).toBeLessThanOrEqual(5_000);
  const lines = readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.at(-1)).toMatchObject({ level: 'info', noun: 'guests', msg: 'line 199', index: 199 });
});
