import type { CampaignFile, CampaignStep } from '../../contract/campaigns.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { LineOf } from '../../core/campaigns/readCampaign.ts';
import { pathOf } from '../../core/campaigns/stepProblems.ts';
import { stepWishes } from '../../core/campaigns/stepRequest.ts';
import { loadLine } from '../../core/measurements/loads.ts';
import { loadsOfStep, type CampaignGuests } from './campaignGuests.ts';

/** The line that a step's load is for all of its guests; undefined where it has none. Throws INPUT_INVALID. */
export function lineOfStep(file: CampaignFile, step: CampaignStep, guests: CampaignGuests): string | undefined {
  const { load } = stepWishes(file, step);
  if (load === undefined) return undefined;
  if (typeof load !== 'string') return load.type;
  const lines = loadsOfStep(step, guests).map(({ guest, loads }) => ({ guest, line: loadLine(loads, load) }));
  const [first] = lines;
  const other = lines.find(({ line }) => line !== first?.line);
  if (first === undefined || other === undefined) return first?.line;
  throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'load', message: `it is ${JSON.stringify(first.line)} for ${first.guest} and ${JSON.stringify(other.line)} for ${other.guest}: measure them in two steps` }] });
}

/** Throws CAMPAIGN_INVALID with each load that a guest does not have, or that is told what it cannot do, and its line. */
export function refuseUnknownLoads(file: CampaignFile, guests: CampaignGuests, lineOf: LineOf): void {
  const issues = file.steps.flatMap((step, at) => {
    try {
      lineOfStep(file, step, guests);
      return [];
    } catch (error) {
      if (!(error instanceof DeclaredError) || error.failure.code !== 'INPUT_INVALID') throw error;
      const path = pathOf(file, at, 'load');
      return error.failure.details.issues.map(({ message }) => ({ path: path.map(String).join('.'), line: lineOf(path), message }));
    }
  });
  if (issues.length > 0) throw new DeclaredError('CAMPAIGN_INVALID', { issues });
}
