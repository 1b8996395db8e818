import { describe, expect, it } from 'vitest';
import type { EventPlan, Run } from '../../../electron/contract/measurements.ts';
import type { MetricName } from '../../../electron/contract/metrics.ts';
import { report as reportSchema, type Report } from '../../../electron/contract/reports.ts';
import { buildComparison } from '../../../electron/core/reports/buildComparison.ts';
import { buildReport, isReportable } from '../../../electron/core/reports/buildReport.ts';
import { quote, rerunCommand } from '../../../electron/core/reports/command.ts';
import { environmentRows } from '../../../electron/core/reports/environmentRows.ts';
import { reportFileName } from '../../../electron/core/reports/fileName.ts';
import { plainText } from '../../../electron/core/reports/plainText.ts';
import { renderText } from '../../../electron/core/reports/renderText.ts';
import { cells } from '../../../electron/core/reports/textLayout.ts';
import { statedCoverage } from '../../../electron/core/statistics/statedCoverage.ts';
import { fixtureCoverage, fixturePublished, fixtureReport } from '../../support/reportFixture.ts';

describe('a report', () => {
  it('fits its own schema and is the same each time it is built', () => {
    const report = fixtureReport({ subjects: 2, control: true });
    expect(reportSchema.parse(report)).toEqual(report);
    expect(fixtureReport({ subjects: 2, control: true })).toEqual(report);
  });

  it('says first what two subjects differ in, and by how much', () => {
    const { findings } = fixtureReport({ subjects: 2, control: true, boots: 30 });
    expect(findings[0]).toMatch(/takes 1\.16 \(interval 1\.1\d to 1\.1\d\) times as long as .*it is slower/);
    expect(findings[1]).toContain('“Memory allocator” (1.81 times)');
    expect(findings[2]).toContain('The control');
  });

  it('warns when the control tells two equal things apart', () => {
    const { run, samples, published } = fixtureReport({ subjects: 2, boots: 30 });
    const subjects = run.subjects.map((subject) => ({ ...subject, control: subject.key === 'b' }));
    const { findings } = buildReport({ run: { ...run, subjects }, samples, published, version: '0.1.0' });
    expect(findings[0]).toMatch(/two equal things were told apart in \d+ of \d+ metrics/);
  });

  it('names outliers, missing phases and the last line before them', () => {
    expect(fixtureReport().findings.join('\n')).toMatch(/Boot 5 is an outlier/);
    expect(fixtureReport({ missing: 'scheduler_ready' }).findings.join('\n')).toContain('“Scheduler ready” was missing in 10 of 10 boots of “Built-in guest”. The last line before it was “[ 8/10] system_init”.');
  });

  it('always says that a TCG time is not comparable, but only of TCG', () => {
    const { run, samples, limits } = fixtureReport();
    expect(limits.join('\n')).toContain('never comparable');
    const onHardware = run.subjects.map((subject) => ({ ...subject, accelerator: 'kvm' as const }));
    const report = buildReport({ run: { ...run, subjects: onHardware }, samples, published: [], version: '0.1.0' });
    expect(report.limits.join('\n')).not.toContain('TCG');
  });

  it('names what was in each image once, and says of a run that is older than this record that it does not know', () => {
    const report = fixtureReport({ subjects: 2, control: true });
    const digestsOf = (rows: ReturnType<typeof environmentRows>): string[] => rows.filter(({ name }) => name.includes('SHA-256')).map(({ value }) => value);
    expect(digestsOf(environmentRows(report))).toEqual([report.run.subjects[0]?.images[0]?.digest]);
    const old = { ...report, run: { ...report.run, subjects: report.run.subjects.map((subject) => ({ ...subject, images: undefined })) } };
    expect(digestsOf(environmentRows(reportSchema.parse(old)))).toEqual(['not recorded']);
  });

  it('says what is measured and how finely', () => {
    const limits = fixtureReport().limits.join('\n');
    expect(limits).toContain('resolution of 1 µs');
    expect(limits).toContain('first byte of “Multiboot detected” to the first byte of “Shell prompt”');
  });

  it('explains the boot of each system where a run has several', () => {
    const { run, samples } = fixtureReport({ subjects: 2 });
    const other = { ...run.phaseTable, id: 'other', phases: [{ ...run.phaseTable.phases[0], name: 'banner', title: 'Banner' }, { ...run.phaseTable.phases[9], name: 'login', title: 'Login' }] } as Run['phaseTable'];
    const [first, second] = run.subjects;
    if (first === undefined || second === undefined) throw new Error('two subjects were expected');
    const limits = buildReport({ run: { ...run, subjects: [first, { ...second, phaseTable: other }] }, samples, published: [], version: '0.1.0' }).limits.join('\n');
    expect(limits).toContain(`Boot of “${first.label}” means the time from the first byte of “Multiboot detected” to the first byte of “Shell prompt” on the serial port.`);
    expect(limits).toContain(`Boot of “${second.label}” means the time from the first byte of “Banner” to the first byte of “Login” on the serial port.`);
    expect(limits.match(/the end of QEMU is never counted/g)).toHaveLength(1);
    expect(limits).toContain('In “Built-in guest” a phase that prints nothing cannot be seen');
  });

  it('says whether the guest had its network', () => {
    const { run, samples } = fixtureReport();
    const networked = run.subjects.map((subject) => ({ ...subject, guest: { ...subject.guest, network: { kind: 'user' as const, card: 'e1000' as const, outbound: 'open' as const, forwards: [] } } }));
    const limitsOf = (metrics: MetricName[]): string =>
      buildReport({ run: { ...run, subjects: networked, plan: { ...run.plan, events: { instrument: 'plugin', metrics, window: { from: 'spawn', durationSeconds: null }, load: null, logicalTime: false, model: null, profileEvery: null, symbolFile: null, traceLimitBytes: 1e9 } } }, samples, published: [], version: '0.1.0' }).limits.join('\n');
    expect(limitsOf(['systemCalls'])).toContain('booted without its network');
    expect(limitsOf(['networkBytesSent'])).toContain('booted with its network and without its forwarded ports');
  });

  it.each([5, 10, 20])('states for %d boots what was simulated with as many', (boots) => {
    const stated = statedCoverage(fixtureCoverage, boots);
    const power = fixtureCoverage.rows.filter(({ count, variation }) => count === boots && variation === 0.12).map(({ found }) => found.twentyPercent);
    const limits = fixtureReport({ boots }).limits.join('\n');
    expect(limits).toContain(stated?.sentence);
    expect(limits).toContain(`one of 20 % in ${(Math.min(...power) * 100).toFixed(1)}–${Number((Math.max(...power) * 100).toFixed(1))} %`);
  });

  it('of one boot has no median, and of few calls their range a range', () => {
    expect(fixtureReport({ boots: 1 }).findings[0]).toMatch(/ \(one boot, so nothing here says how much boots differ\), from its first phase/);
    expect(fixtureReport({ boots: 2 }).findings[0]).toMatch(/\(median of 2 boots, which range over \[[\d.]+, [\d.]+\] ms: so few give no 95 % interval, and their range has the true median in about 50 % of such runs\)/);
    expect(renderText(fixtureReport({ boots: 3 }), { columns: 100, colour: false })).toMatch(/median +Range +sd/);
  });

  it('states of a number that was not simulated the next smaller one, and of very few that the interval is their range', () => {
    const limitsOf = (boots: number): string => fixtureReport({ boots }).limits.join('\n');
    expect(limitsOf(14)).toContain('Of 14 values nothing was simulated; the next smaller number stands for it. Simulated with 10 values');
    expect(limitsOf(3)).toMatch(/3 boots were counted: so few give no 95 % interval of the median\. .*in about 75 % of such runs.* No difference between two guests/);
    expect(limitsOf(4)).toMatch(/in about 88 % of such runs; take it for no more than that\.$/m);
    expect(limitsOf(2)).toContain('2 boots were counted');
    expect(limitsOf(1)).toContain('There is no median, no spread and no interval.');
    const { run, samples } = fixtureReport();
    expect(buildReport({ run, samples, published: [], version: '0.1.0' }).limits.join('\n')).toContain('With few boots they are approximate.');
  });

  it('writes no time finer than a coarse instrument resolves', () => {
    const { run, samples } = fixtureReport();
    const coarse = samples.map((sample) => ({ ...sample, provenance: { ...sample.provenance, resolutionNs: 1_000_000 } }));
    const report = buildReport({ run, samples: coarse, published: [], version: '0.1.0' });
    expect(report.findings[0]).toContain('boots in 25 ms (median of 10 boots, with a 95 % interval of [25, 25] ms)');
  });

  it('keeps only the published values that it speaks of', () => {
    const { run, samples } = fixtureReport();
    const other = { ...fixturePublished[0], id: 'other', phaseTable: 'linux' } as (typeof fixturePublished)[number];
    const report = buildReport({ run, samples, published: [...fixturePublished, other], version: '0.1.0' });
    expect(report.published.map((value) => value.id)).toEqual(fixturePublished.map((value) => value.id));
  });

  it('cannot be made of warm-ups and failures alone', () => {
    const { samples } = fixtureReport();
    expect(isReportable(samples)).toBe(true);
    expect(isReportable(samples.map((sample) => (sample.warmUp ? sample : { ...sample, outcome: 'failed' as const })))).toBe(false);
  });
});

