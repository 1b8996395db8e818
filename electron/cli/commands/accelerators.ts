import type { Architecture } from '../../contract/primitives.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderAccelerators } from '../render/accelerators.ts';
import type { Context, Result } from '../run/context.ts';
import { withLab } from '../run/labDoor.ts';
import { paint } from '../run/terminal.ts';

export interface AcceleratorsOptions {
  readonly test?: boolean;
  readonly architecture?: Architecture;
}

/** Lists what each accelerator can do here; with `test` it boots the built-in guest anew for each. */
export function accelerators({ terminal, lab, cancelled }: Context, { test, architecture }: AcceleratorsOptions): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    terminal.progress('probing the accelerators with the built-in guest …', 'accelerators');
    const options = { signal: cancelled };
    const all = test === true ? await client.accelerators.test(architecture === undefined ? {} : { architecture }, options) : await client.accelerators.list(undefined, options);
    const choices = architecture === undefined ? all : all.filter((choice) => choice.architecture === architecture);
    const usable = choices.some(({ chosen }) => chosen !== null);
    return { json: choices, text: renderAccelerators(choices, paint(terminal.colour)), exitCode: usable ? exitCodes.ok : exitCodes.negative };
  });
}
