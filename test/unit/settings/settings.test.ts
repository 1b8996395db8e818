import { describe, expect, it } from 'vitest';
import { settings, settingsChange } from '../../../electron/contract/settings.ts';
import { completeSettings, mergeSettings } from '../../../electron/core/settings/settings.ts';

describe('settings', () => {
  it('are the defaults of the contract until something is set', () => {
    expect(completeSettings({})).toEqual(settings.parse({}));
  });

  it('keep what was set before when something else is set', () => {
    const chosen = mergeSettings(mergeSettings({}, settingsChange.parse({ theme: 'dark' })), settingsChange.parse({ measurementRuns: 50 }));
    expect(chosen).toEqual({ theme: 'dark', measurementRuns: 50 });
    expect(completeSettings(chosen)).toMatchObject({ theme: 'dark', measurementRuns: 50, measurementWarmUps: 1 });
  });

  it('are not changed by a change that names a setting without a value', () => {
    expect(mergeSettings({ theme: 'dark' }, { theme: undefined })).toEqual({ theme: 'dark' });
  });
});
