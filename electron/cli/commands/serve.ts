import { once } from 'node:events';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { withLab } from '../run/labDoor.ts';

/**
 * Opens the loopback door, prints the address with its token, and keeps the door open until Ctrl-C or the end of the
 * lab. The address goes to stdout at once, so that a script can read it.
 */
export function serve({ terminal, json, lab, cancelled }: Context, { port }: { readonly port: number }): Promise<Result> {
  return withLab(lab, async ({ client, closed }) => {
    const door = await client.system.listen({ port });
    terminal.print(json ? JSON.stringify(door) : door.url);
    terminal.report('Open this address in a browser on this machine; it carries the token. Ctrl-C closes the door; guests go on.');
    const stopped = cancelled.aborted ? Promise.resolve() : once(cancelled, 'abort');
    const how = await Promise.race([stopped.then(() => 'asked' as const), closed.then(() => 'lost' as const)]);
    if (how === 'asked') await client.system.stopListening();
    return { json: undefined, text: '', exitCode: how === 'asked' ? exitCodes.ok : exitCodes.failed };
  });
}
