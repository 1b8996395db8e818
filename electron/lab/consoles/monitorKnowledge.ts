import { z } from 'zod';
import { completeMonitorLine, namesWanted, type Completion, type MonitorKnowledge, type NameKind } from '../../core/consoles/monitor/monitorCompletion.ts';
import { parseMonitorHelp } from '../../core/consoles/monitor/monitorHelp.ts';
import type { Machine, Qmp } from '../../core/guests/machine.ts';

const named = z.array(z.object({ name: z.string() }));
const blockDevices = z.array(z.object({ device: z.string(), qdev: z.string().optional() }));
const labelled = z.array(z.object({ label: z.string() }));
const cpus = z.array(z.object({ 'cpu-index': z.number() }));

/** What QEMU's own help tells is the same as long as a machine runs. */
export function createMonitorKnowledge() {
  const known = new WeakMap<Machine, Promise<MonitorKnowledge>>();
  const knowledgeOf = (machine: Machine): Promise<MonitorKnowledge> => {
    const found = known.get(machine) ?? learn(machine.qmp);
    known.set(machine, found);
    return found;
  };
  return {
    /** How a line of a machine's monitor may go on. Throws QMP_FAILED. */
    async complete(machine: Machine, line: string): Promise<Completion> {
      const kind = namesWanted(line);
      return completeMonitorLine(line, await knowledgeOf(machine), kind === null ? [] : await namesOf(machine.qmp, kind));
    },
  };
}

async function human(qmp: Qmp, line: string): Promise<string> {
  return String(await qmp.execute('human-monitor-command', { 'command-line': line }));
}

async function learn(qmp: Qmp): Promise<MonitorKnowledge> {
  const [help, topics, commands] = await Promise.all([human(qmp, 'help'), human(qmp, 'help info'), qmp.execute('query-commands')]);
  const withoutInfo = parseMonitorHelp(topics).map((topic) => ({ ...topic, ...topicOf(topic) }));
  return { commands: parseMonitorHelp(help), topics: withoutInfo, qmpCommands: named.parse(commands).map(({ name }) => name).sort() };
}

/** `help info` writes `info block [-n] …`: the topic is the first word of what looks like its usage. */
function topicOf({ usage }: { usage: string }): { names: string[]; usage: string } {
  const [name = '', ...rest] = usage.split(' ');
  return { names: [name], usage: rest.join(' ') };
}

/** The names of one kind that the machine has now. */
async function namesOf(qmp: Qmp, kind: NameKind): Promise<string[]> {
  switch (kind) {
    case 'block':
      return blockDevices.parse(await qmp.execute('query-block')).flatMap(({ device, qdev }) => [device, qdev ?? '']).filter((name) => name !== '');
    case 'device':
      return namesIn(await qmp.execute('qom-list', { path: '/machine/peripheral' }));
    case 'object':
      return namesIn(await qmp.execute('qom-list', { path: '/objects' }));
    case 'chardev':
      return labelled.parse(await qmp.execute('query-chardev')).map(({ label }) => label);
    case 'network':
      // `net0: index=0,type=user,…`, and with a card in front ` \ net0: …`.
      return [...(await human(qmp, 'info network')).matchAll(/^\s*(?:\\ )?([\w.-]+): index=/gm)].map(([, name = '']) => name);
    case 'snapshot':
      // A table below a headline: ID, TAG, …
      return [...(await human(qmp, 'info snapshots')).matchAll(/^(?:--|\d+)\s+(\S+)\s/gm)].map(([, tag = '']) => tag);
    case 'cpu':
      return cpus.parse(await qmp.execute('query-cpus-fast')).map((cpu) => String(cpu['cpu-index']));
    case 'key':
      return keyNames;
  }
}

function namesIn(answer: unknown): string[] {
  return named.parse(answer).map(({ name }) => name).filter((name) => name !== 'type');
}

/** QEMU's names of keys (qapi/ui.json, QKeyCode), without those of telephones and remote controls. */
const keyNames = [
  ...Array.from('0123456789abcdefghijklmnopqrstuvwxyz'), ...Array.from({ length: 12 }, (_, index) => `f${index + 1}`),
  'shift', 'shift_r', 'alt', 'alt_r', 'ctrl', 'ctrl_r', 'meta_l', 'meta_r', 'menu', 'esc', 'minus', 'equal', 'backspace', 'tab', 'bracket_left', 'bracket_right', 'ret',
  'semicolon', 'apostrophe', 'grave_accent', 'backslash', 'comma', 'dot', 'slash', 'asterisk', 'spc', 'caps_lock', 'num_lock', 'scroll_lock', 'sysrq', 'print', 'pause',
  'home', 'pgup', 'pgdn', 'end', 'left', 'up', 'down', 'right', 'insert', 'delete', 'kp_0', 'kp_1', 'kp_2', 'kp_3', 'kp_4', 'kp_5', 'kp_6', 'kp_7', 'kp_8', 'kp_9',
  'kp_divide', 'kp_multiply', 'kp_subtract', 'kp_add', 'kp_enter', 'kp_decimal', 'less',
];
