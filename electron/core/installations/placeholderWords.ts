import type { InstallationReview } from '../../contract/installations.ts';

/** One line above the commands of a review: what in them is chosen only when it is made. */
export function placeholderWords(placeholders: InstallationReview['placeholders']): string {
  return `Chosen when they are made: ${placeholders.map(({ name, means }) => `${name} is ${means}`).join(', ')}. All else in QEMU’s commands is as it is run.`;
}
