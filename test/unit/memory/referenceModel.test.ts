import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settings } from '../../../electron/contract/settings.ts';
import type { MemoryModel } from '../../../electron/contract/metrics.ts';
import { analyticMisses, analyticMissRatio, type Capacity } from '../../../electron/core/memory/analyticStride.ts';
import { parseModel } from '../../../electron/core/memory/memoryModelText.ts';
import { createReferenceModel, type MemoryAccess } from '../../../electron/core/memory/referenceModel.ts';
import type { ModelCounters } from '../../../electron/core/traces/traceEvent.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';

const usual = settings.parse({}).memoryModel;
const draw = drawNumbers('the memory model in C against the one in TypeScript');

/** As in pluginModel.c. */
const physicalPage = (page: bigint): bigint => (page * 0x9e3b1n) & 0xfffffn;

/** Many whole steps and one that is cut, in blocks of up to 16 instructions. */
const STEP = 5_000;

type Step = MemoryAccess | 'switch';

/** Loops over arrays, jumps, accesses over the ends of lines and pages, code and switches of the address space, as drawn. */
function drawSteps(amount: number): Step[] {
  const arrays = Array.from({ length: 6 }, (_, at) => ({ at: draw(0, 0x3fff) * 4096 + draw(0, 4095), step: [1, 4, 8, 48, 64, 260, 4096, 20_000][draw(0, 7)] ?? 1, power: draw(0, 4), instruction: BigInt(0x1000 + 4 * at) }));
  return Array.from({ length: amount }, () => {
    const what = draw(0, 999);
    if (what === 0) return 'switch';
    if (what < 250) return { kind: 'fetch', address: BigInt(what < 240 ? draw(0, 255) * 64 : draw(0, 0x3ffff) * 64), instructions: draw(1, 16) };
    const array = arrays[draw(0, 5)];
    if (array === undefined) return 'switch';
    array.at = what < 300 ? draw(0, 0x3ffffff) : (array.at + array.step) % 0x4000000;
    return { kind: what % 3 === 0 ? 'store' : 'load', address: BigInt(array.at), bytes: 2 ** array.power, instruction: array.instruction };
  });
}

/** A loop that stays in one page of code and one of data through several steps: both belong to each of them. */
const still: readonly Step[] = Array.from({ length: 3 * STEP }, (_, at) => (at % 2 === 0 ? { kind: 'fetch', address: 0x5000n, instructions: 3 } : { kind: 'load', address: 0x9000n, bytes: 4, instruction: 0x77n }));

function lineOf(step: Step): string {
  if (step === 'switch') return 'X';
  if (step.kind === 'fetch') return `F ${step.address.toString(16)} ${(step.instructions ?? 0).toString(16)}`;
  return `${step.kind === 'store' ? 'S' : 'L'} ${step.instruction.toString(16)} ${step.address.toString(16)} ${Math.log2(step.bytes)}`;
}

/** The counters at the window's begin, at each end of a step, and at the end. */
function inTypeScript(model: MemoryModel, steps: readonly Step[]): ModelCounters[] {
  const ended: ModelCounters[] = [];
  const reference = createReferenceModel(model, physicalPage, { instructions: STEP, ended: (counters) => ended.push(counters) });
  ended.push(reference.counters());
  for (const step of steps) {
    if (step === 'switch') reference.switchSpace();
    else reference.access(step);
  }
  return [...ended, reference.counters()];
}

function inC(program: string, model: MemoryModel, steps: readonly Step[]): ModelCounters[] {
  const caches = [model.l1Data, model.l1Instruction, model.lastLevel].map(({ sets, ways, lineBytes }) => `${sets}x${ways}x${lineBytes}`);
  const tlbs = [model.dataTlb, model.instructionTlb, model.secondTlb].map(({ sets, ways }) => `${sets}x${ways}`);
  const printed = execFileSync(program, [...caches, ...tlbs, String(STEP)], { input: steps.map(lineOf).join('\n'), encoding: 'utf8', maxBuffer: 1e6 });
  return printed.trim().split('\n').map(countersOf);
}

function countersOf(printed: string): ModelCounters {
  const numbers = printed.trim().split(' ').map(Number);
  const n = (at: number): number => numbers[at] ?? NaN;
  return {
    l1Data: { loads: n(0), loadMisses: n(1), stores: n(2), storeMisses: n(3) },
    l1Instruction: { references: n(4), misses: n(5) },
    lastLevel: { references: n(6), misses: n(7) },
    dataTlb: { loads: n(8), loadMisses: n(9), stores: n(10), storeMisses: n(11) },
    instructionTlb: { references: n(12), misses: n(13) },
    secondTlb: { references: n(14), misses: n(15) },
    workingSetPages: n(16),
    strides: { same: n(17), word: n(18), line: n(19), page: n(20), far: n(21) },
  };
}

