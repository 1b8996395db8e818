import { resolve } from 'node:path';
import type { LabClient } from '../../contract/contract.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { findGuest } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';
import { writeNamedFile } from '../run/writeNamedFile.ts';
import { consoleOf, type WhichConsole } from './console.ts';

export interface ExportOptions extends WhichConsole {
  readonly format: 'text' | 'bytes' | 'asciicast';
  readonly output?: string;
}

/** Everything that is kept of a console, up to where it ends now. */
async function* parts(client: LabClient, id: string, format: ExportOptions['format']): AsyncGenerator<Buffer> {
  const { end } = await client.consoles.get({ id });
  for (let from: number | null = 0; from !== null && from < Math.max(1, end); ) {
    const part: { base64: string; next: number | null } = await client.consoles.export({ id, format, from });
    yield Buffer.from(part.base64, 'base64');
    from = part.next;
  }
}

/** Writes the whole log of a console to stdout or to a file. */
export function exportLog({ terminal, lab }: Context, word: string, options: ExportOptions): Promise<Result> {
  const { format, output } = options;
  return withLab(lab, async ({ client }) => {
    const { definition } = await findGuest(client, word);
    const id = consoleOf(definition.id, options);
    if (output === undefined) {
      for await (const part of parts(client, id, format)) terminal.write(part);
      return { json: undefined, text: '', exitCode: exitCodes.ok };
    }
    const whole: Buffer[] = [];
    for await (const part of parts(client, id, format)) whole.push(part);
    const bytes = Buffer.concat(whole);
    const path = resolve(output);
    writeNamedFile(path, bytes);
    return { json: { path, bytes: bytes.length }, text: `${path} (${bytes.length} bytes)`, exitCode: exitCodes.ok };
  });
}
