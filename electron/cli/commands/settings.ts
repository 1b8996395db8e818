import { settings as settingsSchema, type Settings } from '../../contract/settings.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderTable, type Column } from '../render/table.ts';
import type { Context, Result } from '../run/context.ts';
import { withLab } from '../run/labDoor.ts';
import { parseSetting, settingName, settingNames, settingText, type SettingName } from '../run/settingValue.ts';

const defaults: Settings = settingsSchema.parse({});
const columns: readonly Column[] = [{ title: 'setting' }, { title: 'value' }, { title: 'default' }];

/** The default stands beside a value only where it is another. */
function rowOf(name: SettingName, from: Settings): string[] {
  const [value, usual] = [settingText(name, from), settingText(name, defaults)];
  return [name, value, value === usual ? '' : usual];
}

/** All settings, or one as it can be given to `set`. */
export function getSettings({ lab }: Context, word?: string): Promise<Result> {
  const name = word === undefined ? null : settingName(word);
  return withLab(lab, async ({ client }) => {
    const current = await client.settings.get();
    if (name === null) return { json: current, text: renderTable(columns, settingNames.map((each) => rowOf(each, current))), exitCode: exitCodes.ok };
    return { json: current[name], text: settingText(name, current), exitCode: exitCodes.ok };
  });
}

export function setSetting({ lab }: Context, word: string, text: string): Promise<Result> {
  const name = settingName(word);
  return withLab(lab, async ({ client }) => {
    const changed = await client.settings.update(parseSetting(name, text, await client.settings.get()));
    return { json: changed[name], text: `${name} is ${settingText(name, changed)}`, exitCode: exitCodes.ok };
  });
}

/** One setting, or all, as they were at first. */
export function resetSettings({ lab }: Context, word?: string): Promise<Result> {
  const name = word === undefined ? null : settingName(word);
  return withLab(lab, async ({ client }) => {
    const changed = name === null ? await client.settings.reset() : await client.settings.update({ [name]: defaults[name] });
    return { json: changed, text: name === null ? 'all settings have their defaults' : `${name} is ${settingText(name, changed)}`, exitCode: exitCodes.ok };
  });
}
