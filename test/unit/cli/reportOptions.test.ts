import { expect, it } from 'vitest';
import { report, type ReportOptions } from '../../../electron/cli/commands/report.ts';
import type { Context } from '../../../electron/cli/run/context.ts';
import { failureOf } from '../../support/refusal.ts';

it.each<[what: string, word: string | undefined, options: ReportOptions & { metric?: 'boot' }]>([
  ['bytes in a text', 'last', { format: 'text', evidence: true }],
  ['bytes with a comparison', 'last', { format: 'json', evidence: true, compare: ['7f3a'] }],
  ['bytes with a campaign', undefined, { format: 'json', evidence: true, campaign: 'c' }],
  ['a run beside a campaign', 'last', { format: 'pdf', campaign: 'c' }],
  ['a comparison beside a campaign', undefined, { format: 'pdf', campaign: 'c', compare: ['7f3a'] }],
  ['a kind beside a campaign', undefined, { format: 'pdf', campaign: 'c', metric: 'boot' }],
])('a report refuses %s before it asks the lab for anything', async (_, word, options) => {
  expect(await failureOf(() => report({} as Context, word, options))).toMatchObject({ code: 'INPUT_INVALID' });
});
