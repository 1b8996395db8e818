import { describe, expect, it } from 'vitest';
import { bar, renderDashboard, sparkline, type DashboardPicture } from '../../../electron/cli/render/dashboard.ts';
import { paint } from '../../../electron/cli/run/terminal.ts';
import type { DashboardRow, HistoryPoint } from '../../../electron/contract/history.ts';

const point: HistoryPoint = { atMs: 0, cpuPercent: 50, memoryBytes: 64 * 1_048_576, hostFaults: 12, exits: null, diskReadBytes: 2_048, diskWrittenBytes: 0, networkReceivedBytes: null, networkSentBytes: null, consoleBytes: 7 };
const row = (change: Partial<DashboardRow> = {}): DashboardRow => ({ subject: 'one', name: 'One', state: 'running', point, staleSinceMs: null, unavailable: [], ...change });
const picture = (rows: readonly DashboardRow[]): DashboardPicture => ({ atMs: 60_000, rows, cores: 4, trail: () => Array.from({ length: 80 }, (_, at) => at) });

describe('a bar', () => {
  it('fills in eighths of a cell, and no further than its end', () => {
    expect([0, 0.5, 1 / 16, 1, 3].map((part) => bar(part, 2))).toEqual(['  ', '█ ', '▏ ', '██', '██']);
  });
});

describe('a line of blocks', () => {
  it('rises with the values, and has a dot where none is known', () => {
    expect(sparkline([0, 50, 99, 100, 250, null], 100)).toBe('▁▅███·');
  });
});

describe('the dashboard', () => {
  const plain = paint(false);
  const widthOf = (text: string): number => Math.max(...text.split('\n').map((line) => Array.from(line).length));

  it.each([20, 40, 80, 120, 200])('is no wider than the terminal: %i', (width) => {
    expect(widthOf(renderDashboard(picture([row(), row({ subject: 'host', name: 'machine' })]), width, plain))).toBeLessThanOrEqual(width);
  });

  it('shows first what matters most, and the CPU of before where there is room', () => {
    expect(renderDashboard(picture([row()]), 40, plain)).toContain('50.0 %');
    const wide = renderDashboard(picture([row()]), 200, plain);
    for (const title of ['NAME', 'MEMORY', 'EXITS/s', 'CPU BEFORE']) expect(wide).toContain(title);
    expect(wide).toMatch(/One +running +50\.0 % +████ +64 MiB +7 B +2 KiB +0 B +12 +· +· +· +[▁-█]+$/m);
  });

  it('says in words what is stale, and colour adds nothing to it', () => {
    const stale = picture([row({ staleSinceMs: 48_000, state: 'paused' })]);
    expect(renderDashboard(stale, 120, plain)).toContain('paused, stale for 12 s');
    const escape = String.fromCharCode(27);
    const coloured = renderDashboard(stale, 120, paint(true));
    expect(coloured.split(new RegExp(`${escape}\\[\\d+m`)).join('')).toBe(renderDashboard(stale, 120, plain));
  });

  it('says once why dots stand in the columns that are shown', () => {
    const unavailable = [{ number: 'exits' as const, reason: 'nothing exits from it' }];
    const rows = [row({ unavailable }), row({ subject: 'two', name: 'Two', unavailable })];
    expect(renderDashboard(picture(rows), Number.POSITIVE_INFINITY, plain)).toMatch(/\n\n· EXITS\/s of One, Two: nothing exits from it$/);
    expect(renderDashboard(picture(rows), 40, plain)).not.toContain('exits');
  });

  it('leaves nothing out where there is no width', () => {
    expect(renderDashboard(picture([row()]), Number.POSITIVE_INFINITY, plain)).toMatch(/EXITS\/s +CPU BEFORE/);
  });

  it('shows a guest of which nothing is known yet', () => {
    expect(renderDashboard(picture([row({ point: null, state: 'starting' })]), 120, plain)).toMatch(/One +starting +· +·/);
  });

  it('measures the host by all of its cores', () => {
    const cpu = { ...point, cpuPercent: 100 };
    const [, , host, guest] = renderDashboard(picture([row({ subject: 'host', point: cpu }), row({ point: cpu })]), 120, plain).split('\n');
    expect(host).toContain('██      ');
    expect(guest).toContain('████████');
  });
});
