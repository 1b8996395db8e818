// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { ORPCError } from '@orpc/client';
import type { Task } from '../../../electron/contract/tasks.ts';
import { rankCommands } from '../../../renderer/app/rankCommands.ts';
import { newlyEnded } from '../../../renderer/app/taskEnds.ts';
import { matchesShortcut, shortcutKeys } from '../../../renderer/components/shortcuts.ts';
import { asFailure } from '../../../renderer/transport/failures.ts';
import { takeToken } from '../../../renderer/transport/webSocketTransport.ts';

describe('shortcuts', () => {
  const press = (key: string, more: KeyboardEventInit = {}): KeyboardEvent => new KeyboardEvent('keydown', { key, ...more });

  test('Mod is Control here and Command on a Mac', () => {
    expect(matchesShortcut(press('k', { ctrlKey: true }), 'Mod+K', false)).toBe(true);
    expect(matchesShortcut(press('k', { ctrlKey: true }), 'Mod+K', true)).toBe(false);
    expect(matchesShortcut(press('k', { metaKey: true }), 'Mod+K', true)).toBe(true);
    expect([shortcutKeys('Mod+Shift+M', false), shortcutKeys('Mod+Shift+M', true)]).toEqual([['Ctrl', 'Shift', 'M'], ['⌘', '⇧', 'M']]);
  });

  test('a letter is known by its place where Alt types another sign, and more modifiers are another shortcut', () => {
    expect(matchesShortcut(press('ß', { altKey: true, code: 'KeyS' }), 'Alt+S', true)).toBe(true);
    expect(matchesShortcut(press('s', { altKey: true, shiftKey: true, code: 'KeyS' }), 'Alt+S', false)).toBe(false);
  });
});

test('the palette finds commands by any of their words, those that begin so first', () => {
  const commands = ['Boot something now', 'Go to Guests', 'Measure the boot'].map((title) => ({ id: title, title, group: 'Any', run: () => undefined }));
  expect(rankCommands(commands, 'boot').map(({ title }) => title)).toEqual(['Boot something now', 'Measure the boot']);
  expect(rankCommands(commands, 'guests go').map(({ title }) => title)).toEqual(['Go to Guests']);
  expect(rankCommands(commands, '')).toHaveLength(3);
  expect(rankCommands(commands, 'nothing like it')).toEqual([]);
});

test('only tasks that were seen running are news when they end', () => {
  const task = (id: string, endedAt: string | null): Task => ({
    id, title: id, route: null, state: endedAt === null ? 'running' : 'done', phase: '', done: 0, planned: null, unit: 'steps', startedAt: '2026-03-02T09:30:00.000Z', endedAt, failure: null,
  });
  const at = '2026-03-02T09:31:00.000Z';
  expect(newlyEnded([task('a', null), task('b', at)], [task('a', at), task('b', at), task('c', at)]).map(({ id }) => id)).toEqual(['a']);
});

test('a token moves from the address to the session’s storage and is found there after a reload', () => {
  sessionStorage.clear();
  location.href = 'http://127.0.0.1:4000/?token=secret&x=1#/guests';
  expect(takeToken(location, history, sessionStorage)).toBe('secret');
  expect(location.href).toBe('http://127.0.0.1:4000/?x=1#/guests');
  expect(takeToken(location, history, sessionStorage)).toBe('secret');
});

describe('what was thrown becomes a failure of the contract', () => {
  test('a declared error keeps its code and details', () => {
    const details = { path: '/a' };
    expect(asFailure(new ORPCError('IMAGE_MISSING', { defined: true, data: details }))).toEqual({ code: 'IMAGE_MISSING', details });
  });

  test('a declared code with details of another form is unexpected', () => {
    expect(asFailure(new ORPCError('IMAGE_MISSING', { data: { path: 7 } })).code).toBe('UNEXPECTED');
  });

  test('a line that is lost means that no lab answers', () => {
    const pulled = Object.assign(new Error('[AsyncIdQueue] Queue[3] was closed or aborted while waiting for pulling.'), { name: 'AbortError' });
    for (const thrown of [new Error('Cannot send message, WebSocket is not open.'), pulled]) {
      const failure = asFailure(thrown);
      expect(failure.code).toBe('LAB_UNREACHABLE');
      expect(JSON.stringify(failure)).not.toMatch(/Queue|WebSocket/);
    }
  });

  test('anything else is unexpected and keeps its words', () => {
    expect(asFailure(new TypeError('x is undefined'))).toEqual({ code: 'UNEXPECTED', details: { reference: 'x is undefined (in the page)' } });
  });
});
