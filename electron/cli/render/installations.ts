import { placeholderWords } from '../../core/installations/placeholderWords.ts';
import type { Installation, InstallationReview, InstallationStep } from '../../contract/installations.ts';
import { shellWord } from '../commands/launch.ts';
import { formatBytes } from '../run/bytes.ts';
import type { Paint } from '../run/terminal.ts';
import { renderTable } from './table.ts';

/** Signs that are told apart without colour. */
const signs: Readonly<Record<InstallationStep['state'], string>> = { waiting: '·', running: '>', done: '+', failed: '!', skipped: '-' };
const styles = { waiting: 'dim', running: 'cyan', done: 'green', failed: 'red', skipped: 'dim' } as const;

/** One step as a line: its sign, what it is, and what it waits for. */
export function renderStep({ state, title, detail }: InstallationStep, paint: Paint): string {
  const more = state === 'running' && detail !== '' ? paint('dim', `  ${detail}`) : '';
  return `${paint(styles[state], signs[state])} ${title}${state === 'skipped' ? ` (skipped${detail === '' ? '' : `, ${detail}`})` : ''}${more}`;
}

const ends: Readonly<Record<Installation['state'], string>> = {
  running: 'is being installed',
  byHand: 'is in your hands',
  interrupted: 'was interrupted',
  failed: 'failed',
  cancelled: 'was cancelled',
  done: 'is installed',
};

/** How an installation stands, and the commands that go on from there. */
export function renderInstallation({ id, name, state, guest, draft }: Installation): string {
  const next: Partial<Record<Installation['state'], string[]>> = {
    byHand: [`  see its console:     petri console ${guest ?? ''}`, `  say it is finished:  petri install --finish ${id}`, `  let the script go on:  petri install --hand-back ${id}`],
    interrupted: [`  go on:               petri install --resume ${id}`, `  remove what is there:  petri install --cancel ${id}`],
    failed: [`  try this step again:  petri install --resume ${id}`, `  see its console:     petri console ${guest ?? ''}`, `  remove what is there:  petri install --cancel ${id}`],
    done: draft.install === 'none' ? [`  start it:            petri launch ${guest ?? ''}`] : [`  see its console:     petri console ${guest ?? ''}`, `  power it down:       petri stop ${guest ?? ''}`],
  };
  const end = state === 'done' && draft.install === 'none' ? 'is made' : ends[state];
  return [`${name} ${end}: ${id}`, ...(next[state] ?? [])].join('\n');
}

export function renderInstallations(list: readonly Installation[]): string {
  if (list.length === 0) return 'No installation is kept. Begin one with: petri install ENTRY';
  const rows = list.map(({ id, name, state, steps, guest }) => {
    const step = steps.find((candidate) => candidate.state === 'running' || candidate.state === 'failed') ?? steps.find((candidate) => candidate.state === 'waiting');
    return [id, name, state, `${steps.filter((candidate) => candidate.state === 'done' || candidate.state === 'skipped').length}/${steps.length}`, state === 'done' ? '' : (step?.title ?? ''), guest ?? ''];
  });
  return renderTable(['ID', 'NAME', 'STATE', 'STEPS', 'STEP', 'GUEST'].map((title) => ({ title })), rows);
}

/** What would be done, with each command as a shell reads it; what is chosen only when it is made has a placeholder. */
export function renderReview({ steps, commands, placeholders, warnings, downloadBytes, diskBytes, freeBytes }: InstallationReview, paint: Paint): string {
  const sizes = [
    ...(downloadBytes === 0 ? [] : [`to fetch: ${downloadBytes === null ? 'of unknown size' : formatBytes(downloadBytes)}`]),
    ...(diskBytes === null ? [] : [`disk: up to ${formatBytes(diskBytes)}`]),
    ...(freeBytes === null ? [] : [`free: ${formatBytes(freeBytes)}`]),
  ];
  return [
    paint('bold', 'Steps'),
    ...steps.map(({ title, detail }) => `  ${title}${detail === '' ? '' : paint('dim', `  ${detail}`)}`),
    paint('bold', 'Commands'),
    ...(placeholders.length === 0 ? [] : [paint('dim', `  # ${placeholderWords(placeholders)}`)]),
    ...commands.flatMap(({ title, argv }) => [`  # ${title}`, `  ${argv.map(shellWord).join(' ')}`]),
    ...(warnings.length === 0 ? [] : [paint('bold', 'Worth knowing'), ...warnings.map((warning) => `  ${warning}`)]),
    sizes.join(', '),
  ].join('\n');
}
