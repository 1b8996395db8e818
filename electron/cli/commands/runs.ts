import type { MeasurementKind, Run, RunFilter, RunListItem } from '../../contract/measurements.ts';
import { formatDuration } from '../../core/charts/numbers.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderTable, type Column } from '../render/table.ts';
import type { Context, Result } from '../run/context.ts';
import { printable } from '../run/failures.ts';
import { findGuest, findRun } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';

export interface RunListOptions {
  readonly kind?: MeasurementKind;
  readonly state?: Run['state'];
  /** As a person names a guest. */
  readonly guest?: string;
  readonly tag?: string;
  readonly search?: string;
  readonly order?: RunFilter['order'];
  readonly from: number;
  readonly limit: number;
}

const columns: readonly Column[] = [
  { title: 'run' }, { title: 'measures' }, { title: 'name' }, { title: 'guests' }, { title: 'state' }, { title: 'boots', align: 'right' }, { title: 'boot (median)', align: 'right' }, { title: 'begun (UTC)' }, { title: 'tags' },
];

function rowOf({ id, kind, name, guests, state, samples, medianBootNs, createdAt, tags }: RunListItem): string[] {
  return [id, kind, printable(name), printable(guests.join(', ')), state, String(samples), medianBootNs === null ? '–' : formatDuration(medianBootNs), createdAt.slice(0, 16).replace('T', ' '), printable(tags.join(', '))];
}

/** `petri measure list`: runs that are kept, a page of them. */
export function listRuns({ lab, terminal }: Context, { kind, state, guest: word, tag, search, order, from, limit }: RunListOptions): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const guest = word === undefined ? undefined : (await findGuest(client, word)).definition.id;
    const filters = { ...(kind && { kind }), ...(state && { state }), ...(guest !== undefined && { guest }), ...(tag !== undefined && { tag }), ...(search !== undefined && { text: search }) };
    const { total, items } = await client.measurements.find({ ...filters, ...(order && { order }), offset: from, limit });
    if (items.length > 0 && items.length < total) terminal.report(`runs ${from} to ${from + items.length - 1} of ${total}`);
    const none = Object.keys(filters).length === 0 && from === 0 ? 'no run was kept; begin with: petri measure boot GUEST' : 'no such run';
    return { json: items, text: items.length === 0 ? none : renderTable(columns, items.map(rowOf)), exitCode: exitCodes.ok };
  });
}

export interface RunEdits {
  readonly name?: string;
  readonly notes?: string;
  readonly tags?: readonly string[];
}

/** `petri measure edit`: what a person says of a run; its numbers stay. */
export function editRun({ lab }: Context, word: string, { name, notes, tags }: RunEdits): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const run = await client.measurements.annotate({ id: await findRun(client, word), ...(name !== undefined && { name }), ...(notes !== undefined && { notes }), ...(tags && { tags: [...tags] }) });
    const said = [printable(run.name), ...(run.tags.length === 0 ? [] : [`tags ${printable(run.tags.join(', '))}`]), ...(run.notes === '' ? [] : [`notes: ${printable(run.notes)}`])];
    return { json: run, text: `${run.id}: ${said.join('; ')}`, exitCode: exitCodes.ok };
  });
}

export function removeRun({ lab }: Context, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const id = await findRun(client, word);
    await client.measurements.remove({ id });
    return { json: { id }, text: `${id} is in the trash; back with: petri measure restore ${id}`, exitCode: exitCodes.ok };
  });
}

export function restoreRun({ lab }: Context, id: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const run = await client.measurements.restore({ id });
    return { json: run, text: `${run.id} is back`, exitCode: exitCodes.ok };
  });
}
