import { z } from 'zod';

/** A line typed into the monitor: for people (HMP), or for programs (QMP) when it begins with `{` or `qmp `. */
export type MonitorLine =
  | { readonly kind: 'empty' }
  | { readonly kind: 'hmp'; readonly line: string; readonly command: string; readonly words: readonly string[] }
  | { readonly kind: 'qmp'; readonly command: string; readonly parameters: Readonly<Record<string, unknown>> }
  | { readonly kind: 'invalid'; readonly reason: string };

const parameters = z.record(z.string(), z.unknown());
const request = z.object({ execute: z.string().min(1), arguments: parameters.default({}) });
const NAMED = /^qmp\s+([a-z][\w-]*)\s*(\{.*\})?$/s;

/** `qmp NAME {…}` is short for `{"execute": NAME, "arguments": {…}}`. */
export function parseMonitorLine(typed: string): MonitorLine {
  const line = typed.trim();
  if (line === '') return { kind: 'empty' };
  if (line.startsWith('{')) return parseRequest(line);
  if (/^qmp\b/.test(line)) return parseNamed(line);
  const words = line.split(/\s+/);
  return { kind: 'hmp', line, command: words[0] ?? '', words: words.slice(1) };
}

function parseRequest(line: string): MonitorLine {
  const value = parseJson(line);
  if (value === undefined) return { kind: 'invalid', reason: 'This is no JSON.' };
  const parsed = request.safeParse(value);
  if (!parsed.success) return { kind: 'invalid', reason: 'A request of QMP is {"execute": NAME, "arguments": {…}}.' };
  return { kind: 'qmp', command: parsed.data.execute, parameters: parsed.data.arguments };
}

function parseNamed(line: string): MonitorLine {
  const [, command, json] = NAMED.exec(line) ?? [];
  if (command === undefined) return { kind: 'invalid', reason: 'A command of QMP is: qmp NAME {…}' };
  const parsed = parameters.safeParse(json === undefined ? {} : parseJson(json));
  return parsed.success ? { kind: 'qmp', command, parameters: parsed.data } : { kind: 'invalid', reason: 'The arguments are no JSON object.' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
