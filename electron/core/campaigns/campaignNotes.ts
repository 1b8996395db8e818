import type { CampaignFile, CampaignStep } from '../../contract/campaigns.ts';

interface Known {
  /** Ids of the phase tables of a step's guests, each once. */
  readonly tablesOf: (step: CampaignStep) => readonly string[];
  /** Boots that controls take, of all steps. */
  readonly controlBoots: number;
}

/** What a campaign means beside its steps and boots, as sentences. */
export function campaignNotes({ steps }: CampaignFile, { tablesOf, controlBoots }: Known): string[] {
  const unlike = steps.flatMap((step) => {
    const tables = tablesOf(step);
    return tables.length < 2 ? [] : [`Step ${step.name} compares different systems (${tables.join(', ')}): it gives ratios only, of what they share, and no verdicts.`];
  });
  const control = controlBoots === 0 ? [] : [`${controlBoots} of the boots are A/A controls, which show how much two equal guests differ; "control: false" does without them.`];
  return [...unlike, ...control];
}
