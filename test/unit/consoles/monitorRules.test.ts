import { describe, expect, test } from 'vitest';
import { completeMonitorLine, namesWanted, type MonitorKnowledge } from '../../../electron/core/consoles/monitor/monitorCompletion.ts';
import { helpLine, parseMonitorHelp } from '../../../electron/core/consoles/monitor/monitorHelp.ts';
import { parseMonitorLine } from '../../../electron/core/consoles/monitor/monitorLine.ts';
import { monitorWarning } from '../../../electron/core/consoles/monitor/monitorWarnings.ts';
import { commonBeginning, createLineHistory } from '../../../renderer/features/consoles/monitor/lineHistory.ts';

describe('a line of the monitor', () => {
  test.each([
    ['', { kind: 'empty' }],
    ['  info  block  ', { kind: 'hmp', line: 'info  block', command: 'info', words: ['block'] }],
    ['qmp query-status', { kind: 'qmp', command: 'query-status', parameters: {} }],
    ['qmp stop {"a": [1]}', { kind: 'qmp', command: 'stop', parameters: { a: [1] } }],
    ['{"execute": "stop", "arguments": {"x": 1}}', { kind: 'qmp', command: 'stop', parameters: { x: 1 } }],
    ['qmp', { kind: 'invalid' }],
    ['qmp stop {', { kind: 'invalid' }],
    ['qmp stop [1]', { kind: 'invalid' }],
    ['{"execute": 1}', { kind: 'invalid' }],
    ['{stop}', { kind: 'invalid' }],
  ])('%j is %j', (line, parsed) => {
    expect(parseMonitorLine(line)).toMatchObject(parsed);
  });
});

describe('a warning comes before', () => {
  test.each([
    ['quit', 'guest'], ['q', 'guest'], ['qmp quit', 'guest'], ['{"execute":"quit"}', 'guest'], ['system_reset', 'guest'], ['device_del card0', 'guest'], ['qmp device_del {"id":"card0"}', 'guest'],
    ['o /b 0x64 0xfe', 'guest'], ['loadvm before', 'data'], ['delvm before', 'data'], ['block_resize disk0 1M', 'data'], ['qemu-io disk0 "write 0 512"', 'data'],
    ['migrate unix:/tmp/x', 'petri'], ['migrate_cancel', 'petri'], ['qmp migrate-set-capabilities {}', 'petri'], ['chardev-remove qmp', 'petri'], ['chardev-change serial0 null', 'petri'],
    ['qmp chardev-remove {"id":"serial1"}', 'petri'], ['savevm now', 'petri'], ['snapshot_blkdev disk0 /tmp/x', 'petri'], ['qmp blockdev-snapshot-sync {}', 'petri'],
    ['set_password vnc x', 'petri'], ['screendump /tmp/x.ppm', 'host'], ['pmemsave 0 512 /tmp/x', 'host'], ['gdbserver', 'host'], ['hostfwd_add tcp::2222-:22', 'host'],
    ['qmp human-monitor-command {"command-line":"quit"}', 'guest'],
  ])('%j: it is about the %s', (line, kind) => {
    expect(monitorWarning(line)).toMatchObject({ kind, says: expect.stringMatching(/\.$/) as string });
  });

  test.each(['', 'info status', 'help quit', 'stop', 'cont', 'system_powerdown', 'sendkey ctrl-alt-delete', 'chardev-remove mine', 'gdbserver none', 'hostfwd_add tcp:127.0.0.1:2222-:22', 'qmp query-block', '{', 'qmp human-monitor-command {"command-line":"info status"}'])(
    'not before %j',
    (line) => {
      expect(monitorWarning(line)).toBeNull();
    },
  );
});

const help = `cont|c  -- resume emulation
drive_add [-n] [[<domain>:]<bus>:]<slot>
[file=file][,if=type][,bus=n]
[,unit=m] -- add drive to PCI storage controller
eject [-f] device -- eject a removable medium (use -f to force it)
help|? [cmd] -- show the help
info [subcommand] -- show various information about the system state
sendkey keys [hold_ms] -- send keys to the VM (e.g. 'sendkey ctrl-alt-f1')
set_link name on|off -- change the link status
`;

describe('help and completion', () => {
  const commands = parseMonitorHelp(help);
  const knowledge: MonitorKnowledge = { commands, topics: parseMonitorHelp('block [-n] [device] -- show info of block devices\nblockstats  -- show statistics\n'), qmpCommands: ['query-block', 'query-name', 'quit'] };
  const complete = (line: string, names: string[] = []) => completeMonitorLine(line, knowledge, names);

  test('read commands with their short forms, over several lines too', () => {
    expect(commands.map(({ names }) => names.join('|'))).toEqual(['cont|c', 'drive_add', 'eject', 'help|?', 'info', 'sendkey', 'set_link']);
    expect(commands[1]).toMatchObject({ usage: expect.stringMatching(/<slot> \[file=file\].* \[,unit=m\]$/) as string, summary: 'add drive to PCI storage controller' });
    expect(commands[2] && helpLine(commands[2])).toBe('eject [-f] device — eject a removable medium (use -f to force it)');
  });

  test.each([
    ['', 0, ['?', 'c', 'cont', 'drive_add', 'eject', 'help', 'info', 'qmp', 'sendkey', 'set_link']],
    ['se', 0, ['sendkey', 'set_link']],
    ['help e', 5, ['eject']],
    ['help info blo', 10, ['block', 'blockstats']],
    ['info blo', 5, ['block', 'blockstats']],
    ['qmp qu', 4, ['query-block', 'query-name', 'quit']],
    ['{"execute": "query-b', 13, ['query-block']],
    ['{"execute": "query-block", "argum', 33, []],
    ['eject x', 6, []],
    ['set_link net0 o', 14, ['off', 'on']],
  ])('of %j', (line, from, words) => {
    expect(complete(line)).toMatchObject({ from, words });
  });

  test('ask for the names that an argument wants, and take those that fit, behind options too', () => {
    expect([namesWanted('eject '), namesWanted('eject -f '), namesWanted('info block '), namesWanted('sendkey '), namesWanted('info '), namesWanted('eject cd0 ')]).toEqual(['block', 'block', 'block', 'key', null, null]);
    expect(complete('eject -f c', ['cd0', 'disk0'])).toMatchObject({ from: 9, words: ['cd0'] });
    expect(complete('sendkey ctrl-a', ['alt', 'a', 'ctrl'])).toMatchObject({ from: 13, words: ['a', 'alt'] });
  });
});

describe('the history of lines', () => {
  test('is walked up and down, keeps what is being typed, and has nothing twice in a row', () => {
    const history = createLineHistory(['one', 'one', 'two']);
    expect([history.earlier('dra'), history.earlier('two'), history.earlier('one'), history.later(), history.later(), history.later()]).toEqual(['two', 'one', null, 'two', 'dra', null]);
    history.push('three');
    expect([history.earlier(''), history.earlier('')]).toEqual(['three', 'two']);
  });

  test('a beginning that all words share is certain', () => {
    expect([commonBeginning(['block', 'block-jobs', 'blockstats']), commonBeginning(['a', 'b']), commonBeginning([])]).toEqual(['block', '', '']);
  });
});
