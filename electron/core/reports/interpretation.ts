import type { Run, Sample } from '../../contract/measurements.ts';
import type { Interpretation, SubjectProfile } from '../../contract/reports.ts';
import type { RunSummary, SubjectSummary } from '../../contract/summaries.ts';
import { countedSamples } from '../measurements/bootSeries.ts';
import { tableOfKey } from '../measurements/subjectTable.ts';
import { memorySentences } from '../memory/memoryWords.ts';
import { explainCalls } from './explainCalls.ts';
import { explainInstruments } from './explainInstruments.ts';
import { explainProfile } from './explainProfile.ts';
import { explainSymbols } from './explainSymbols.ts';

interface Interpreted {
  readonly run: Run;
  readonly samples: readonly Sample[];
  readonly summary: RunSummary;
  readonly profiles: readonly SubjectProfile[];
}

/** What the instruments' numbers mean, part by part; nothing for boots that only the serial port was seen of. */
export function interpretRun({ run, samples, summary, profiles }: Interpreted): Interpretation[] {
  return summary.subjects.flatMap((subject) => {
    const counted = countedSamples(samples, subject.key);
    const parts: Omit<Interpretation, 'subject'>[] = [
      { about: 'instruments', title: 'What was looked at, and how', sentences: subject.events === null ? [] : explainInstruments(subject.events) },
      { about: 'symbols', title: 'Phases at symbols', sentences: explainSymbols(tableOfKey(run, subject.key), counted) },
      { about: 'calls', title: 'System calls', sentences: subject.events === null ? [] : explainCalls(subject.events) },
      { about: 'memory', title: 'Memory', sentences: explainMemory(subject, counted) },
      { about: 'profile', title: 'Where the instructions went', sentences: profiles.filter(({ subject: key }) => key === subject.key).flatMap(explainProfile) },
    ];
    return parts.filter(({ sentences }) => sentences.length > 0).map((part) => ({ subject: subject.key, ...part }));
  });
}

/** Of the first sample with a picture, because a picture is of one window; what to do about it is of all. */
function explainMemory({ events }: SubjectSummary, counted: readonly Sample[]): string[] {
  const shown = counted.find(({ metrics }) => metrics?.memory != null);
  const picture = shown?.metrics?.memory;
  if (shown === undefined || picture == null) return [];
  const severity = events?.memory?.severity ?? null;
  return [
    ...memorySentences(picture).map(({ title, finding, meaning }, at) => `${at === 0 && counted.length > 1 ? `As sample ${shown.index} shows it. ` : ''}${title}. ${sentence(finding)} ${sentence(meaning)}`),
    ...(severity === null ? [] : [`Severity of page faults, the worst of all samples: ${severity.level}. ${severity.why}`]),
    ...(events?.memory?.recommendations ?? []).map(({ text, because, samples }) => `Advice: ${text} It rests on ${samples.length === 1 ? 'sample' : 'samples'} ${samples.join(', ')}: ${because.join(' ')}`),
  ];
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
