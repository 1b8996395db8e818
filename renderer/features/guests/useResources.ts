import type { ResourceSample } from '../../../electron/contract/guests.ts';
import { useReplica, type Replica } from '../../stores/replica.ts';
import { appendSamples } from './resourceRates.ts';

/** What a running guest takes, one sample a second, as long as the component lives. */
export function useResources(id: string): Replica<readonly ResourceSample[]> {
  return useReplica<readonly ResourceSample[], { samples: ResourceSample[] }>({
    initial: [],
    subscribe: (client, signal) => client.guests.resources({ id }, { signal }),
    apply: (kept, { samples }) => appendSamples(kept, samples),
    ends: true,
  });
}
