import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainOf, isShared, possibleMerges, unneededLayers, type LayerLink } from '../../../electron/core/disks/layers.ts';

/** Forests: each layer rests on an earlier one, or on none. */
const forests = fc
  .array(fc.nat(), { minLength: 1, maxLength: 30 })
  .map((picks) => new Map(picks.map((pick, at): [string, LayerLink] => [`l${at}`, { id: `l${at}`, parent: at === 0 || pick % 4 === 0 ? null : `l${pick % at}` }])));
const forestWithRoots = forests.chain((layers) => fc.tuple(fc.constant(layers), fc.subarray([...layers.keys()])));

describe('layers', () => {
  test('a chain begins with its layer, ends at a base, and each rests on the next', () =>
    fc.assert(
      fc.property(forests, (layers) => {
        for (const id of layers.keys()) {
          const chain = chainOf(layers, id);
          expect(chain[0]?.id).toBe(id);
          expect(chain.at(-1)?.parent).toBeNull();
          for (const [at, layer] of chain.slice(0, -1).entries()) expect(layer.parent).toBe(chain[at + 1]?.id);
        }
      }),
    ));
  test('what is needed and what is not are all, and nothing needed rests on what is not', () =>
    fc.assert(
      fc.property(forestWithRoots, ([layers, roots]) => {
        const unneeded = new Set(unneededLayers(layers, roots).map(({ id }) => id));
        for (const root of roots) for (const { id } of chainOf(layers, root)) expect(unneeded.has(id)).toBe(false);
        for (const { id } of layers.values()) {
          const isNeeded = roots.some((root) => chainOf(layers, root).some((layer) => layer.id === id));
          expect(unneeded.has(id)).toBe(!isNeeded);
        }
      }),
    ));
  test('a chain that leads back to itself ends', () => {
    const loop = new Map([['a', { id: 'a', parent: 'b' }], ['b', { id: 'b', parent: 'a' }]]);
    expect(chainOf(loop, 'a').map(({ id }) => id)).toEqual(['a', 'b']);
  });
  test('a layer is shared when another root rests on it', () => {
    const layers = new Map([['base', { id: 'base', parent: null }], ['one', { id: 'one', parent: 'base' }], ['two', { id: 'two', parent: 'base' }]]);
    expect(isShared(layers, 'base', ['one', 'two'], 'one')).toBe(true);
    expect(isShared(layers, 'base', ['one'], 'one')).toBe(false);
  });
  test('what is merged is referred to by nothing else, lies between two that stay, and is merged once', () =>
    fc.assert(
      fc.property(forestWithRoots, ([layers, roots]) => {
        const merges = possibleMerges(layers, roots, new Set(roots.slice(0, 1)));
        const gone = merges.flatMap(({ between }) => between.map(({ id }) => id));
        expect(new Set(gone).size).toBe(gone.length);
        for (const { upper, between, lower } of merges) {
          expect(chainOf(layers, upper.id).slice(0, between.length + 2)).toEqual([upper, ...between, lower]);
          for (const { id } of [upper, lower]) expect(gone).not.toContain(id);
          for (const { id } of between) {
            expect(roots).not.toContain(id);
            expect([...layers.values()].filter(({ parent }) => parent === id)).toHaveLength(1);
          }
          expect(upper.id).not.toBe(roots[0]);
        }
      }),
    ));
  test('of a chain whose snapshots are gone, one frozen layer stays between the newest and the base', () => {
    const ids = ['base', 'one', 'two', 'three', 'newest'];
    const layers = new Map(ids.map((id, at): [string, LayerLink] => [id, { id, parent: ids[at - 1] ?? null }]));
    const merges = (roots: string[]) => possibleMerges(layers, roots, new Set(['newest'])).map(({ upper, between, lower }) => [upper, ...between, lower].map(({ id }) => id));
    expect(merges(['newest'])).toEqual([['three', 'two', 'one', 'base']]);
    expect(merges(['newest', 'two'])).toEqual([['two', 'one', 'base']]);
    expect(merges(['newest', 'one', 'three'])).toEqual([['three', 'two', 'one']]);
    expect(merges(['newest', 'one', 'two', 'three'])).toEqual([]);
  });
});
