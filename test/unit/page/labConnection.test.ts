import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { ORPCError } from '@orpc/client';
import { connectToLab, pauseBefore, type LabState } from '../../../renderer/transport/labConnection.ts';
import type { Transport } from '../../../renderer/transport/transport.ts';
import { labInMemory } from '../../support/labInMemoryTransport.ts';

describe('the line to the lab', () => {
  test('says hello and has a session', async () => {
    const memory = labInMemory();
    const connection = connectToLab(memory.transport, 'test');
    onTestFinished(() => {
      connection.close();
      memory.cut();
    });
    await vi.waitFor(() => expect(connection.state.name).toBe('connected'));
    expect(await connection.session?.client.catalog.list()).toHaveLength(2);
  });

  test('aborts the session when the line is cut, and opens another one', async () => {
    const memory = labInMemory();
    const connection = connectToLab(memory.transport, 'test');
    onTestFinished(() => {
      connection.close();
      memory.cut();
    });
    await vi.waitFor(() => expect(connection.session).not.toBeNull());
    const first = connection.session;
    const states: LabState['name'][] = [];
    connection.onState(({ name }) => states.push(name));
    memory.cut();
    await vi.waitFor(() => expect(connection.session).not.toBe(first));
    await vi.waitFor(() => expect(connection.session).not.toBeNull());
    expect(first?.signal.aborted).toBe(true);
    expect(states).toEqual(['waiting', 'connecting', 'connected']);
  });

  test('tells a session to a listener that comes late', async () => {
    const memory = labInMemory();
    const connection = connectToLab(memory.transport, 'test');
    onTestFinished(() => {
      connection.close();
      memory.cut();
    });
    await vi.waitFor(() => expect(connection.session).not.toBeNull());
    const told = vi.fn();
    connection.onSession(told);
    expect(told).toHaveBeenCalledExactlyOnceWith(connection.session);
  });

  test('does not hammer a lab of another version, and shows both versions', async () => {
    const details = { labContract: 2, shellContract: 1, labBuild: 'b', shellBuild: 'a' };
    const hello = vi.fn(() => Promise.reject(new ORPCError('VERSION_MISMATCH', { defined: true, data: details })));
    const client = { system: { hello } } as unknown as LabClient;
    const transport: Transport = {
      shell: 'test',
      openRpc: () => Promise.resolve({ client, closed: new Promise<string>(() => undefined), close: () => undefined }),
      openConsole: () => Promise.reject(new Error('not here')),
    openScreen: () => Promise.reject(new Error('not here')),
    };
    const connection = connectToLab(transport, 'a');
    onTestFinished(() => connection.close());
    await vi.waitFor(() => expect(connection.state).toEqual({ name: 'refused', failure: { code: 'VERSION_MISMATCH', details } }));
    expect(hello).toHaveBeenCalledTimes(1);
    connection.retry();
    await vi.waitFor(() => expect(hello).toHaveBeenCalledTimes(2));
  });

  test('waits twice as long before each attempt, and never longer than ten seconds', () => {
    expect([1, 2, 3, 4, 20].map(pauseBefore)).toEqual([250, 500, 1_000, 2_000, 10_000]);
  });
});