describe('a report of a comparison', () => {
  const alone = fixtureReport();
  const controlled = fixtureReport({ control: true });
  const findingsOf = (...reports: Report[]): string => buildComparison(reports.map(({ run, samples }, at) => ({ run: { ...run, id: `run-${at}` }, samples })), '0.1.0').findings.join('\n');

  it('says that there was no control only where none was', () => {
    expect(findingsOf(alone, alone)).toContain('There was no A/A control');
    expect(findingsOf(controlled, alone)).not.toMatch(/no A\/A control|not known/);
    expect(findingsOf(alone, controlled)).not.toContain('no A/A control');
    expect(findingsOf(alone, controlled)).toMatch(/an A\/A control, but of another subject than the baseline/);
  });
});

describe('the command that runs it again', () => {
  it('has all that the plan depends on', () => {
    expect(rerunCommand(fixtureReport({ subjects: 2, control: true }).run)).toBe(
      "petri measure boot builtin-i386 builtin-i386 --runs 10 --warm-ups 1 --timeout 120 --arguments '' --arguments delay=memory_init:4 --control --instrument serialTrace --seed 20261122",
    );
  });

  it('of events is of their kind, with everything that they depend on', () => {
    const { run } = fixtureReport();
    const model = { l1Data: { sets: 64, ways: 8, lineBytes: 64 }, l1Instruction: { sets: 64, ways: 8, lineBytes: 64 }, lastLevel: { sets: 64, ways: 8, lineBytes: 64 }, dataTlb: { sets: 16, ways: 4 }, instructionTlb: { sets: 16, ways: 4 }, secondTlb: { sets: 64, ways: 4 } };
    const events: EventPlan = { instrument: 'plugin', metrics: ['pageFaults', 'workTime'], window: { from: 'lastPhase', durationSeconds: 7 }, load: 'faults 9', logicalTime: true, model, profileEvery: 1_000, symbolFile: '/a b', traceLimitBytes: 1e9 };
    expect(rerunCommand({ ...run, kind: 'memory', plan: { ...run.plan, events } })).toMatch(
      /^petri measure memory .* --instrument plugin --metrics pageFaults,workTime --duration 7 --type 'faults 9' --logical-time --model l1d=64x8x64\S* --profile 1000 --symbols '\/a b' --seed \d+$/,
    );
  });

  it.each([
    ['plain-1.0', 'plain-1.0'],
    ['two words', "'two words'"],
    ["it's", "'it'\\''s'"],
    ['$(reboot)', "'$(reboot)'"],
    ['', "''"],
  ])('quotes %s for a shell', (word, quoted) => {
    expect(quote(word)).toBe(quoted);
  });
});

