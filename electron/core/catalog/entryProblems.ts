import type { CatalogEntry, MachinePreset } from '../../contract/catalog.ts';

type Entry = Pick<CatalogEntry, 'presets' | 'choices' | 'images' | 'boot' | 'install' | 'requiresBoard'>;

/** Every field of `data` that the schema did not take over: a misspelt one would be silently without effect. */
export function unreadFields(data: unknown, read: unknown, path: readonly (string | number)[] = []): string[] {
  if (Array.isArray(data)) return Array.isArray(read) ? data.flatMap((item, index) => unreadFields(item, read[index], [...path, index])) : [];
  if (!isRecord(data) || !isRecord(read)) return [];
  return Object.entries(data).flatMap(([key, value]) => (key in read ? unreadFields(value, read[key], [...path, key]) : [`${[...path, key].join('.')}: nobody reads this field`]));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A model and its features as QEMU writes them. They become one word of an argument vector, and none of them names a file. */
const CPU_MODEL = /^[a-zA-Z0-9][a-zA-Z0-9._-]*(,[+-]?[a-zA-Z0-9._-]+(=[a-zA-Z0-9._-]+)?)*$/;
/** Escape sequences would reach the terminal of who lists the catalog. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** What contradicts itself in an entry whose every field fits the schema. */
export function entryProblems(entry: Entry): string[] {
  return [...imageProblems(entry), ...twice('presets', entry.presets), ...twice('images', entry.images), ...entry.presets.flatMap((preset, index) => presetProblems(entry, preset, index)), ...controlCharacters(entry)];
}

function twice(field: string, items: readonly { id: string }[]): string[] {
  const ids = items.map(({ id }) => id);
  return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${field}: ${id} is there twice`);
}

function imageProblems({ images, boot, install }: Entry): string[] {
  const roleOf = (id: string): string | undefined => images.find((image) => image.id === id)?.role;
  const wants = (field: string, id: string, role: string): string[] => (roleOf(id) === role ? [] : [`${field}: ${id} is no image with the role ${role}`]);
  return [
    ...(boot.kernel?.kind === 'image' ? wants('boot.kernel', boot.kernel.image, 'kernel') : []),
    ...boot.modules.flatMap(({ image }, index) => (image.kind === 'image' ? wants(`boot.modules.${index}`, image.image, 'module') : [])),
    ...(install?.medium == null ? [] : wants('install.medium', install.medium, 'medium')),
    ...images.flatMap(({ source }, index) => (source.kind === 'download' && source.member !== undefined && isOutside(source.member) ? [`images.${index}.source.member: it leads out of the archive`] : [])),
    ...images.flatMap(({ source }, index) => (source.kind === 'packages' ? source.packages.filter((name) => !/^[a-z0-9][a-z0-9+.-]+$/.test(name)).map((name) => `images.${index}.source.packages: ${JSON.stringify(name)} is no name of a package`) : [])),
  ];
}

const isOutside = (member: string): boolean => /^([a-z]:)?[/\\]/i.test(member) || member.split(/[/\\]/).includes('..');

/** A preset must be one that the wizard offers; where nothing is listed, nothing can be chosen. */
function presetProblems({ choices }: Entry, { machine, diskBus, card, display }: MachinePreset, index: number): string[] {
  const offers = (field: string, listed: readonly { value: string }[], value: string | null): string[] =>
    listed.length === 0 || value === null || listed.some((choice) => choice.value === value) ? [] : [`presets.${index}.${field}: ${value} is not among the choices`];
  return [
    ...offers('machine.board', choices.boards, machine.board),
    ...offers('machine.cpuModel', choices.cpuModels, machine.cpuModel),
    ...offers('diskBus', choices.diskBuses, diskBus),
    ...offers('card', choices.cards, card),
    ...offers('display', choices.displays, display),
    ...(CPU_MODEL.test(machine.cpuModel) ? [] : [`presets.${index}.machine.cpuModel: ${JSON.stringify(machine.cpuModel)} is no CPU model`]),
    ...(machine.cpus > choices.cpus.maximum ? [`presets.${index}.machine.cpus: more than ${choices.cpus.maximum}`] : []),
    ...(machine.memoryMiB < choices.memoryMiB.minimum ? [`presets.${index}.machine.memoryMiB: less than ${choices.memoryMiB.minimum}`] : []),
  ];
}

function controlCharacters(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value === 'string') return CONTROL.test(value) ? [`${path.join('.')}: it has control characters`] : [];
  return isRecord(value) ? Object.entries(value).flatMap(([key, inner]) => controlCharacters(inner, [...path, key])) : [];
}
