import type { MemoryPicture } from '../../contract/metrics.ts';
import { amount, counted, percent } from './amount.ts';
import { type ModelledPart, modelledParts } from './modelCounters.ts';

/** One thing that a picture says, for a reader who does not know the field. */
export interface MemorySentence {
  readonly about: 'faults' | ModelledPart | 'tlbEffectiveness' | 'workingSet' | 'accessPattern' | 'spatialLocality';
  readonly title: string;
  /** What was found. */
  readonly finding: string;
  /** What it means. */
  readonly meaning: string;
}

type Faults = NonNullable<MemoryPicture['faults']>;
type Model = NonNullable<MemoryPicture['model']>;
type Words = Omit<MemorySentence, 'about'>;

/** What was found and what it means, in the order in which a student would ask. */
export function memorySentences({ faults, model }: MemoryPicture): MemorySentence[] {
  return [...(faults === null ? [] : [{ about: 'faults' as const, ...faultWords(faults) }]), ...(model === null ? [] : modelSentences(model))];
}

const severityWords: Readonly<Record<Faults['severity'], string>> = {
  none: 'All memory that was touched was there already.',
  low: 'They are a small part of the work.',
  moderate: 'They are a part of the work that can be noticed.',
  high: 'They are a large part of the work: find out which program asks for new pages, and why.',
};

function faultWords({ total, user, kernel, writes, executes, protection, severity }: Faults): Words {
  const kinds = `${amount(user)} by programs and ${amount(kernel)} by the kernel; ${amount(writes)} by writing and ${amount(executes)} by fetching instructions; ${amount(protection)} to pages that were there but did not allow it.`;
  return {
    title: 'Page faults',
    finding: total === 0 ? 'There was no page fault.' : `${counted(total, 'page fault')}: ${kinds}`,
    meaning: `A page fault is an access that the page tables do not allow, so that the kernel has to act: to fill in a page, to copy one, or to end the program. ${severityWords[severity]}`,
  };
}

const partWords: Readonly<Record<ModelledPart, { readonly title: string; readonly what: string; readonly good: number }>> = {
  l1Data: { title: 'First data cache', what: 'of loads and stores found their line in it', good: 0.95 },
  l1Instruction: { title: 'First instruction cache', what: 'of fetches found their line in it', good: 0.99 },
  lastLevel: { title: 'Last-level cache', what: 'of what the first caches did not hold was in it', good: 0.5 },
  dataTlb: { title: 'Data TLB', what: 'of loads and stores found the translation of their page in it', good: 0.99 },
  instructionTlb: { title: 'Instruction TLB', what: 'of fetches found the translation of their page in it', good: 0.999 },
};

const partMeaning: Readonly<Record<ModelledPart, { readonly well: string; readonly badly: string }>> = {
  l1Data: { well: 'Most data is used again before it is evicted.', badly: 'Many accesses wait for a slower cache: the data is larger than this one, or little of each line is used.' },
  l1Instruction: { well: 'The code that runs fits it.', badly: 'The code that runs is larger than it.' },
  lastLevel: { well: 'What the first caches lose is still here, so memory itself is seldom waited for.', badly: 'What comes here is new or was evicted, so the processor waits for memory. That matters only where many accesses come here.' },
  dataTlb: { well: 'The pages in use have their translations at hand.', badly: 'More pages are in use than it has entries, or switches of the address space empty it; each miss costs a look into the page tables.' },
  instructionTlb: { well: 'The code’s pages have their translations at hand.', badly: 'The code is spread over more pages than it has entries, or switches of the address space empty it.' },
};

function modelSentences(model: Model): MemorySentence[] {
  const sentences: MemorySentence[] = modelledParts.flatMap((part) => {
    const ratio = model.hitRatios[part];
    if (ratio === undefined) return [];
    const { title, what, good } = partWords[part];
    return [{ about: part, title, finding: `${percent(ratio)} ${what}.`, meaning: ratio >= good ? partMeaning[part].well : partMeaning[part].badly }];
  });
  if (model.tlbEffectiveness !== null) sentences.push({ about: 'tlbEffectiveness', ...effectivenessWords(model.tlbEffectiveness) });
  if (model.workingSet.length > 0) sentences.push({ about: 'workingSet', ...workingSetWords(model) });
  sentences.push({ about: 'accessPattern', title: 'Access pattern', ...patternWords[model.accessPattern] });
  if (model.spatialLocality !== null) sentences.push({ about: 'spatialLocality', ...localityWords(model.spatialLocality) });
  return sentences;
}

function effectivenessWords(effectiveness: number): Words {
  const finding = `${percent(effectiveness)} of all translations were held by the first TLBs.`;
  const meaning = effectiveness >= 0.99 ? 'Finding pages costs next to nothing.' : effectiveness >= 0.95 ? 'Finding pages costs some time.' : 'Finding pages costs much time: see which of the two TLBs misses.';
  return { title: 'TLB effectiveness', finding, meaning };
}

function workingSetWords({ workingSet, stepInstructions, sizes: { dataTlb, lastLevel } }: Model): Words {
  const largest = Math.max(...workingSet.map(({ pages }) => pages));
  const kibibytes = largest * 4;
  const [reach, cache] = [dataTlb.sets * dataTlb.ways, (lastLevel.sets * lastLevel.ways * lastLevel.lineBytes) / 1024];
  return {
    title: 'Working set',
    finding: `At most ${amount(largest)} pages (${amount(kibibytes)} KiB) were touched in ${stepWords(stepInstructions, workingSet)}.`,
    meaning: `It is ${largest > reach ? 'more' : 'no more'} than the ${amount(reach)} pages of the data TLB, and ${kibibytes > cache ? 'more' : 'no more'} than the ${amount(cache)} KiB of the last cache.`,
  };
}

function stepWords(stepInstructions: number | undefined, steps: Model['workingSet']): string {
  if (stepInstructions === undefined) return 'one step of the host’s time';
  const only = steps.length === 1 ? steps[0]?.instructions : undefined;
  return only !== undefined && only < stepInstructions ? `the window’s ${amount(only)} instructions` : `${amount(stepInstructions)} instructions`;
}

const patternWords: Readonly<Record<Model['accessPattern'], Pick<MemorySentence, 'finding' | 'meaning'>>> = {
  sequential: { finding: 'Sequential: instructions mostly go on by at most 8 bytes.', meaning: 'Each cache line that is fetched is used whole, and prefetchers see what comes next.' },
  strided: { finding: 'Strided: instructions mostly go on by 9 bytes to a page.', meaning: 'Of each cache line that is fetched a part may be unused; prefetchers can follow regular steps within a page.' },
  random: { finding: 'Random: instructions mostly go on by more than a page.', meaning: 'Lists and trees, kernel structures, or steps over pages: prefetchers cannot help, and TLBs are needed most.' },
  mixed: { finding: 'Mixed: no kind of step is twice as frequent as all others.', meaning: 'Several loops or programs with different habits; look at a shorter window to tell them apart.' },
  unknown: { finding: 'Unknown: fewer than 1,000 steps were seen.', meaning: 'Measure a longer window or a larger load.' },
};

function localityWords(locality: number): Words {
  return {
    title: 'Spatial locality',
    finding: `${percent(locality)} of accesses were less than 64 bytes from the one before by the same instruction.`,
    meaning: locality >= 0.9 ? 'What is used together lies together.' : locality >= 0.5 ? 'Part of what is used together lies apart.' : 'What is used together lies apart, so most accesses need a line of their own.',
  };
}
