import { diskBus, display, networkCard, type CatalogEntry, type MachineChoices } from '../../../electron/contract/catalog.ts';
import type { Architecture } from '../../../electron/contract/primitives.ts';
import { boardsOf } from './kernelDraft.ts';

/** A value that can be chosen, and why. */
export interface Option {
  readonly value: string;
  readonly why: string;
}

type List = { [Name in keyof MachineChoices]: MachineChoices[Name] extends readonly { value: string }[] ? Name : never }[keyof MachineChoices];

const OWN = 'Your own system: nothing is known of what it supports.';

function anything(list: List, architecture: Architecture): Option[] {
  const values: Readonly<Record<List, readonly string[]>> = {
    boards: boardsOf[architecture],
    cpuModels: ['auto', 'max', 'host'],
    diskBuses: diskBus.options,
    cards: networkCard.options,
    displays: display.options,
  };
  return values[list].map((value) => ({ value, why: OWN }));
}

/**
 * What is offered: what the guest's entry lists, or anything for a guest without one. What the guest has is always there,
 * so that a guest whose entry changed can be looked at.
 */
export function optionsOf(entry: CatalogEntry | null, list: List, architecture: Architecture, chosen: string | null): Option[] {
  const offered: readonly Option[] = entry?.choices[list] ?? anything(list, architecture);
  if (chosen === null || offered.some(({ value }) => value === chosen)) return [...offered];
  return [...offered, { value: chosen, why: entry === null ? OWN : `${entry.name} does not list it.` }];
}

/** The reason of the chosen value. */
export function whyOf(options: readonly Option[], chosen: string | null): string | null {
  return options.find(({ value }) => value === chosen)?.why ?? null;
}
