import { resolve } from 'node:path';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { findGuest } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';
import { writeNamedFile } from '../run/writeNamedFile.ts';

/** Saves what a guest's screen shows now. */
export function screen({ lab }: Context, word: string, file: string): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { definition } = await findGuest(client, word);
    const { base64 } = await client.guests.screenshot({ id: definition.id });
    const bytes = Buffer.from(base64, 'base64');
    const path = resolve(file);
    writeNamedFile(path, bytes);
    return { json: { path, bytes: bytes.length }, text: `${path} (${bytes.length} bytes)`, exitCode: exitCodes.ok };
  });
}
