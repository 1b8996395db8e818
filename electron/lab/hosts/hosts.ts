import type { Capability, HostFingerprint } from '../../contract/hosts.ts';
import { beginTest, capabilityIds, endTest, noAnswer, unknownCapability, type CapabilityId, type Finding } from '../../core/hosts/capabilities.ts';
import { readFingerprint, readLoad } from '../../host/system/fingerprint.ts';
import { createFeed, watch } from '../feed.ts';
import { describeError, type Log } from '../log.ts';

/** Finds one thing out. `again` asks it not to believe what it remembers. It has to stop when the signal aborts. */
export type Probe = (how: { readonly signal: AbortSignal; readonly again: boolean }) => Promise<Finding> | Finding;

export interface TimedProbe {
  readonly probe: Probe;
  /** After this time the card says that there was no answer, and the others are not held up. */
  readonly limitMs: number;
}

export interface HostsDependencies {
  readonly probes: Readonly<Record<CapabilityId, TimedProbe>>;
  readonly log: Log;
}

export interface HostsService {
  fingerprint(): HostFingerprint;
  /** One-minute load average, null where the system has none. */
  load(): number | null;
  capabilities(): Capability[];
  /** Probes everything in the background. */
  begin(): void;
  /** Probes one capability again, or all; resolves with all of them when that is done. */
  test(id?: CapabilityId): Promise<Capability[]>;
  watch(signal?: AbortSignal): AsyncGenerator<Capability[]>;
  dispose(): Promise<void>;
}

export function createHosts({ probes, log }: HostsDependencies): HostsService {
  const feed = createFeed<Capability[]>({ newestOnly: true });
  const ending = new AbortController();
  const running = new Map<CapabilityId, Promise<void>>();
  let cards = capabilityIds.map(unknownCapability);

  const change = (id: CapabilityId, next: (card: Capability) => Capability): void => {
    cards = cards.map((card) => (card.id === id ? next(card) : card));
    feed.publish(cards);
  };
  const perform = async (id: CapabilityId, again: boolean): Promise<void> => {
    change(id, beginTest);
    const finding = await findOut(probes[id], again, ending.signal).catch((error: unknown) => {
      log({ level: 'warn', noun: 'hosts', message: `the probe of ${id} failed`, details: describeError(error) });
      return failed(error);
    });
    running.delete(id);
    change(id, (card) => endTest(card, finding, new Date().toISOString()));
  };
  const start = (id: CapabilityId, again: boolean): Promise<void> => {
    const probe = running.get(id) ?? perform(id, again);
    running.set(id, probe);
    return probe;
  };

  return {
    fingerprint: readFingerprint,
    load: readLoad,
    capabilities: () => cards,
    begin() {
      for (const id of capabilityIds) void start(id, false);
    },
    async test(id) {
      await Promise.all((id === undefined ? capabilityIds : [id]).map((each) => start(each, true)));
      return cards;
    },
    watch: (signal) => watch(feed, () => cards, signal),
    async dispose() {
      ending.abort();
      await Promise.all(running.values());
      feed.close();
    },
  };
}

/** The probe's finding, or that it gave no answer; a probe that ignores its signal is left behind. */
async function findOut({ probe, limitMs }: TimedProbe, again: boolean, ending: AbortSignal): Promise<Finding> {
  const limit = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([limit, ending]);
  const given = Promise.resolve(probe({ signal, again }));
  const stopped = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
  try {
    return await Promise.race([given, stopped]);
  } catch (error) {
    if (limit.aborted) return noAnswer(limitMs);
    throw error;
  }
}

function failed(error: unknown): Finding {
  const fix = 'Test it again; if it repeats, copy the diagnostics.';
  const what = error instanceof Error ? error.message : String(error);
  return { verdict: 'broken', summary: 'It could not be tested.', evidence: [what], fix, command: null };
}
