// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { describe, expect, test, vi } from 'vitest';
import { nextTick } from 'vue';
import type { Calibration, CalibrationRow } from '../../../electron/contract/calibrations.ts';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { DashboardRow, HistoryPoint } from '../../../electron/contract/history.ts';
import { campaignFile } from '../../../electron/contract/campaigns.ts';
import type { GuestLoad, Run } from '../../../electron/contract/measurements.ts';
import EditableText from '../../../renderer/components/EditableText.vue';
import { features, railShortcut } from '../../../renderer/app/features.ts';
import { toasts } from '../../../renderer/app/toasts.ts';
import { countVerdicts } from '../../../electron/core/calibrations/countVerdicts.ts';
import { applyCalibration, calibrated } from '../../../renderer/features/calibrations/calibrationRows.ts';
import { SAMPLE_CAMPAIGN } from '../../../renderer/features/campaigns/sampleCampaign.ts';
import { applyDashboard, LIVE_POINTS, type LiveDashboard } from '../../../renderer/features/history/liveRows.ts';
import { ratioScale } from '../../../renderer/features/measurements/compare/ratioScale.ts';
import { commandFrom, emptyForm, hasControl, OWN_LINE, startFrom, type MeasurementForm } from '../../../renderer/features/measurements/measurementForm.ts';
import { removeRuns } from '../../../renderer/features/measurements/removeRun.ts';
import { startAgain } from '../../../renderer/features/measurements/startAgain.ts';
import { parseTags, tagText } from '../../../renderer/features/measurements/tagText.ts';
import { readBase64 } from '../../../renderer/features/reports/readBase64.ts';
import { isMissingProcedure } from '../../../renderer/stores/answer.ts';
import { defaultSettings } from '../../../renderer/stores/settings.ts';

const load: GuestLoad = {
  id: 'calls', title: 'Calls', line: 'calls {count}', does: 'Makes calls.', kinds: ['syscalls'], metrics: ['systemCalls'], work: null, verified: null, impossible: null,
  parameters: [{ kind: 'number', name: 'count', title: 'How many', low: 1, high: 1_000_000, default: 1_000 }],
};
const form = (more: Partial<MeasurementForm>): MeasurementForm => ({ ...emptyForm(defaultSettings, 'petri-1'), runs: 3, warmUps: 0, timeLimitSeconds: 60, ...more });

describe('a new measurement', () => {
  test('a boot is asked for without events unless somebody wants them', () => {
    expect(startFrom(form({}))).toEqual({ kind: 'boot', subjects: [{ guest: 'petri-1' }], runs: 3, warmUps: 0, timeLimitSeconds: 60, control: false });
    expect(startFrom(form({ events: true, logicalTime: true, profile: true, durationSeconds: 5 })).events).toEqual({ logicalTime: true, profileEvery: 10_000 });
  });

  test('several sides have a control until somebody takes it away', () => {
    const two = [{ guest: 'a', extraArguments: '' }, { guest: 'b', extraArguments: '' }];
    expect([hasControl(form({})), hasControl(form({ subjects: two })), hasControl(form({ subjects: two, control: false }))]).toEqual([false, true, false]);
  });

  test('a load is typed with its numbers, and one that it does not take is refused', () => {
    const wanted = (more: Partial<MeasurementForm>): string | null | undefined => startFrom(form({ kind: 'syscalls', ...more }), [load]).events?.load;
    expect([wanted({}), wanted({ load: 'calls' }), wanted({ load: 'calls', loadValues: { count: '7' } }), wanted({ load: OWN_LINE, loadLine: ' ls ' })]).toEqual([undefined, 'calls 1000', 'calls 7', 'ls']);
    expect(() => wanted({ load: 'calls', loadValues: { count: '-1' } })).toThrow();
  });

  test('its command says the same, with what a shell would take apart in quotes', () => {
    const start = startFrom(form({ kind: 'syscalls', load: 'calls', durationSeconds: 5, instrument: 'plugin', model: defaultSettings.memoryModel, subjects: [{ guest: 'a', extraArguments: '' }, { guest: 'b', extraArguments: 'x=1 y' }] }), [load]);
    expect(commandFrom(start)).toBe(
      "petri measure syscalls a b --runs 3 --warm-ups 0 --timeout 60 --arguments= '--arguments=x=1 y' --type 'calls 1000' --duration 5 --instrument plugin " +
      '--model l1d=64x8x64,l1i=64x8x64,llc=8192x16x64,dtlb=16x4,itlb=8x8,stlb=128x12 --control',
    );
    // A boot with events says so even where nothing else is asked for.
    expect(commandFrom(startFrom(form({ events: true })))).toContain('--metrics');
  });

  test('measured again it has the same kind, load, model and duration', () => {
    const events = { instrument: 'plugin', metrics: ['systemCalls'], window: { from: 'lastPhase', durationSeconds: 5 }, load: 'calls 7', logicalTime: true, model: null, profileEvery: null, symbolFile: null, traceLimitBytes: 1 };
    const run = { kind: 'syscalls', name: 'n', question: '', subjects: [{ guest: { id: 'a' }, label: 'A', accelerator: 'tcg', extraArguments: '', control: false }], plan: { runs: 2, warmUps: 0, timeLimitSeconds: 9, instrument: 'serialTrace', events } } as unknown as Run;
    const { window: _, ...rest } = events;
    expect(startAgain(run)).toMatchObject({ kind: 'syscalls', events: { ...rest, from: 'lastPhase', durationSeconds: 5 } });
    expect(startAgain({ ...run, plan: { ...run.plan, events: null } }).events).toBeUndefined();
  });
});

