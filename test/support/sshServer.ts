import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runProcess } from '../../electron/host/process/runProcess.ts';

const PROGRAM = '/usr/sbin/sshd';

/** Whether an SSH server can be started here; says so loudly when it cannot, because something will be skipped for it. */
export function hasSshServer(): boolean {
  if (existsSync(PROGRAM)) return true;
  process.stderr.write(`SKIPPED: ${PROGRAM} is not installed (openssh-server)\n`);
  return false;
}

/** A real sshd on a port of 127.0.0.1, as it would answer behind a guest's forward. It lets in whom `allow` names. */
export interface SshServer {
  readonly port: number;
  readonly user: string;
  allow(publicKey: string): void;
  /** As a system that was installed anew has it. */
  changeHostKey(): Promise<void>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function start(config: string): Promise<ChildProcess> {
  const server = spawn(PROGRAM, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (bytes: Buffer) => {
      words += bytes.toString();
      if (words.includes('Server listening on')) resolve();
    });
    server.once('exit', () => reject(new Error(`sshd ended: ${words}`)));
  });
  return server;
}

export async function startSshServer(directory: string, wantedPort?: number): Promise<SshServer> {
  const port = wantedPort ?? (await freePort());
  const [config, hostKey, allowed] = ['sshd_config', 'host_key', 'allowed'].map((name) => join(directory, name)) as [string, string, string];
  const makeHostKey = async (): Promise<void> => {
    for (const file of [hostKey, `${hostKey}.pub`]) rmSync(file, { force: true });
    await runProcess('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey], { timeLimitMs: 30_000 });
  };
  // The package's service makes it; sshd of root refuses to start without.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  writeFileSync(allowed, '');
  writeFileSync(config, [
    `Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${hostKey}`, `AuthorizedKeysFile ${allowed}`, 'StrictModes no', 'UsePAM no', 'PasswordAuthentication no',
    'KbdInteractiveAuthentication no', 'PermitRootLogin prohibit-password', 'PidFile none', 'PrintMotd no', 'PrintLastLog no', 'AcceptEnv none', '',
  ].join('\n'));
  await makeHostKey();
  let server = await start(config);
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill();
    await once(server, 'exit');
  };
  onTestFinished(stop);
  return {
    port,
    user: userInfo().username,
    allow: (publicKey) => writeFileSync(allowed, `${publicKey}\n`),
    async changeHostKey() {
      await stop();
      await makeHostKey();
      server = await start(config);
    },
    stop,
  };
}
