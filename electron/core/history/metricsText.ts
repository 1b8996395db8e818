import type { ResourceCounters } from '../guests/resourceCounters.ts';

/** One subject of the endpoint. */
export interface MetricsSubject {
  /** `host`, or a guest's id. */
  readonly subject: string;
  readonly name: string;
  readonly state: string;
  readonly stale: boolean;
  /** The newest reading; null before the first. */
  readonly counters: ResourceCounters | null;
}

/** What the endpoint serves: version 0.0.4 of Prometheus' text format (prometheus.io, Exposition formats). */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly counter: Exclude<keyof ResourceCounters, 'atMs' | 'steadyMs'>;
}

const guestFamilies: readonly Family[] = [
  { name: 'cpu_seconds_total', type: 'counter', help: 'Processor time of the QEMU process since it began.', counter: 'cpuSeconds' },
  { name: 'resident_memory_bytes', type: 'gauge', help: 'Resident memory of the QEMU process.', counter: 'memoryBytes' },
  { name: 'host_page_faults_total', type: 'counter', help: 'Page faults of the QEMU process on the host; not those of the guest.', counter: 'hostFaults' },
  { name: 'exits_total', type: 'counter', help: 'Exits of the virtual machine, as KVM counts them. Absent for a guest that QEMU translates (tcg), which has none.', counter: 'exits' },
  { name: 'disk_read_bytes_total', type: 'counter', help: 'Bytes that the guest read from its disks.', counter: 'diskReadBytes' },
  { name: 'disk_written_bytes_total', type: 'counter', help: 'Bytes that the guest wrote to its disks.', counter: 'diskWrittenBytes' },
  { name: 'network_received_bytes_total', type: 'counter', help: 'Bytes that the guest received. Absent where the network does not count them: the user-mode network of QEMU does not.', counter: 'networkReceivedBytes' },
  { name: 'network_sent_bytes_total', type: 'counter', help: 'Bytes that the guest sent. Absent where the network does not count them: the user-mode network of QEMU does not.', counter: 'networkSentBytes' },
  { name: 'console_bytes_total', type: 'counter', help: 'Bytes that the guest printed on its serial ports since this lab watches it.', counter: 'consoleBytes' },
];

const hostFamilies: readonly Family[] = [
  { name: 'cpu_seconds_total', type: 'counter', help: 'Processor time of all programs since the host began, over all cores.', counter: 'cpuSeconds' },
  { name: 'used_memory_bytes', type: 'gauge', help: 'Memory that programs could not have without swapping.', counter: 'memoryBytes' },
  { name: 'page_faults_total', type: 'counter', help: 'Page faults of all programs.', counter: 'hostFaults' },
  { name: 'disk_read_bytes_total', type: 'counter', help: 'Bytes read from the disks of the host.', counter: 'diskReadBytes' },
  { name: 'disk_written_bytes_total', type: 'counter', help: 'Bytes written to the disks of the host.', counter: 'diskWrittenBytes' },
  { name: 'network_received_bytes_total', type: 'counter', help: 'Bytes received by the network cards of the host.', counter: 'networkReceivedBytes' },
  { name: 'network_sent_bytes_total', type: 'counter', help: 'Bytes sent by the network cards of the host.', counter: 'networkSentBytes' },
];

/** Everything that is known now. A number that is not known is left out, and so is one that is stale. */
export function metricsText(subjects: readonly MetricsSubject[], version: string): string {
  const host = subjects.filter(({ subject }) => subject === 'host');
  const guests = subjects.filter(({ subject }) => subject !== 'host');
  const lines = [
    ...family('petri_build_info', 'gauge', 'The version of the lab; its value is always 1.', [`{version="${escapeLabel(version)}"} 1`]),
    ...hostFamilies.flatMap((one) => samplesOf(`petri_host_${one.name}`, one, host, () => '')),
    ...family('petri_guest_running', 'gauge', '1 for a guest that runs, 0 for one that is paused or between two states.', guests.map((guest) => `${labelsOf(guest)} ${guest.state === 'running' ? 1 : 0}`)),
    ...family('petri_guest_stale', 'gauge', '1 for a guest of which nothing new is heard.', guests.map((guest) => `${labelsOf(guest)} ${guest.stale ? 1 : 0}`)),
    ...guestFamilies.flatMap((one) => samplesOf(`petri_guest_${one.name}`, one, guests, labelsOf)),
  ];
  return `${lines.join('\n')}\n`;
}

function samplesOf(name: string, { type, help, counter }: Family, subjects: readonly MetricsSubject[], labels: (subject: MetricsSubject) => string): string[] {
  const samples = subjects.flatMap((subject) => {
    const value = subject.stale ? null : (subject.counters?.[counter] ?? null);
    return value === null ? [] : [`${labels(subject)} ${value}`];
  });
  return family(name, type, help, samples);
}

/** Of a family without a sample there is its HELP, which says when it has none. */
function family(name: string, type: Family['type'], help: string, samples: readonly string[]): string[] {
  return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...samples.map((sample) => `${name}${sample}`)];
}

function labelsOf({ subject, name }: MetricsSubject): string {
  return `{guest="${escapeLabel(subject)}",name="${escapeLabel(name)}"}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
