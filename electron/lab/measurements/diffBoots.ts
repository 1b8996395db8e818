import { DeclaredError } from '../../contract/errors.ts';
import type { BootDiff, Run, Sample } from '../../contract/measurements.ts';
import type { CallDecoder } from '../../core/calls/decodedCall.ts';
import { diffEvents, diffPhases } from '../../core/measurements/bootDiff.ts';
import { guestSystem } from '../../core/measurements/guestSystem.ts';
import { unevenKinds, type RecordedBoot } from '../../core/measurements/recordedKinds.ts';
import { tableOfKey } from '../../core/measurements/subjectTable.ts';
import type { Evidence } from './evidence.ts';

export interface KeptBoot {
  readonly run: Run;
  readonly sample: Sample;
}

interface DiffTools {
  readonly evidence: Pick<Evidence, 'events'>;
  readonly decoder: (id: string) => CallDecoder | null;
}

/** Aligns two boots by their phases and by their kept events, and names where they part first. Throws RUNS_NOT_COMPARABLE. */
export async function diffBoots(a: KeptBoot, b: KeptBoot, tools: DiffTools, signal?: AbortSignal): Promise<BootDiff> {
  const [table, other] = [tableOfKey(a.run, a.sample.subject), tableOfKey(b.run, b.sample.subject)];
  if (table.id !== other.id) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: `the guests have different phases: ${table.id} and ${other.id}` });
  const exact = [a, b].every(({ run, sample }) => run.plan.events?.window.from === 'spawn' && sample.metrics?.logicalTime === true);
  const phases = diffPhases(a.sample, b.sample, table, exact);
  const events = await eventsOf(a, b, exact, tools, signal);
  return { exact, phases, events, says: sentence(phases, events, exact) };
}

async function eventsOf(a: KeptBoot, b: KeptBoot, exact: boolean, { evidence, decoder: decoderOf }: DiffTools, signal: AbortSignal | undefined): Promise<BootDiff['events']> {
  const [first, second] = [evidence.events(a.sample, signal), evidence.events(b.sample, signal)];
  if (first === null || second === null) return null;
  const phaseTable = tableOfKey(a.run, a.sample.subject);
  const architecture = a.run.subjects.find(({ key }) => key === a.sample.subject)?.guest.architecture ?? 'i386';
  const system = guestSystem(phaseTable, architecture).decoder;
  const decoder = system === null ? null : decoderOf(system);
  const reached = new Set((a.sample.metrics?.symbols ?? []).map(({ symbol }) => symbol));
  const endSymbol = phaseTable.phases.findLast(({ symbol }) => symbol !== undefined && reached.has(symbol))?.symbol ?? null;
  const [one, other] = [recordedOf(a), recordedOf(b)];
  const uneven = one === null || other === null ? null : unevenKinds(one, other);
  const found = await diffEvents(first, second, { exact, endSymbol, nameOf: (event) => decoder?.decode(event)?.name ?? null, ...(uneven && { leftOut: uneven.kinds }) });
  return { ...found, leftOut: [...(uneven?.words ?? [])] };
}

function recordedOf({ run, sample }: KeptBoot): RecordedBoot | null {
  return run.plan.events === null ? null : { plan: run.plan.events, hasSymbols: (sample.metrics?.symbols.length ?? 0) > 0 };
}

function sentence(phases: BootDiff['phases'], events: BootDiff['events'], exact: boolean): string {
  const phase = phases.find(({ differs }) => differs !== null);
  const inPhases = phase === undefined ? 'all phases are alike' : `the first phase that differs is ${phase.title}: ${phase.differs ?? ''}`;
  if (events === null) return `${capital(inPhases)}. There are no traces of both boots, so that their events cannot be compared.`;
  const { compared, divergence } = events;
  const without = events.leftOut.length === 0 ? '' : ` Left out of both: ${events.leftOut.join('; ')}.`;
  const how = exact ? 'to the instruction' : 'by their order, process by process';
  if (divergence === null) return `${capital(inPhases)}. ${compared} events were compared ${how}, and all are the same.${without}`;
  const ended = divergence.a === null ? ' A had ended there.' : divergence.b === null ? ' B had ended there.' : '';
  return `The events part at number ${compared} of those that were compared ${how} (${divergence.where}).${ended} ${capital(inPhases)}.${without}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
