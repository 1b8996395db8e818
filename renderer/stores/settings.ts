import { defineStore } from 'pinia';
import { settings as settingsSchema, type Settings } from '../../electron/contract/settings.ts';
import { useLab } from './lab.ts';
import { useReplica } from './replica.ts';

/** The settings' defaults, for the page before the lab has answered and for "default: …" beside each field. */
export const defaultSettings: Settings = settingsSchema.parse({});

/** The lab's settings; every shell has the same. */
export const useSettings = defineStore('settings', () => {
  const lab = useLab();
  const { state: settings, freshness } = useReplica<Settings, Settings>({
    initial: defaultSettings,
    subscribe: (client, signal) => client.settings.watch(undefined, { signal }),
    apply: (_, next) => next,
  });
  return {
    settings,
    freshness,
    update: (change: Partial<Settings>) => lab.client().settings.update(change),
    reset: () => lab.client().settings.reset(),
  };
});
