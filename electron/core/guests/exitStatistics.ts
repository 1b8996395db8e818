import { z } from 'zod';

const answer = z.array(z.object({ provider: z.string(), stats: z.array(z.object({ name: z.string(), value: z.unknown() })) }));

/** What is asked of QEMU: `query-stats` (qapi/stats.json, since 7.1) has counters of KVM for each virtual processor. */
export const exitStatisticsQuestion = { target: 'vcpu', providers: [{ provider: 'kvm', names: ['exits'] }] } as const;

/** The exits of all virtual processors in QEMU's answer, null when it has none: without KVM it is empty. */
export function exitsIn(answered: unknown): number | null {
  const entries = answer.safeParse(answered);
  const values = (entries.data ?? []).flatMap(({ provider, stats }) => (provider === 'kvm' ? stats.filter(({ name }) => name === 'exits') : [])).flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
