/** One line of numbers. */
export interface PrometheusSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/y;

/**
 * Reads the text format 0.0.4 as strictly as `promtool check metrics` does: every family has HELP and TYPE before its
 * samples and only once, its samples stand together, counters end in `_total`, no label set occurs twice, and the text
 * ends with a line end. Throws what is wrong.
 */
export function readPrometheusText(text: string): PrometheusSample[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const seen = new Set<string>();
  const samples: PrometheusSample[] = [];
  let family = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (!NAME.test(name) || helped.has(name)) throw new Error(`HELP of ${name} twice, or no name: ${line}`);
      helped.add(name);
    } else if (keyword === 'TYPE') {
      if (types.has(name) || !helped.has(name)) throw new Error(`TYPE of ${name} twice, or without HELP`);
      if (!['counter', 'gauge'].includes(rest)) throw new Error(`unknown type: ${line}`);
      if ((rest === 'counter') !== name.endsWith('_total')) throw new Error(`a counter, and only a counter, ends in _total: ${name}`);
      types.set(name, rest);
      family = name;
    } else samples.push(readSample(line, family, seen));
  }
  return samples;
}

function readSample(line: string, family: string, seen: Set<string>): PrometheusSample {
  const [, name, labelText = '', number = ''] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  if (name !== family) throw new Error(`${name} stands outside its family`);
  const value = Number(number);
  if (!Number.isFinite(value)) throw new Error(`no number: ${line}`);
  const labels = readLabels(labelText);
  const key = JSON.stringify([name, Object.entries(labels).sort()]);
  if (seen.has(key)) throw new Error(`twice: ${line}`);
  seen.add(key);
  return { name, labels, value };
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const found = LABEL.exec(text);
    if (found === null) throw new Error(`no labels: ${text}`);
    const [, name = '', value = ''] = found;
    if (name in labels) throw new Error(`label twice: ${name}`);
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}