describe('a report as text', () => {
  const report = fixtureReport({ subjects: 2, control: true, guestName: 'Gast 漢字' });

  it('says the same with and without colour', () => {
    const coloured = renderText(report, { columns: 100, colour: true });
    expect(coloured).toContain('\u001b[');
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderText(report, { columns: 100, colour: false }));
  });

  it('has each median, verdict and the command', () => {
    const text = renderText(report, { columns: 100, colour: false });
    for (const phase of report.summary.subjects[0]?.phases ?? []) {
      if (phase.duration !== null) expect(text).toContain((phase.duration.median / 1e6).toFixed(3));
    }
    expect(text).toContain('INDETERMINATE');
    expect(text).toContain(report.command);
  });

  it.each([80, 100])('has no prose or table wider than %d columns', (columns) => {
    const lines = renderText(report, { columns, colour: false }).split('\n');
    const long = lines.filter((line) => cells(line) > columns && !line.includes('petri measure') && !line.includes(' = ') && !/[0-9a-f]{64}/.test(line));
    expect(long).toEqual([]);
  });
});

describe('text from outside', () => {
  it('keeps letters and shows what would act', () => {
    expect(plainText('Gäst λ Ж 漢\u001b[31m\n\u202eabc\u0000')).toBe('Gäst λ Ж 漢\\x1b[31m\\n\\u{202e}abc\\x00');
  });

  it.each([
    ['Boot of Built-in guest', 'petri-boot-of-built-in-guest-20261122-0210-4f9a.pdf'],
    ['../../etc/passwd', 'petri-etc-passwd-20261122-0210-4f9a.pdf'],
    ['CON', 'petri-con-20261122-0210-4f9a.pdf'],
    ['漢字', 'petri-20261122-0210-4f9a.pdf'],
    ['Gäste: "ä" <b>', 'petri-gaste-a-b-20261122-0210-4f9a.pdf'],
  ])('a report about %s is kept as %s', (title, name) => {
    expect(reportFileName({ title, id: '20261122-0210-4f9a' }, 'pdf')).toBe(name);
  });
});
