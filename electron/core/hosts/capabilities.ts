import type { Capability } from '../../contract/hosts.ts';

export type CapabilityId = Capability['id'];

/** What a probe found out about one capability. */
export type Finding = Pick<Capability, 'verdict' | 'summary' | 'evidence' | 'fix' | 'command'>;

/** The operating systems for which fixes differ, as Node names them. */
export type Platform = 'linux' | 'darwin' | 'win32' | 'other';

const cards: Record<CapabilityId, { title: string; unlocks: string }> = {
  qemu: { title: 'QEMU', unlocks: 'Guests: booting, watching and measuring operating systems.' },
  accelerators: { title: 'Acceleration', unlocks: 'Guests at the speed of this machine’s own processor.' },
  docker: { title: 'Docker', unlocks: 'Containers, and guests that run inside them.' },
  podman: { title: 'Podman', unlocks: 'Containers without a daemon and without root.' },
  disk: { title: 'Disk', unlocks: 'Room for guests, recordings and samples.' },
  memory: { title: 'Memory', unlocks: 'Several guests at once.' },
};

export const capabilityIds = Object.keys(cards) as CapabilityId[];

/** A card before its first probe. */
export function unknownCapability(id: CapabilityId): Capability {
  return { id, ...cards[id], verdict: 'unknown', summary: 'Not tested yet.', evidence: [], fix: null, command: null, testedAt: null, testing: false };
}

export function beginTest(capability: Capability): Capability {
  return { ...capability, testing: true };
}

export function endTest(capability: Capability, finding: Finding, testedAt: string): Capability {
  return { ...capability, ...finding, testedAt, testing: false };
}

/** A probe that gave no answer in time has found something out, too. */
export function noAnswer(limitMs: number): Finding {
  return {
    verdict: 'broken',
    summary: 'Gave no answer.',
    evidence: [`no answer within ${limitMs / 1_000} s`],
    fix: 'Test it again; if it still does not answer, it hangs and has to be restarted.',
    command: null,
  };
}
