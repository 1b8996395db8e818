import { createPinia, setActivePinia, type Pinia } from 'pinia';
import { onTestFinished } from 'vitest';
import { createApp } from 'vue';
import { labConnectionKey, transportKey } from '../../renderer/stores/lab.ts';
import { connectToLab } from '../../renderer/transport/labConnection.ts';
import { labInMemory, type LabInMemory } from './labInMemoryTransport.ts';

/** An app without a page around a lab in memory, so that stores can be used; everything is closed when the test ends. */
export function appWithLabInMemory(): LabInMemory & { pinia: Pinia } {
  const memory = labInMemory();
  const connection = connectToLab(memory.transport, 'test');
  const pinia = createPinia();
  createApp({}).provide(transportKey, memory.transport).provide(labConnectionKey, connection).use(pinia);
  setActivePinia(pinia);
  onTestFinished(() => {
    connection.close();
    memory.cut();
  });
  return { ...memory, pinia };
}
