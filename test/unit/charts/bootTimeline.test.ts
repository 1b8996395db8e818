import { describe, expect, it } from 'vitest';
import type { Report } from '../../../electron/contract/reports.ts';
import { bootTimelineHeight, bootTimelineOption } from '../../../electron/core/charts/bootTimeline.ts';
import { darkPalette, lightPalette, printPalette, type ChartPalette } from '../../../electron/core/charts/palette.ts';
import { timelineRows, type TimelineInput } from '../../../electron/core/charts/timelineRows.ts';
import { beforeWords } from '../../../electron/core/measurements/knownFacts.ts';
import { fixtureReport } from '../../support/reportFixture.ts';
import { renderChart } from '../../support/renderChart.ts';

function inputOf({ summary, samples, run }: Report): TimelineInput {
  return { summary: summary.subjects[0] ?? null, samples, phaseTable: run.phaseTable };
}

function pictureOf(input: TimelineInput, palette: ChartPalette = lightPalette, width = 800): string {
  const size = { width, height: bootTimelineHeight(input.phaseTable.phases.length, palette) };
  return renderChart(bootTimelineOption(input, palette, size), size);
}

function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map((match) => match[1] ?? '');
}

describe('the boot timeline', () => {
  it('has a row for each phase in order, each as long as its median duration', () => {
    const report = fixtureReport();
    const rows = timelineRows(inputOf(report));
    expect(rows.map((row) => row.name)).toEqual(report.run.phaseTable.phases.map((phase) => phase.name));
    for (const row of rows.filter((candidate) => candidate.state === 'measured')) {
      const statistics = report.summary.subjects[0]?.phases.find((phase) => phase.name === row.name)?.duration;
      expect((row.median ?? 0) - row.start).toBeCloseTo((statistics?.median ?? 0) / 1e6, 6);
      expect((row.low ?? 0) - row.start).toBeCloseTo((statistics?.interval?.low ?? 0) / 1e6, 6);
      expect((row.high ?? 0) - row.start).toBeCloseTo((statistics?.interval?.high ?? 0) / 1e6, 6);
    }
  });

  it('puts 0 at the first phase and what came before it to the left', () => {
    const [first, second] = timelineRows(inputOf(fixtureReport()));
    expect(first?.firmware).toBe(true);
    expect(first?.median).toBeCloseTo(0, 9);
    expect(first?.start).toBeLessThan(-100);
    expect(second?.start).toBe(0);
  });

  it('says what came before the first phase, and of an imported run no more than is known', () => {
    const report = fixtureReport();
    const imported = { ...report.run, imported: { at: report.createdAt, files: 1, unknown: ['machine' as const] } };
    const notes = [report.run, imported].map((run) => timelineRows({ ...inputOf(report), before: beforeWords(run) })[0]?.note);
    expect(notes).toEqual(['QEMU and firmware', 'before the first marker']);
  });

  it('shows every boot once, outliers apart', () => {
    const report = fixtureReport();
    const rows = timelineRows(inputOf(report));
    for (const row of rows.filter((candidate) => candidate.state === 'measured')) expect(row.boots.length + row.outliers.length).toBe(10);
    expect(rows.find((row) => row.name === 'scheduler_ready')?.outliers).toHaveLength(1);
  });

  it('gives its data to the library as numbers of the summary', () => {
    const report = fixtureReport();
    const option = bootTimelineOption(inputOf(report), lightPalette, { width: 800, height: 300 });
    const phases = option.series.find((series) => series.name === 'Phases');
    const memory = phases?.data[6]?.value ?? [];
    expect((memory[2] ?? 0) - (memory[0] ?? 0)).toBeCloseTo((report.summary.subjects[0]?.phases[6]?.duration?.median ?? 0) / 1e6, 6);
  });

  it('writes missing, silent and partly missing phases in words', () => {
    const report = fixtureReport({ missing: 'scheduler_ready' });
    const texts = textsOf(pictureOf(inputOf(report)));
    expect(texts.filter((text) => text === 'missing')).toHaveLength(2);
    expect(texts).toContain('prints nothing');
    const summary = structuredClone(report.summary.subjects[0]);
    const kernel = summary?.phases[1];
    if (summary === undefined || kernel === undefined) throw new Error('the fixture has no second phase');
    kernel.missing = 3;
    kernel.seen = 7;
    expect(textsOf(pictureOf({ ...inputOf(report), summary }))).toContain('missing in 3, seen in 7');
  });

  it('is drawn before the first boot has ended and while it runs', () => {
    const { run, samples } = fixtureReport();
    const empty: TimelineInput = { summary: null, samples: [], phaseTable: run.phaseTable };
    expect(textsOf(pictureOf(empty))).not.toContain('missing');
    const live = samples[0]?.phases.slice(0, 6) ?? [];
    const rows = timelineRows({ ...empty, live });
    expect(rows.map((row) => row.state)).toEqual(['live', 'live', 'live', 'unobservable', 'live', 'live', 'waiting', 'waiting', 'waiting', 'waiting']);
    expect(textsOf(pictureOf({ ...empty, live })).some((text) => text.endsWith(' ms'))).toBe(true);
  });

  it('does not let a far outlier flatten the rest', () => {
    const report = structuredClone(fixtureReport());
    const stalled = report.samples.find((sample) => sample.index === 5)?.phases ?? [];
    for (const stamp of stalled.slice(8)) if (stamp.status === 'seen') stamp.atNs += 60_000_000_000;
    const option = bootTimelineOption(inputOf(report), lightPalette, { width: 800, height: 300 });
    expect((option['xAxis'] as { max: number }).max).toBeLessThan(100);
  });

  it('is drawn in every palette and in a narrow window', () => {
    const input = inputOf(fixtureReport());
    for (const palette of [lightPalette, darkPalette, printPalette]) {
      for (const width of [320, 800]) expect(pictureOf(input, palette, width)).not.toMatch(/NaN|undefined/);
    }
  });
});
