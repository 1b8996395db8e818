import type { MetricName } from '../../contract/metrics.ts';
import type { MetricOutlook } from '../instruments/eventInstrument.ts';

export const networkMetrics: ReadonlySet<MetricName> = new Set<MetricName>(['networkBytesReceived', 'networkBytesSent']);
export const networkTechnique = 'QEMU’s dump of packets (filter-dump), of which the lengths are read: frames of Ethernet in QEMU’s user-mode network, in which nobody else is';

/** Why there is no reading of the network that was asked for. */
export function outlookOfNetwork(hasNetwork: boolean): MetricOutlook[] {
  const reason = hasNetwork ? 'QEMU’s dump of packets could not be read, or there were more than some four million packets' : 'this guest has no network card';
  return [...networkMetrics].map((metric) => ({ metric, certainty: 'unavailable', technique: networkTechnique, resolution: null, reason }));
}
