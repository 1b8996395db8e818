import { resolve } from 'node:path';
import type { LabClient } from '../../contract/contract.ts';
import type { CatalogEntry } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Installation, InstallationDraft } from '../../contract/installations.ts';
import { draftForEntry, type DraftChoices } from '../../core/installations/draftForEntry.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderInstallation, renderInstallations, renderReview } from '../render/installations.ts';
import type { Context, Result } from '../run/context.ts';
import { followInstallation } from '../run/followInstallation.ts';
import { withLab } from '../run/labDoor.ts';
import { paint } from '../run/terminal.ts';

export interface InstallOptions {
  readonly unattended?: boolean;
  readonly byHand?: boolean;
  /** Only makes the guest. */
  readonly guestOnly?: boolean;
  readonly name?: string;
  readonly preset?: string;
  readonly memory?: number;
  readonly disk?: number;
  /** Files of the user. */
  readonly medium?: string;
  readonly image?: string;
  readonly kernel?: string;
  readonly initrd?: string;
  /** The kernel's command line. */
  readonly append?: string;
  readonly inPlace?: boolean;
  readonly dryRun?: boolean;
  readonly list?: boolean;
  /** Ids of installations. */
  readonly resume?: string;
  readonly cancel?: string;
  readonly keep?: boolean;
  readonly takeOver?: string;
  readonly handBack?: string;
  readonly finish?: string;
}

async function findEntry(client: LabClient, word: string): Promise<CatalogEntry> {
  const entry = (await client.catalog.list()).find(({ id, name }) => id === word || name.toLowerCase() === word.toLowerCase());
  if (entry === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'catalog entry', id: word });
  return entry;
}

/** The one installation that a word means: its id, the beginning of it, or its name. */
async function findInstallation(client: LabClient, word: string): Promise<Installation> {
  const list = await client.installations.list();
  const found = list.find(({ id }) => id === word) ?? list.findLast(({ id, name }) => id.startsWith(word) || name.toLowerCase() === word.toLowerCase());
  if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'installation', id: word });
  return found;
}

function sourceOf({ medium, image, kernel, inPlace }: InstallOptions): InstallationDraft['source'] {
  if (kernel !== undefined) return { kind: 'kernel' };
  if (medium !== undefined) return { kind: 'medium', path: resolve(medium) };
  return image === undefined ? { kind: 'fetch' } : { kind: 'disk', path: resolve(image), inPlace: inPlace === true };
}

function bootOf({ kernel, initrd, append }: InstallOptions): Pick<DraftChoices, 'kernel' | 'initrd' | 'append'> {
  if (initrd !== undefined && kernel === undefined) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: '--initrd', message: 'it belongs to a kernel of yours: say --kernel too' }] });
  return {
    ...(kernel !== undefined && { kernel: resolve(kernel) }),
    ...(initrd !== undefined && { initrd: resolve(initrd) }),
    ...(append !== undefined && { append }),
  };
}

function installOf({ unattended, byHand, guestOnly }: InstallOptions): InstallationDraft['install'] | undefined {
  if (guestOnly === true) return 'none';
  return byHand === true ? 'byHand' : unattended === true ? 'unattended' : undefined;
}

async function draftOf(client: LabClient, word: string, options: InstallOptions): Promise<InstallationDraft> {
  const entry = await findEntry(client, word);
  const install = installOf(options);
  const choices: DraftChoices = {
    source: sourceOf(options),
    ...bootOf(options),
    ...(install !== undefined && { install }),
    ...(options.name !== undefined && { name: options.name }),
    ...(options.preset !== undefined && { preset: options.preset }),
    ...(options.memory !== undefined && { memoryMiB: options.memory }),
    ...(options.disk !== undefined && { diskBytes: options.disk }),
  };
  const draft = draftForEntry(entry, choices);
  if (draft !== null) return draft;
  throw new DeclaredError('INPUT_INVALID', { issues: [{ path: '--preset', message: `${entry.name} has ${entry.presets.map(({ id }) => id).join(', ')}` }] });
}

const told = (installation: Installation): Result => ({ json: installation, text: renderInstallation(installation), exitCode: exitCodes.ok });

async function reviewed(client: LabClient, draft: InstallationDraft, { terminal }: Context): Promise<Result> {
  const review = await client.installations.review(draft);
  const [obstacle] = review.obstacles;
  if (obstacle !== undefined) throw new DeclaredError(obstacle.code, obstacle.details);
  return { json: review, text: renderReview(review, paint(terminal.colour)), exitCode: exitCodes.ok };
}

/** What is to be done with an installation that there is, or null when a new one is wanted. */
async function goOn(client: LabClient, options: InstallOptions, context: Context): Promise<Result | null> {
  const { resume, cancel, keep, takeOver, handBack, finish } = options;
  const find = async (word: string): Promise<string> => (await findInstallation(client, word)).id;
  if (options.list === true) {
    const list = await client.installations.list();
    return { json: list, text: renderInstallations(list), exitCode: exitCodes.ok };
  }
  if (cancel !== undefined) return told(await client.installations.cancel({ id: await find(cancel), cleanUp: keep !== true }));
  if (takeOver !== undefined) return told(await client.installations.takeOver({ id: await find(takeOver) }));
  const follow = async ({ id }: Installation): Promise<Result> => told(await followInstallation(client, id, context));
  if (resume !== undefined) return follow(await client.installations.resume({ id: await find(resume) }));
  if (handBack !== undefined) return follow(await client.installations.handBack({ id: await find(handBack) }));
  if (finish !== undefined) return follow(await client.installations.finish({ id: await find(finish) }));
  return null;
}

/** Installs a system of the catalog and shows each step, or goes on with an installation that there is. */
export function install(context: Context, word: string | undefined, options: InstallOptions): Promise<Result> {
  return withLab(context.lab, async ({ client }) => {
    const done = await goOn(client, options, context);
    if (done !== null) return done;
    if (word === undefined) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'ENTRY', message: 'name a system of the catalog, or --list, --resume or --cancel' }] });
    const draft = await draftOf(client, word, options);
    if (options.dryRun === true) return reviewed(client, draft, context);
    const { id } = await client.installations.begin(draft);
    return told(await followInstallation(client, id, context));
  });
}
