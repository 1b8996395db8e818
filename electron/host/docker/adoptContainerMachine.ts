import { z } from 'zod';
import type { Machine, Qmp } from '../../core/guests/machine.ts';
import { withinTime } from '../process/withinTime.ts';
import type { KeptMachine } from '../qemu/adoptMachine.ts';
import { controlMachine } from '../qemu/controlMachine.ts';
import { connectSocket, openQmp } from '../qemu/qmp.ts';
import { askFor } from './ask.ts';
import { carryMachineSockets } from './carriedSockets.ts';
import type { DockerEngine } from './engine.ts';
import { followContainer } from './followContainer.ts';
import { takeFilesBack } from './givenFiles.ts';
import { removeContainer } from './removeContainer.ts';

/** A living QEMU answers at once, and through ssh within seconds. */
const ANSWER_LIMIT_MS = 10_000;

const uuidAnswer = z.object({ UUID: z.string() });

/**
 * Takes over a container that an earlier lab started: it runs, and its monitor gives the same UUID. Answers null when it
 * is gone; then nothing is left of it, and its files are the user's again. Throws DOCKER_VANISHED when nobody can tell.
 */
export async function adoptContainerMachine(kept: KeptMachine, engine: DockerEngine): Promise<Machine | null> {
  const { record, uuid, directory, serialSockets, vncSocket } = kept;
  const id = record.container?.id ?? '';
  const found = await askFor(engine, 'tell about the container', (docker) => docker.getContainer(id).inspect());
  if (found?.State.Running === true) {
    const sockets = engine.sharesSockets ? null : await carryMachineSockets(engine, id, { qmp: kept.qmpSocket, serial: serialSockets, vnc: vncSocket, monitor: kept.monitorSocket });
    const qmp = await connect(kept).catch(() => null); // It does not answer: told below, as the loss of the machine.
    if (qmp !== null) {
      const process = followContainer({ engine, id, directory, qmp: () => qmp, close: async () => sockets?.close() }, true);
      return controlMachine({ record, uuid, spawnedAt: null, qmp, serialSockets, vncSocket, directory, process });
    }
    await sockets?.close();
  }
  if (found !== null) await removeContainer(engine, id);
  await takeFilesBack(directory);
  return null;
}

/** What is done with a machine of which the engine does not answer: nobody would see its end, so it is ended. */
export async function abandonContainerMachine(kept: KeptMachine): Promise<void> {
  const qmp = await connect(kept).catch(() => null);
  qmp?.execute('quit').catch(() => undefined);
  await withinTime(qmp?.closed, ANSWER_LIMIT_MS);
  qmp?.close();
  await takeFilesBack(kept.directory);
}

async function connect({ qmpSocket, uuid }: KeptMachine): Promise<Qmp | null> {
  const qmp = await openQmp(await connectSocket(qmpSocket), ANSWER_LIMIT_MS);
  try {
    const { UUID } = uuidAnswer.parse(await qmp.execute('query-uuid', undefined, ANSWER_LIMIT_MS));
    if (UUID === uuid) return qmp;
  } catch {
    // As with another UUID: not our machine.
  }
  qmp.close();
  return null;
}
