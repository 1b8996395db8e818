import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { findInPath } from '../../process/findInPath.ts';

/**
 * Starts a tracer that is interrupted when this process dies, even if it is killed: then it lets go of what runs already, and
 * passes the interrupt to what it started (prctl(2), PR_SET_PDEATHSIG). util-linux's setpriv asks for that and becomes the tracer;
 * without it a tracer outlives a lab that is killed, until what it watches has ended.
 */
export async function spawnWithLab(command: string, args: readonly string[], options: SpawnOptions): Promise<ChildProcess> {
  const hasSetpriv = process.platform === 'linux' && (await findInPath('setpriv')) !== null;
  const child = hasSetpriv ? spawn('setpriv', ['--pdeathsig', 'INT', command, ...args], options) : spawn(command, [...args], options);
  await once(child, 'spawn');
  return child;
}
