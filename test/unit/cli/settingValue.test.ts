import { describe, expect, test } from 'vitest';
import { parseSetting, settingName, settingNames, settingText } from '../../../electron/cli/run/settingValue.ts';
import { settings } from '../../../electron/contract/settings.ts';
import { failureOf } from '../../support/refusal.ts';

const defaults = settings.parse({});

describe('a setting on the command line', () => {
  test.each(settingNames)('%s is read as it is written', (name) => {
    expect(parseSetting(name, settingText(name, defaults), defaults)).toEqual({ [name]: defaults[name] });
  });

  test('is a number, a switch, a word, a path of each architecture, or parts of the memory model', () => {
    expect(parseSetting('bootTimeLimitSeconds', '300', defaults)).toEqual({ bootTimeLimitSeconds: 300 });
    expect(parseSetting('screenReaderMode', 'on', defaults)).toEqual({ screenReaderMode: true });
    expect(parseSetting('dockerEngine', 'desktop', defaults)).toEqual({ dockerEngine: 'desktop' });
    expect(parseSetting('qemuPrograms', 'i386=/q/a=b,arm=/q/c', defaults)).toEqual({ qemuPrograms: { i386: '/q/a=b', arm: '/q/c' } });
    expect(parseSetting('memoryModel', 'dtlb=32x2', defaults)).toEqual({ memoryModel: { ...defaults.memoryModel, dataTlb: { sets: 32, ways: 2 } } });
  });

  test.each([['bootTimeLimitSeconds', 'soon'], ['bootTimeLimitSeconds', ''], ['bootTimeLimitSeconds', '0'], ['theme', 'pink'], ['screenReaderMode', 'maybe'], ['qemuPrograms', 'vax=/q']] as const)('%s cannot be "%s"', async (name, text) => {
    expect((await failureOf(() => parseSetting(name, text, defaults))).code).toBe('INPUT_INVALID');
  });

  test('a memory model that cannot be, and a name that is none, are refused', async () => {
    expect((await failureOf(() => parseSetting('memoryModel', 'l1d=63x8x64', defaults))).code).toBe('MEMORY_MODEL_REFUSED');
    expect((await failureOf(() => settingName('colour'))).code).toBe('NOT_FOUND');
  });
});
