import type { GuestLimits } from '../../contract/guests.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { MachineSpecification } from '../guests/machine.ts';
import { labels } from './recipes.ts';

export interface Mount {
  /** The same inside and outside, so that QEMU's command line is the same. */
  readonly path: string;
  readonly readOnly: boolean;
}

/** All that decides the container of a machine. */
export interface ContainerPlan {
  readonly name: string;
  readonly image: string;
  readonly guest: string | null;
  readonly directory: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Never root. */
  readonly user: { readonly uid: number; readonly gid: number };
  readonly mounts: readonly Mount[];
  /** Where a volume of its own is, into which files are copied for an engine that does not see this host's; null for none. */
  readonly volume: string | null;
  /** Groups of the devices that it gets, by number. */
  readonly devices: readonly { readonly path: string; readonly group: number }[];
  /** A network of the engine, or null for none at all. */
  readonly network: string | null;
  readonly ports: readonly { readonly protocol: 'tcp' | 'udp'; readonly port: number }[];
  readonly memoryBytes: number;
  /** In billionths of a CPU; null is no limit. */
  readonly nanoCpus: number | null;
}

const MEBIBYTE = 1_048_576;
/**
 * What QEMU takes beside the guest's memory where the user set no limit: TCG's buffer of translated code, which is at most
 * 1 GiB (accel/tcg/tcg-all.c, tb-size), and some for devices and tables. Only a QEMU gone wild meets this limit.
 */
const QEMU_EXTRA_MIB = 1_024 + 256;
/** QEMU has a thread for each CPU and up to 64 workers for disks; a bomb of threads ends here. */
const PIDS_LIMIT = 256;

export function memoryLimit({ machine }: Pick<MachineSpecification, 'machine'>, limits: Pick<GuestLimits, 'memoryMiB'>): number {
  return (limits.memoryMiB ?? machine.memoryMiB + QEMU_EXTRA_MIB) * MEBIBYTE;
}

/** An engine refuses more CPUs than its host has. */
export function cpuLimit({ cpuPercent }: Pick<GuestLimits, 'cpuPercent'>, hostCpus: number): number | null {
  return cpuPercent === null ? null : Math.round(Math.min(cpuPercent / 100, hostCpus) * 1e9);
}

/** In these places a container has things of its own. */
const OWN_PLACES = /^\/(proc|sys|dev)(\/|$)/;

/** Files and folders that a machine has to see. `layers` are the folders of its disks with the files below them. */
export function mountsOf(specification: MachineSpecification, directory: string, layers: readonly Mount[]): Mount[] {
  const { kernelPath, modules, medium, share, trace } = specification;
  const file = (path: string | null | undefined): Mount[] => (path === null || path === undefined ? [] : [{ path, readOnly: true }]);
  const wanted: Mount[] = [
    { path: directory, readOnly: false },
    ...file(kernelPath),
    ...modules.flatMap(({ path }) => file(path)),
    ...file(medium?.path),
    ...layers,
    ...(share === null ? [] : [{ path: share.path, readOnly: share.readOnly }]),
    ...(trace === null ? [] : [{ path: trace.path, readOnly: false }]),
  ];
  const mounts = new Map<string, Mount>();
  for (const mount of wanted) {
    if (OWN_PLACES.test(mount.path)) throw new DeclaredError('PATH_REFUSED', { path: mount.path, reason: 'a container has its own files there' });
    if (mounts.get(mount.path)?.readOnly !== false) mounts.set(mount.path, mount);
  }
  return [...mounts.values()];
}

/** Ports at which QEMU listens inside, by the same numbers as outside. */
export function portsOf({ network }: Pick<MachineSpecification, 'network'>): ContainerPlan['ports'] {
  return network.kind === 'none' ? [] : network.forwards.map(({ protocol, hostPort }) => ({ protocol, port: hostPort }));
}

/** A place for short-lived files; without the mode only root could write there. */
const TMPFS = 'rw,noexec,nosuid,nodev,mode=1777,size=64m';
/** QEMU's words are the same for every user. */
const ENVIRONMENT = 'LC_ALL=C';
export const LOOPBACK = '127.0.0.1';

/** The Engine API's `POST /containers/create`: what is not named here a container does not get. */
export function containerOptions(plan: ContainerPlan) {
  const { user, ports, devices, network } = plan;
  const key = ({ protocol, port }: ContainerPlan['ports'][number]): string => `${port}/${protocol}`;
  return {
    name: plan.name,
    Image: plan.image,
    Cmd: [...plan.command],
    User: `${user.uid}:${user.gid}`,
    Env: [ENVIRONMENT],
    Labels: { [labels.guest]: plan.guest ?? '', [labels.directory]: plan.directory },
    WorkingDir: plan.directory,
    AttachStdin: false,
    Tty: false,
    NetworkDisabled: network === null,
    ExposedPorts: Object.fromEntries(ports.map((port) => [key(port), {}])),
    HostConfig: {
      Privileged: false,
      Init: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': TMPFS, '/var/tmp': TMPFS },
      Mounts: [
        ...plan.mounts.map(({ path, readOnly }) => ({ Type: 'bind' as const, Source: path, Target: path, ReadOnly: readOnly })),
        ...(plan.volume === null ? [] : [{ Type: 'volume' as const, Source: '', Target: plan.volume }]),
      ],
      Devices: devices.map(({ path }) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rw' })),
      GroupAdd: [...new Set(devices.map(({ group }) => String(group)))],
      Memory: plan.memoryBytes,
      MemorySwap: plan.memoryBytes,
      ...(plan.nanoCpus !== null && { NanoCpus: plan.nanoCpus }),
      PidsLimit: PIDS_LIMIT,
      // A core of QEMU would hold the guest's memory.
      Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }],
      NetworkMode: network ?? 'none',
      PortBindings: Object.fromEntries(ports.map((port) => [key(port), [{ HostIp: LOOPBACK, HostPort: String(port.port) }]])),
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    },
  };
}

/** The same container as a person would type it. */
export function dockerRunCommand(plan: ContainerPlan, engine: string): string[] {
  const { user } = plan;
  return [
    'docker', '--context', engine, 'run', '--detach', '--init', '--name', plan.name,
    '--user', `${user.uid}:${user.gid}`, '--env', ENVIRONMENT, '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges',
    '--read-only', '--tmpfs', `/tmp:${TMPFS}`, '--tmpfs', `/var/tmp:${TMPFS}`,
    ...plan.mounts.flatMap(({ path, readOnly }) => ['--mount', `type=bind,source=${path},target=${path}${readOnly ? ',readonly' : ''}`]),
    ...(plan.volume === null ? [] : ['--mount', `type=volume,target=${plan.volume}`]),
    ...plan.devices.flatMap(({ path, group }) => ['--device', path, '--group-add', String(group)]),
    '--memory', String(plan.memoryBytes), '--memory-swap', String(plan.memoryBytes), '--pids-limit', String(PIDS_LIMIT), '--ulimit', 'core=0',
    ...(plan.nanoCpus === null ? [] : ['--cpus', String(plan.nanoCpus / 1e9)]),
    '--network', plan.network ?? 'none',
    ...plan.ports.flatMap(({ protocol, port }) => ['--publish', `${LOOPBACK}:${port}:${port}/${protocol}`]),
    '--label', `${labels.guest}=${plan.guest ?? ''}`, '--label', `${labels.directory}=${plan.directory}`,
    '--workdir', plan.directory,
    plan.image, ...plan.command,
  ];
}
