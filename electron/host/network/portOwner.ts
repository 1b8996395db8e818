import { readdir, readFile, readlink } from 'node:fs/promises';

/** States of /proc/net/tcp and udp (include/net/tcp_states.h): "listening", and "closed" for a UDP socket that is bound to no peer. */
const LISTENING = { tcp: '0A', udp: '07' };

/** The process that listens on a port, as "PID COMMAND", or null where /proc does not show it (proc(5)). */
export async function ownerOfPort(port: number, protocol: 'tcp' | 'udp' = 'tcp'): Promise<string | null> {
  try {
    const tables = [`/proc/net/${protocol}`, `/proc/net/${protocol}6`];
    const inodes = (await Promise.all(tables.map((table) => listeningInodes(table, port, LISTENING[protocol])))).flat();
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const owners = await Promise.all(processes.map(async (pid) => ((await holdsOneOf(pid, inodes)) ? [pid] : [])));
    const [pid] = owners.flat();
    return pid === undefined ? null : `${pid} ${await commandOf(pid)}`;
  } catch {
    // No /proc on this platform.
    return null;
  }
}

async function listeningInodes(table: string, port: number, state: string): Promise<string[]> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = (await readFile(table, 'utf8')).split('\n').map((row) => row.trim().split(/\s+/));
  return rows.filter((row) => row[1]?.endsWith(suffix) === true && row[3] === state).map((row) => row[9] ?? '');
}

async function holdsOneOf(pid: string, inodes: readonly string[]): Promise<boolean> {
  try {
    const descriptors = await readdir(`/proc/${pid}/fd`);
    const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    return targets.some((target) => inodes.some((inode) => target === `socket:[${inode}]`));
  } catch {
    // Another user's process, or one that ended while we looked.
    return false;
  }
}

async function commandOf(pid: string): Promise<string> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').filter((word) => word !== '');
  return words.join(' ').slice(0, 200);
}
