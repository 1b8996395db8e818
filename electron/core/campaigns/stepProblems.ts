import type { CampaignFile, CampaignStep } from '../../contract/campaigns.ts';
import { DeclaredError, explain } from '../../contract/errors.ts';
import { parseModelParts } from '../memory/memoryModelText.ts';
import { stepWishes } from './stepRequest.ts';

/** What is wrong, and where in the file it was said. */
export interface Problem {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** What the schema cannot see: words that do not fit each other, or the step's kind and guests. */
export function stepProblems(file: CampaignFile): Problem[] {
  return file.steps.flatMap((step, at) => {
    const wishes = stepWishes(file, step);
    const where = (key: keyof CampaignStep): PropertyKey[] => pathOf(file, at, key);
    return [
      ...(step.measure === 'boot' ? afterTheBoot(wishes, where) : []),
      ...lengths(wishes, where),
      ...model(wishes, where),
      ...logicalTime(wishes, where),
      ...wholePath(wishes, where),
    ];
  });
}

type Where = (key: keyof CampaignStep) => PropertyKey[];

/** Where a word of a step was said: in the step itself, or among the defaults. */
export function pathOf({ steps, defaults }: CampaignFile, at: number, key: keyof CampaignStep): PropertyKey[] {
  return steps[at]?.[key] === undefined && key in defaults ? ['defaults', key] : ['steps', at, key];
}

function afterTheBoot({ durationSeconds, load }: CampaignStep, where: Where): Problem[] {
  const message = 'a boot ends with its last phase: timeLimitSeconds limits it, and what happens after it is measured with syscalls, memory or ipc';
  return [...(durationSeconds === undefined ? [] : [{ path: where('durationSeconds'), message }]), ...(load === undefined ? [] : [{ path: where('load'), message }])];
}

/** One for all guests, or one for each. */
function lengths({ guests, accelerator, arguments: words }: CampaignStep, where: Where): Problem[] {
  const fits = (list: unknown): boolean => !Array.isArray(list) || list.length === 1 || list.length === guests.length;
  const message = `a list has one for each of the ${guests.length} guests, in their order`;
  return [...(fits(accelerator) ? [] : [{ path: where('accelerator'), message }]), ...(fits(words) ? [] : [{ path: where('arguments'), message }])];
}

function model({ model: text }: CampaignStep, where: Where): Problem[] {
  if (text === undefined) return [];
  try {
    parseModelParts(text);
    return [];
  } catch (error) {
    if (!(error instanceof DeclaredError)) throw error;
    const { what, evidence } = explain(error.failure);
    return [{ path: where('model'), message: [what, ...evidence].join(' ') }];
  }
}

function logicalTime({ logicalTime: isLogical, accelerator }: CampaignStep, where: Where): Problem[] {
  const other = [accelerator ?? []].flat().find((name) => name !== 'tcg');
  return isLogical === true && other !== undefined ? [{ path: where('logicalTime'), message: `instructions are the clock of tcg only, and ${other} was asked for` }] : [];
}

/** The lab does not know the folder in which the file was written. */
function wholePath({ symbols }: CampaignStep, where: Where): Problem[] {
  return symbols === undefined || /^(?:\/|[A-Za-z]:[\\/])/.test(symbols) ? [] : [{ path: where('symbols'), message: 'write the whole path of the file, from the root on' }];
}
