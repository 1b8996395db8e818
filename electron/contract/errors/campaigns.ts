import { z } from 'zod';
import { declareError } from './declare.ts';

/** Failures of a campaign file; each is found before anything is booted. */
export const campaignErrors = {
  CAMPAIGN_INVALID: declareError({
    status: 400,
    details: z.object({ issues: z.array(z.object({ path: z.string(), line: z.number().int().nullable(), message: z.string() })) }),
    what: () => 'The campaign file is not valid.',
    evidence: (d) => d.issues.map(({ path, line, message }) => `${line === null ? '' : `line ${line}: `}${path === '' ? '' : `${path}: `}${message}`),
    fix: () => 'Correct the lines that are named; nothing was started.',
  }),
  CAMPAIGN_CYCLE: declareError({
    status: 400,
    details: z.object({ cycle: z.array(z.string()).min(1) }),
    what: () => 'The steps of the campaign wait for each other.',
    evidence: (d) => [[...d.cycle, d.cycle[0]].join(' waits for ')],
    fix: (d) => `Take one of the names out of an "after": begin with that of ${d.cycle[0] ?? ''}.`,
  }),
  CAMPAIGN_GUEST_MISSING: declareError({
    status: 404,
    details: z.object({ missing: z.array(z.object({ step: z.string(), guest: z.string() })).min(1) }),
    what: (d) => `The campaign names ${d.missing.length === 1 ? 'a guest' : 'guests'} that ${d.missing.length === 1 ? 'is' : 'are'} not here.`,
    evidence: (d) => d.missing.map(({ step, guest }) => `step ${step}: ${guest}`),
    fix: () => 'Write the name or id of a guest, or the id of a catalog entry; both are listed by "petri guest list" and "petri catalog list".',
  }),
  CAMPAIGN_STEP_FAILED: declareError({
    status: 424,
    details: z.object({ step: z.string(), after: z.string() }),
    what: (d) => `The step ${d.step} was left out.`,
    evidence: (d) => [`it comes after ${d.after}, which did not end well`],
    fix: (d) => `See why ${d.after} failed, then resume the campaign.`,
  }),
};
