import type { CatalogEntry } from '../../../electron/contract/catalog.ts';
import { steps, type Step, type WizardDraft } from './wizardDraft.ts';

/** What is wrong in a step, by field. The lab's review says the rest. */
export type Problems = Readonly<Partial<Record<string, string>>>;

const isPort = (port: number | null): boolean => port !== null && Number.isInteger(port) && port >= 1 && port <= 65_535;
const isAbsolute = (path: string): boolean => path.startsWith('/') || /^[a-z]:[/\\]/i.test(path);
const pathProblem = (path: string): string | null => (path.trim() === '' ? 'Name the file.' : isAbsolute(path.trim()) ? null : 'It must begin at the root of the lab’s machine.');

function sourceProblems(draft: WizardDraft): Problems {
  const path = { medium: draft.medium, disk: draft.image, kernel: draft.kernel, fetch: '/', existing: '/' }[draft.source];
  const problem = pathProblem(path);
  return {
    ...(problem === null ? {} : { path: problem }),
    ...(draft.source === 'existing' && draft.disk === '' ? { disk: 'Choose a disk of the lab.' } : {}),
  };
}

function machineProblems(draft: WizardDraft, { choices }: CatalogEntry): Problems {
  const { cpus, memoryMiB, diskMiB } = draft;
  return {
    ...(Number.isInteger(cpus) && cpus >= 1 && cpus <= choices.cpus.maximum ? {} : { cpus: `It must be a whole number from 1 to ${choices.cpus.maximum}.` }),
    ...(Number.isInteger(memoryMiB) && memoryMiB >= choices.memoryMiB.minimum ? {} : { memoryMiB: `At least ${choices.memoryMiB.minimum} MiB.` }),
    ...(diskMiB === null || (Number.isInteger(diskMiB) && diskMiB >= 1) ? {} : { diskMiB: 'It must be a whole number of MiB.' }),
    ...(draft.name !== '' && draft.name.length > 120 ? { name: 'At most 120 characters.' } : {}),
  };
}

function networkProblems({ card, forwards, sharePath, sshUser }: WizardDraft): Problems {
  const hostPorts = forwards.map(({ hostPort }) => hostPort).filter((port) => port !== null);
  const wrong = forwards.findIndex(({ guestPort, hostPort }) => !isPort(guestPort) || (hostPort !== null && !isPort(hostPort)));
  return {
    ...(card !== 'none' && wrong >= 0 ? { forwards: `Forward ${wrong + 1}: ports are whole numbers from 1 to 65535.` } : {}),
    ...(card !== 'none' && new Set(hostPorts).size < hostPorts.length ? { forwards: 'Two forwards have the same host port.' } : {}),
    ...(sharePath.trim() === '' || isAbsolute(sharePath.trim()) ? {} : { sharePath: 'It must begin at the root of the lab’s machine.' }),
    ...(sshUser === '' || /^[a-z_][a-z0-9_-]{0,31}$/.test(sshUser) ? {} : { sshUser: 'Small letters, digits, _ and -.' }),
  };
}

export function problemsOf(step: Step, draft: WizardDraft, entry: CatalogEntry | undefined): Problems {
  if (entry === undefined) return step === 'system' ? { system: 'Choose a system.' } : {};
  if (step === 'source') return sourceProblems(draft);
  if (step === 'machine') return machineProblems(draft, entry);
  return step === 'network' ? networkProblems(draft) : {};
}

/** The first step that has something wrong, or null. */
export function firstProblem(draft: WizardDraft, entry: CatalogEntry | undefined): Step | null {
  return steps.find((step) => Object.keys(problemsOf(step, draft, entry)).length > 0) ?? null;
}

/** How far a person may jump: to every step up to the first that is wrong. */
export function reachable(draft: WizardDraft, entry: CatalogEntry | undefined): ReadonlySet<Step> {
  const wrong = firstProblem(draft, entry);
  return new Set(wrong === null ? steps : steps.slice(0, steps.indexOf(wrong) + 1));
}

/** Whether the chosen combination is one of the presets, and which. */
export function presetOf(draft: WizardDraft, entry: CatalogEntry): CatalogEntry['presets'][number] | undefined {
  return entry.presets.find(({ machine, diskBus }) => machine.board === draft.board && machine.cpus === draft.cpus && diskBus === draft.diskBus);
}

export const canShare = (entry: CatalogEntry): boolean => entry.choices.share.possible;
