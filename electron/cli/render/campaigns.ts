import type { Campaign, CampaignFile } from '../../contract/campaigns.ts';
import { explain } from '../../contract/errors.ts';
import type { Paint, Style } from '../run/terminal.ts';
import { renderTable } from './table.ts';

const styles: Readonly<Record<string, Style>> = { done: 'green', failed: 'red', cancelled: 'yellow', interrupted: 'yellow', skipped: 'yellow' };

const stateText = (state: string, style: Paint): string => style(styles[state] ?? 'dim', state);

/** The steps in their order, with what became of each. */
export function renderCampaign({ id, name, state, file, steps }: Campaign, style: Paint): string {
  const rows = steps.map(({ name: step, state: now, run, failure }) => {
    const { measure, guests } = file.steps.find((candidate) => candidate.name === step) ?? { measure: '', guests: [] };
    return [step, measure, guests.join(', '), stateText(now, style), run ?? '', failure === null ? '' : explain(failure).what];
  });
  return [
    `${id}  ${name}  ${stateText(state, style)}`,
    '',
    renderTable([{ title: 'step' }, { title: 'measures' }, { title: 'guests' }, { title: 'state' }, { title: 'run' }, { title: 'why' }], rows),
    ...(state === 'failed' || state === 'interrupted' || state === 'cancelled' ? ['', `go on with: petri campaign --resume ${id}`] : []),
  ].join('\n');
}

export function renderCampaigns(campaigns: readonly Campaign[], style: Paint): string {
  if (campaigns.length === 0) return 'no campaigns: begin one with "petri campaign FILE"';
  const rows = campaigns.map(({ id, name, state, createdAt, steps }) => [id, name, stateText(state, style), `${steps.filter((step) => step.state === 'done').length} of ${steps.length}`, createdAt.slice(0, 16).replace('T', ' ')]);
  return renderTable([{ title: 'campaign' }, { title: 'name' }, { title: 'state' }, { title: 'steps done', align: 'right' }, { title: 'begun (UTC)' }], rows);
}

/** What a campaign file would do. */
export function renderPlan({ file, order, boots, notes = [] }: { readonly file: CampaignFile; readonly order: readonly string[]; readonly boots: number; readonly notes?: readonly string[] }): string {
  const rows = order.map((name, at) => {
    const step = file.steps.find((candidate) => candidate.name === name);
    return [String(at + 1), name, step?.measure ?? '', step?.guests.join(', ') ?? '', step?.after.join(', ') ?? ''];
  });
  return [`${file.name}: ${order.length} ${order.length === 1 ? 'step' : 'steps'}, ${boots} boots`, '', renderTable([{ title: '', align: 'right' }, { title: 'step' }, { title: 'measures' }, { title: 'guests' }, { title: 'after' }], rows), ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
}
