import { expect, test } from 'vitest';
import { OUTSIDE_KERNEL, profileTree, UNKNOWN_SYMBOL } from '../../../electron/core/measurements/profileTree.ts';
import { mergeProfiles } from '../../../electron/core/measurements/mergeProfiles.ts';
import { readSymbolList } from '../../../electron/core/symbols/symbolList.ts';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';

const symbols = readSymbolList('System.map', ['ffffffff81000000 T _text', 'ffffffff81000100 t work', 'ffffffff81000200 t idle', 'ffffffff81100000 T last'].join('\n'));
const context = { space: 1n, thread: 0n };
const at = (address: bigint, callers: bigint[] = []): TraceEvent => ({ kind: 'profile', vcpu: 0, atNs: 0, instructions: 0, context, address, callers });

function profileOf(events: readonly TraceEvent[]) {
  const tree = profileTree(symbols, 1_000);
  for (const event of events) tree.take(event);
  return tree.result();
}

test('samples of a kernel that moved itself are named where it lies, and programs stand beside it', () => {
  const distance = 0x3240_0000n;
  const moved: TraceEvent = { kind: 'moved', vcpu: 0, atNs: 0, instructions: 0, distance };
  const profile = profileOf([moved, at(0xffff_ffff_8100_0104n + distance), at(0xffff_ffff_8100_0104n + distance), at(0x40_1000n), at(0xffff_ffff_8105_0000n + distance)]);
  expect(profile?.root.children.map(({ symbol, self }) => [symbol, self])).toEqual([['work', 2], [UNKNOWN_SYMBOL, 1], [OUTSIDE_KERNEL, 1]].toSorted((a, b) => Number(b[1]) - Number(a[1]) || String(a[0]).localeCompare(String(b[0]))));
  expect(profile?.unknown).toBe(2);
});

test('a tree without callers says why it is flat, one with callers does not, and neither does a short one', () => {
  const flat = profileOf(Array.from({ length: 100 }, () => at(0xffff_ffff_8100_0204n)));
  const deep = profileOf(Array.from({ length: 100 }, () => at(0xffff_ffff_8100_0204n, [0xffff_ffff_8100_0110n])));
  expect(flat?.flat).toContain('frame pointers');
  expect(deep?.flat).toBeNull();
  expect(profileOf([at(0xffff_ffff_8100_0204n)])?.flat).toBeNull();
  expect(mergeProfiles([flat, flat].flatMap((one) => one ?? []))?.flat).toContain('frame pointers');
  expect(mergeProfiles([flat, deep].flatMap((one) => one ?? []))?.flat).toBeNull();
});
