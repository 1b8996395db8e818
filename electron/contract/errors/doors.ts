import { z } from 'zod';
import { declareError } from './declare.ts';

const versions = z.object({
  labContract: z.number().int(),
  shellContract: z.number().int(),
  labBuild: z.string(),
  shellBuild: z.string(),
});

/** The command that lists such things, where a person may look for one by its name. */
const listCommands: Readonly<Record<string, string>> = {
  run: 'petri measure list', guest: 'petri guest list', campaign: 'petri campaign --list', 'trace of programs': 'petri programs list', 'catalog entry': 'petri catalog list',
  'guest or catalog entry': 'petri guest list, petri catalog list', disk: 'petri disk list', calibration: 'petri calibrate --list',
};

const listedBy = (noun: string): string => (listCommands[noun] === undefined ? '' : ` (in a terminal: ${listCommands[noun]})`);

/** Failures at the lab's doors: finding it, being let in, being understood. */
export const doorErrors = {
  LAB_LOCKED: declareError({
    status: 409,
    details: z.object({ dataDirectory: z.string(), pid: z.number().int().nullable() }),
    what: (d) => `Another lab already works in ${d.dataDirectory}.`,
    evidence: (d) => [d.pid === null ? 'The lock is held by a process that left no record of itself.' : `The lock is held by process ${d.pid}.`],
    fix: () => 'Use that lab, end it with "petri stop --lab", or choose another data directory with --data.',
  }),
  LAB_UNREACHABLE: declareError({
    status: 503,
    /** `next` is how to go on, where whoever waited knows more than that a lab has to be started. */
    details: z.object({ socket: z.string(), reason: z.string(), next: z.string().optional() }),
    what: () => 'No lab answers.',
    evidence: (d) => [`${d.socket}: ${d.reason}`],
    fix: (d) => d.next ?? 'Start Petri again: a shell starts the lab that it needs.',
  }),
  LAB_START_FAILED: declareError({
    status: 503,
    details: z.object({ logPath: z.string(), logTail: z.string() }),
    what: () => 'The lab could not start.',
    evidence: (d) => [d.logPath, ...d.logTail.split('\n').slice(-8)],
    fix: (d) => `The last lines of ${d.logPath} name the cause.`,
  }),
  VERSION_MISMATCH: declareError({
    status: 409,
    details: versions,
    what: () => 'The running lab is of another version than this window.',
    evidence: (d) => [`lab: contract ${d.labContract}, build ${d.labBuild}`, `shell: contract ${d.shellContract}, build ${d.shellBuild}`],
    fix: () => 'Restart the lab (in a terminal: "petri stop --lab", then again); guests keep running and are adopted by the new one.',
  }),
  TOKEN_REFUSED: declareError({
    status: 401,
    details: z.object({ given: z.enum(['none', 'wrong']) }),
    what: () => 'The lab does not know this token.',
    evidence: (d) => [d.given === 'none' ? 'The request carried no token.' : 'The request carried another token.'],
    fix: () => 'Open the address that "petri serve" printed, with its token.',
  }),
  HOST_REFUSED: declareError({
    status: 403,
    details: z.object({ host: z.string(), expected: z.array(z.string()) }),
    what: () => 'The request names a host that this lab does not serve.',
    evidence: (d) => [`Host: ${d.host}`, `expected: ${d.expected.join(' or ')}`],
    fix: () => 'Use the exact address that "petri serve" printed.',
  }),
  ORIGIN_REFUSED: declareError({
    status: 403,
    details: z.object({ origin: z.string(), expected: z.array(z.string()) }),
    what: () => 'The request comes from a page that is not Petri’s.',
    evidence: (d) => [`Origin: ${d.origin}`, `expected: ${d.expected.join(' or ')}`],
    fix: () => 'Close that page. Nothing was changed.',
  }),
  PORT_TAKEN: declareError({
    status: 409,
    details: z.object({ address: z.string(), port: z.number().int(), owner: z.string().nullable() }),
    what: (d) => `Port ${d.port} on ${d.address} is in use.`,
    evidence: (d) => [d.owner === null ? 'The owner is not visible to this user.' : `owner: ${d.owner}`],
    fix: () => 'Choose another port, or 0 for any free one.',
  }),
  INPUT_INVALID: declareError({
    status: 400,
    details: z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) }),
    what: () => 'What was asked for cannot be done as it was said.',
    evidence: (d) => d.issues.map((issue) => `${issue.path === '' ? '(whole)' : issue.path}: ${issue.message}`),
    fix: () => 'Correct the named fields; nothing was changed.',
  }),
  TOO_MANY_REQUESTS: declareError({
    status: 429,
    details: z.object({ limitPerSecond: z.number() }),
    what: () => 'Too many requests at once.',
    evidence: (d) => [`limit: ${d.limitPerSecond} a second`],
    fix: () => 'Wait a second and try again.',
  }),
  SUBSCRIBER_BEHIND: declareError({
    status: 429,
    details: z.object({ limit: z.number().int() }),
    what: () => 'This view could not keep up with the lab’s events.',
    evidence: (d) => [`more than ${d.limit} events were waiting`],
    fix: () => 'Subscribe again: the first event is a snapshot of everything.',
  }),
  NOT_FOUND: declareError({
    status: 404,
    details: z.object({ noun: z.string(), id: z.string() }),
    what: (d) => `There is no ${d.noun} "${d.id}".`,
    evidence: () => [],
    fix: (d) => `List what there is${listedBy(d.noun)}: it may have been deleted, or the ${d.noun} has another name.`,
  }),
  CANCELLED: declareError({
    status: 499,
    details: z.object({ task: z.string() }),
    what: (d) => `${d.task} was cancelled.`,
    evidence: () => [],
    fix: () => 'What was finished before is kept; start it again for the rest.',
  }),
  UNEXPECTED: declareError({
    status: 500,
    details: z.object({ reference: z.string() }),
    what: () => 'Something failed that Petri does not know.',
    evidence: (d) => [`reference ${d.reference} in the lab’s log`],
    fix: () => 'Copy the diagnostics and report it; the lab goes on.',
  }),
};
