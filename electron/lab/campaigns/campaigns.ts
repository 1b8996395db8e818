import { randomBytes } from 'node:crypto';
import { campaign as campaignSchema, type Campaign, type CampaignFile } from '../../contract/campaigns.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { orderSteps } from '../../core/campaigns/orderSteps.ts';
import { readCampaign } from '../../core/campaigns/readCampaign.ts';
import { bootsOf } from '../../core/campaigns/stepRequest.ts';
import { parseCampaignText } from '../../host/campaigns/campaignText.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { createFeed, watch } from '../feed.ts';
import type { Log } from '../log.ts';
import type { TasksService } from '../tasks/tasks.ts';
import { findCampaignGuests, refuseUnlikeGuests, type CampaignGuests } from './campaignGuests.ts';
import { performCampaign, type CampaignMeasurements } from './performCampaign.ts';

export interface CampaignsDependencies {
  readonly database: Database;
  readonly tasks: Pick<TasksService, 'run' | 'cancel'>;
  readonly guests: CampaignGuests;
  readonly measurements: CampaignMeasurements;
  readonly settings: { get(): { measurementRuns: number; measurementWarmUps: number } };
  readonly log: Log;
}

export interface CampaignsService {
  /** Throws CAMPAIGN_INVALID, CAMPAIGN_CYCLE, CAMPAIGN_GUEST_MISSING. */
  check(text: string): { file: CampaignFile; order: string[]; boots: number };
  start(text: string): Campaign;
  /** Goes on with every step that is not done. */
  resume(id: string): Campaign;
  /** Resolves when nothing of it runs any more. */
  cancel(id: string): Promise<Campaign>;
  list(): Campaign[];
  /** Throws NOT_FOUND. */
  get(id: string): Campaign;
  remove(id: string): void;
  restore(id: string): Campaign;
  watch(signal?: AbortSignal): AsyncGenerator<Campaign[]>;
  /** Interrupts what runs; it can be resumed by the next lab. */
  dispose(): Promise<void>;
}

interface Active {
  readonly task: string;
  readonly ended: Promise<unknown>;
}

export function createCampaigns(dependencies: CampaignsDependencies): CampaignsService {
  const { database, tasks, guests, settings } = dependencies;
  const store = openCollection(database, 'campaigns', campaignSchema);
  const feed = createFeed<Campaign[]>({ newestOnly: true });
  const active = new Map<string, Active>();
  const closing = new AbortController();

  const list = (): Campaign[] => store.all().reverse();
  const get = (id: string): Campaign => {
    const found = store.get(id);
    if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'campaign', id });
    return found;
  };
  const put = (campaign: Campaign): void => {
    store.put(campaign.id, campaign);
    feed.publish(list());
  };
  const check = (text: string): { file: CampaignFile; order: string[]; boots: number } => {
    const { data, lineOf } = parseCampaignText(text);
    const file = readCampaign(data, lineOf);
    const order = orderSteps(file.steps);
    findCampaignGuests(file, guests);
    refuseUnlikeGuests(file, guests, lineOf);
    const { measurementRuns: runs, measurementWarmUps: warmUps } = settings.get();
    return { file, order, boots: file.steps.reduce((sum, step) => sum + bootsOf(file, step, { runs, warmUps }), 0) };
  };
  const begin = (campaign: Campaign): Campaign => {
    put(campaign);
    const plan = { title: `Campaign ${campaign.name}`, route: `/campaigns/${campaign.id}`, unit: 'steps' as const, planned: campaign.steps.length };
    const { id, result } = tasks.run(plan, (task) => performCampaign({ campaign, put, task, closing: closing.signal }, dependencies));
    active.set(campaign.id, { task: id, ended: result.catch(() => undefined).finally(() => active.delete(campaign.id)) });
    return campaign;
  };

  // What a lab that died was doing can be resumed.
  for (const campaign of store.all().filter(({ state }) => state === 'running')) store.put(campaign.id, { ...campaign, state: 'interrupted' });

  return {
    check,
    list,
    get,
    start(text) {
      const { file, order } = check(text);
      const steps = order.map((name) => ({ name, state: 'waiting' as const, run: null, failure: null }));
      return begin({ id: `campaign-${randomBytes(4).toString('hex')}`, name: file.name, createdAt: new Date().toISOString(), endedAt: null, state: 'running', file, steps });
    },
    resume(id) {
      const campaign = get(id);
      if (active.has(id) || campaign.state === 'done') return campaign;
      findCampaignGuests(campaign.file, guests);
      const steps = campaign.steps.map((step) => (step.state === 'done' ? step : { ...step, state: 'waiting' as const, failure: null }));
      return begin({ ...campaign, state: 'running', endedAt: null, steps });
    },
    async cancel(id) {
      const work = active.get(id);
      if (work !== undefined) {
        tasks.cancel(work.task);
        await work.ended;
      }
      return get(id);
    },
    remove(id) {
      const { name } = get(id);
      if (active.has(id)) throw new DeclaredError('GUEST_BUSY', { guest: name, state: 'running', wanted: 'be removed' });
      store.remove(id);
      feed.publish(list());
    },
    restore(id) {
      const restored = store.restore(id);
      if (restored === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'deleted campaign', id });
      feed.publish(list());
      return restored;
    },
    watch: (signal) => watch(feed, list, signal),
    async dispose() {
      closing.abort(new Error('the lab ends'));
      await Promise.all([...active.values()].map(({ ended }) => ended));
      feed.close();
    },
  };
}
