import type { PhaseTable, Run, Subject } from '../../contract/measurements.ts';

type WithTable = Pick<Run, 'phaseTable'>;

/** The phases of a subject: those of the run, unless it is of another system. */
export function tableOf({ phaseTable }: WithTable, subject: Pick<Subject, 'phaseTable'>): PhaseTable {
  return subject.phaseTable ?? phaseTable;
}

/** The same of the subject with a key, as a sample or a summary names it. */
export function tableOfKey({ subjects, phaseTable }: WithTable & { readonly subjects: readonly Subject[] }, key: string): PhaseTable {
  return subjects.find((subject) => subject.key === key)?.phaseTable ?? phaseTable;
}

/** The phases of all systems of a run, its own first: to name a metric by. */
export function phasesOfAll(run: WithTable & Pick<Run, 'subjects'>): Pick<PhaseTable, 'phases'> {
  return { phases: tablesOf(run).flatMap(({ phases }) => phases) };
}

/** Every table of a run, its own first. */
export function tablesOf({ subjects, phaseTable }: WithTable & Pick<Run, 'subjects'>): PhaseTable[] {
  const all = [phaseTable, ...subjects.flatMap((subject) => subject.phaseTable ?? [])];
  return all.filter(({ id }, at) => all.findIndex((other) => other.id === id) === at);
}
