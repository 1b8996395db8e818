import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainOf, isShared, unneededLayers, type LayerLink } from '../../../electron/core/disks/layers.ts';

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
});
