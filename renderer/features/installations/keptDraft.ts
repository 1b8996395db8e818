import { emptyWizard, type WizardDraft } from './wizardDraft.ts';

const KEY = 'petri.install';

/** What was said in the wizard before a reload; an earlier version's, or one that somebody spoilt, counts for nothing. */
export function readDraft(storage: Pick<Storage, 'getItem'> = localStorage): WizardDraft {
  const empty = emptyWizard();
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? 'null') as unknown;
    return isDraft(kept, empty) ? { ...empty, ...kept } : empty;
  } catch {
    return empty;
  }
}

export function keepDraft(draft: WizardDraft, storage: Pick<Storage, 'setItem'> = localStorage): void {
  storage.setItem(KEY, JSON.stringify(draft));
}

export function forgetDraft(storage: Pick<Storage, 'removeItem'> = localStorage): void {
  storage.removeItem(KEY);
}

/** The same fields, each of the same sort. */
function isDraft(kept: unknown, empty: WizardDraft): kept is WizardDraft {
  if (typeof kept !== 'object' || kept === null) return false;
  const fields = kept as Record<string, unknown>;
  const nullable = new Set(['system', 'diskMiB', 'engine']);
  return Object.entries(empty).every(([name, value]) => {
    const field = fields[name];
    if (field === null || field === undefined) return nullable.has(name) && field === null;
    return nullable.has(name) || (Array.isArray(value) ? Array.isArray(field) : typeof field === typeof value);
  });
}
