import { expect, test } from 'vitest';
import { type Draw, drawNumbers } from '../../support/drawnNumbers.ts';
import { onlyCounts, readCounts } from '../../support/guestCounts.ts';
import { bootGuest, type GuestMachine, type RunningGuest } from '../../support/qemuGuest.ts';
import { describeMachines, MACHINES } from './machines.ts';

const draw: Draw = drawNumbers('counts of the built-in guest');

const ENTRIES = (machine: GuestMachine) => (machine.architecture === 'arm' ? ['svc'] : ['int20', 'int21', 'int22', 'int23', 'sysenter', 'syscall']);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The entries that this CPU has, as the guest's own `help` says. */
async function availableEntries(guest: RunningGuest): Promise<string[]> {
  const line = /^entries:(.*)\r$/m.exec(await guest.run('help'))?.[1] ?? '';
  return [...line.matchAll(/(\w+)(?! \(not here\))(?=\s|$)/g)].map((entry) => entry[1] ?? '').filter((name) => name !== 'not' && name !== 'here');
}

describeMachines(MACHINES, (machine) => {
  test('calls by each entry are counted exactly, and nothing else is', async () => {
    const guest = await bootGuest(machine);
    const available = await availableEntries(guest);
    for (const entry of ENTRIES(machine)) {
      const amount = draw(1, 5000);
      const output = await guest.run(`calls ${amount} ${entry}`);
      if (!available.includes(entry)) {
        expect(output).toBe(`petri: entry ${entry} is not available on this CPU\r\n`);
        continue;
      }
      const counts = onlyCounts(output);
      expect(counts).toMatchObject({ calls: amount, faults: 0, switches: 0, ipc: 0 });
      expect(counts.entries).toEqual(Object.fromEntries(ENTRIES(machine).map((name) => [name, name === entry ? amount : 0])));
    }
  });

  test('calls without an entry use every entry of the CPU in turn', async () => {
    const guest = await bootGuest(machine);
    const available = await availableEntries(guest);
    const amount = draw(100, 5000);
    const { calls, entries } = onlyCounts(await guest.run(`calls ${amount}`));
    expect(calls).toBe(amount);
    expect(sum(Object.values(entries))).toBe(amount);
    for (const [name, count] of Object.entries(entries)) {
      const share = available.includes(name) ? amount / available.length : 0;
      expect(Math.abs(count - share)).toBeLessThan(1);
    }
  });

  test('faults, switches and round trips are counted exactly', async () => {
    const guest = await bootGuest(machine);
    for (const amount of [1, 2, draw(3, 300), draw(300, 9000)]) {
      expect(onlyCounts(await guest.run(`faults ${amount}`))).toMatchObject({ calls: 0, faults: amount, switches: 0, ipc: 0 });
      expect(onlyCounts(await guest.run(`switches ${amount}`))).toMatchObject({ calls: amount, faults: 0, switches: amount });
      // A round trip is a SENDREC, the other side's SEND and its next RECEIVE, and two switches.
      expect(onlyCounts(await guest.run(`ipc ${amount}`))).toMatchObject({ calls: 3 * amount, faults: 0, switches: 2 * amount, ipc: amount });
    }
  });

  test('loads at strides make no call, fault or switch', async () => {
    const guest = await bootGuest(machine);
    const stride = draw(1, 9000);
    const turns = draw(1000, 200_000);
    const output = await guest.run(`stride ${stride} ${turns}`);
    expect(onlyCounts(output)).toMatchObject({ calls: 0, faults: 0, switches: 0, ipc: 0 });
    expect(output).toMatch(new RegExp(`^stride bytes=${stride} loads=${turns} buffer=0x80400000 physical=0x[0-9a-f]{5}000 length=4194304\r$`, 'm'));
  });

  test('faults of each kind are what they were asked for', async () => {
    const guest = await bootGuest(machine);
    const amount = draw(65, 3000);
    const kinds = { read: [amount, 0, 0, 0], write: [0, amount, 0, 0], execute: [0, 0, amount, 0], protection: [amount, amount, 0, amount] } as const;
    for (const [kind, [read, write, execute, protection]] of Object.entries(kinds)) {
      const output = await guest.run(`faults ${amount} ${kind}`);
      expect(onlyCounts(output)).toMatchObject({ calls: 0, faults: read + write + execute, switches: 0 });
      expect(output).toContain(`kinds read=${read} write=${write} execute=${execute} protection=${protection}\r\n`);
    }
    expect(await guest.run('faults 1 other')).toBe('usage: faults N [KIND]\r\n');
  });

  test('stores and pieces of code at strides make no call, fault or switch, and what cannot be walked is refused', async () => {
    const guest = await bootGuest(machine);
    const [stride, turns] = [16 * 2 ** draw(0, 15), draw(1000, 200_000)];
    for (const [command, bytes, length] of [['store', draw(1, 9000), 4_194_304], ['code', stride, 1_048_576]] as const) {
      const output = await guest.run(`${command} ${bytes} ${turns}`);
      expect(onlyCounts(output)).toMatchObject({ calls: 0, faults: 0, switches: 0, ipc: 0 });
      expect(output).toContain(`${command} bytes=${bytes} turns=${turns} buffer=0x80400000 length=${length}\r\n`);
    }
    for (const refused of ['code 8 1', 'code 48 1', 'code 64 0', 'code 2097152 1']) expect(await guest.run(refused)).toBe('usage: code BYTES N\r\n');
  });

  test('waiting is calls of at most a tenth of a second, and nothing else', async () => {
    const guest = await bootGuest(machine);
    const milliseconds = draw(1, 400);
    expect(onlyCounts(await guest.run(`wait ${milliseconds}`))).toMatchObject({ calls: Math.ceil(milliseconds / 100), faults: 0, switches: 0, ipc: 0 });
  });

  test('a loop of known length says its length, makes no call, fault or switch, and refuses what would not fit between two ticks', async () => {
    const guest = await bootGuest(machine);
    const turns = draw(1, 1_000_000);
    const output = await guest.run(`instructions ${turns}`);
    expect(output).toContain(`instructions turns=${turns} counted=${4 * turns + 1}\r\n`);
    expect(onlyCounts(output)).toMatchObject({ calls: 0, faults: 0, switches: 0, ipc: 0 });
    for (const refused of ['instructions', 'instructions 0', 'instructions 1000001']) expect(await guest.run(refused)).toBe('usage: instructions N\r\n');
  });

  test('the command line asks for the same work, which is done after the prompt', async () => {
    const entry = machine.architecture === 'arm' ? 'svc' : 'int23';
    const [calls, faults, switches, turns] = [draw(1, 3000), draw(1, 3000), draw(1, 3000), draw(1, 3000)];
    const guest = await bootGuest({ ...machine, append: `calls=${calls} faults=${faults} switches=${switches} stride=64,${turns} instructions=${turns} entry=${entry}` });
    await guest.waitFor(/(^counts [^]*){5}^petri# /m);
    const counts = readCounts(guest.text());
    expect(counts).toHaveLength(5);
    expect(counts[0]).toMatchObject({ calls, entries: { [entry]: calls }, since: 'load' });
    expect(counts[1]).toMatchObject({ calls: switches, switches });
    expect(counts[2]).toMatchObject({ calls: 0, faults });
    expect(guest.text()).toContain(`stride bytes=64 loads=${turns} `);
    expect(guest.text()).toContain(`instructions turns=${turns} counted=${4 * turns + 1}\r\n`);
  });

  test('the totals since the boot hold every load, and the entries add up to the calls', async () => {
    const guest = await bootGuest(machine);
    const before = onlyCounts(await guest.run('counts'));
    const amount = draw(10, 1000);
    await guest.run(`faults ${amount}`);
    await guest.run(`calls ${amount}`);
    const after = onlyCounts(await guest.run('counts'));
    expect(after.since).toBe('boot');
    expect(after.faults - before.faults).toBe(amount);
    expect(after.calls - before.calls).toBeGreaterThan(amount);
    for (const counts of [before, after]) expect(sum(Object.values(counts.entries))).toBe(counts.calls);
  });
});
