import type { Sample } from '../../contract/measurements.ts';

/** The coarsest step of a run's stamps in ns, at least 1: no number read at a glance is written finer. */
export function coarsestResolution(samples: readonly Sample[]): number {
  return samples.reduce((coarsest, { provenance }) => Math.max(coarsest, provenance.resolutionNs), 1);
}
