import type { PhaseTable, Sample } from '../../contract/measurements.ts';

/** How the two stamps of a phase differ; nothing where no symbol was stamped. */
export function explainSymbols({ phases }: PhaseTable, counted: readonly Sample[]): string[] {
  const stamped = phases.filter(({ name }) => counted.some(({ phases: stamps }) => stamps.some((stamp) => stamp.name === name && stamp.symbol !== undefined)));
  if (stamped.length === 0) return [];
  const wanted = phases.filter(({ symbol }) => symbol !== undefined);
  const absent = wanted.filter((phase) => !stamped.includes(phase));
  return [
    `${stamped.length} of ${phases.length} phases were stamped twice: at the symbol, which is when the kernel’s function of that name is first reached, and at the line, which is when the first byte of its message leaves the serial port. The line comes later by the work that is done before it is printed.`,
    'Times at symbols are by the same clock as times at lines. Where instructions are given, they are those that the guest had carried out by then: in logical time they are the same in every boot.',
    ...(absent.length === 0 ? [] : [`Not reached, or not in this kernel: ${absent.map(({ symbol }) => symbol ?? '').join(', ')}.`]),
  ];
}
