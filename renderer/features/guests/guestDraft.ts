import type { Failure } from '../../../electron/contract/errors.ts';
import { fixedWhileRunning } from '../../../electron/core/guests/guestStates.ts';
import { guestChange, type GuestChange, type GuestDefinition } from '../../../electron/contract/guests.ts';

/** What a person can change of a guest: everything but its id, when it was made, and what it was made from. */
export type GuestDraftFields = Omit<GuestDefinition, 'id' | 'createdAt' | 'catalogEntry' | 'architecture'>;
export type DraftKey = keyof GuestDraftFields;

const fixed: ReadonlySet<string> = new Set(['id', 'createdAt', 'catalogEntry', 'architecture']);

/** A copy of its own, which can be edited. */
export function draftOf(definition: GuestDefinition): GuestDraftFields {
  const fields = Object.entries(definition).filter(([key]) => !fixed.has(key));
  return JSON.parse(JSON.stringify(Object.fromEntries(fields))) as GuestDraftFields;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The fields that differ. */
export function changedKeys(from: GuestDraftFields, to: GuestDraftFields): DraftKey[] {
  return (Object.keys(to) as DraftKey[]).filter((key) => !same(from[key], to[key]));
}

/** What another shell changed is taken over where this one changed nothing. */
export function rebased(draft: GuestDraftFields, before: GuestDraftFields, after: GuestDraftFields): GuestDraftFields {
  const mine = changedKeys(before, draft);
  return { ...structuredClone(after), ...Object.fromEntries(mine.map((key) => [key, draft[key]])) };
}

export function changeOf(from: GuestDraftFields, to: GuestDraftFields): GuestChange {
  return Object.fromEntries(changedKeys(from, to).map((key) => [key, to[key]]));
}

/** What is wrong with a draft, by the path of the field (`machine.memoryMiB`, `network.forwards.0.hostPort`). */
export type FieldErrors = Readonly<Record<string, string>>;

const words: Readonly<Record<string, string>> = {
  'Too small: expected string to have >=1 characters': 'It must not be empty.',
};

export function validate(change: GuestChange): FieldErrors {
  const parsed = guestChange.safeParse(change);
  const found = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => [path.join('.'), words[message] ?? message] as const);
  return { ...Object.fromEntries(found), ...clashes(change) };
}

/** Two forwards of one guest cannot have one host port, and names are what a health check finds them by. */
function clashes({ network }: GuestChange): Record<string, string> {
  if (network === undefined || network.kind === 'none') return {};
  const found: Record<string, string> = {};
  for (const [index, { name, hostPort, protocol }] of network.forwards.entries()) {
    const earlier = network.forwards.slice(0, index);
    if (hostPort !== null && earlier.some((other) => other.hostPort === hostPort && other.protocol === protocol)) found[`network.forwards.${index}.hostPort`] = `Another forward has port ${hostPort}.`;
    if (earlier.some((other) => other.name === name)) found[`network.forwards.${index}.name`] = `Another forward is called ${name}.`;
  }
  return found;
}

const partFields: readonly (readonly [RegExp, string])[] = [
  [/board/i, 'machine.board'],
  [/cpu ?model/i, 'machine.cpuModel'],
  [/cpu|processor/i, 'machine.cpus'],
  [/memory/i, 'machine.memoryMiB'],
  [/bus|disk|drive/i, 'disks'],
  [/card|network/i, 'network.card'],
  [/display|graphic/i, 'display'],
  [/share/i, 'share.path'],
  [/medium|cd/i, 'medium'],
  [/serial/i, 'serialPorts'],
];

/** The field that a refusal of the lab is about, or null for one that is about the whole. */
export function fieldOf(failure: Failure, draft: GuestDraftFields): string | null {
  switch (failure.code) {
    case 'GUEST_NAME_TAKEN':
      return 'name';
    case 'MACHINE_UNSUPPORTED':
      return partFields.find(([part]) => part.test(failure.details.part))?.[1] ?? null;
    case 'BOARD_MISSING':
      return 'machine.board';
    case 'MEMORY_OVERCOMMITTED':
      return 'machine.memoryMiB';
    case 'SHARE_REFUSED':
      return 'share.path';
    case 'HOST_PORT_TAKEN': {
      const index = draft.network.kind === 'none' ? -1 : draft.network.forwards.findIndex(({ hostPort }) => hostPort === failure.details.port);
      const console = draft.tcpConsoles.findIndex(({ port }) => port === failure.details.port);
      return index >= 0 ? `network.forwards.${index}.hostPort` : console >= 0 ? `tcpConsoles.${console}.port` : null;
    }
    case 'IMAGE_MISSING':
      return draft.medium?.kind === 'file' && draft.medium.path === failure.details.path ? 'medium' : null;
    default:
      return null;
  }
}

/** Why a field cannot be changed now, or null. */
export function lockOf(key: DraftKey, isRunning: boolean): string | null {
  // A medium is changed in the drive of the running machine, in another way than by its definition.
  if (!isRunning || key === 'medium' || !(key in fixedWhileRunning)) return null;
  return 'Stop the guest to change this: the machine is built when it starts.';
}
