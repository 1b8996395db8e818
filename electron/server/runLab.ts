import { randomBytes } from 'node:crypto';
import { rmdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DeclaredError, type Failure } from '../contract/errors.ts';
import { createLab, type Lab, type LabOptions } from '../lab/createLab.ts';
import { describeError, type Log, type LogRecord } from '../lab/log.ts';
import { openLogFile, type LogFile } from './logFile.ts';
import type { ServerSettings } from './options.ts';
import { startServer, type LabServer } from './startServer.ts';

const STDOUT = 1;
/** EX_SOFTWARE of sysexits(3). */
const SOFTWARE_ERROR = 70;

/** Tells the shell that started the lab, in one line; it reads no more after that. */
function announce(message: { ready: { socket: string; pid: number } } | { failure: Failure }): void {
  try {
    writeSync(STDOUT, `${JSON.stringify(message)}\n`);
  } catch {
    // The shell has gone away; the lab is there for the next one.
  }
}

/** Runs the lab until it is idle, a shell ends it or a signal comes. */
export async function runLab(settings: ServerSettings): Promise<void> {
  const early = createEarlyLog();
  const { log } = early;
  try {
    const lab = await createLab(labOptions(settings, log));
    // Only who holds the data directory's lock writes its log.
    early.openFile(openLogFile(join(settings.dataDirectory, 'logs', 'lab.log')));
    await serveUntilEnd(lab, settings, log);
  } catch (error) {
    if (!(error instanceof DeclaredError)) throw error;
    announce({ failure: error.failure });
    process.exitCode = 1;
  } finally {
    early.closeFile();
  }
}

function labOptions({ qemuSearchPath, ...settings }: ServerSettings, log: Log): LabOptions {
  return { ...settings, log, ...(qemuSearchPath === undefined ? {} : { qemuSearchPath }) };
}

async function serveUntilEnd(lab: Lab, settings: ServerSettings, log: Log): Promise<void> {
  const server = await startServer({ lab, socketPath: settings.socketPath, rendererDirectory: settings.rendererDirectory, report: reportTo(log) }).catch(async (error: unknown) => {
    await lab.dispose();
    throw error;
  });
  lab.system.attachDoor(server);
  logCrashes(log);
  const reason = untilEnd(lab, settings.idleMs);
  announce({ ready: { socket: settings.socketPath, pid: process.pid } });
  log({ level: 'info', noun: 'server', message: 'the lab is ready', details: { build: settings.build, adopted: lab.adopted } });
  log({ level: 'info', noun: 'server', message: `the lab ends: ${await reason}` });
  await end(lab, server, settings);
}

/**
 * The socket goes while the lock is still held, so it cannot be the next lab's; the lines go when the lock is free, so
 * that a shell that waits for that can start the next lab at once.
 */
async function end(lab: Lab, server: LabServer, settings: ServerSettings): Promise<void> {
  server.refuseNew();
  await server.stopListening();
  await lab.dispose();
  removeRunFiles(settings.runDirectory);
  await server.dispose();
}

function removeRunFiles(runDirectory: string): void {
  rmSync(join(runDirectory, 'lab.stderr'), { force: true });
  try {
    rmdirSync(runDirectory);
  } catch {
    // Guests go on in it, or the next lab is there already.
  }
}

/**
 * A bug that nobody caught ends the lab: its state is unknown, and the next lab adopts the guests. Its cause stays in
 * the log.
 */
function logCrashes(log: Log): void {
  process.on('uncaughtException', (error) => {
    log({ level: 'error', noun: 'server', message: 'the lab ends by an error that nobody caught', details: { error: describeError(error) } });
    process.exit(SOFTWARE_ERROR);
  });
}

/** Resolves with the reason. */
function untilEnd(lab: Lab, idleMs: number | null): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(`it received ${signal}`));
    // The terminal in which it was started may close.
    process.on('SIGHUP', () => undefined);
    lab.system.onShutdown(() => resolve('a shell asked for it'));
    if (idleMs !== null) lab.activity.onIdle(idleMs, () => resolve(`nobody needed it for ${idleMs / 1_000} s`));
  });
}

/** Logs an error and gives the reference that a shell may show. */
function reportTo(log: Log): (error: unknown) => string {
  return (error) => {
    const reference = randomBytes(4).toString('hex');
    log({ level: 'error', noun: 'server', message: 'an unexpected error', details: { reference, error: describeError(error) } });
    return reference;
  };
}

/** Keeps what is logged before the log can be opened. */
function createEarlyLog() {
  const early: LogRecord[] = [];
  let file: LogFile | null = null;
  return {
    log(this: void, record: LogRecord): void {
      if (file === null) early.push(record);
      else file.log(record);
    },
    openFile(opened: LogFile): void {
      file = opened;
      for (const record of early.splice(0)) opened.log(record);
    },
    closeFile: () => file?.close(),
  };
}
