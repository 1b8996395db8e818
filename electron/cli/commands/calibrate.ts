import type { CalibratedInstrument, Calibration, CalibrationRow } from '../../contract/calibrations.ts';
import type { LabClient } from '../../contract/contract.ts';
import type { Architecture } from '../../contract/primitives.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { renderCalibration } from '../render/calibrations.ts';
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
}

/** Holds the instruments against the built-in guests and prints what came out. */
export function calibrate(context: Context, options: CalibrateOptions): Promise<Result> {
  return withLab(context.lab, async ({ client }) => {
    const { arch, instrument, seed, boots, overheads } = options;
    const begun = await client.calibrations.start({
      overheads,
      ...(arch !== undefined && { architectures: [...arch] }),
      ...(instrument !== undefined && { instruments: [...instrument] }),
      ...(seed !== undefined && { seed }),
      ...(boots !== undefined && { boots }),
    });
    const calibration = await follow(client, begun, context);
    if (calibration.failure !== null) printFailure(context.terminal, calibration.failure, false);
    return { json: calibration, text: renderCalibration(calibration, paint(context.terminal.colour)), exitCode: exitCodeOf(calibration) };
  });
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
  } finally {
    cancelled.removeEventListener('abort', cancel);
  }
}
