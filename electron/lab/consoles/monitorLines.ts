import { DeclaredError, explain, type Failure } from '../../contract/errors.ts';
import type { BytePort } from '../../core/consoles/bytePort.ts';
import { parseMonitorLine, type MonitorLine } from '../../core/consoles/monitor/monitorLine.ts';
import type { Machine } from '../../core/guests/machine.ts';

/** What a line of the monitor was answered. */
export interface MonitorAnswer {
  readonly text: string;
  /** False when QEMU refused it, or did not understand it. */
  readonly ok: boolean;
}

/** A machine's monitor as a console: lines in, and out the lines again with their answers, and QEMU's events as they come. */
export interface MonitorPort extends BytePort {
  /** Carries out a line after all before it. Never rejects: what QEMU refuses is an answer too. */
  run(line: string): Promise<MonitorAnswer>;
}

/** A command that reads or writes a whole disk or memory takes as long as that. */
const ANSWER_LIMIT_MS = 10 * 60_000;
/** A line that has no end is no line. */
const LONGEST_LINE = 64 * 1024;
const PROMPT = '(qemu) ';

/** Opens the monitor over the machine's own connection, which Petri uses too; QEMU serves several requests in order. */
export function openMonitor({ qmp, ended, record }: Pick<Machine, 'qmp' | 'ended' | 'record'>): MonitorPort {
  const closing = Promise.withResolvers<undefined>();
  let listener: ((bytes: Uint8Array) => void) | null = null;
  let early = '';
  let typed = '';
  let last: Promise<unknown> = Promise.resolve();

  const say = (text: string): void => {
    const lines = text.replaceAll('\r', '').replaceAll('\n', '\r\n');
    if (listener === null) early += lines;
    else if (lines !== '') listener(Buffer.from(lines));
  };
  const stopListening = qmp.onEvent(({ name, data }) => say(`event ${name}${Object.keys(data).length === 0 ? '' : ` ${JSON.stringify(data)}`}\n`));
  const close = (): void => {
    stopListening();
    closing.resolve(undefined);
  };
  const carryOut = async (line: string): Promise<MonitorAnswer> => {
    say(`${PROMPT}${line}\n`);
    const answer = await ask(qmp, parseMonitorLine(line));
    if (answer.text !== '') say(`${answer.text}\n`);
    return answer;
  };
  const run = (line: string): Promise<MonitorAnswer> => {
    const answered = last.then(() => carryOut(line));
    last = answered;
    return answered;
  };
  say(`monitor of QEMU ${record.qemu.version}; type help\n`);
  void ended.then(({ reason }) => {
    say(`QEMU ended${reason === null ? '' : ` (${reason})`}\n`);
    close();
  });

  return {
    run,
    read(given) {
      listener = given;
      say(early);
      early = '';
    },
    async write(bytes) {
      const lines = (typed + Buffer.from(bytes).toString('utf8')).split(/\r\n?|\n/);
      typed = (lines.pop() ?? '').slice(0, LONGEST_LINE);
      await Promise.all(lines.filter((line) => line.trim() !== '').map(run));
    },
    closed: closing.promise,
    close,
  };
}

async function ask(qmp: Machine['qmp'], line: MonitorLine): Promise<MonitorAnswer> {
  try {
    switch (line.kind) {
      case 'empty':
        return { text: '', ok: true };
      case 'invalid':
        return { text: line.reason, ok: false };
      case 'hmp':
        return hmpAnswer(await qmp.execute('human-monitor-command', { 'command-line': line.line }, ANSWER_LIMIT_MS));
      case 'qmp':
        return { text: JSON.stringify(await qmp.execute(line.command, line.parameters, ANSWER_LIMIT_MS), null, 2), ok: true };
    }
  } catch (error) {
    return { text: error instanceof DeclaredError ? refusalOf((error as DeclaredError).failure) : String(error), ok: false };
  }
}

/** HMP has no codes: its refusals are sentences, of which these are the forms (monitor/hmp.c, error_report of each command). */
const REFUSED = /^(unknown command: |Error: |invalid |[\w-]+: unexpected |[\w-]+: (\w+ )*(expected|unsupported) |.*: extraneous characters )/;

function hmpAnswer(answer: unknown): MonitorAnswer {
  const text = String(answer).replaceAll('\r', '').replace(/\n+$/, '');
  return { text, ok: !REFUSED.test(text) };
}

/** QEMU's own words where it said any. */
function refusalOf(failure: Failure): string {
  if (failure.code === 'QMP_FAILED') return failure.details.reason;
  const { what, evidence } = explain(failure);
  return [what, ...evidence].join('\n');
}
