import { contract } from '../contract/contract.ts';
import { DeclaredError } from '../contract/errors.ts';
import { os } from './implementer.ts';

/** Procedures that nobody has built yet: each answers NOT_FOUND. */
export function unbuilt(noun: keyof typeof contract): never {
  const builders = os[noun] as unknown as Record<string, { handler(work: () => never): unknown }>;
  const names = Object.keys(contract[noun]);
  return Object.fromEntries(
    names.map((name) => [
      name,
      builders[name]?.handler(() => {
        throw new DeclaredError('NOT_FOUND', { noun: 'procedure', id: `${noun}.${name}` });
      }),
    ]),
  ) as never;
}
