import { defineStore } from 'pinia';
import { computed, inject, shallowRef, type InjectionKey } from 'vue';
import type { LabClient } from '../../electron/contract/contract.ts';
import { DeclaredError } from '../../electron/contract/errors.ts';
import type { LabConnection, LabState } from '../transport/labConnection.ts';
import type { Transport } from '../transport/transport.ts';

/** The entry provides both to the app; stores and consoles take them from here. */
export const labConnectionKey: InjectionKey<LabConnection> = Symbol('lab connection');
export const transportKey: InjectionKey<Transport> = Symbol('transport');

function required<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`The app was mounted without a ${name}.`);
  return value;
}

/** The line to the lab: its state for the eye, and its client for calls. */
export const useLab = defineStore('lab', () => {
  const connection = required(inject(labConnectionKey), 'lab connection');
  const transport = required(inject(transportKey), 'transport');
  const state = shallowRef<LabState>(connection.state);
  connection.onState((next) => {
    state.value = next;
  });

  /** The client of the line that is open; throws LAB_UNREACHABLE while there is none. */
  function client(): LabClient {
    if (connection.session !== null) return connection.session.client;
    const reason = state.value.name === 'waiting' ? state.value.reason : 'not connected yet';
    throw new DeclaredError('LAB_UNREACHABLE', { socket: 'the line to the lab', reason });
  }

  /**
   * Ends a lab of another version over a line of its own; guests go on and the next lab adopts them. In Electron the
   * shell starts that lab when the page connects again; a browser waits until somebody serves.
   */
  async function restart(): Promise<void> {
    const channel = await transport.openRpc();
    try {
      await channel.client.system.shutdown({ guests: 'leave' });
    } finally {
      channel.close();
      connection.retry();
    }
  }

  return {
    state,
    isConnected: computed(() => state.value.name === 'connected'),
    hello: computed(() => (state.value.name === 'connected' ? state.value.hello : null)),
    shell: transport.shell,
    client,
    onSession: connection.onSession,
    openConsole: transport.openConsole,
    openScreen: transport.openScreen,
    retry: connection.retry,
    restart,
  };
});
