import { quote } from '../../core/reports/command.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderSnapshots } from '../render/disks.ts';
import type { Context, Result } from '../run/context.ts';
import { findOne, findSnapshot } from '../run/findDisk.ts';
import { findGuest } from '../run/findGuest.ts';
import { followTask } from '../run/followTask.ts';
import { withLab } from '../run/labDoor.ts';
import { paint } from '../run/terminal.ts';

export function list({ lab, terminal }: Context, guest: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { definition } = await findGuest(client, guest);
    const tree = await client.snapshots.tree({ guest: definition.id });
    return { json: tree, text: renderSnapshots(tree, paint(terminal.colour)), exitCode: exitCodes.ok };
  });
}

export function take(context: Context, guest: string, { name, notes }: { readonly name?: string; readonly notes?: string }): Promise<Result> {
  return withLab(context.lab, async ({ client }) => {
    const { definition } = await findGuest(client, guest);
    const chosen = name ?? new Date().toISOString().slice(0, 19).replace('T', ' ');
    const { task, snapshot } = await client.snapshots.take({ guest: definition.id, name: chosen, notes: notes ?? '' });
    await followTask(client, task, context);
    const made = await findSnapshot(client, definition.id, snapshot);
    return { json: made, text: `${made.name} is taken: ${made.id}, ${made.kind === 'machine' ? 'with the running machine' : 'of the disks'}`, exitCode: exitCodes.ok };
  });
}

export function revert(context: Context, guest: string, word: string): Promise<Result> {
  return withLab(context.lab, async ({ client }) => {
    const snapshot = await findSnapshot(client, guest, word);
    const { task, safety } = await client.snapshots.revert({ id: snapshot.id });
    await followTask(client, task, context);
    return { json: { snapshot, safety }, text: `The guest is as it was in ${snapshot.name}. What was before: petri snapshot revert ${quote(guest)} ${safety}`, exitCode: exitCodes.ok };
  });
}

export function remove({ lab }: Context, guest: string, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const snapshot = await findSnapshot(client, guest, word);
    await client.snapshots.remove({ id: snapshot.id });
    return { json: snapshot, text: `${snapshot.name} is in the trash for 7 days. Take it back: petri snapshot restore ${quote(guest)} ${snapshot.id}`, exitCode: exitCodes.ok };
  });
}

export function restore({ lab }: Context, guest: string, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { definition } = await findGuest(client, guest);
    const { id } = findOne('deleted snapshot', await client.snapshots.trash({ guest: definition.id }), word);
    const snapshot = await client.snapshots.restore({ id });
    return { json: snapshot, text: `${snapshot.name} is back: ${snapshot.id}`, exitCode: exitCodes.ok };
  });
}

export function verify({ lab }: Context, guest: string, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { id } = await findSnapshot(client, guest, word);
    const compared = await client.snapshots.verify({ id });
    const lines = compared.disks.map(({ disk, expected, found }) => `${disk}: ${expected === found ? `equal, SHA-256 ${found}` : `differs\n  expected ${expected}\n  found    ${found}`}`);
    return { json: compared, text: lines.length === 0 ? 'The snapshot has no disks.' : lines.join('\n'), exitCode: compared.equal ? exitCodes.ok : exitCodes.negative };
  });
}
