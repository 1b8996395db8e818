import type { StartMeasurement } from '../../../electron/contract/measurements.ts';
import type { Settings } from '../../../electron/contract/settings.ts';

/** What the dialog asks for. A second side is another guest, or the same guest with other kernel arguments. */
export interface MeasurementForm {
  guest: string;
  extraArguments: string;
  compare: boolean;
  otherGuest: string;
  otherArguments: string;
  runs: number;
  warmUps: number;
  timeLimitSeconds: number;
  control: boolean;
  question: string;
}

export function emptyForm(settings: Settings, guest: string): MeasurementForm {
  return {
    guest,
    extraArguments: '',
    compare: false,
    otherGuest: guest,
    otherArguments: '',
    runs: settings.measurementRuns,
    warmUps: settings.measurementWarmUps,
    timeLimitSeconds: settings.bootTimeLimitSeconds,
    control: false,
    question: '',
  };
}

export function startFrom(form: MeasurementForm): StartMeasurement {
  const side = (guest: string, extraArguments: string): StartMeasurement['subjects'][number] => ({ guest, ...(extraArguments === '' ? {} : { extraArguments }) });
  return {
    kind: 'boot',
    subjects: [side(form.guest, form.extraArguments), ...(form.compare ? [side(form.otherGuest, form.otherArguments)] : [])],
    runs: form.runs,
    warmUps: form.warmUps,
    timeLimitSeconds: form.timeLimitSeconds,
    control: form.control,
    ...(form.question.trim() === '' ? {} : { question: form.question.trim() }),
  };
}
