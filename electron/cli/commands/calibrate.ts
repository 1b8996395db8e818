import { isLostLab, lostLab } from '../../client/failures.ts';
import type { CalibratedInstrument, Calibration, CalibrationRow } from '../../contract/calibrations.ts';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { renderCalibration, renderCalibrations } from '../render/calibrations.ts';
import type { Context, Result } from '../run/context.ts';
import { printFailure } from '../run/failures.ts';
import { withLab } from '../run/labDoor.ts';
import { paint } from '../run/terminal.ts';

export interface CalibrateOptions {
  readonly arch?: readonly Architecture[];
  readonly instrument?: readonly CalibratedInstrument[];
  readonly seed?: number;
  readonly boots?: number;
  /** False with `--no-overheads`. */
  readonly overheads: boolean;
  readonly list?: boolean;
  /** Its id, the beginning of it, or `last`. */
  readonly show?: string;
}

/** Holds the instruments against the built-in guests and prints what came out. */
export function calibrate(context: Context, options: CalibrateOptions): Promise<Result> {
  return withLab(context.lab, async ({ client }) => {
    const { arch, instrument, seed, boots, overheads } = options;
    if (options.list === true) {
      const kept = await client.calibrations.list();
      return { json: kept, text: renderCalibrations(kept), exitCode: exitCodes.ok };
    }
    if (options.show !== undefined) return resultOf(await findCalibration(client, options.show), context);
    const begun = await client.calibrations.start({
      overheads,
      ...(arch !== undefined && { architectures: [...arch] }),
      ...(instrument !== undefined && { instruments: [...instrument] }),
      ...(seed !== undefined && { seed }),
      ...(boots !== undefined && { boots }),
    });
    return resultOf(await follow(client, begun, context), context);
  });
}

function resultOf(calibration: Calibration, { terminal }: Context): Result {
  if (calibration.failure !== null) printFailure(terminal, calibration.failure, false);
  return { json: calibration, text: renderCalibration(calibration, paint(terminal.colour)), exitCode: exitCodeOf(calibration) };
}

async function findCalibration(client: LabClient, word: string): Promise<Calibration> {
  const kept = await client.calibrations.list();
  const found = word === 'last' ? kept[0] : kept.find(({ id }) => id.startsWith(word));
  if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'calibration', id: word });
  return found;
}

function exitCodeOf({ state, rows }: Calibration): ExitCode {
  if (state === 'cancelled') return exitCodes.cancelled;
  if (state !== 'done') return exitCodes.failed;
  return rows.some(({ verdict }) => verdict === 'out') ? exitCodes.negative : exitCodes.ok;
}

const rowText = ({ architecture, instrument, what, verdict }: CalibrationRow): string => `${architecture}, ${instrument}, ${what}: ${verdict}`;

async function follow(client: LabClient, { id }: Calibration, { terminal, cancelled }: Context): Promise<Calibration> {
  const cancel = (): void => {
    terminal.report('cancelling …');
    // The end arrives as an event; that the cancelling itself fails shows there too.
    client.calibrations.cancel({ id }).catch(() => undefined);
  };
  cancelled.addEventListener('abort', cancel, { once: true });
  if (cancelled.aborted) cancel();
  terminal.progress('booting the built-in guests …', 'begun');
  let rows = 0;
  try {
    for await (const event of await client.calibrations.watch({ id })) {
      if (event.type === 'ended') return event.calibration;
      if (event.type === 'row') terminal.progress(rowText(event.row), String((rows += 1)));
    }
    return await client.calibrations.get({ id });
  } catch (error) {
    throw isLostLab(error) ? lostLab(`Its rows are lost, for it ends with its lab; begin it again: "petri calibrate". The next lab ends the guest that it was booting.`, error) : error;
  } finally {
    cancelled.removeEventListener('abort', cancel);
  }
}
