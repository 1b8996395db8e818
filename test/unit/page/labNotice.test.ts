// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { ORPCError } from '@orpc/client';
import { createPinia } from 'pinia';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import LabNotice from '../../../renderer/app/LabNotice.vue';
import { labConnectionKey, transportKey } from '../../../renderer/stores/lab.ts';
import { connectToLab } from '../../../renderer/transport/labConnection.ts';
import type { Transport } from '../../../renderer/transport/transport.ts';

test('a lab of another version can be restarted, and guests are left running', async () => {
  const details = { labContract: 1, shellContract: 1, labBuild: 'old', shellBuild: 'new' };
  const shutdown = vi.fn(() => Promise.resolve());
  const client = { system: { hello: () => Promise.reject(new ORPCError('VERSION_MISMATCH', { defined: true, data: details })), shutdown } } as unknown as LabClient;
  const transport: Transport = {
    shell: 'electron',
    openRpc: () => Promise.resolve({ client, closed: new Promise<string>(() => undefined), close: () => undefined }),
    openConsole: () => Promise.reject(new Error('not here')),
    openScreen: () => Promise.reject(new Error('not here')),
  };
  const connection = connectToLab(transport, 'new');
  const notice = mount(LabNotice, { global: { plugins: [createPinia()], provide: { [transportKey as symbol]: transport, [labConnectionKey as symbol]: connection } } });
  onTestFinished(() => {
    connection.close();
    notice.unmount();
  });
  await vi.waitFor(() => expect(notice.text()).toContain('The running lab is of another version than this window.'));
  expect(notice.text()).toContain('lab: contract 1, build old');
  await notice.findAll('button').find((button) => button.text() === 'Restart the lab')?.trigger('click');
  await vi.waitFor(() => expect(shutdown).toHaveBeenCalledExactlyOnceWith({ guests: 'leave' }));
});
