import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';

const ENTRYPOINT = join(import.meta.dirname, '../../../images/qemu/entrypoint.sh');

/** A program in QEMU's place that prints each of its arguments on a line. */
function standIn(script = 'for word in "$@"; do printf "%s\\n" "$word"; done'): string {
  const directory = scratch();
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'qemu-system-i386'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'qemu-system-i386'), 0o755);
  return bin;
}

function run(variables: Record<string, string>, ...args: string[]) {
  const env = { PATH: `${standIn()}${delimiter}${process.env['PATH'] ?? ''}`, QEMU_PROGRAM: 'qemu-system-i386', QEMU_ACCEL: 'tcg', ...variables };
  const { status, stdout, stderr } = spawnSync('sh', [ENTRYPOINT, ...args], { env, encoding: 'utf8' });
  return { status, words: stdout.split('\n').slice(0, -1), stderr };
}

/** A value follows its option. */
const after = (words: readonly string[], option: string): string | undefined => words[words.indexOf(option) + 1];

describe('the entrypoint of the images', () => {
  it.skipIf(!hasProgram('shellcheck'))('has nothing that shellcheck would speak of', () => {
    expect(spawnSync('shellcheck', [ENTRYPOINT], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
  });

  it('runs what Petri gives it, word for word', () => {
    expect(run({}, 'qemu-system-i386', '-name', 'a b', '$(id)', '').words).toEqual(['-name', 'a b', '$(id)', '']);
  });

  it('makes a machine of the seeds’ variables', () => {
    const drive = join(scratch(), 'a,b.qcow2');
    writeFileSync(drive, '');
    const { words, status } = run({ QEMU_RAM: '1024', QEMU_SMP: '2', QEMU_DRIVE: drive, ENABLE_VNC: '1', SERIAL_PORT: '5555', MONITOR_PORT: '9999' });
    expect(status).toBe(0);
    expect(after(words, '-m')).toBe('1024M');
    expect(after(words, '-smp')).toBe('2');
    expect(after(words, '-drive')).toBe(`file=${drive.replace(',', ',,')},format=qcow2,if=none,id=disk0`);
    expect(after(words, '-vnc')).toBe('0.0.0.0:0');
    expect(after(words, '-chardev')).toContain('host=0.0.0.0,port=5555');
    expect(after(words, '-monitor')).toBe('telnet:0.0.0.0:9999,server=on,wait=off');
  });

  it('opens no console and no screen that was not asked for', () => {
    const { words } = run({ QEMU_KERNEL: ENTRYPOINT, QEMU_APPEND: 'a "b" $c', SERIAL_PORT: '0', MONITOR_PORT: '0' });
    expect(words).not.toContain('-monitor');
    expect(words).not.toContain('-vnc');
    expect(after(words, '-serial')).toBe('stdio');
    expect(after(words, '-append')).toBe('a "b" $c');
  });

  it('leads ports of the container to the guest, and nothing else into the command line', () => {
    const network = { QEMU_KERNEL: ENTRYPOINT, QEMU_NIC: 'e1000' };
    expect(after(run({ ...network, QEMU_FORWARDS: 'tcp:2222:22 udp:5353:53' }).words, '-netdev')).toBe('user,id=net0,hostfwd=tcp::2222-:22,hostfwd=udp::5353-:53');
    expect(run({ ...network, QEMU_FORWARDS: 'tcp:2222:22,guestfwd=tcp:1.2.3.4:5-cmd:id' })).toMatchObject({ status: 64, words: [] });
  });

  it.each([
    [{}, /nothing to boot/],
    [{ QEMU_RAM: '1G' }, /QEMU_RAM must be a whole number/],
    [{ QEMU_DRIVE: '/nowhere/disk.qcow2' }, /does not exist/],
    [{ QEMU_KERNEL: ENTRYPOINT, QEMU_BOOT: 'net' }, /QEMU_BOOT must be disk or medium/],
    [{ QEMU_KERNEL: ENTRYPOINT, SERIAL_PORT: '1;id' }, /SERIAL_PORT must be a whole number/],
  ])('refuses %j with its reason', (variables, reason) => {
    const { status, stderr, words } = run(variables);
    expect(stderr).toMatch(reason);
    expect({ status, words }).toEqual({ status: 64, words: [] });
  });

  it.skipIf(!hasProgram('unshare') || process.getuid?.() !== 0)('is unhealthy where no QEMU runs, and healthy where one does', () => {
    const inNamespace = (script: string) => spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'sh', '-c', script, 'sh', ENTRYPOINT], { encoding: 'utf8' });
    expect(inNamespace('sh "$1" health')).toMatchObject({ status: 1, stdout: 'QEMU does not run\n' });
    const bin = standIn('sleep 5');
    // A script's process has the script's name.
    expect(inNamespace(`${join(bin, 'qemu-system-i386')} & sleep 0.3; sh "$1" health`)).toMatchObject({ status: 0, stdout: '' });
  });

  it.skipIf(!hasProgram('unshare') || process.getuid?.() !== 0)('passes a signal on and ends as its child does when it is the first process', async () => {
    const bin = standIn('trap "printf ended; exit 7" TERM; printf ready; while :; do sleep 0.05; done');
    const child = spawn('unshare', ['--pid', '--fork', '--mount-proc', 'sh', ENTRYPOINT, 'qemu-system-i386'], { env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` }, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    await once(child.stdout, 'data');
    // The first process of the namespace is the only child of `unshare`.
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' });
    process.kill(Number(stdout.trim()), 'SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    expect({ text, code }).toEqual({ text: 'readyended', code: 7 });
  });
});
