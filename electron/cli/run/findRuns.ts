import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { MeasurementKind } from '../../contract/measurements.ts';
import { findRun } from './findGuest.ts';

/** How the MINIX analysis seed's commands name a run: by what was measured, and where. */
export interface SeedRun {
  readonly metric?: MeasurementKind;
  readonly arch?: 'i386' | 'arm';
}

/** Ids of the runs of that kind of guests with that architecture, the newest first. */
export async function findRunsOf(client: LabClient, { metric, arch }: SeedRun, limit: number): Promise<string[]> {
  const guests = (await client.guests.list()).filter(({ definition }) => arch === undefined || definition.architecture === arch);
  const pages = await Promise.all(guests.map(({ definition: { id } }) => client.measurements.find({ guest: id, ...(metric !== undefined && { kind: metric }), limit })));
  const newest = pages.flatMap(({ items }) => items).sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  return [...new Set(newest.map(({ id }) => id))].slice(0, limit);
}

/** The run that is named, or the newest one of the seed's words. Throws NOT_FOUND for none, INPUT_INVALID for neither and for both. */
export async function findNamedRun(client: LabClient, word: string | undefined, seed: SeedRun): Promise<string> {
  const bySeed = seed.metric !== undefined || seed.arch !== undefined;
  if (word !== undefined && bySeed) throw wrong('name a run, or say --metric and --arch, not both');
  if (word !== undefined) return findRun(client, word);
  if (!bySeed) throw wrong('name a run, or say --metric and --arch');
  const [newest] = await findRunsOf(client, seed, 1);
  if (newest === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'run', id: [seed.metric, seed.arch].filter((part) => part !== undefined).join(' of ') });
  return newest;
}

/** `RUN:SAMPLE`, where RUN is as everywhere and SAMPLE is an index. */
export async function findSample(client: LabClient, word: string): Promise<{ run: string; index: number }> {
  const [, run = '', index = ''] = /^(.+):(\d{1,6})$/.exec(word) ?? [];
  if (run === '') throw wrong(`${JSON.stringify(word)} is not RUN:SAMPLE, such as last:0`);
  return { run: await findRun(client, run), index: Number(index) };
}

function wrong(message: string): DeclaredError<'INPUT_INVALID'> {
  return new DeclaredError('INPUT_INVALID', { issues: [{ path: 'RUN', message }] });
}
