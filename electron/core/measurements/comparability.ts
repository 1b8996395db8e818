import type { Run, Sample, Subject } from '../../contract/measurements.ts';
import type { MetricKind } from '../statistics/verdict.ts';

/** A subject with its boots and the machine they ran on. */
export interface Side {
  readonly run: Run;
  readonly subject: Subject;
  readonly samples: readonly Sample[];
}

/**
 * Why two subjects have ratios and no verdict, null when they may be judged. Guests, their settings and the Machine they
 * run in are what is compared; host, accelerator, QEMU and the way of measuring must be the same.
 */
export function obstacleBetween(a: Side, b: Side, kind: MetricKind): string | null {
  if (a.run.host.id !== b.run.host.id || placesOf(a) !== placesOf(b)) return 'They ran on different hosts.';
  if (a.subject.accelerator !== b.subject.accelerator) return `They ran with different accelerators: ${a.subject.accelerator} and ${b.subject.accelerator}.`;
  if (a.subject.qemu.id !== b.subject.qemu.id) return `They ran in different builds of QEMU: ${a.subject.qemu.version} and ${b.subject.qemu.version}.`;
  const [eventsA, eventsB] = [a.run.plan.events, b.run.plan.events];
  if ((eventsA?.logicalTime ?? false) !== (eventsB?.logicalTime ?? false)) return 'Only one of them ran under logical time.';
  if (kind === 'time' && eventsA?.instrument !== eventsB?.instrument) return 'Different instruments watched them, and each slows a guest in its own way.';
  return null;
}

/** Hosts other than the run's own on which the boots ran. */
function placesOf({ run, subject, samples }: Side): string {
  const hosts = samples.flatMap(({ subject: key, place }) => {
    if (key !== subject.key || place === undefined) return [];
    // An engine behind a local socket may still be in a virtual machine, which has a kernel of its own.
    const here = place.address.startsWith('unix:') && place.kernel === run.host.kernel;
    return here ? [] : [`${place.host} ${place.kernel}`];
  });
  return [...new Set(hosts)].sort().join(', ');
}
