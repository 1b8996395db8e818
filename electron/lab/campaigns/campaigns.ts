import { randomBytes } from 'node:crypto';
import { campaign as campaignSchema, type Campaign, type CampaignFile } from '../../contract/campaigns.ts';
import type { Settings } from '../../contract/settings.ts';
import type { TrashedItem } from '../../contract/trash.ts';
import { campaignNotes } from '../../core/campaigns/campaignNotes.ts';
import { endCampaign } from '../../core/campaigns/endCampaign.ts';
import { orderSteps } from '../../core/campaigns/orderSteps.ts';
import { readCampaign } from '../../core/campaigns/readCampaign.ts';
import { bootsOf } from '../../core/campaigns/stepRequest.ts';
import { refuseMissingFiles } from '../../host/campaigns/campaignFiles.ts';
import { parseCampaignText } from '../../host/campaigns/campaignText.ts';
import { openCollection, type Database } from '../../host/storage/collections.ts';
import { createFeed, watch } from '../feed.ts';
import { found } from '../found.ts';
import { toFailure } from '../implementer.ts';
import type { Log } from '../log.ts';
import type { TasksService } from '../tasks/tasks.ts';
import { createWorks } from '../tasks/works.ts';
import { findCampaignGuests, tablesOfStep, type CampaignGuests } from './campaignGuests.ts';
import { refuseUnknownLoads } from './campaignLoads.ts';
import { performCampaign, type CampaignMeasurements } from './performCampaign.ts';

export interface CampaignsDependencies {
  readonly database: Database;
  readonly tasks: Pick<TasksService, 'run' | 'cancel'>;
  readonly guests: CampaignGuests;
  readonly measurements: CampaignMeasurements;
  readonly settings: { get(): Pick<Settings, 'measurementRuns' | 'measurementWarmUps' | 'memoryModel'> };
  readonly log: Log;
}

interface CheckedCampaign {
  readonly file: CampaignFile;
  readonly order: string[];
  readonly boots: number;
  readonly notes: string[];
}

export interface CampaignsService {
  /** Throws CAMPAIGN_INVALID, CAMPAIGN_CYCLE, CAMPAIGN_GUEST_MISSING. */
  check(text: string): CheckedCampaign;
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
  /** What was removed last comes first. */
  trash(): TrashedItem[];
  watch(signal?: AbortSignal): AsyncGenerator<Campaign[]>;
  /** Interrupts what runs; it can be resumed by the next lab. */
  dispose(): Promise<void>;
}

export function createCampaigns(dependencies: CampaignsDependencies): CampaignsService {
  const { database, tasks, guests, settings, log } = dependencies;
  const store = openCollection(database, 'campaigns', campaignSchema);
  const feed = createFeed<Campaign[]>({ newestOnly: true });
  const publishList = (): void => feed.publish(list());
  const works = createWorks<Campaign, null>({
    ...{ noun: 'campaign', tasks, log },
    keep: (campaign) => store.put(campaign.id, campaign),
    end: (campaign, end) => endCampaign(campaign, { how: end.how, failure: end.how === 'failed' ? toFailure(end.error, `campaign ${campaign.id}`, log) : null, at: new Date().toISOString() }),
    ended: () => {
      publishList();
      return null;
    },
  });

  const list = (): Campaign[] => store.all().map(works.latest).reverse();
  const get = (id: string): Campaign => works.latest(found('campaign', id, store.get(id)));
  const check = (text: string): CheckedCampaign => {
    const { data, lineOf } = parseCampaignText(text);
    const file = readCampaign(data, lineOf);
    const order = orderSteps(file.steps);
    findCampaignGuests(file, guests);
    refuseUnknownLoads(file, guests, lineOf);
    refuseMissingFiles(file, lineOf);
    const { measurementRuns: runs, measurementWarmUps: warmUps } = settings.get();
    const counts = file.steps.map((step) => bootsOf(file, step, { runs, warmUps }));
    const sum = (part: 'boots' | 'control'): number => counts.reduce((all, count) => all + count[part], 0);
    return { file, order, boots: sum('boots'), notes: campaignNotes(file, { tablesOf: (step) => tablesOfStep(step, guests), controlBoots: sum('control') }) };
  };
  const begin = (campaign: Campaign): Campaign => {
    const plan = { title: `Campaign ${campaign.name}`, route: `/campaigns/${campaign.id}`, unit: 'steps' as const, planned: campaign.steps.length };
    works.begin(campaign, plan, async (work) => {
      const keep = (changed: Campaign): void => {
        work.change(changed);
        store.put(changed.id, changed);
        publishList();
      };
      await performCampaign({ work, keep }, dependencies);
    });
    publishList();
    return campaign;
  };

  works.recover(store.all().filter(({ state }) => state === 'running'));

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
      if (works.isActive(id) || campaign.state === 'done') return campaign;
      findCampaignGuests(campaign.file, guests);
      const steps = campaign.steps.map((step) => (step.state === 'done' ? step : { ...step, state: 'waiting' as const, failure: null }));
      return begin({ ...campaign, state: 'running', endedAt: null, steps });
    },
    async cancel(id) {
      await works.cancel(id);
      return get(id);
    },
    remove(id) {
      works.refuseActive(id, get(id).name);
      store.remove(id);
      publishList();
    },
    restore(id) {
      const restored = found('deleted campaign', id, store.restore(id));
      publishList();
      return restored;
    },
    trash: () => store.trashed().map(({ value: { id, name }, trashedAt }) => ({ id, name, trashedAt })),
    watch: (signal) => watch(feed, list, signal),
    async dispose() {
      await works.dispose();
      feed.close();
    },
  };
}
