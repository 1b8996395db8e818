import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Forwards and consoles are for this machine only. */
export const LOOPBACK = '127.0.0.1';

async function isTcpPortFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen({ host: LOOPBACK, port, exclusive: true }), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function isUdpPortFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ address: LOOPBACK, port, exclusive: true });
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

/** Whether this user could listen on a port of 127.0.0.1 now: found by listening for a moment, as nothing else tells it. */
export function isPortFree(protocol: 'tcp' | 'udp', port: number): Promise<boolean> {
  return protocol === 'tcp' ? isTcpPortFree(port) : isUdpPortFree(port);
}
