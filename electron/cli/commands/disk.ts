import { resolve } from 'node:path';
import type { LabClient } from '../../contract/contract.ts';
import type { Disk, DiskFormat } from '../../contract/disks.ts';
import { diskNameOf } from '../../core/disks/diskNames.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { renderCheck, renderDisks } from '../render/disks.ts';
import { localTime } from '../render/times.ts';
import { formatBytes } from '../run/bytes.ts';
import type { Context, Result } from '../run/context.ts';
import { findDisk, findOne } from '../run/findDisk.ts';
import { followTask } from '../run/followTask.ts';
import { withLab } from '../run/labDoor.ts';

const told = (json: unknown, text: string, exitCode: ExitCode = exitCodes.ok): Result => ({ json, text, exitCode });

/** Does something with the disk that a word means. */
const withDisk = (context: Context, word: string, act: (client: LabClient, disk: Disk) => Promise<Result>): Promise<Result> =>
  withLab(context.lab, async ({ client }) => act(client, await findDisk(client, word)));

export function list({ lab }: Context, { trash }: { readonly trash?: boolean }): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    if (trash !== true) {
      const disks = await client.disks.list();
      return told(disks, renderDisks(disks));
    }
    const items = await client.disks.trash();
    return told(items, items.length === 0 ? 'The trash is empty.' : items.map(({ id, name, trashedAt }) => `${id}  ${name}  since ${localTime(trashedAt)}`).join('\n'));
  });
}

export function create({ lab }: Context, name: string, bytes: number): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const disk = await client.disks.create({ name, bytes });
    return told(disk, `${disk.name} is made: ${disk.id}, ${formatBytes(disk.virtualBytes)}`);
  });
}

export function importDisk(context: Context, path: string, { name, inPlace }: { readonly name?: string; readonly inPlace?: boolean }): Promise<Result> {
  return withLab(context.lab, async ({ client }) => {
    const source = resolve(path);
    const chosen = name ?? diskNameOf(source);
    const { task, disk } = await client.disks.import({ name: chosen, source: { path: source }, inPlace: inPlace === true });
    await followTask(client, task, context);
    const made = await client.disks.get({ id: disk });
    return told(made, `${made.name} is imported: ${made.id}, ${formatBytes(made.virtualBytes)}`);
  });
}

export function exportDisk(context: Context, word: string, path: string, { format }: { readonly format: DiskFormat }): Promise<Result> {
  return withDisk(context, word, async (client, { id }) => {
    const target = resolve(path);
    const { task } = await client.disks.export({ id, path: target, format });
    const { phase } = await followTask(client, task, context);
    return told({ path: target, format, digest: phase.replace('SHA-256 ', '') }, `${target}\n${phase}`);
  });
}

export function resize(context: Context, word: string, bytes: number, { shrink }: { readonly shrink?: boolean }): Promise<Result> {
  return withDisk(context, word, async (client, { id }) => {
    const disk = await client.disks.resize({ id, bytes, shrink: shrink === true });
    return told(disk, `${disk.name} has ${formatBytes(disk.virtualBytes)} now`);
  });
}

/** Follows a task that changes a disk and tells the disk as it is afterwards. */
async function changed(context: Context, client: LabClient, before: Disk, task: string): Promise<Result> {
  await followTask(client, task, context);
  const disk = await client.disks.get({ id: before.id });
  return told(disk, `${disk.name}: ${disk.format}, ${formatBytes(disk.fileBytes)} on disk (${formatBytes(before.fileBytes)} before)`);
}

export function convert(context: Context, word: string, format: 'qcow2' | 'raw'): Promise<Result> {
  return withDisk(context, word, async (client, disk) => changed(context, client, disk, (await client.disks.convert({ id: disk.id, format })).task));
}

export function compact(context: Context, word: string): Promise<Result> {
  return withDisk(context, word, async (client, disk) => changed(context, client, disk, (await client.disks.compact({ id: disk.id })).task));
}

export function check(context: Context, word: string): Promise<Result> {
  return withDisk(context, word, async (client, { id }) => {
    const found = await client.disks.check({ id });
    return told(found, renderCheck(found), found.clean ? exitCodes.ok : exitCodes.negative);
  });
}

export function repair(context: Context, word: string): Promise<Result> {
  return withDisk(context, word, async (client, { id }) => {
    const { before, after, kept } = await client.disks.repair({ id });
    const words = kept === '' ? ['There was nothing to repair.'] : [`before: ${renderCheck(before)}`, `after: ${renderCheck(after)}`, `The damaged file is kept: ${kept}`];
    return told({ before, after, kept }, words.join('\n'), after.clean ? exitCodes.ok : exitCodes.negative);
  });
}

export function clone(context: Context, word: string, { name, full }: { readonly name?: string; readonly full?: boolean }): Promise<Result> {
  return withDisk(context, word, async (client, source) => {
    const { task, disk } = await client.disks.clone({ id: source.id, name: name ?? `${source.name} (clone)`, kind: full === true ? 'full' : 'linked' });
    await followTask(client, task, context);
    const made = await client.disks.get({ id: disk });
    return told(made, `${made.name} is ${full === true ? 'a full copy' : 'a linked clone'} of ${source.name}: ${made.id}`);
  });
}

export function digest(context: Context, word: string): Promise<Result> {
  return withDisk(context, word, async (client, { id }) => {
    const found = await client.disks.digest({ id });
    return told(found, `${found.digest}  ${found.bytes} bytes`);
  });
}

export function remove(context: Context, word: string): Promise<Result> {
  return withDisk(context, word, async (client, disk) => {
    await client.disks.remove({ id: disk.id });
    return told(disk, `${disk.name} is in the trash for 7 days. Take it back: petri disk restore ${disk.id}`);
  });
}

export function restore({ lab }: Context, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { id } = findOne('deleted disk', await client.disks.trash(), word);
    const disk = await client.disks.restore({ id });
    return told(disk, `${disk.name} is back: ${disk.id}`);
  });
}
