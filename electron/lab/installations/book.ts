import { DeclaredError } from '../../contract/errors.ts';
import type { Installation, InstallationStep } from '../../contract/installations.ts';
import type { Database } from '../../host/storage/collections.ts';
import { createFeed, watch } from '../feed.ts';
import { openInstallationRecords, shown, withStep, type InstallationRecord } from './records.ts';

export const now = (): string => new Date().toISOString();

/** The records of all installations, and who is told when one changes. */
export interface InstallationBook {
  list(): Installation[];
  /** Throws NOT_FOUND. */
  record(id: string): InstallationRecord;
  put(changed: InstallationRecord): InstallationRecord;
  /** How an installation ended is told even when there is no room to write it down: that may be why it ended. */
  putEnd(changed: InstallationRecord): void;
  change(id: string, next: Partial<InstallationRecord>): InstallationRecord;
  beginStep(id: string, step: string, detail?: string): void;
  endStep(id: string, step: string, state: 'done' | 'failed' | 'skipped'): void;
  forget(id: string): void;
  watch(signal?: AbortSignal): AsyncGenerator<Installation[]>;
  dispose(): void;
}

export function openInstallationBook(database: Database): InstallationBook {
  const feed = createFeed<Installation[]>({ newestOnly: true });
  const store = openInstallationRecords(database);
  /** Ends that a full disk did not let us write down; the next write of the same installation does. */
  const unsaved = new Map<string, InstallationRecord>();

  const list = (): Installation[] => store.all().map((kept) => shown(unsaved.get(kept.id) ?? kept));
  const record = (id: string): InstallationRecord => {
    const found = unsaved.get(id) ?? store.get(id);
    if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'installation', id });
    return found;
  };
  const put = (changed: InstallationRecord): InstallationRecord => {
    store.put(changed.id, changed);
    unsaved.delete(changed.id);
    feed.publish(list());
    return changed;
  };
  const putStep = (id: string, step: string, change: Partial<InstallationStep>): void => void put(withStep(record(id), step, change));

  // A lab that died left them running; what a person does by hand goes on without a lab.
  for (const kept of store.all()) if (kept.state === 'running') store.put(kept.id, { ...kept, state: 'interrupted', task: null });

  return {
    list,
    record,
    put,
    putEnd(changed) {
      try {
        put(changed);
      } catch (error) {
        if (!(error instanceof DeclaredError) || error.code !== 'DISK_FULL') throw error;
        unsaved.set(changed.id, changed);
        feed.publish(list());
      }
    },
    change: (id, next) => put({ ...record(id), ...next }),
    beginStep: (id, step, detail = '') => putStep(id, step, { state: 'running', startedAt: now(), endedAt: null, detail }),
    endStep(id, step, state) {
      const { startedAt } = record(id).steps.find((candidate) => candidate.id === step) ?? {};
      putStep(id, step, { state, detail: '', startedAt: startedAt ?? now(), endedAt: now() });
    },
    forget(id) {
      store.purge(id);
      feed.publish(list());
    },
    watch: (signal) => watch(feed, list, signal),
    dispose: () => feed.close(),
  };
}
