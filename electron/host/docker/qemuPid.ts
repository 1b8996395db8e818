import { z } from 'zod';
import { ask } from './ask.ts';
import type { DockerEngine } from './engine.ts';

const topAnswer = z.object({ Processes: z.array(z.array(z.string())) });

/** QEMU's pid as the host of the engine numbers it: the process below the container's init. */
export async function qemuPid(engine: DockerEngine, container: string): Promise<number> {
  const answer = topAnswer.parse(await ask(engine, 'list the processes of the container', (docker) => docker.getContainer(container).top({ ps_args: '-eo pid,comm' })));
  const qemu = answer.Processes.find(([, name]) => name?.startsWith('qemu-system-') === true) ?? answer.Processes[0];
  return Number(qemu?.[0] ?? -1);
}
