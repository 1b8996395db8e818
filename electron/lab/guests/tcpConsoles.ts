import type { GuestDefinition, TcpConsole } from '../../contract/guests.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { listenOnLoopback, type Visitor } from '../../host/network/loopbackListener.ts';
import { ownerOfPort } from '../../host/network/portOwner.ts';
import { connectSocket } from '../../host/qemu/qmp.ts';
import type { RunningGuest } from './runningGuest.ts';

/** What the guest prints from now on goes to the visitor; what he types is typed after everything before it. */
function joinSerial(visitor: Visitor, { serial }: RunningGuest, port: number): void {
  const console = serial()[port];
  if (console === undefined) {
    visitor.close();
    return;
  }
  const stop = console.bytes((bytes) => visitor.send(bytes));
  visitor.onBytes((bytes) => void console.write(bytes).catch(() => visitor.close()));
  void visitor.closed.then(stop);
  void console.closed.then(() => visitor.close());
}

/** Passes a visitor on to a socket of QEMU. */
async function joinSocket({ socket, closed, close }: Visitor, path: string | null): Promise<void> {
  if (path === null) {
    close();
    return;
  }
  try {
    const qemu = await connectSocket(path);
    qemu.on('error', close);
    qemu.on('close', close);
    void closed.then(() => qemu.destroy());
    socket.pipe(qemu).pipe(socket);
  } catch {
    // QEMU is ending: so does the connection.
    close();
  }
}

function join(visitor: Visitor, guest: RunningGuest, console: TcpConsole['console']): void {
  if (console === 'vnc') void joinSocket(visitor, guest.machine.vncSocket);
  else if (console === 'monitor') void joinSocket(visitor, guest.kept.monitorSocket);
  else joinSerial(visitor, guest, Number(console.slice('serial'.length)));
}

/**
 * Opens the TCP consoles of a guest that its user asked for, on 127.0.0.1. The lab itself listens, so that QEMU's own
 * sockets stay as they are for everybody else. Throws HOST_PORT_TAKEN; then none is open. The answer closes them.
 */
export async function openTcpConsoles({ name, tcpConsoles }: GuestDefinition, guest: RunningGuest): Promise<() => void> {
  const open: (() => void)[] = [];
  const closeAll = (): void => open.forEach((close) => close());
  for (const { console, port } of tcpConsoles) {
    try {
      open.push(await listenOnLoopback(port, (visitor) => join(visitor, guest, console)));
    } catch (error) {
      closeAll();
      throw new DeclaredError('HOST_PORT_TAKEN', { guest: name, forward: `console ${console}`, port, owner: await ownerOfPort(port) }, { cause: error });
    }
  }
  return closeAll;
}
