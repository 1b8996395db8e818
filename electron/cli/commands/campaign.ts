import { readFileSync } from 'node:fs';
import { isLostLab, lostLab } from '../../client/failures.ts';
import type { LabClient } from '../../contract/contract.ts';
import type { Campaign } from '../../contract/campaigns.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { renderCampaign, renderCampaigns, renderPlan } from '../render/campaigns.ts';
import type { Context, Result } from '../run/context.ts';
import { followTask } from '../run/followTask.ts';
import { withLab } from '../run/labDoor.ts';
import { paint } from '../run/terminal.ts';

export interface CampaignOptions {
  readonly check?: boolean;
  readonly list?: boolean;
  /** Ids of campaigns. */
  readonly resume?: string;
  readonly cancel?: string;
  readonly show?: string;
  /** Begins it and leaves it to the lab. */
  readonly detach?: boolean;
}

function readFile(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new DeclaredError('PATH_REFUSED', { path, reason: error instanceof Error ? error.message : String(error) }, { cause: error });
  }
}

/** A campaign of that id or name, or the beginning of its id; the newest of several with one name. */
async function findCampaign(client: LabClient, word: string): Promise<Campaign> {
  const list = await client.campaigns.list();
  const found = list.find(({ id }) => id === word) ?? list.find(({ id, name }) => id.startsWith(word) || name.toLowerCase() === word.toLowerCase());
  if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'campaign', id: word });
  return found;
}

const codeOf: Readonly<Record<Campaign['state'], ExitCode>> = { running: exitCodes.ok, done: exitCodes.ok, failed: exitCodes.failed, cancelled: exitCodes.cancelled, interrupted: exitCodes.failed };

function resultOf(campaign: Campaign, { terminal }: Context): Result {
  return { json: campaign, text: renderCampaign(campaign, paint(terminal.colour)), exitCode: codeOf[campaign.state] };
}

/** Shows a campaign until it ends; Ctrl-C cancels it, and what was measured is kept. Of one that cannot go on it says how to. */
async function follow(client: LabClient, { id, steps }: Campaign, context: Context): Promise<Result> {
  const { terminal } = context;
  terminal.report(`${id}: ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`);
  try {
    await untilEnd(client, id, context);
    const ended = await client.campaigns.get({ id });
    if (ended.steps.some(({ state }) => state === 'done')) terminal.report(`its report: petri report --campaign ${id} --format pdf`);
    return resultOf(ended, context);
  } catch (error) {
    throw isLostLab(error) ? lostLab(`What is finished is kept; go on with "petri campaign --resume ${id}".`, error) : error;
  }
}

async function untilEnd(client: LabClient, id: string, context: Context): Promise<void> {
  const task = (await client.tasks.list()).findLast(({ route }) => route === `/campaigns/${id}`);
  if (task !== undefined) {
    await followTask(client, task.id, context).catch((error: unknown) => {
      if (!(error instanceof DeclaredError && error.failure.code === 'CANCELLED')) throw error;
    });
  }
}

/** `petri campaign FILE`: checks a campaign file and carries it out. */
export function campaign(context: Context, file: string | undefined, options: CampaignOptions): Promise<Result> {
  const { check, list, resume, cancel, show, detach } = options;
  return withLab(context.lab, async ({ client }) => {
    if (list === true) {
      const campaigns = await client.campaigns.list();
      return { json: campaigns, text: renderCampaigns(campaigns, paint(context.terminal.colour)), exitCode: exitCodes.ok };
    }
    if (show !== undefined) return resultOf(await findCampaign(client, show), context);
    if (cancel !== undefined) return resultOf(await client.campaigns.cancel({ id: (await findCampaign(client, cancel)).id }), context);
    if (resume !== undefined) return follow(client, await client.campaigns.resume({ id: (await findCampaign(client, resume)).id }), context);
    if (file === undefined) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'FILE', message: 'name a campaign file, or "-" for standard input' }] });
    const text = readFile(file);
    if (check === true) {
      const checked = await client.campaigns.check({ text });
      return { json: checked, text: renderPlan(checked), exitCode: exitCodes.ok };
    }
    const begun = await client.campaigns.start({ text });
    return detach === true ? resultOf(begun, context) : follow(client, begun, context);
  });
}