describe('the list', () => {
  test('tags are told apart by commas, each once', () => {
    expect(parseTags(' minix, seed,, minix ,a b')).toEqual(['minix', 'seed', 'a b']);
    expect(parseTags(tagText(['one', 'two']))).toEqual(['one', 'two']);
  });

  test('several go with one way back for those that went', async () => {
    const restore = vi.fn();
    const remove = vi.fn(({ id }: { id: string }) => (id === 'c' ? Promise.reject(new Error('running')) : Promise.resolve()));
    const client = { measurements: { remove, restore } } as unknown as LabClient;
    await expect(removeRuns(client, ['a', 'b', 'c'].map((id) => ({ id, name: id })))).rejects.toThrow('running');
    const toast = toasts.value.at(-1);
    expect(toast?.text).toBe('2 measurements were moved to the trash.');
    await toast?.action?.run();
    expect(restore.mock.calls).toEqual([[{ id: 'a' }], [{ id: 'b' }]]);
  });

  test('words are edited where they stand: Enter keeps, Escape takes back, and unchanged ones are not saved', async () => {
    const text = mount(EditableText, { props: { text: 'old', label: 'Notes' }, attachTo: document.body });
    const edit = async (value: string, key: string): Promise<void> => {
      await text.get('button').trigger('click');
      await nextTick();
      await text.get('input').setValue(value);
      await text.get('input').trigger('keydown', { key });
      await nextTick();
    };
    await edit('new', 'Enter');
    await edit('other', 'Escape');
    await edit('old', 'Enter');
    expect(text.emitted('save')).toEqual([['new']]);
    text.unmount();
  });
});

test('ratios stand on one axis around 1, as wide as it must be, and what is far out is at its edge', () => {
  const scale = ratioScale([{ ratio: 1.2, interval: { low: 0.9, high: 1.4 } }, { ratio: null, interval: null }]);
  expect([scale.reach, scale.place(1), scale.place(1.5), scale.place(1 / 1.5)]).toEqual([1.5, 0.5, 1, 0]);
  expect(scale.place(Math.sqrt(1.5))).toBeCloseTo(0.75);
  const wide = ratioScale([{ ratio: 1_000, interval: null }]);
  expect([wide.reach, wide.place(1_000), wide.isBeyond(1_000), wide.isBeyond(2)]).toEqual([32, 1, true, false]);
  expect(ratioScale([]).reach).toBe(1.05);
});

test('a calibration grows row by row, begins anew with a snapshot, and counts its verdicts', () => {
  const row = (verdict: CalibrationRow['verdict']): CalibrationRow => ({ instrument: 'plugin', architecture: 'i386', metric: 'systemCalls', what: 'int 0x21', unit: 'count', truth: 5, measured: 5, error: 0, tolerance: 0, verdict, says: '' });
  const calibration = { id: 'c', rows: [row('in')] } as unknown as Calibration;
  const begun = applyCalibration(null, { type: 'snapshot', calibration });
  const grown = applyCalibration(begun, { type: 'row', row: row('out') });
  expect(countVerdicts(grown?.rows ?? [])).toEqual({ in: 1, out: 1, unavailable: 0 });
  expect(applyCalibration(grown, { type: 'snapshot', calibration })?.rows).toHaveLength(1);
  expect([calibrated(0.84375, 'ratio'), calibrated(null, 'count'), calibrated(2_648_145, 'instructions')]).toEqual(['84.375\u00a0%', '—', '2,648,145']);
});

test('the dashboard keeps the last minute of each subject, takes no second twice, and forgets who is gone', () => {
  const point = (atMs: number): HistoryPoint => ({ atMs, cpuPercent: atMs, memoryBytes: null, hostFaults: null, exits: null, diskReadBytes: null, diskWrittenBytes: null, networkReceivedBytes: null, networkSentBytes: null, consoleBytes: null });
  const line = (subject: string, at: number): DashboardRow => ({ subject, name: subject, state: 'running', point: point(at), staleSinceMs: null, unavailable: [] });
  let state: LiveDashboard | null = null;
  for (let second = 1; second <= LIVE_POINTS + 5; second += 1) state = applyDashboard(state, { atMs: second, rows: [line('host', second), line('guest', 1)] });
  expect(state?.rows.map(({ points }) => points.length)).toEqual([LIVE_POINTS, 1]);
  expect(applyDashboard(state, { atMs: 99, rows: [line('host', 99)] }).rows.map(({ subject, points }) => [subject, points.length, points.at(-1)?.atMs])).toEqual([['host', LIVE_POINTS, 99]]);
});

test('the tenth place of the rail has a key of its own, and no two have the same', () => {
  const shortcuts = features.map((_, index) => railShortcut(index));
  expect(new Set(shortcuts).size).toBe(features.length);
  expect(shortcuts.every((shortcut) => /^Mod\+\d$/.test(shortcut))).toBe(true);
});

test('a file becomes base64 byte by byte, however large it is', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 256);
  expect(Uint8Array.from(atob(await readBase64(new Blob([bytes]))), (letter) => letter.charCodeAt(0))).toEqual(bytes);
});

test('only an answer about a procedure says that the lab does not have it', () => {
  expect(isMissingProcedure({ code: 'NOT_FOUND', details: { noun: 'procedure', id: 'history.watch' } })).toBe(true);
  expect(isMissingProcedure({ code: 'NOT_FOUND', details: { noun: 'run', id: 'x' } })).toBe(false);
  expect(isMissingProcedure(null)).toBe(false);
});

test('the campaign that a new one begins with is a valid file', async () => {
  const { parse } = await import('yaml');
  expect(campaignFile.safeParse(parse(SAMPLE_CAMPAIGN)).success).toBe(true);
});
