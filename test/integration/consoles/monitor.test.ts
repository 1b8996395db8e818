import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConsoleState, GuestConsoles } from '../../../electron/contract/consoles.ts';
import type { DoorlessLab } from '../../support/labPlace.ts';
import { makeLabPlace } from '../../support/labPlace.ts';
import { hasProgram } from '../../support/qemuGuest.ts';

describe.skipIf(!hasProgram('qemu-system-i386'))('the monitor of a running guest', () => {
  const place = makeLabPlace();
  let opened: DoorlessLab;
  let guest: string;
  const monitor = (): string => `guest/${guest}/monitor`;
  const text = async (): Promise<string> => {
    const { base64 } = await opened.client.consoles.export({ id: monitor(), format: 'text', from: 0 });
    return Buffer.from(base64, 'base64').toString();
  };
  const command = (line: string) => opened.client.consoles.command({ guest, line });

  beforeAll(async () => {
    opened = await place.open();
    const { definition } = await opened.client.guests.createFromCatalog({ entry: 'builtin-i386' });
    guest = definition.id;
    await opened.client.guests.update({ id: guest, change: { accelerator: 'tcg', display: 'std' } });
    await opened.client.guests.start({ id: guest });
  });
  afterAll(() => place.close());

  test('answers lines for people and for programs, and keeps both in its log', async () => {
    expect(await command('info status')).toEqual({ text: 'VM status: running', ok: true });
    expect(await command('qmp query-status')).toMatchObject({ ok: true, text: expect.stringContaining('"status": "running"') as string });
    expect(await command('{"execute": "query-name"}')).toMatchObject({ ok: true, text: expect.stringContaining('"name"') as string });
    const log = await text();
    expect(log).toMatch(/^monitor of QEMU \d+\.\d+/);
    for (const line of ['(qemu) info status', 'VM status: running', '(qemu) qmp query-status', '(qemu) {"execute": "query-name"}']) expect(log).toContain(line);
  });

  test.each([['bogus', /unknown command/], ['qmp no-such-thing', /CommandNotFound/], ['{"execute": 1}', /A request of QMP/], ['{', /no JSON/], ['sendkey nokey', /invalid parameter/]])(
    'says in its own words why it does not carry out %j',
    async (line, words) => {
      const answer = await command(line);
      expect(answer.text).toMatch(words);
      expect(answer.ok).toBe(false);
    },
  );

  test('is one and the same for whoever opens it, and takes whole lines in the order in which they are typed', async () => {
    const states: ConsoleState[] = await Promise.all([1, 2].map(() => opened.client.consoles.open({ guest, kind: 'monitor' })));
    expect(states.map(({ id, writable }) => [id, writable])).toEqual([[monitor(), true], [monitor(), true]]);
    const type = (words: string) => opened.client.consoles.write({ id: monitor(), base64: Buffer.from(words).toString('base64') });
    await type('info na');
    await type('me\ninfo uuid\n');
    expect(await text()).toMatch(/\(qemu\) info name\n.+\n\(qemu\) info uuid\n[0-9a-f-]{36}\n/);
  });

  test('shows the events of QEMU as they come', async () => {
    await command('stop');
    await command('cont');
    expect(await text()).toMatch(/event STOP\n[^]*event RESUME/);
  });

  test('completes commands, their arguments, and the names that this machine has, with help', async () => {
    const complete = (line: string) => opened.client.consoles.complete({ guest, line });
    expect((await complete('inf')).words).toEqual(['info']);
    expect(await complete('info chard')).toMatchObject({ from: 5, words: ['chardev'] });
    expect((await complete('chardev-send-break s')).words).toEqual(['serial0']);
    expect((await complete('sendkey ctrl-alt-del')).words).toEqual(['delete']);
    expect((await complete('qmp query-cpus')).words).toEqual(['query-cpus-fast']);
    expect((await complete('{"execute": "query-cpus')).words).toEqual(['query-cpus-fast']);
    expect((await complete('info registers ')).words).toEqual(['0']);
    expect((await complete('eject ')).help).toMatch(/^eject \[-f\] device — eject a removable medium/);
    expect((await complete('info status')).help).toMatch(/^info status — show the current VM status/);
    expect((await complete('nonsense ')).words).toEqual([]);
  });

  test('is told to those who watch the consoles of the guest, with the viewers of each', async () => {
    const events = await opened.client.consoles.watch({ guest });
    const next = async (): Promise<GuestConsoles> => ((await events.next()) as IteratorYieldResult<GuestConsoles>).value;
    expect((await next()).consoles.map(({ id }) => id)).toEqual([monitor(), `guest/${guest}/serial0`]);
    const viewer = opened.lab.consoles.view(monitor(), 0, { send: () => undefined, end: () => undefined });
    expect((await next()).viewers).toEqual({ [monitor()]: 1 });
    const screen = await opened.lab.screens.open(guest);
    expect((await next()).viewers).toEqual({ [monitor()]: 1, screen: 1 });
    screen.destroy();
    expect((await next()).viewers).toEqual({ [monitor()]: 1 });
    viewer.close();
    expect((await next()).viewers).toEqual({});
    await events.return();
  });

  test('ends with the guest, says so, and is refused until it runs again', async () => {
    await opened.client.guests.kill({ id: guest });
    expect(await text()).toMatch(/QEMU ended\n$/);
    expect(await opened.client.consoles.get({ id: monitor() })).toMatchObject({ writable: false });
    await expect(command('info status')).rejects.toMatchObject({ code: 'GUEST_BUSY' });
    await expect(opened.client.consoles.open({ guest: 'nobody', kind: 'monitor' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
