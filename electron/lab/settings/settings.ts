import { settingsChange, type Settings, type SettingsChange } from '../../contract/settings.ts';
import { completeSettings, mergeSettings } from '../../core/settings/settings.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { createFeed, watch } from '../feed.ts';

export interface SettingsService {
  get(): Settings;
  /** Only what a person set. */
  chosen(): SettingsChange;
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
  const chosen = (): SettingsChange => stored.get(ONLY) ?? {};
  const get = (): Settings => completeSettings(chosen());
  const store = (change: SettingsChange): Settings => {
    stored.put(ONLY, change);
    feed.publish(get());
    return get();
  };
  return {
    get,
    chosen,
    update: (change) => store(mergeSettings(chosen(), change)),
    reset: () => store({}),
    watch: (signal) => watch(feed, get, signal),
    dispose: () => feed.close(),
  };
}
