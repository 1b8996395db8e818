import type { AcceleratorName } from '../../contract/accelerators.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { Judgement } from '../../core/accelerators/judgeProbe.ts';
import { abandonContainerMachine, adoptContainerMachine } from '../../host/docker/adoptContainerMachine.ts';
import { describeHost } from '../../host/docker/describeHost.ts';
import type { DockerEngine } from '../../host/docker/engine.ts';
import { findImageQemu, findTraceEvents, type ImageQemu } from '../../host/docker/images.ts';
import { containerCommand, startContainerMachine, type StartContainerMachine } from '../../host/docker/startContainerMachine.ts';
import type { StartMachine } from '../../host/qemu/startMachine.ts';
import type { AcceleratorsService } from '../accelerators/accelerators.ts';
import type { MachinePlace } from '../guests/places.ts';
import type { SettingsService } from '../settings/settings.ts';
import type { Engines } from './engines.ts';
import { proveKvm } from './proveKvm.ts';

export interface DockerPlaceDependencies {
  readonly engines: Engines;
  readonly accelerators: AcceleratorsService;
  readonly settings: SettingsService;
  readonly imagesDirectory: string;
  readonly runDirectory: string;
}

/** Guests in containers of an engine, as guests on this host. */
export function createDockerPlace({ engines, accelerators, settings, imagesDirectory, runDirectory }: DockerPlaceDependencies): (engine: string) => MachinePlace {
  const proofs = new Map<string, Promise<Judgement>>();
  /** Once for each image of an engine while this lab lives; a proof that could not be made is tried again. */
  const kvm = (engine: DockerEngine, architecture: GuestDefinition['architecture'], image: ImageQemu): Promise<Judgement> => {
    const key = `${engine.host} ${image.image} ${architecture}`;
    const limitMs = settings.get().acceleratorTimeLimitSeconds * 1_000;
    const proof = proofs.get(key) ?? proveKvm({ engine, architecture, image, imagesDirectory, runDirectory, limitMs });
    proofs.set(key, proof);
    proof.catch(() => proofs.delete(key));
    return proof;
  };
  /** What does not win on this host wins in no container of it; only where QEMU is here can that be known before. */
  const isHopeless = async (architecture: GuestDefinition['architecture']): Promise<boolean> => {
    const here = await accelerators.choose(architecture, 'auto').catch(() => null);
    return here !== null && here.accelerator !== 'kvm';
  };
  const choose = async (engine: DockerEngine, { architecture, accelerator }: GuestDefinition, image: ImageQemu): Promise<AcceleratorName> => {
    if (accelerator === 'tcg') return 'tcg';
    if (accelerator === 'auto' && (await isHopeless(architecture))) return 'tcg';
    const { verdict, evidence, fix } = await kvm(engine, architecture, image);
    if (accelerator === 'auto') return verdict === 'good' ? 'kvm' : 'tcg';
    if (accelerator === 'kvm' && (verdict === 'good' || verdict === 'slow')) return 'kvm';
    throw new DeclaredError('ACCELERATOR_UNUSABLE', {
      accelerator,
      verdict: accelerator === 'kvm' ? verdict : 'absent',
      evidence: accelerator === 'kvm' ? evidence : [`a container has no ${accelerator}`],
      fix: fix ?? 'Choose "auto": Petri takes the fastest accelerator that works.',
    });
  };

  /** All that decides a guest's container on that engine. */
  const inContainer = async (name: string, start: StartMachine, { id, architecture, limits, place }: GuestDefinition): Promise<StartContainerMachine> => {
    const engine = await engines.need(name);
    const { image } = await findImageQemu(engine, architecture);
    return { ...start, engine, image, guest: id, limits, ...(place.kind === 'docker' && place.network !== undefined && { network: place.network }) };
  };

  return (name) => ({
    async choose(definition) {
      const engine = await engines.need(name);
      const image = await findImageQemu(engine, definition.architecture);
      return { accelerator: await choose(engine, definition, image), qemu: image.qemu };
    },
    start: async (start, definition) => startContainerMachine(await inContainer(name, start, definition)),
    command: async (start, definition) => containerCommand(await inContainer(name, start, definition)),
    elsewhere: {
      async describe({ architecture }) {
        const engine = await engines.need(name);
        const { image } = await findImageQemu(engine, architecture);
        return { ...(await describeHost(engine)), image };
      },
      async traceEvents({ architecture }) {
        const engine = await engines.need(name);
        return engine.sharesFiles ? findTraceEvents(engine, await findImageQemu(engine, architecture)) : null;
      },
    },
    async adopt(kept) {
      try {
        return await adoptContainerMachine(kept, await engines.need(name));
      } catch (error) {
        if (!(error instanceof DeclaredError)) throw error;
        await abandonContainerMachine(kept);
        return null;
      }
    },
  });
}
