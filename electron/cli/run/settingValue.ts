import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import { settings, settingsChange, type Settings, type SettingsChange } from '../../contract/settings.ts';
import { modelText, parseModel } from '../../core/memory/memoryModelText.ts';

export type SettingName = keyof Settings;
export const settingNames = Object.keys(settings.shape) as SettingName[];

/** Throws NOT_FOUND for a word that names no setting. */
export function settingName(word: string): SettingName {
  const found = settingNames.find((name) => name === word);
  if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'setting', id: word });
  return found;
}

/** A setting as it is typed: `parseSetting` reads it. */
export function settingText(name: SettingName, from: Settings): string {
  if (name === 'memoryModel') return modelText(from.memoryModel);
  if (name === 'qemuPrograms') return Object.entries(from.qemuPrograms).map(([architecture, path]) => `${architecture}=${path}`).join(',') || 'from PATH';
  if (name === 'dockerEngine') return from.dockerEngine ?? 'default';
  return String(from[name]);
}

/** What is typed for a setting, as a change; parts of a memory model that are not named stay. Throws INPUT_INVALID or MEMORY_MODEL_REFUSED. */
export function parseSetting(name: SettingName, text: string, current: Settings): SettingsChange {
  const parsed = settingsChange.safeParse({ [name]: valueOf(name, text, current) });
  if (parsed.success) return parsed.data;
  throw new DeclaredError('INPUT_INVALID', { issues: parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })) });
}

function valueOf(name: SettingName, text: string, current: Settings): unknown {
  if (name === 'memoryModel') return parseModel(text, current.memoryModel);
  if (name === 'qemuPrograms') return text === '' || text === 'from PATH' ? {} : Object.fromEntries(text.split(',').map((word) => splitOnce(word.trim())));
  if (name === 'dockerEngine') return text === '' || text === 'default' ? null : text;
  const shape = settings.shape[name].unwrap();
  if (shape instanceof z.ZodNumber) return text.trim() === '' ? NaN : Number(text);
  if (shape instanceof z.ZodBoolean) return ({ true: true, on: true, false: false, off: false } as const)[text] ?? text;
  return text;
}

function splitOnce(word: string): [string, string] {
  const at = word.indexOf('=');
  return at === -1 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
}
