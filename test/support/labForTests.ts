import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectLab, type Connection } from '../../electron/client/connectLab.ts';

export interface LabForTests {
  readonly connection: Connection;
  /** Opens the page, with its token. */
  readonly url: string;
  readonly dataDirectory: string;
  /** Ends the lab and everything it runs, and removes its data. */
  close(): Promise<void>;
  /** Only removes the data of a lab that ended otherwise. */
  removeData(): Promise<void>;
}

/** A real lab in a process of its own with its loopback door open, as `petri serve` gives it to a browser. */
export async function startLabForTests(): Promise<LabForTests> {
  const directory = await mkdtemp(join(tmpdir(), 'petri-e2e-'));
  const dataDirectory = join(directory, 'data');
  const removeData = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const connection = await connectLab({ dataDirectory, shell: 'test', build: 'development', start: true }).catch(async (error: unknown) => {
    await removeData();
    throw error;
  });
  const { url } = await connection.client.system.listen({ port: 0 });
  return {
    connection,
    url,
    dataDirectory,
    removeData,
    async close() {
      await endLab(connection);
      await removeData();
    },
  };
}

/** Ends a lab with its guests and resolves when its process is gone. */
export async function endLab({ client, close, hello }: Connection): Promise<void> {
  await client.system.shutdown({ guests: 'kill' });
  await close();
  await ended(hello.pid);
}

/** The lab is no child of this process, so there is no event of its end; signal 0 asks whether it still is there. */
async function ended(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
