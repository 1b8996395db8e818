import type { CatalogEntry } from '../../contract/catalog.ts';
import type { Failure } from '../../contract/errors.ts';
import type { GuestDraft } from '../../contract/guests.ts';
import type { DiskBus } from '../../contract/catalog.ts';

type Obstacle = Extract<Failure, { code: 'MACHINE_UNSUPPORTED' }>;

/** What an entry does not offer of the machine that was asked for, each with what it does offer. */
export function machineObstacles(entry: CatalogEntry, guest: GuestDraft, bus: DiskBus | null): Obstacle[] {
  const { choices, name } = entry;
  const { machine, network, display, share } = guest;
  const refused = (part: string, value: string | number, why: string): Obstacle => ({ code: 'MACHINE_UNSUPPORTED', details: { system: name, part, value: String(value), why } });
  const unless = (part: string, value: string, offered: readonly { readonly value: string; readonly why: string }[]): Obstacle[] =>
    offered.some((choice) => choice.value === value) ? [] : [refused(part, value, offered.length === 0 ? 'it knows none' : `it knows ${offered.map((choice) => `${choice.value} (${choice.why})`).join('; ')}`)];
  return [
    ...unless('the board', machine.board, choices.boards),
    ...unless('the CPU', machine.cpuModel, choices.cpuModels),
    ...(machine.cpus > choices.cpus.maximum ? [refused('so many CPUs:', machine.cpus, choices.cpus.why)] : []),
    ...(machine.memoryMiB < choices.memoryMiB.minimum ? [refused('so little memory, in MiB:', machine.memoryMiB, choices.memoryMiB.why)] : []),
    ...unless('the display', display, choices.displays),
    ...(network.kind === 'none' ? [] : unless('the network card', network.card, choices.cards)),
    ...(bus === null ? [] : unless('the disk bus', bus, choices.diskBuses)),
    ...(share !== null && !choices.share.possible ? [refused('the share', share.tag, choices.share.why)] : []),
  ];
}
