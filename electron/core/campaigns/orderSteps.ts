import type { CampaignStep } from '../../contract/campaigns.ts';
import { DeclaredError } from '../../contract/errors.ts';

type Step = Pick<CampaignStep, 'name' | 'after'>;

/** The names in an order in which each comes after those it waits for, and else as in the file. Throws CAMPAIGN_CYCLE. */
export function orderSteps(steps: readonly Step[]): string[] {
  const ordered: string[] = [];
  let waiting = [...steps];
  while (waiting.length > 0) {
    const ready = waiting.find(({ after }) => after.every((name) => ordered.includes(name)));
    if (ready === undefined) throw new DeclaredError('CAMPAIGN_CYCLE', { cycle: findCycle(waiting) });
    ordered.push(ready.name);
    waiting = waiting.filter((step) => step !== ready);
  }
  return ordered;
}

/** Every step that waits leads to another one that waits; the first name that comes again closes the ring. */
function findCycle(waiting: readonly Step[]): string[] {
  const path: string[] = [];
  let step = waiting[0];
  while (step !== undefined && !path.includes(step.name)) {
    path.push(step.name);
    const next: string | undefined = step.after.find((name) => waiting.some((other) => other.name === name));
    step = waiting.find(({ name }) => name === next);
  }
  return path.slice(path.indexOf(step?.name ?? ''));
}
