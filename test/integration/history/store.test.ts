import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { HistoryPoint } from '../../../electron/contract/history.ts';
import { openHistoryStore } from '../../../electron/host/history/historyStore.ts';
import { openDataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { repairDatabase } from '../../../electron/host/storage/repairDatabase.ts';
import { purgeTrash } from '../../../electron/host/storage/trash.ts';
import { scratch } from '../../support/scratch.ts';

const NOW_S = 1_700_000_100;
const nothing: HistoryPoint = { atMs: 0, cpuPercent: null, memoryBytes: null, hostFaults: null, exits: null, diskReadBytes: null, diskWrittenBytes: null, networkReceivedBytes: null, networkSentBytes: null, consoleBytes: null };
const pointAt = (seconds: number, cpuPercent: number | null): { subject: string; point: HistoryPoint } => ({ subject: 'host', point: { ...nothing, atMs: seconds * 1_000, cpuPercent } });

function openStore(mostRows?: number) {
  const path = join(scratch(), 'lab');
  let data = openDataDirectory(path);
  return {
    open: () => openHistoryStore(data.database, mostRows),
    reopen: () => {
      data.dispose();
      data = openDataDirectory(path);
    },
    count: (step: number) => data.database.prepare<[number], { n: number }>('SELECT count(*) AS n FROM history WHERE step = ?').get(step)?.n,
    close: () => data.dispose(),
  };
}

it('seconds become tens of seconds and five minutes, with their mean and their peak', () => {
  const place = openStore();
  const store = place.open();
  store.write(Array.from({ length: 100 }, (_, at) => pointAt(NOW_S + at, at === 15 ? 100 : 0)), (NOW_S + 100) * 1_000);
  expect(store.read('host', 10, 10, NOW_S, NOW_S + 29).map(({ point, seconds }) => [point.atMs / 1_000 - NOW_S, point.cpuPercent, point.cpuMaximumPercent, seconds])).toEqual([[0, 0, 0, 10], [10, 10, 100, 10], [20, 0, 0, 10]]);
  expect(store.read('host', 300, 300, NOW_S, NOW_S + 100)).toMatchObject([{ point: { cpuPercent: 1, cpuMaximumPercent: 100 } }]);
  expect(store.read('host', 1, 50, NOW_S, NOW_S + 99).map(({ point }) => point.cpuPercent)).toEqual([2, 0]);
  expect(store.read('other', 1, 1, NOW_S, NOW_S + 99)).toEqual([]);
  place.close();
});

it('a stretch in which the lab ended is whole when the next lab goes on with it', () => {
  const place = openStore();
  place.open().write([pointAt(NOW_S, 40), pointAt(NOW_S + 1, 40)], NOW_S * 1_000);
  place.reopen();
  const store = place.open();
  store.write([pointAt(NOW_S + 2, 10)], (NOW_S + 2) * 1_000);
  expect(store.read('host', 10, 10, NOW_S, NOW_S + 9)).toMatchObject([{ point: { cpuPercent: 30, cpuMaximumPercent: 40 } }]);
  place.close();
});

it('after the clock was set back the newer reading of a second stands, and nothing else of the past changes', () => {
  const place = openStore();
  const store = place.open();
  store.write(Array.from({ length: 30 }, (_, at) => pointAt(NOW_S + at, 80)), (NOW_S + 29) * 1_000);
  store.write(Array.from({ length: 5 }, (_, at) => pointAt(NOW_S + 10 + at, 20)), (NOW_S + 14) * 1_000);
  expect(store.read('host', 1, 10, NOW_S, NOW_S + 29).map(({ point }) => point.cpuPercent)).toEqual([80, 50, 80]);
  expect(store.read('host', 10, 10, NOW_S, NOW_S + 29).map(({ point, seconds }) => [point.cpuPercent, seconds])).toEqual([[80, 10], [50, 10], [80, 10]]);
  expect(place.count(1)).toBe(30);
  place.close();
});

it('what is too old is forgotten step by step, and the whole is bounded', () => {
  const place = openStore(2);
  const store = place.open();
  const write = (seconds: number): void => store.write([pointAt(seconds, 1)], seconds * 1_000);
  write(NOW_S);
  write(NOW_S + 601);
  expect([place.count(1), place.count(10)]).toEqual([1, 2]);
  write(NOW_S + 86_402);
  // Three stretches of five minutes, of which two may stay.
  expect([place.count(1), place.count(10), place.count(300)]).toEqual([1, 2, 2]);
  place.close();
});

it('a null stays null, and does not pull a mean down', () => {
  const place = openStore();
  const store = place.open();
  store.write([pointAt(NOW_S, null), pointAt(NOW_S + 1, 50)], NOW_S * 1_000);
  expect(store.read('host', 10, 10, NOW_S, NOW_S + 9)).toMatchObject([{ point: { cpuPercent: 50, exits: null } }]);
  place.close();
});

it('the past of a guest goes when the guest leaves the trash, and that of the host stays', () => {
  const data = openDataDirectory(join(scratch(), 'lab'));
  const store = openHistoryStore(data.database);
  store.write([pointAt(NOW_S, 1), { ...pointAt(NOW_S, 2), subject: 'gone' }], NOW_S * 1_000);
  data.database.exec("INSERT INTO documents (collection, id, json, trashed_at) VALUES ('guests', 'gone', '{}', '2020-01-01T00:00:00.000Z')");
  purgeTrash(data, new Date());
  expect(['gone', 'host'].map((subject) => store.read(subject, 300, 300, NOW_S, NOW_S).length)).toEqual([0, 1]);
  data.dispose();
});

it('is copied by a repair as far as it can be read', () => {
  const path = join(scratch(), 'lab');
  const before = openDataDirectory(path);
  openHistoryStore(before.database).write([pointAt(NOW_S, 40)], NOW_S * 1_000);
  const damaged = before.database.prepare<[], { rootpage: number }>("SELECT rootpage FROM sqlite_schema WHERE name = 'run_rows'").get()?.rootpage ?? 0;
  before.dispose();
  const file = join(path, 'lab.sqlite');
  const bytes = readFileSync(file);
  writeFileSync(file, Buffer.concat([bytes.subarray(0, (damaged - 1) * 4_096), Buffer.alloc(4_096, 0xa5), bytes.subarray(damaged * 4_096)]));
  expect(repairDatabase(path)).toMatchObject({ outcome: 'repaired' });
  const after = openDataDirectory(path);
  expect(openHistoryStore(after.database).read('host', 1, 1, NOW_S, NOW_S)).toMatchObject([{ point: { cpuPercent: 40 } }]);
  after.dispose();
});
