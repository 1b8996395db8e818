import { describe, expect, it } from 'vitest';
import { settings } from '../../../electron/contract/settings.ts';
import { modelText, parseModel } from '../../../electron/core/memory/memoryModelText.ts';
import { settingsChange } from '../../../electron/contract/settings.ts';

const usual = settings.parse({}).memoryModel;

describe('a memory model in words', () => {
  it('comes back as it was', () => {
    expect(modelText(usual)).toBe('l1d=64x8x64,l1i=64x8x64,llc=8192x16x64,dtlb=16x4,itlb=8x8,stlb=128x12');
    expect(parseModel(modelText(usual), parseModel('l1d=1x1x16,stlb=2x2', usual))).toEqual(usual);
  });

  it('keeps what is not named', () => {
    expect(parseModel('dtlb=4x2, llc=1024x16x64', usual)).toEqual({ ...usual, dataTlb: { sets: 4, ways: 2 }, lastLevel: { sets: 1024, ways: 16, lineBytes: 64 } });
  });

  it.each([
    ['l1d=63x8x64', 'l1d=63x8x64', 'sets: must be a power of two'],
    ['dtlb=16x4,l1d=64x8x48', 'l1d=64x8x48', 'lineBytes: must be a power of two'],
    ['llc=64x65x64', 'llc=64x65x64', 'ways'],
    ['llc=131072x1x64', 'llc=131072x1x64', 'sets'],
    ['dtlb=16x4x64', 'dtlb=16x4x64', 'a TLB has sets and ways'],
    ['l1d=64x8', 'l1d=64x8', 'a cache has sets, ways and bytes of a line'],
    ['l1d=64xx64', 'l1d=64xx64', 'ways'],
    ['l4=1x1x64', 'l4=1x1x64', 'there is no "l4"'],
    ['dtlb=1x1,dtlb=2x2', 'dtlb=2x2', 'set twice'],
    ['dtlb=0x4', 'dtlb=0x4', 'sets'],
    ['', '', 'NAME=SETSxWAYSxLINE'],
  ])('refuses %j with the word and the reason', (text, word, reason) => {
    let thrown: unknown;
    try {
      parseModel(text, usual);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ failure: { code: 'MEMORY_MODEL_REFUSED', details: { text, word, reason: expect.stringContaining(reason) as string } } });
  });

  it('is refused as a setting, too, when it is no power of two', () => {
    expect(settingsChange.safeParse({ memoryModel: { ...usual, dataTlb: { sets: 3, ways: 4 } } }).success).toBe(false);
    expect(settingsChange.safeParse({ memoryModel: { ...usual, dataTlb: { sets: 4, ways: 3 } } }).success).toBe(true);
  });
});
