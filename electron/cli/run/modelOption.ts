import { InvalidArgumentError } from 'commander';
import { memoryModel, type MemoryModel } from '../../contract/metrics.ts';

const names = Object.keys(memoryModel.shape) as (keyof MemoryModel)[];
const tlbs: readonly (keyof MemoryModel)[] = ['dataTlb', 'instructionTlb', 'secondTlb'];

/** `l1Data=64x8x64,dataTlb=16x4`: sets, ways and the bytes of a line; what is not named is as in the settings. */
export function modelOption(text: string): Partial<MemoryModel> {
  const parsed = memoryModel.partial().safeParse(Object.fromEntries(text.split(',').map(partOf)));
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  return Object.fromEntries(Object.entries(parsed.data));
}

function partOf(part: string): [string, object] {
  const [, word = '', sets, ways, line] = /^(\w+)=(\d+)[x×](\d+)(?:[x×](\d+))?$/.exec(part.trim()) ?? [];
  const name = names.find((candidate) => candidate === word);
  if (name === undefined) throw new InvalidArgumentError(`${JSON.stringify(part)} is not NAME=SETSxWAYSxLINE, or NAME=SETSxWAYS for a TLB, with a name of ${names.join(', ')}.`);
  const isTlb = tlbs.includes(name);
  if (isTlb !== (line === undefined)) throw new InvalidArgumentError(isTlb ? `${name} is a TLB: it has sets and ways only.` : `${name} is a cache: it has a line, too.`);
  return [name, { sets: Number(sets), ways: Number(ways), ...(line !== undefined && { lineBytes: Number(line) }) }];
}
