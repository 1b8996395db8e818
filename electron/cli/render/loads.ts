import type { GuestLoad, LoadParameter } from '../../contract/measurements.ts';
import type { Reading } from '../../contract/metrics.ts';
import { metricWords } from '../../core/measurements/metricNames.ts';
import type { Paint } from '../run/terminal.ts';
import { valueText } from './numbers.ts';
import { renderTable } from './table.ts';

function parameterText(parameter: LoadParameter): string {
  switch (parameter.kind) {
    case 'number':
      return `${parameter.name}: ${parameter.title}, ${parameter.low} to ${parameter.high}, else ${parameter.default}`;
    case 'word':
      return `${parameter.name}: ${parameter.title}, ${parameter.choices.filter((choice) => choice !== '').join(', ')}${parameter.default === '' ? '' : `, else ${parameter.default}`}`;
    case 'text':
      return `${parameter.name}: ${parameter.title}, else ${parameter.default}`;
  }
}

/** `calls:COUNT,ENTRY` */
function formOf({ id, parameters }: GuestLoad): string {
  return parameters.length === 0 ? id : `${id}:${parameters.map(({ name }) => name.toUpperCase()).join(',')}`;
}

/** Each load with what it does, and what hinders it. */
export function renderLoads(loads: readonly GuestLoad[], style: Paint): string {
  return loads
    .map((load) => {
      const { title, does, line, parameters, kinds, verified, impossible } = load;
      return [
        `${style('bold', formOf(load))}  ${title}`,
        `  ${does}`,
        `  types "${line}"; good for ${kinds.join(', ')}`,
        ...parameters.map((parameter) => `    ${parameterText(parameter)}`),
        ...(verified === null ? ['  not verified: nobody has seen it work yet'] : []),
        ...(impossible === null ? [] : [style('yellow', `  not in this guest: ${impossible}`)]),
      ].join('\n');
    })
    .join('\n\n');
}

const OUTLOOK_LEGEND = [
  'step: the smallest difference that it can show, – where that depends on the result',
  'cost: how many times as long a boot takes with it, ? where that was not measured here',
  'calibrated: – where it was not held here against a guest that counts for itself (`petri calibrate`)',
];

/** What each instrument would give. */
export function renderOutlook(readings: readonly Reading[]): string {
  const given = readings.filter(({ certainty }) => certainty !== 'unavailable');
  const missing = readings.filter(({ certainty }) => certainty === 'unavailable');
  const rows = given.map(({ metric, certainty, instrument, technique, resolution, unit, overhead, calibration, reason }) => [
    metricWords[metric].title, certainty, instrument ?? '', resolution === null ? '–' : valueText(resolution, unit), overhead === null ? '?' : `×${overhead.toFixed(2)}`,
    calibration === 'never' ? '–' : calibration, `${technique}${reason === null ? '' : ` (${reason})`}`,
  ]);
  const table = renderTable([{ title: 'metric' }, { title: 'is' }, { title: 'by' }, { title: 'step', align: 'right' }, { title: 'cost', align: 'right' }, { title: 'calibrated' }, { title: 'how' }], rows);
  const reasons = [...Map.groupBy(missing, ({ reason }) => reason ?? '')].map(([reason, same]) => `  ${same.map(({ metric }) => metricWords[metric].title).join(', ')}: ${reason}`);
  const legend = given.length === 0 ? [] : ['', ...OUTLOOK_LEGEND];
  return [table, ...legend, ...(reasons.length === 0 ? [] : ['', 'Unavailable', ...reasons])].join('\n');
}
