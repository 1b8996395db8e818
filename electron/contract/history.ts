import { z } from 'zod';
import { identifier } from './primitives.ts';
import { procedure, stream, subscription } from './procedure.ts';

/** Of the host or of one guest at one second; rates are per second. Null is what this host or guest does not tell. */
export const historyPoint = z.object({
  atMs: z.number(),
  /** Of one core. */
  cpuPercent: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  /** Page faults of the QEMU process on the host: not the guest's own. */
  hostFaults: z.number().nullable(),
  /** Exits of the virtual machine: KVM counts them; what QEMU translates has none. */
  exits: z.number().nullable(),
  diskReadBytes: z.number().nullable(),
  diskWrittenBytes: z.number().nullable(),
  networkReceivedBytes: z.number().nullable(),
  networkSentBytes: z.number().nullable(),
  consoleBytes: z.number().nullable(),
});
export type HistoryPoint = z.infer<typeof historyPoint>;

/** A number that a host or guest does not tell. */
export const unavailableNumber = z.object({ number: historyPoint.omit({ atMs: true }).keyof(), reason: z.string() });
export type UnavailableNumber = z.infer<typeof unavailableNumber>;

/** One line of the dashboard. */
export const dashboardRow = z.object({
  /** `host`, or a guest's id. */
  subject: z.string(),
  name: z.string(),
  state: z.string(),
  /** The newest point; null before the first. */
  point: historyPoint.nullable(),
  /** Since when nothing new came although it should have; null when it is fresh. */
  staleSinceMs: z.number().nullable(),
  /** Why numbers of the point are null for good; one that is null without it was not to be had this second. */
  unavailable: z.array(unavailableNumber),
});
export type DashboardRow = z.infer<typeof dashboardRow>;

/** A stretch of a history that was thinned: the mean of each step, and its extremes for CPU. */
export const historyStretch = z.object({
  subject: z.string(),
  /** Seconds that one point stands for. */
  stepSeconds: z.number(),
  points: z.array(historyPoint.extend({ cpuMaximumPercent: z.number().nullable() })),
});
export type HistoryStretch = z.infer<typeof historyStretch>;

/** A text endpoint for Prometheus on 127.0.0.1; off unless asked for. */
export const metricsEndpoint = z.object({ listening: z.boolean(), port: z.number().int().nullable(), address: z.string().nullable() });
export type MetricsEndpoint = z.infer<typeof metricsEndpoint>;

export const history = {
  /** The host and every guest that runs, once a second. */
  watch: subscription(z.object({ atMs: z.number(), rows: z.array(dashboardRow) })),
  /** The finest that is kept of it, in at most so many points: seconds of ten minutes, tens of seconds of a day, five minutes of a year. */
  range: procedure.input(z.object({ subject: z.union([z.literal('host'), identifier]), fromMs: z.number(), toMs: z.number(), points: z.number().int().min(2).max(5_000).default(600) })).output(historyStretch),
  metricsEndpoint: procedure.output(metricsEndpoint),
  /** Listens until `silence` or the end of the lab; on port 9000 when none is given; PORT_TAKEN when somebody else has it. */
  listen: procedure.input(z.object({ port: z.number().int().min(1).max(65_535).default(9000) })).output(metricsEndpoint),
  silence: procedure.output(metricsEndpoint),
  /** Every change of the endpoint. */
  watchEndpoint: procedure.output(stream(metricsEndpoint)),
};
