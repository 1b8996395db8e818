import type { Report, ReportCheck } from '../../contract/reports.ts';
import { buildReport, type ReportSource } from './buildReport.ts';
import { check, firstDifference, verdictOn, type CheckTools } from './checkRow.ts';
import { checkSerial, serialEvidence } from './checkSerial.ts';
import { checkTrace } from './checkTrace.ts';
import { sealReport } from './seals.ts';

/**
 * Each number of a report against what came with it: the digests of its parts, the statistics computed again from the samples, and
 * of each sample what its serial bytes, their time marks and its traces show. Nothing of the report is run: its patterns and commands are text.
 */
export async function checkReport(report: Report, tools: CheckTools): Promise<ReportCheck[]> {
  const rows = [...checkSeals(report, tools), ...checkDerived(report, tools)];
  for (const sample of report.samples) {
    const own = tools.opened.filter((file) => file.sample === sample.index);
    const serial = serialEvidence(own);
    rows.push(...checkSerial(report, sample, serial, tools));
    rows.push(...(await checkTrace(report, sample, own.filter(({ kind }) => kind === 'trace'), serial, tools)));
  }
  return rows;
}

function checkSeals(report: Report, { digestOf }: CheckTools): ReportCheck[] {
  const given = report.evidence?.seals;
  if (given === undefined) return [check(null, 'digests', 'unchecked', 'The report came without evidence, so that only its statistics can be computed again.')];
  const own = sealReport(report, digestOf);
  const row = (sample: number | null, what: string, one: string, other: string | undefined): ReportCheck =>
    verdictOn(sample, what, one === other, 'its digest is the one that the report gives', 'its digest is another than the report gives: something in it was changed');
  return [
    row(null, 'the run', own.run, given.run),
    row(null, 'the statistics', own.summary, given.summary),
    row(null, 'sentences, profiles and published values', own.words, given.words),
    ...own.samples.map(({ sample, digest }) => row(sample, 'the sample', digest, given.samples.find((seal) => seal.sample === sample)?.digest)),
    ...given.samples.filter(({ sample }) => !own.samples.some((seal) => seal.sample === sample)).map(({ sample }) => check(sample, 'the sample', 'failed', 'the report has a digest of it, and not the sample')),
  ];
}

/** What follows from samples alone, computed again by this Petri. */
function checkDerived(report: Report, { coverage = null }: CheckTools): ReportCheck[] {
  const { run, samples, published, generator } = report;
  const again = rebuilt({ run, samples, published, version: generator.version, coverage });
  if (again === null) return [check(null, 'statistics', 'failed', 'they cannot be computed from these samples')];
  const subjects = again.summary.subjects.map((subject, at) => derived(`statistics of “${subject.label}”`, report.summary.subjects[at], subject));
  return [
    ...subjects,
    derived('number of subjects', report.summary.subjects.length, again.summary.subjects.length),
    derived('comparisons', report.summary.comparisons, again.summary.comparisons),
    derived('findings', report.findings, again.findings),
    derived('interpretation', report.interpretation, again.interpretation),
    derived('profiles', report.profiles, again.profiles),
    derived('limits', report.limits, again.limits),
    derived('command', report.command, again.command),
  ];
}

/** Numbers that no boot can have may stop the statistics. */
function rebuilt(source: ReportSource): Report | null {
  try {
    return buildReport(source);
  } catch {
    return null;
  }
}

function derived(what: string, given: unknown, again: unknown): ReportCheck {
  const difference = firstDifference(given, again, '');
  return verdictOn(null, what, difference === null, 'computed again from the samples: the same', `computed again from the samples, it differs at ${difference ?? ''}`);
}
