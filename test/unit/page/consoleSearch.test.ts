// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { TooltipProvider } from 'reka-ui';
import { expect, onTestFinished, test, vi } from 'vitest';
import { h } from 'vue';
import type { LabClient } from '../../../electron/contract/contract.ts';
import ConsoleSearch from '../../../renderer/features/consoles/ConsoleSearch.vue';
import { labConnectionKey, transportKey } from '../../../renderer/stores/lab.ts';
import { connectToLab } from '../../../renderer/transport/labConnection.ts';
import type { Transport } from '../../../renderer/transport/transport.ts';

/** A search whose answers wait until they are given, each with one match at byte 7. */
async function slowSearch() {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const search = vi.fn(({ pattern }: { pattern: string }) => {
    asked.push(pattern);
    return new Promise((resolve) => answers.push(() => resolve({ matches: [{ offset: 7, line: pattern, atMs: null }], complete: true })));
  });
  const hello = { contract: 1, build: 'b', pid: 1, dataDirectory: '/', startedAt: '2026-01-01T00:00:00.000Z', adopted: [] };
  const client = { system: { hello: () => Promise.resolve(hello) }, consoles: { search } } as unknown as LabClient;
  const transport: Transport = {
    shell: 'test',
    openRpc: () => Promise.resolve({ client, closed: new Promise<string>(() => undefined), close: () => undefined }),
    openConsole: () => Promise.reject(new Error('not here')),
    openScreen: () => Promise.reject(new Error('not here')),
  };
  const connection = connectToLab(transport, 'b');
  await vi.waitFor(() => expect(connection.session).not.toBeNull());
  const shown: number[] = [];
  const panel = mount(
    { render: () => h(TooltipProvider, () => h(ConsoleSearch, { id: 'guest/a/serial0', onShow: (offset: number) => void shown.push(offset) })) },
    { global: { plugins: [createPinia()], provide: { [transportKey as symbol]: transport, [labConnectionKey as symbol]: connection } } },
  );
  onTestFinished(() => {
    panel.unmount();
    connection.close();
  });
  const answer = async (): Promise<void> => {
    answers.shift()?.();
    await flushPromises();
  };
  return { asked, shown, answer, field: panel.get('input[type=text]') };
}

test('what is typed while the lab searches is searched next, however often that happens', async () => {
  const { asked, answer, field } = await slowSearch();
  await field.setValue('1');
  await field.setValue('10');
  await answer();
  await field.setValue('10/');
  await field.setValue('10/1');
  await answer();
  await answer();
  expect(asked).toEqual(['1', '10', '10/1']);
});

test('Enter before the lab has answered goes to the first match when it has', async () => {
  const { shown, answer, field } = await slowSearch();
  await field.setValue('1');
  await field.setValue('10');
  await field.trigger('keydown', { key: 'Enter' });
  await answer();
  expect(shown).toEqual([]);
  await answer();
  expect(shown).toEqual([7]);
});
