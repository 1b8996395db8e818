import { exitCodes } from '../exitCodes.ts';
import { renderLoads, renderOutlook } from '../render/loads.ts';
import type { Context, Result } from '../run/context.ts';
import { findOrCreateGuest } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';
import { paint } from '../run/terminal.ts';

/** What a guest can do while it is measured. */
export function loads({ lab, terminal }: Context, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { definition } = await findOrCreateGuest(client, word);
    const listed = await client.measurements.loads({ guest: definition.id });
    return { json: listed, text: listed.length === 0 ? `No loads are known of ${definition.name}: type a line of its own.` : renderLoads(listed, paint(terminal.colour)), exitCode: exitCodes.ok };
  });
}

/** What would be measured of a guest, and how, before anything is. */
export function outlook({ lab }: Context, word: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { definition } = await findOrCreateGuest(client, word);
    const readings = await client.measurements.outlook({ guest: definition.id });
    return { json: readings, text: renderOutlook(readings), exitCode: exitCodes.ok };
  });
}
