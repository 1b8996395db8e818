import type { Database } from 'better-sqlite3';
import { settingsChange, type Settings, type SettingsChange } from '../../contract/settings.ts';
import { completeSettings, mergeSettings } from '../../core/settings/settings.ts';
import { openCollection } from '../../host/storage/collections.ts';
import { createFeed, watch } from '../feed.ts';

export interface SettingsService {
  get(): Settings;
  update(change: SettingsChange): Settings;
  reset(): Settings;
  watch(signal?: AbortSignal): AsyncGenerator<Settings>;
  dispose(): void;
}

const ONLY = 'lab';

/** Only what a person set is stored; the rest follows the contract's defaults. */
export function createSettings({ database }: { database: Database }): SettingsService {
  const stored = openCollection(database, 'settings', settingsChange);
  const feed = createFeed<Settings>({ newestOnly: true });
  const get = (): Settings => completeSettings(stored.get(ONLY) ?? {});
  const store = (chosen: SettingsChange): Settings => {
    stored.put(ONLY, chosen);
    feed.publish(get());
    return get();
  };
  return {
    get,
    update: (change) => store(mergeSettings(stored.get(ONLY) ?? {}, change)),
    reset: () => store({}),
    watch: (signal) => watch(feed, get, signal),
    dispose: () => feed.close(),
  };
}
