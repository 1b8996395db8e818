import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { builtKernel } from '../../support/qemuGuest.ts';

/** Where the port of a guest is, as `attach` wants it. */
export interface SerialGuest {
  readonly socketPath: string;
  readonly logfile: string;
}

/** The built-in guest in a real QEMU that waits for its serial port to be connected. It ends with the test. */
export async function startSerialGuest(directory: string): Promise<SerialGuest> {
  const socketPath = join(directory, 'serial0');
  const logfile = join(directory, 'serial0.log');
  const port = `socket,id=serial0,path=${socketPath},server=on,wait=on,logfile=${logfile},logappend=on`;
  const machine = ['-accel', 'tcg', '-m', '64', '-display', 'none', '-monitor', 'none', '-no-reboot', '-nodefaults'];
  const qemu = spawn('qemu-system-i386', [...machine, '-chardev', port, '-serial', 'chardev:serial0', '-kernel', builtKernel({ architecture: 'i386' })], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(qemu, 'exit');
  onTestFinished(async () => {
    qemu.kill('SIGKILL');
    await exited;
  });
  // "QEMU waiting for connection on: …"
  await once(qemu.stderr, 'data');
  return { socketPath, logfile };
}

/** What `flood BYTES` prints: lines of 64 bytes that begin with their own offset, up to the last whole one. */
function floodOf(bytes: number): string {
  const lines = Array.from({ length: Math.floor(bytes / 64) }, (_, line) => {
    const offset = (line * 64).toString(16).padStart(8, '0');
    const pattern = Array.from({ length: 53 }, (_value, column) => String.fromCharCode(0x21 + ((9 + 7 * line + column) % 94)));
    return `${offset} ${pattern.join('')}\r\n`;
  });
  return lines.join('');
}

/** How many bytes of a flood are there twice. Throws at the first that is missing or another. */
export function countRepeated(text: string, bytes: number): number {
  const flood = floodOf(bytes);
  const start = text.indexOf(flood.slice(0, 9));
  let repeated = 0;
  for (let index = 0; index < flood.length; index += 1) {
    const at = start + index + repeated;
    if (text[at] === flood[index]) continue;
    if (text[at] !== text[at - 1]) throw new Error(`at ${index} of the flood stands ${JSON.stringify(text.slice(at - 64, at + 64))}`);
    repeated += 1;
    index -= 1;
  }
  return repeated;
}
