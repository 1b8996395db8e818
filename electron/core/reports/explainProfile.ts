import type { SubjectProfile } from '../../contract/reports.ts';
import { formatCount, formatShare } from '../charts/numbers.ts';
import { ownSamples } from './subjectProfile.ts';

const NAMED = 3;

/** What a flame graph shows, and where most of the work is. */
export function explainProfile({ profile, samples }: SubjectProfile): string[] {
  const { root, everyInstructions, unknown } = profile;
  const heaviest = ownSamples(profile).slice(0, NAMED);
  return [
    `Every ${formatCount(everyInstructions)} instructions it was noted where the guest was: ${formatCount(root.total)} times in ${samples.length} ${samples.length === 1 ? 'boot' : 'boots'}. It counts instructions, not time: a guest that waits makes none.`,
    `Most instructions were made in ${heaviest.map(({ symbol, self }) => `${symbol} (${formatShare(self / root.total)})`).join(', ')}.`,
    'In the flame graph each box is a function and stands on the one that called it. The wider a box, the more instructions were made in it and in what it called; order from left to right says nothing about time.',
    ...(unknown === 0 ? [] : [`${formatShare(unknown / root.total)} were at addresses that no symbol covers: programs, or a kernel without symbols.`]),
  ];
}
