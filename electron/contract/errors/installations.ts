import { z } from 'zod';
import { declareError } from './declare.ts';

/** Failures of installations, of what a guest is given, and of its consoles. */
export const installationErrors = {
  INSTALLATION_STEP_FAILED: declareError({
    status: 500,
    details: z.object({ installation: z.string(), step: z.string(), awaited: z.string(), limitSeconds: z.number(), lastLines: z.array(z.string()) }),
    what: (d) => `The installation of ${d.installation} stopped at "${d.step}".`,
    evidence: (d) => [`awaited ${d.awaited} for ${d.limitSeconds} s`, ...d.lastLines],
    fix: () => 'Take over in its console and go on by hand, or play the script again from this step.',
  }),
  INSTALLATION_STATE: declareError({
    status: 409,
    details: z.object({ installation: z.string(), state: z.string(), wanted: z.string() }),
    what: (d) => `The installation of ${d.installation} is ${d.state}, so it cannot ${d.wanted}.`,
    evidence: () => [],
    fix: () => 'Look at its steps: what can be done now is offered there.',
  }),
  MACHINE_UNSUPPORTED: declareError({
    status: 400,
    details: z.object({ system: z.string(), part: z.string(), value: z.string(), why: z.string() }),
    what: (d) => `${d.system} does not work with ${d.part} ${d.value}.`,
    evidence: (d) => [d.why],
    fix: () => 'Choose one that the system supports; each is listed with its reason.',
  }),
  BOARD_MISSING: declareError({
    status: 424,
    details: z.object({ board: z.string(), program: z.string(), why: z.string() }),
    what: (d) => `${d.program} has no machine "${d.board}".`,
    evidence: (d) => [d.why],
    fix: (d) => `Name a QEMU program that has "${d.board}" in the settings, or choose another system.`,
  }),
  PACKAGES_UNAVAILABLE: declareError({
    status: 424,
    details: z.object({ wanted: z.string(), packages: z.array(z.string()), reason: z.string() }),
    what: (d) => `${d.wanted} cannot be made from packages here.`,
    evidence: (d) => [d.reason, `packages: ${d.packages.join(', ')}`],
    fix: () => 'It needs apt with the package lists of Debian, and its archive within reach. Or bring an image of your own.',
  }),
  SHARE_REFUSED: declareError({
    status: 400,
    details: z.object({ path: z.string(), leadsTo: z.string(), reason: z.string() }),
    what: (d) => `The folder ${d.path} cannot be shared.`,
    evidence: (d) => (d.leadsTo === d.path ? [d.reason] : [`it leads to ${d.leadsTo}`, d.reason]),
    fix: () => 'Share a folder that holds only what the guest may see.',
  }),
  HOST_PORT_TAKEN: declareError({
    status: 409,
    details: z.object({ guest: z.string(), forward: z.string(), port: z.number().int(), owner: z.string().nullable() }),
    what: (d) => `Port ${d.port}, wanted by ${d.guest} for ${d.forward}, is in use.`,
    evidence: (d) => [d.owner === null ? 'The owner is not visible to this user.' : `owner: ${d.owner}`],
    fix: () => 'Give it another port, or leave it empty and one is chosen.',
  }),
  MEMORY_OVERCOMMITTED: declareError({
    status: 409,
    details: z.object({ guest: z.string(), wantedMiB: z.number(), availableMiB: z.number(), sum: z.array(z.object({ name: z.string(), memoryMiB: z.number() })), reservedFor: z.array(z.string()).default([]) }),
    what: (d) => `${d.guest} needs ${d.wantedMiB} MiB, and ${d.availableMiB} MiB can be given.`,
    evidence: (d) => d.sum.map(({ name, memoryMiB }) => `${name}: ${memoryMiB} MiB`),
    fix: (d) =>
      d.reservedFor.length === 0
        ? 'Stop another guest, or give this one less memory.'
        : `Take back what is reserved for ${d.reservedFor.join(', ')} ("petri guest edit GUEST --reserve 0"), stop another guest, or give this one less memory.`,
  }),
  HOST_KEY_CHANGED: declareError({
    status: 409,
    details: z.object({ guest: z.string(), port: z.number().int(), words: z.array(z.string()) }),
    what: (d) => `What answers as ${d.guest} on port ${d.port} has another host key than before.`,
    evidence: (d) => d.words,
    fix: () => 'If you installed the system anew, trust its new key: "petri ssh GUEST --new-host-key", or the button in its SSH tab. Otherwise find out who listens there.',
  }),
  SESSION_UNAVAILABLE: declareError({
    status: 424,
    details: z.object({ guest: z.string(), kind: z.string(), reason: z.string(), fix: z.string() }),
    what: (d) => `${d.guest} has no ${d.kind} console now.`,
    evidence: (d) => [d.reason],
    fix: (d) => d.fix,
  }),
};
