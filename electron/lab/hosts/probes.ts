import type { AcceleratorChoice, QemuBuild } from '../../contract/accelerators.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Architecture } from '../../contract/primitives.ts';
import type { Platform } from '../../core/hosts/capabilities.ts';
import { judgeAccelerators } from '../../core/hosts/judgeAccelerators.ts';
import { judgeEngine, type EngineName } from '../../core/hosts/judgeEngine.ts';
import { judgeQemu, type QemuSearch } from '../../core/hosts/judgeQemu.ts';
import { judgeDisk, judgeMemory } from '../../core/hosts/judgeSpace.ts';
import { probeEngine } from '../../host/system/containerEngines.ts';
import { readDiskSpace, readMemory } from '../../host/system/space.ts';
import type { HostsDependencies, TimedProbe } from './hosts.ts';

export interface ProbesDependencies {
  readonly dataDirectory: string;
  readonly findQemu: (architecture: Architecture) => Promise<QemuBuild>;
  /** From what is remembered, or tested again. */
  readonly tryAccelerators: (again: boolean) => Promise<AcceleratorChoice[]>;
}

/** Guests of these architectures come with Petri. */
const architectures: readonly Architecture[] = ['i386', 'arm'];

const ANSWER_LIMIT_MS = 5_000;
/** Starting a program for the first time reads it from the disk. */
const PROGRAM_LIMIT_MS = 20_000;
/** Each boot has its own limit, a setting; this one only ends a test that hangs altogether. */
const BOOTS_LIMIT_MS = 600_000;

/** The probes of the capability board: each asks the world and lets core judge. */
export function createProbes({ dataDirectory, findQemu, tryAccelerators }: ProbesDependencies): HostsDependencies['probes'] {
  const platform = platformOf(process.platform);
  const engine = (name: EngineName): TimedProbe => ({
    limitMs: ANSWER_LIMIT_MS,
    probe: async ({ signal }) => judgeEngine(name, await probeEngine(name, signal), platform),
  });
  return {
    qemu: { limitMs: PROGRAM_LIMIT_MS, probe: async () => judgeQemu(await Promise.all(architectures.map((each) => searchQemu(each, findQemu))), platform) },
    accelerators: { limitMs: BOOTS_LIMIT_MS, probe: async ({ again }) => judgeAccelerators(await tryAccelerators(again), platform) },
    docker: engine('docker'),
    podman: engine('podman'),
    disk: { limitMs: ANSWER_LIMIT_MS, probe: () => judgeDisk(readDiskSpace(dataDirectory), dataDirectory) },
    memory: { limitMs: ANSWER_LIMIT_MS, probe: () => judgeMemory(readMemory()) },
  };
}

async function searchQemu(architecture: Architecture, findQemu: ProbesDependencies['findQemu']): Promise<QemuSearch> {
  try {
    return { architecture, build: await findQemu(architecture) };
  } catch (error) {
    if (error instanceof DeclaredError) return { architecture, failure: error.failure };
    throw error;
  }
}

function platformOf(name: NodeJS.Platform): Platform {
  return name === 'linux' || name === 'darwin' || name === 'win32' ? name : 'other';
}
