import type { GuestDefinition, Health, HealthCheck } from '../../contract/guests.ts';
import { beginHealth, secondsToNextCheck, takeCheck, unchecked, type Checked, type HealthState } from '../../core/guests/health.ts';
import { isForwardAnswered } from '../../host/network/forwardAnswered.ts';
import { withinTime } from '../../host/process/withinTime.ts';
import type { GuestConsoles } from './consoles.ts';
import { serialConsole, type RunningGuest } from './runningGuest.ts';

/** Enough lines of earlier runs to look past: what matches is searched from the oldest line of the console on. */
const SEARCHED_MATCHES = 10_000;

type Check<Kind extends HealthCheck['kind']> = Extract<HealthCheck, { kind: Kind }>;

async function checkQmp({ machine }: RunningGuest, { timeoutSeconds }: Check<'qmp'>): Promise<string> {
  await machine.qmp.execute('query-status', undefined, timeoutSeconds * 1_000);
  return 'QEMU answers';
}

async function checkSerial(id: string, { serial }: RunningGuest, { pattern, timeoutSeconds }: Check<'serial'>, consoles: GuestConsoles): Promise<string> {
  for (const [index, { start }] of serial().entries()) {
    const limit = AbortSignal.timeout(timeoutSeconds * 1_000);
    const { matches } = await consoles.search(serialConsole(id, index), { kind: 'expression', pattern, limit: SEARCHED_MATCHES }, limit);
    if (matches.some(({ offset }) => offset >= start)) return `it printed ${JSON.stringify(pattern)}`;
  }
  throw new Error(`it has not printed ${JSON.stringify(pattern)}`);
}

async function checkPort({ network }: GuestDefinition, { machine }: RunningGuest, { forward: name, timeoutSeconds }: Check<'port'>): Promise<string> {
  const forward = network.kind === 'none' ? undefined : network.forwards.find((candidate) => candidate.name === name);
  if (forward === undefined || forward.hostPort === null) throw new Error(`there is no forward named ${name}`);
  if (forward.protocol !== 'tcp') throw new Error(`${name} is no TCP forward`);
  await isForwardAnswered(machine.qmp, forward.hostPort, forward.guestPort, timeoutSeconds * 1_000);
  return `port ${forward.guestPort} accepts connections`;
}

function perform(definition: GuestDefinition, guest: RunningGuest, check: HealthCheck, consoles: GuestConsoles): Promise<string> {
  if (check.kind === 'qmp') return checkQmp(guest, check);
  return check.kind === 'serial' ? checkSerial(definition.id, guest, check, consoles) : checkPort(definition, guest, check);
}

async function checked(work: Promise<string>, timeoutSeconds: number): Promise<Checked> {
  const says = await withinTime(work.then((words) => ({ healthy: true, words }), (error: unknown) => ({ healthy: false, words: error instanceof Error ? error.message : String(error) })), timeoutSeconds * 1_000 + 500);
  const { healthy, words } = says === undefined || says === 'late' ? { healthy: false, words: `no answer within ${timeoutSeconds} s` } : says;
  return { healthy, says: words, at: new Date().toISOString() };
}

export interface HealthDependencies {
  readonly definition: (id: string) => GuestDefinition;
  readonly consoles: GuestConsoles;
  /** Called when a guest's health is another, not at each check. */
  readonly onTurn: (id: string, health: Health) => void;
}

/** The health of guests that run. */
export interface HealthChecks {
  of(id: string): Health;
  /** Checks at once, then each second until the first good check, and then at the guest's own interval, until the answered function is called. */
  begin(id: string, guest: RunningGuest): () => void;
}

export function createHealthChecks({ definition, consoles, onTurn }: HealthDependencies): HealthChecks {
  const states = new Map<string, HealthState>();

  return {
    of: (id) => (states.get(id) ?? unchecked).health,
    begin(id, guest) {
      const { health: check } = definition(id);
      if (check === null) return () => undefined;
      const ended = new AbortController();
      let timer: NodeJS.Timeout | undefined;
      const state = (): HealthState => states.get(id) ?? beginHealth(check);
      states.set(id, beginHealth(check));
      let countsAtMs = performance.now() + check.intervalSeconds * 1_000;
      const look = async (): Promise<void> => {
        // A printed line stays printed.
        const done = check.kind === 'serial' && state().health.state === 'healthy';
        const result = done ? null : await checked(perform(definition(id), guest, check, consoles), check.timeoutSeconds);
        if (ended.signal.aborted) return;
        if (result !== null) take(result);
        timer = setTimeout(() => void look(), secondsToNextCheck(state(), check) * 1_000);
      };
      const take = (result: Checked): void => {
        const before = state();
        const counts = before.health.state !== 'starting' || performance.now() >= countsAtMs;
        if (counts) countsAtMs = performance.now() + check.intervalSeconds * 1_000;
        const next = takeCheck(before, result, check.retries, counts);
        states.set(id, next);
        if (next.health.state !== before.health.state) onTurn(id, next.health);
      };
      void look();
      return () => {
        ended.abort();
        clearTimeout(timer);
        states.delete(id);
      };
    },
  };
}
