import { z } from 'zod';
import { declareError } from './declare.ts';
import { processEvidence, processFailure } from './processes.ts';

/** Failures of QEMU, of accelerators and of running guests. */
export const machineErrors = {
  QEMU_MISSING: declareError({
    status: 424,
    details: z.object({ program: z.string(), searched: z.array(z.string()), install: z.string() }),
    what: (d) => `${d.program} is not installed.`,
    evidence: (d) => [`searched: ${d.searched.join(', ')}`],
    fix: (d) => d.install,
  }),
  QEMU_TOO_OLD: declareError({
    status: 424,
    details: z.object({ program: z.string(), version: z.string(), minimum: z.string() }),
    what: (d) => `${d.program} ${d.version} is too old.`,
    evidence: (d) => [`needed: ${d.minimum} or newer`],
    fix: () => 'Install a newer QEMU, or name another program in the settings.',
  }),
  QEMU_UNUSABLE: declareError({
    status: 424,
    details: z.object({ program: z.string(), output: z.string() }),
    what: (d) => `${d.program} does not answer like QEMU.`,
    evidence: (d) => [d.output],
    fix: () => 'Name the right program in the settings.',
  }),
  QEMU_REFUSED: declareError({
    status: 500,
    details: processFailure,
    what: () => 'QEMU did not start the guest.',
    evidence: processEvidence,
    fix: () => 'QEMU’s own words above name the option that it refused.',
  }),
  QMP_FAILED: declareError({
    status: 500,
    details: z.object({ command: z.string(), reason: z.string(), timeoutMs: z.number().nullable() }),
    what: (d) => `QEMU did not carry out "${d.command}".`,
    evidence: (d) => [d.timeoutMs === null ? d.reason : `no answer within ${d.timeoutMs} ms`],
    fix: () => 'Try again; if QEMU hangs, "Kill" ends it and keeps the disk.',
  }),
  ACCELERATOR_UNUSABLE: declareError({
    status: 424,
    details: z.object({ accelerator: z.string(), verdict: z.string(), evidence: z.array(z.string()), fix: z.string() }),
    what: (d) => `The accelerator ${d.accelerator} cannot be used here: ${d.verdict}.`,
    evidence: (d) => d.evidence,
    fix: (d) => d.fix,
  }),
  NOTHING_TO_BOOT: declareError({
    status: 409,
    details: z.object({ guest: z.string(), system: z.string().nullable() }),
    what: (d) => `${d.guest} has nothing to boot from.`,
    evidence: () => ['It has no kernel, no disk and no medium in its drive.'],
    fix: (d) => (d.system === null ? 'Attach a disk, put a medium into its drive, or name a kernel.' : `Attach a disk or put a medium into its drive; to install the system anew: petri install ${d.system}`),
  }),
  GUEST_BUSY: declareError({
    status: 409,
    details: z.object({ guest: z.string(), state: z.string(), wanted: z.string() }),
    what: (d) => `${d.guest} is ${d.state}, so it cannot ${d.wanted}.`,
    evidence: () => [],
    fix: (d) => (d.state === 'stopped' || d.state === 'not running' ? 'Start it first.' : `Wait until it is no longer ${d.state}, or end it first.`),
  }),
  GUEST_NAME_TAKEN: declareError({
    status: 409,
    details: z.object({ name: z.string() }),
    what: (d) => `There already is a guest named ${JSON.stringify(d.name)}.`,
    evidence: () => [],
    fix: () => 'Choose another name.',
  }),
  GUEST_ENDED: declareError({
    status: 500,
    /** `memoryLimitMiB` is the limit that was used up, when that is why the kernel ended it. */
    details: z.object({ guest: z.string(), lastLine: z.string(), failure: processFailure, memoryLimitMiB: z.number().int().optional() }),
    what: (d) => (d.memoryLimitMiB === undefined ? `QEMU ended while ${d.guest} was running.` : `${d.guest} used up its memory limit of ${d.memoryLimitMiB} MiB, so the kernel ended QEMU.`),
    evidence: (d) => [`last line: ${d.lastLine}`, ...processEvidence(d.failure)],
    fix: (d) => `${d.memoryLimitMiB === undefined ? 'Start' : 'Raise the limit or give the guest less memory, and start'} it again; what the guest printed is kept in its console.`,
  }),
};

const imagePath = z.object({ path: z.string() });
const chooseAnother = (): string => 'Choose another file.';

/** What can be wrong with a kernel, a disk or an ISO before a guest is started from it. */
export const imageErrors = {
  IMAGE_MISSING: declareError({
    status: 404,
    details: imagePath,
    what: (d) => `The image ${d.path} does not exist.`,
    evidence: () => ['ENOENT'],
    fix: () => 'Put it back, or choose another file.',
  }),
  IMAGE_EMPTY: declareError({
    status: 400,
    details: imagePath,
    what: (d) => `The image ${d.path} is empty.`,
    evidence: () => ['0 bytes'],
    fix: () => 'Download or copy it again.',
  }),
  IMAGE_TRUNCATED: declareError({
    status: 400,
    details: z.object({ path: z.string(), bytes: z.number(), expectedBytes: z.number(), part: z.string() }),
    what: (d) => `The image ${d.path} is cut off.`,
    evidence: (d) => [`${d.part} needs ${d.expectedBytes} bytes, the file has ${d.bytes}`],
    fix: () => 'Download or copy it again.',
  }),
  IMAGE_NOT_A_FILE: declareError({
    status: 400,
    details: z.object({ path: z.string(), kind: z.string() }),
    what: (d) => `${d.path} is ${d.kind}, not an image.`,
    evidence: (d) => [`found: ${d.kind}`],
    fix: chooseAnother,
  }),
  IMAGE_IS_WEB_PAGE: declareError({
    status: 400,
    details: z.object({ path: z.string(), begins: z.string() }),
    what: (d) => `${d.path} is a web page, not an image.`,
    evidence: (d) => [`begins with ${JSON.stringify(d.begins)}`],
    fix: () => 'The download saved an error page; fetch the image again from the right address.',
  }),
  IMAGE_CHANGED: declareError({
    status: 409,
    details: z.object({ path: z.string(), expected: z.string(), found: z.string() }),
    what: (d) => `The image ${d.path} is not the one that came with Petri.`,
    evidence: (d) => [`SHA-256 ${d.found}`, `expected ${d.expected}`],
    fix: () => 'Install Petri again; to boot a kernel of your own, make a guest from that file.',
  }),
  IMAGE_UNKNOWN: declareError({
    status: 400,
    details: z.object({ path: z.string(), begins: z.string(), expected: z.string() }),
    what: (d) => `${d.path} is not ${d.expected}.`,
    evidence: (d) => [`begins with ${d.begins}`],
    fix: chooseAnother,
  }),
};
