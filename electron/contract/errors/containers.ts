import { z } from 'zod';
import { declareError } from './declare.ts';

const ofEngine = z.object({ engine: z.string(), host: z.string(), evidence: z.array(z.string()) });

/** Failures of Docker Engines and of what runs on them. */
export const containerErrors = {
  DOCKER_ABSENT: declareError({
    status: 424,
    details: ofEngine.extend({ install: z.string() }),
    what: () => 'Docker is not installed.',
    evidence: (d) => d.evidence,
    fix: (d) => d.install,
  }),
  DOCKER_STOPPED: declareError({
    status: 424,
    details: ofEngine,
    what: (d) => `The Docker Engine "${d.engine}" does not run.`,
    evidence: (d) => [d.host, ...d.evidence],
    fix: () => 'Start it (on Linux: sudo systemctl start docker; elsewhere open Docker Desktop), then test again.',
  }),
  DOCKER_DENIED: declareError({
    status: 424,
    details: ofEngine,
    what: (d) => `This user may not use the Docker Engine "${d.engine}".`,
    evidence: (d) => [d.host, ...d.evidence],
    fix: () => 'Join its group (sudo usermod -aG docker "$USER") and log in again; a member of it is as powerful as root.',
  }),
  DOCKER_TOO_OLD: declareError({
    status: 424,
    details: ofEngine.extend({ version: z.string(), minimum: z.string() }),
    what: (d) => `Docker ${d.version} is too old.`,
    evidence: (d) => [`needed: API ${d.minimum} or newer`, ...d.evidence],
    fix: () => 'Update the Docker Engine.',
  }),
  DOCKER_IS_PODMAN: declareError({
    status: 424,
    details: ofEngine.extend({ version: z.string() }),
    what: (d) => `What answers as "${d.engine}" is Podman ${d.version}, not a Docker Engine.`,
    evidence: (d) => [d.host, ...d.evidence],
    fix: () => 'Choose the context of a Docker Engine; guests in containers were not tried on Podman.',
  }),
  DOCKER_VANISHED: declareError({
    status: 503,
    details: ofEngine.extend({ during: z.string() }),
    what: (d) => `The Docker Engine went away while ${d.during}.`,
    evidence: (d) => [d.host, ...d.evidence],
    fix: () => 'Start the engine again; disks are on this machine and are whole.',
  }),
  DOCKER_REFUSED: declareError({
    status: 500,
    details: ofEngine.extend({ request: z.string(), statusCode: z.number().int().nullable() }),
    what: (d) => `The Docker Engine refused to ${d.request}.`,
    evidence: (d) => d.evidence,
    fix: () => 'Its own words above name the cause.',
  }),
  DOCKER_IMAGE_MISSING: declareError({
    status: 424,
    details: z.object({ engine: z.string(), image: z.string(), recipe: z.string() }),
    what: (d) => `The image ${d.image} is not built on "${d.engine}".`,
    evidence: () => [],
    fix: (d) => `Build it: petri images build ${d.recipe}`,
  }),
  DOCKER_BUILD_FAILED: declareError({
    status: 500,
    details: z.object({ recipe: z.string(), step: z.string(), output: z.array(z.string()) }),
    what: (d) => `The image ${d.recipe} could not be built.`,
    evidence: (d) => [d.step, ...d.output],
    fix: () => 'The last lines name the cause; without a registry give a base image that the engine has.',
  }),
  NETWORK_OVERLAPS: declareError({
    status: 409,
    details: z.object({ network: z.string(), subnet: z.string(), other: z.string() }),
    what: (d) => `The addresses ${d.subnet} of ${d.network} are taken.`,
    evidence: (d) => [d.other],
    fix: () => 'Choose another subnet, or remove the network that has it.',
  }),
  NETWORK_MISSING: declareError({
    status: 424,
    details: z.object({ engine: z.string(), network: z.string(), known: z.array(z.string()) }),
    what: (d) => `The Docker Engine "${d.engine}" has no network ${d.network}.`,
    evidence: (d) => [d.known.length === 0 ? 'it has no network for guests' : `it has ${d.known.join(', ')}`],
    fix: (d) => `Make it (petri network create ${d.network}), or give the guest another network.`,
  }),
  COMPOSE_INVALID: declareError({
    status: 400,
    details: z.object({ issues: z.array(z.string()) }),
    what: () => 'The compose file does not describe guests of Petri.',
    evidence: (d) => d.issues,
    fix: () => 'Import a file that Petri exported, or one with the images of the seeds and their environment.',
  }),
};
