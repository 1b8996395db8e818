import { resolve } from 'node:path';
import type { LabClient } from '../../contract/contract.ts';
import type { Guest } from '../../contract/guests.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderForecast, renderGuest, renderGuests, renderLife } from '../render/guests.ts';
import { localTime } from '../render/times.ts';
import type { Context, Result } from '../run/context.ts';
import { findGuest } from '../run/findGuest.ts';
import { followTask } from '../run/followTask.ts';
import { guestChangeOf, type GuestEdits } from '../run/guestChange.ts';
import { withDiskIds } from '../run/guestDisks.ts';
import { withLab } from '../run/labDoor.ts';

const told = (json: unknown, text: string): Result => ({ json, text, exitCode: exitCodes.ok });

/** Does something with the guest that a word means. */
const withGuest = (context: Context, word: string, act: (client: LabClient, guest: Guest) => Promise<Result>): Promise<Result> =>
  withLab(context.lab, async ({ client }) => act(client, await findGuest(client, word)));

export function list({ lab }: Context, { trash }: { readonly trash?: boolean } = {}): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    if (trash === true) {
      const items = await client.guests.trash();
      return told(items, items.length === 0 ? 'The trash is empty.' : items.map(({ id, name, trashedAt }) => `${id}  ${name}  since ${localTime(trashedAt)}`).join('\n'));
    }
    const guests = await client.guests.list();
    return told(guests, guests.length === 0 ? 'No guests yet. Make one: petri launch builtin-i386' : renderGuests(guests));
  });
}

export function create({ lab }: Context, entry: string, { name, preset, ...edits }: GuestEdits & { readonly preset?: string }): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const draft = await client.guests.draftFromCatalog({ entry, ...(name !== undefined && { name }), ...(preset !== undefined && { preset }) });
    // All of it in one call: a guest that cannot be had as it was asked for is not made.
    const guest = await client.guests.create({ ...draft, ...guestChangeOf(draft, await withDiskIds(client, draft, edits)) });
    const advice = await client.guests.advice({ id: guest.definition.id });
    return told(guest, [`${guest.definition.name} is made: ${guest.definition.id}`, ...advice.map((line) => `  note: ${line}`)].join('\n'));
  });
}

export function show(context: Context, word: string): Promise<Result> {
  return withGuest(context, word, async (client, guest) => {
    const advice = await client.guests.advice({ id: guest.definition.id });
    const entry = (await client.catalog.list()).find(({ id }) => id === guest.definition.catalogEntry);
    const shareLine = guest.definition.share === null ? null : (entry?.choices.share.line ?? null);
    return told({ ...guest, advice, shareLine }, renderGuest(guest, shareLine === null ? advice : [...advice, `mount the shared folder in the guest: ${shareLine}`]));
  });
}

export function edit(context: Context, word: string, edits: GuestEdits): Promise<Result> {
  return withGuest(context, word, async (client, { definition }) => {
    const guest = await client.guests.update({ id: definition.id, change: guestChangeOf(definition, await withDiskIds(client, definition, edits)) });
    return told(guest, renderGuest(guest, await client.guests.advice({ id: definition.id })));
  });
}

export function clone(context: Context, word: string, name: string, { full }: { readonly full?: boolean }): Promise<Result> {
  return withGuest(context, word, async (client, { definition }) => {
    const { task, guest: id } = await client.guests.clone({ id: definition.id, name, disks: full === true ? 'full' : 'linked' });
    await followTask(client, task, context);
    const guest = await client.guests.get({ id });
    return told(guest, `${guest.definition.name} is made: ${id}`);
  });
}

export function remove(context: Context, word: string): Promise<Result> {
  return withGuest(context, word, async (client, { definition: { id, name } }) => {
    await client.guests.remove({ id });
    return told({ id, name }, `${name} is in the trash for 7 days; its disks stay. Take it back: petri guest restore ${id}`);
  });
}

export function restore({ lab }: Context, id: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const guest = await client.guests.restore({ id });
    return told(guest, `${guest.definition.name} is back: ${id}`);
  });
}

export function life(context: Context, word: string): Promise<Result> {
  return withGuest(context, word, async (client, { definition }) => {
    const events = await client.guests.life({ id: definition.id });
    return told(events, events.length === 0 ? 'Nothing is remembered of it.' : renderLife(events));
  });
}

export function forecast(context: Context, word: string): Promise<Result> {
  return withGuest(context, word, async (client, { definition }) => {
    const forecasts = await client.guests.forecast({ id: definition.id });
    return told(forecasts, `${renderForecast(forecasts)}\nA calculation from the definition and what this host has now; nothing was measured.`);
  });
}

/** An act that answers the guest. */
const acting = (act: (client: LabClient, id: string) => Promise<Guest>) => (context: Context, word: string): Promise<Result> =>
  withGuest(context, word, async (client, { definition }) => {
    const guest = await act(client, definition.id);
    return told(guest, `${guest.definition.name} is ${guest.runtime.state}`);
  });

export const pause = acting((client, id) => client.guests.pause({ id }));
export const resume = acting((client, id) => client.guests.resume({ id }));
export const reset = acting((client, id) => client.guests.reset({ id }));

/** Puts a file into the CD drive; without one takes out what is there. */
export function medium(context: Context, word: string, file: string | undefined): Promise<Result> {
  return acting((client, id) => client.guests.changeMedium({ id, medium: file === undefined ? null : { kind: 'file', path: resolve(file) } }))(context, word);
}

function renderGroup(guests: readonly Guest[]): string {
  return guests.map(({ definition, runtime }) => `${definition.name} is ${runtime.state}`).join('\n');
}

export function startGroup({ lab }: Context, group: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const guests = await client.guests.startGroup({ group });
    return told(guests, renderGroup(guests));
  });
}

export function stopGroup({ lab }: Context, group: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const guests = await client.guests.stopGroup({ group });
    return told(guests, renderGroup(guests));
  });
}
