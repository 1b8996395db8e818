import { existsSync } from 'node:fs';
import type { CampaignFile } from '../../contract/campaigns.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { LineOf } from '../../core/campaigns/readCampaign.ts';
import { pathOf } from '../../core/campaigns/stepProblems.ts';
import { stepWishes } from '../../core/campaigns/stepRequest.ts';

/** Throws CAMPAIGN_INVALID with each file of symbols that is not there, and its line: a campaign shall not find out in the night. */
export function refuseMissingFiles(file: CampaignFile, lineOf: LineOf): void {
  const issues = file.steps.flatMap((step, at) => {
    const { symbols } = stepWishes(file, step);
    const path = pathOf(file, at, 'symbols');
    return symbols === undefined || existsSync(symbols) ? [] : [{ path: path.map(String).join('.'), line: lineOf(path), message: `there is no file ${symbols}` }];
  });
  if (issues.length > 0) throw new DeclaredError('CAMPAIGN_INVALID', { issues });
}
