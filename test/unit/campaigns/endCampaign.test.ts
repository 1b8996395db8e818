import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../electron/contract/campaigns.ts';
import { endCampaign } from '../../../electron/core/campaigns/endCampaign.ts';

type State = Campaign['steps'][number]['state'];

const campaign = (...states: State[]): Campaign => ({
  id: 'campaign-1', name: 'Two', createdAt: '2026-11-22T10:00:00.000Z', endedAt: null, state: 'running',
  file: { name: 'Two', question: '', defaults: {}, steps: [] },
  steps: states.map((state, at) => ({ name: `s${at}`, state, run: null, failure: null })),
});
const at = '2026-11-22T11:00:00.000Z';
const full = { code: 'DISK_FULL', details: { path: '/data', availableBytes: 0 } } as const;
const statesOf = ({ state, steps }: Campaign): string => [state, ...steps.map((step) => step.state)].join(' ');

describe('a campaign that ended', () => {
  it('is done when all its steps are, and failed when one is not', () => {
    expect(endCampaign(campaign('done', 'done'), { how: 'done', failure: null, at })).toMatchObject({ state: 'done', endedAt: at });
    expect(endCampaign(campaign('done', 'skipped'), { how: 'done', failure: null, at }).state).toBe('failed');
  });

  it('by somebody’s wish keeps what was done; one that was interrupted has not ended', () => {
    expect(statesOf(endCampaign(campaign('done', 'running', 'waiting'), { how: 'cancelled', failure: null, at }))).toBe('cancelled done cancelled waiting');
    expect(endCampaign(campaign('running'), { how: 'interrupted', failure: null, at })).toMatchObject({ state: 'interrupted', endedAt: null, steps: [{ state: 'interrupted' }] });
  });

  it('by a failure of its own says it at the step where it stopped', () => {
    const inStep = endCampaign(campaign('done', 'running', 'waiting'), { how: 'failed', failure: full, at });
    expect(statesOf(inStep)).toBe('failed done failed waiting');
    expect(inStep.steps.map(({ failure }) => failure)).toEqual([null, full, null]);
    const between = endCampaign(campaign('done', 'waiting', 'waiting'), { how: 'failed', failure: full, at });
    expect(between.steps.map(({ failure }) => failure)).toEqual([null, full, null]);
  });
});
