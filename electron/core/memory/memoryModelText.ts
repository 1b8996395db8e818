import { DeclaredError } from '../../contract/errors.ts';
import { memoryModel, type MemoryModel } from '../../contract/metrics.ts';

type Part = keyof MemoryModel;

/** The short names that the plugin uses too. */
const shortNames: Readonly<Record<Part, string>> = { l1Data: 'l1d', l1Instruction: 'l1i', lastLevel: 'llc', dataTlb: 'dtlb', instructionTlb: 'itlb', secondTlb: 'stlb' };
const parts = Object.entries(shortNames) as [Part, string][];

/** `l1d=64x8x64,…`: sets, ways and, of caches, bytes of a line. `parseModel` reads it. */
export function modelText(model: MemoryModel): string {
  return parts
    .map(([part, name]) => {
      const size = model[part];
      return `${name}=${[size.sets, size.ways, ...('lineBytes' in size ? [size.lineBytes] : [])].join('x')}`;
    })
    .join(',');
}

/** A model from words; parts that are not named are as in `base`. Throws as `parseModelParts`. */
export function parseModel(text: string, base: MemoryModel): MemoryModel {
  return { ...base, ...parseModelParts(text) };
}

/** The parts that words such as `l1d=64x8x64,dtlb=16x4` name. Throws MEMORY_MODEL_REFUSED with the word that cannot be used and why. */
export function parseModelParts(text: string): Partial<MemoryModel> {
  const model: Partial<Record<Part, unknown>> = {};
  for (const word of text.split(',').map((piece) => piece.trim())) {
    const refuse = (reason: string): never => {
      throw new DeclaredError('MEMORY_MODEL_REFUSED', { text, word, reason });
    };
    const [, name = '', sizes = ''] = /^(\w+)=([\dx]+)$/.exec(word) ?? refuse('it is not of the form NAME=SETSxWAYSxLINE, or NAME=SETSxWAYS for a TLB');
    const part = parts.find(([, short]) => short === name)?.[0] ?? refuse(`there is no "${name}": ${Object.values(shortNames).join(', ')} can be set`);
    if (part in model) refuse(`${name} is set twice`);
    model[part] = sizeOf(part, sizes, refuse);
  }
  return model as Partial<MemoryModel>;
}

function sizeOf(part: Part, text: string, refuse: (reason: string) => never): MemoryModel[Part] {
  const isCache = 'lineBytes' in memoryModel.shape[part].shape;
  const numbers = text.split('x').map((digits) => (digits === '' ? NaN : Number(digits)));
  if (numbers.length !== (isCache ? 3 : 2)) refuse(isCache ? 'a cache has sets, ways and bytes of a line' : 'a TLB has sets and ways');
  const [sets, ways, lineBytes] = numbers;
  const parsed = memoryModel.shape[part].safeParse({ sets, ways, ...(isCache && { lineBytes }) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
