import { RPCHandler } from '@orpc/server/message-port';
import { portTransport } from '../../renderer/transport/portTransport.ts';
import type { Transport } from '../../renderer/transport/transport.ts';
import { createInMemoryLab, type InMemoryLab } from './inMemoryLab.ts';

export interface LabInMemory {
  readonly lab: InMemoryLab;
  readonly transport: Transport;
  /** Cuts every line, as a lab that dies does. */
  cut(): void;
  /** While true, nobody answers. */
  refuse(refusing: boolean): void;
}

/** A lab in memory behind message channels, as Electron relays a real one. */
export function labInMemory(): LabInMemory {
  const lab = createInMemoryLab();
  const handler = new RPCHandler(lab.router);
  const ports = new Set<MessagePort>();
  let refusing = false;

  function open(channel: string): Promise<MessagePort> {
    if (refusing || channel !== 'rpc') return Promise.reject(new Error('nobody answers'));
    const { port1, port2 } = new MessageChannel();
    handler.upgrade(port1, { context: {} });
    port1.start();
    ports.add(port1);
    return Promise.resolve(port2);
  }

  return {
    lab,
    transport: portTransport(open, 'test'),
    cut: () => {
      for (const port of ports) port.close();
      ports.clear();
    },
    refuse: (next) => (refusing = next),
  };
}
