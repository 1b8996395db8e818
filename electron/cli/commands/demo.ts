import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LabClient } from '../../contract/contract.ts';
import { overheadText } from '../../core/instruments/overheadText.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderAccelerators } from '../render/accelerators.ts';
import type { Context, Result } from '../run/context.ts';
import { findOrCreateGuest } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';
import { measureBoots } from '../run/measureBoots.ts';
import { reportText } from '../run/reportText.ts';
import { paint } from '../run/terminal.ts';
import { exitCodeOfRun } from './measure.ts';
import { writeReport } from './report.ts';

const GUEST = 'builtin-i386';
const BASELINE_BOOTS = 5;
/** With two instruments 18 boots of a fraction of a second each; the interval says what so few are worth. */
const CALIBRATION_BOOTS = 5;

export interface DemoOptions {
  readonly runs: number;
  readonly output: string;
}

/** Measures what measuring costs when that is not known for this QEMU, and says it in a line. */
async function ensureOverhead(client: LabClient, { terminal, cancelled }: Context): Promise<void> {
  const listed = await client.instruments.list();
  const isKnown = listed.every(({ available, overhead }) => !available || overhead !== null);
  if (!isKnown) terminal.progress('boots with and without each instrument, to see what measuring costs …', 'calibrating');
  const known = isKnown ? listed : await client.instruments.calibrate({ boots: CALIBRATION_BOOTS }, { signal: cancelled });
  const best = known.find(({ available }) => available);
  if (best === undefined) return;
  const cost = best.overhead === null ? 'what it costs could not be measured' : `a boot with it takes ${overheadText(best.overhead)}`;
  terminal.report(`   stamped by: ${best.title}; ${cost}`);
}

/** Sees that this machine has a baseline of the guest, so that there is something to judge by. */
async function ensureBaseline(client: LabClient, guest: string, { terminal, cancelled }: Context): Promise<void> {
  const values = await client.published.list();
  if (values.some(({ baseline }) => baseline?.guest === guest)) return;
  terminal.report(`   ${BASELINE_BOOTS} boots first, as this machine's own baseline`);
  const plan = { kind: 'boot' as const, runs: BASELINE_BOOTS, name: 'Baseline', question: 'What is usual on this machine?' };
  const run = await measureBoots(client, { ...plan, subjects: [{ guest }] }, terminal, cancelled);
  if (run.state === 'done') await client.published.saveBaseline({ run: run.id, name: 'Baseline of the demonstration' });
}

/** Petri's main job from end to end: what this machine can do, ten boots, their timeline and statistics, two files. */
export function demo(context: Context, { runs, output }: DemoOptions): Promise<Result> {
  const { terminal, lab, cancelled } = context;
  return withLab(lab, async ({ client }) => {
    const style = paint(terminal.errorColour);
    terminal.report(style('bold', '1  What this machine can do'));
    terminal.progress('probing the accelerators with the built-in guest …', 'probing');
    const choices = await client.accelerators.list(undefined, { signal: cancelled });
    terminal.report(renderAccelerators(choices.filter(({ architecture }) => architecture === 'i386'), style));

    terminal.report(style('bold', `\n2  ${runs} boots of the built-in guest`));
    await ensureOverhead(client, context);
    const { definition } = await findOrCreateGuest(client, GUEST);
    await ensureBaseline(client, definition.id, context);
    const run = await measureBoots(
      client,
      { kind: 'boot', subjects: [{ guest: definition.id }], runs, name: 'Demonstration', question: 'How long does the built-in guest take to boot on this machine, phase by phase?' },
      terminal,
      cancelled,
    );

    terminal.report(style('bold', '\n3  What came out'));
    const report = await client.reports.get({ run: run.id });
    const text = reportText(report, terminal);
    const folder = resolve(output);
    mkdirSync(folder, { recursive: true });
    const files = [await writeReport(client, run.id, 'json', folder, 'report.json'), await writeReport(client, run.id, 'pdf', folder, 'report.pdf')];
    const written = ['', style('bold', '4  The report'), ...files.map((file) => `   ${file}`), `   run ${run.id}: open the app with npm start to look into it`];
    return { json: { run: run.id, report, files }, text: [text, ...written].join('\n'), exitCode: run.state === 'done' ? exitCodes.ok : exitCodeOfRun(report) };
  });
}