describe.skipIf(!hasProgram('cc'))('the plugin’s memory model', () => {
  it('counts what the one in TypeScript counts, at the end of each step of instructions, for the usual machine and for small and odd ones, to the last miss', () => {
    const program = join(scratch(), 'model');
    const sources = join(import.meta.dirname, '../../../resources/plugin');
    execFileSync('cc', ['-std=gnu11', '-O1', '-DPETRI_LEVEL=1', `-I${sources}`, join(import.meta.dirname, 'pluginModel.c'), '-o', program, '-lpthread']);
    const texts = ['l1d=64x8x64', 'l1d=4x2x32,l1i=2x1x64,llc=16x2x64,dtlb=2x2,itlb=1x3,stlb=4x2', 'l1d=1x1x16,l1i=8x3x128,llc=64x5x256,dtlb=1x1,itlb=2x1,stlb=1x7'];
    for (const text of texts) {
      const model = parseModel(text, usual);
      const steps = [...drawSteps(30_000), ...still];
      const counters = inTypeScript(model, steps);
      expect(counters.length).toBeGreaterThan(8);
      expect(inC(program, model, steps), text).toEqual(counters);
      expect(counters.at(-2)?.workingSetPages).toBe(2);
      expect(counters.at(-1)?.l1Data.loadMisses).toBeGreaterThan(1_000);
    }
  });
});

const MIB = 1024 * 1024;

/** A model in which nothing but the part of interest is larger than one entry. */
function walked(size: Capacity, strideBytes: number, accesses: number, bufferBytes: number): number {
  const tiny = parseModel('l1d=1x1x16,l1i=1x1x16,llc=1x1x16,dtlb=1x1,itlb=1x1,stlb=1x1', usual);
  const isTlb = size.lineBytes === undefined;
  const reference = createReferenceModel({ ...tiny, ...(isTlb ? { dataTlb: size } : { l1Data: { ...size, lineBytes: size.lineBytes } }) }, (page) => page);
  for (let at = 0; at < accesses; at += 1) reference.access({ kind: 'load', address: 0x80400000n + BigInt((at * strideBytes) % bufferBytes), bytes: 1, instruction: 1n });
  const counters = reference.counters();
  return isTlb ? counters.dataTlb.loadMisses : counters.l1Data.loadMisses;
}

describe('the closed form for a walk with a stride', () => {
  it('is what the reference model counts, whether the buffer fits or not, for a part of a round and for several', () => {
    const sizes: Capacity[] = [usual.dataTlb, usual.instructionTlb, { sets: 4, ways: 2, lineBytes: 64 }, { sets: 64, ways: 8, lineBytes: 64 }, { sets: 1, ways: 16, lineBytes: 32 }];
    for (const size of sizes) {
      for (const strideBytes of [1, 3, 24, 32, 64, 128, 1024, 4096, 16_384, 65_536]) {
        if (strideBytes > (size.lineBytes ?? 4096) && !Number.isInteger(Math.log2(strideBytes))) continue;
        const bufferBytes = [65_536, 262_144, 32_768][draw(0, 2)] ?? 65_536;
        if (strideBytes > bufferBytes) continue;
        const accesses = draw(1, 9_000);
        const walk = { strideBytes, accesses, bufferBytes, size };
        expect(analyticMisses(walk), JSON.stringify(walk)).toBe(walked(size, strideBytes, accesses, bufferBytes));
      }
    }
  });

  it('says what a textbook says of a walk round 4 MiB', () => {
    const ratio = (strideBytes: number, size: Capacity): number => analyticMissRatio({ strideBytes, accesses: 1e7, bufferBytes: 4 * MIB, size });
    expect([1, 8, 64, 4096, 65_536].map((stride) => ratio(stride, usual.l1Data))).toEqual([1 / 64, 1 / 8, 1, 1, 1]);
    expect([64, 512, 4096, 65_536].map((stride) => ratio(stride, usual.dataTlb))).toEqual([1 / 64, 1 / 8, 1, 1]);
    // 4 lines at most come to one set, which has room for 8.
    expect(ratio(MIB, usual.l1Data)).toBe(4 / 1e7);
    expect(ratio(64, usual.lastLevel)).toBe(65_536 / 1e7);
  });

  it('is refused for strides that come to other lines in each round', () => {
    expect(() => analyticMisses({ strideBytes: 96, accesses: 10, bufferBytes: 4 * MIB, size: usual.l1Data })).toThrow(RangeError);
    expect(() => analyticMisses({ strideBytes: 64, accesses: 10, bufferBytes: 3_000_000, size: usual.l1Data })).toThrow(RangeError);
  });
});
