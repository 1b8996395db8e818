import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { phaseStamp, type PhaseStamp } from '../../../electron/contract/measurements.ts';
import { addPhaseSymbols } from '../../../electron/core/measurements/phaseSymbols.ts';
import { loadPhaseTable } from '../../../electron/core/measurements/phaseTables.ts';
import { elfSymbols } from '../../../electron/core/symbols/elfSymbols.ts';
import { readElf } from '../../../electron/core/symbols/elfFile.ts';
import type { SymbolEvent } from '../../../electron/core/traces/traceEvent.ts';
import { declared } from '../../support/declared.ts';
import { BUILTIN } from '../../support/qemuGuest.ts';

const tableOf = (name: string) => loadPhaseTable(name, JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/phases', `${name}.json`), 'utf8')));
const hit = (symbol: string, atNs: number, instructions: number | null = null): SymbolEvent => ({ kind: 'symbol', symbol, atNs, instructions, vcpu: 0, hits: 1 });

describe('phases at their symbols', () => {
  it.each(['i386', 'arm'])('every phase of the built-in guest (%s) has a symbol, and the kernel has it', (architecture) => {
    const file = join(BUILTIN, `built/petri-${architecture}.elf`);
    const { byName } = elfSymbols(readElf(file, readFileSync(file)));
    const { phases } = tableOf(`builtin-${architecture}`);
    expect(phases.map(({ symbol }) => byName.has(symbol ?? ''))).toEqual(Array.from({ length: 10 }, () => true));
  });

  it('a phase has its line and its symbol, its first hit counts, and one that prints nothing has its symbol only', () => {
    const stamps: PhaseStamp[] = [
      { name: 'cstart_phase', status: 'seen', atNs: 50, byteOffset: 3, text: 'cstart' },
      { name: 'memory_init', status: 'unobservable' },
      { name: 'system_init', status: 'missing', seenLast: 'main()' },
    ];
    const [cstart, memory, system] = addPhaseSymbols(stamps, tableOf('minix3'), [hit('cstart', 40.4, 7), hit('cstart', 90), hit('memory_init', 60), hit('elsewhere', 1)], 'gdbstub');
    expect(cstart).toMatchObject({ status: 'seen', atNs: 50, symbol: { symbol: 'cstart', atNs: 40, instructions: 7, instrument: 'gdbstub' } });
    expect(memory).toMatchObject({ status: 'unobservable', symbol: { atNs: 60, instructions: null } });
    expect(system).toEqual(stamps[2]);
    expect([cstart, memory, system].map((stamp) => phaseStamp.parse(stamp))).toEqual([cstart, memory, system]);
  });

  it('a table that was written without symbols is still read, and one with a misspelt word is not', async () => {
    const phase = { name: 'a', title: 'A', pattern: '^a', optional: false, explanation: '' };
    const table = { id: 'old', system: 'Old', source: '', phases: [phase] };
    expect(loadPhaseTable('old', table).phases[0]).toEqual(phase);
    expect((await declared('RESOURCE_INVALID', () => loadPhaseTable('new', { ...table, phases: [{ ...phase, symbl: 'a' }] }))).details.issues[0]).toContain('symbl');
    expect((await declared('RESOURCE_INVALID', () => loadPhaseTable('new', { ...table, phases: [{ ...phase, symbol: 'a b' }] }))).details.issues[0]).toContain('symbol');
  });
});
