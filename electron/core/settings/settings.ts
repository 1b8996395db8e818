import { settings, settingsChange, type Settings, type SettingsChange } from '../../contract/settings.ts';

/** All settings, from those that were set and the contract's defaults. */
export function completeSettings(chosen: SettingsChange): Settings {
  return settings.parse(withoutAbsent(chosen));
}

/** What is set after a change. A setting that is given its default value stays set: the default may change later. */
export function mergeSettings(chosen: SettingsChange, change: SettingsChange): SettingsChange {
  return settingsChange.parse({ ...chosen, ...withoutAbsent(change) });
}

function withoutAbsent(change: SettingsChange): SettingsChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
