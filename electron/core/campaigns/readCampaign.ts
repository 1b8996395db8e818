import { campaignFile, type CampaignFile } from '../../contract/campaigns.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { issueWords } from './issueWords.ts';
import { stepProblems, type Problem } from './stepProblems.ts';

/** The line of a path in the file's text, counted from 1; null where it is not known. */
export type LineOf = (path: readonly PropertyKey[]) => number | null;

/** Reads the parsed text of a campaign file. Throws CAMPAIGN_INVALID with every problem and its line. */
export function readCampaign(data: unknown, lineOf: LineOf): CampaignFile {
  const parsed = campaignFile.safeParse(data);
  const issues = parsed.success
    ? [...problems(parsed.data), ...stepProblems(parsed.data)]
    : parsed.error.issues.flatMap(issueWords);
  if (!parsed.success || issues.length > 0) {
    throw new DeclaredError('CAMPAIGN_INVALID', { issues: issues.map(({ path, message }) => ({ path: path.map(String).join('.'), line: lineOf(path), message })) });
  }
  return parsed.data;
}

function problems({ steps }: CampaignFile): Problem[] {
  const names = steps.map(({ name }) => name);
  return steps.flatMap(({ name, after }, at) => [
    ...(names.indexOf(name) < at ? [{ path: ['steps', at, 'name'], message: `another step is called ${name}, too` }] : []),
    ...after.flatMap((before, place) => (names.includes(before) ? [] : [{ path: ['steps', at, 'after', place], message: `no step is called ${before}` }])),
  ]);
}
