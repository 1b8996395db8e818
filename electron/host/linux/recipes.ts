import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import type { CpioEntry } from './cpio.ts';
import { openDebianPackages, type DebianArchitecture, type DebianPackages } from './debianPackages.ts';
import { bootableMedium } from './iso9660.ts';
import { narrowElf } from './narrowElf.ts';
import { archiveOf, linuxSystem, programsOf, type LinuxSystem } from './linuxSystem.ts';

/** What a recipe is told of the task that it works for. */
export interface RecipeTask {
  readonly signal: AbortSignal;
  report(progress: { phase: string }): void;
}

/**
 * Makes images from the distribution's packages in a directory of its own, as any user, and answers the path of each by
 * the id that the catalog gives it. Throws PACKAGES_UNAVAILABLE where the packages cannot be had.
 */
export type Recipe = (task: RecipeTask, directory: string) => Promise<Readonly<Record<string, string>>>;

const compress = promisify(gzip);
const unpackGzip = promisify(gunzip);
/** The guest's emulated CPU unpacks what level 1 leaves as fast as what level 9 leaves, and this machine is done in a third of the time. */
const pack = (content: Buffer): Promise<Buffer> => compress(content, { level: constants.Z_BEST_SPEED });

/** Disks, CD drives and cards that Petri gives to guests, the file systems on them, and the power button. */
const modules = [
  ...['virtio_pci', 'virtio_mmio', 'virtio_blk', 'virtio_scsi', 'virtio_net', 'ata_piix', 'ahci', 'sd_mod', 'sr_mod', 'e1000'],
  ...['crc32c_generic', 'ext4', 'isofs', '9p', '9pnet_virtio', 'evdev', 'button', 'gpio_pl061', 'gpio_keys'],
];

interface Kitchen {
  readonly packages: DebianPackages;
  readonly root: string;
  readonly task: RecipeTask;
}

/** Fetches and unpacks packages into a root of their own, which is gone when the work ends. */
async function inKitchen<Result>(wanted: string, architecture: DebianArchitecture, task: RecipeTask, directory: string, work: (kitchen: Kitchen) => Promise<Result>): Promise<Result> {
  const workshop = join(directory, 'workshop');
  try {
    await mkdir(workshop, { recursive: true });
    task.report({ phase: 'reading the package lists' });
    const packages = await openDebianPackages({ wanted, directory: workshop, architecture, signal: task.signal });
    return await work({ packages, root: join(workshop, 'root'), task });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function fetchInto({ packages, root, task }: Kitchen, names: readonly string[]): Promise<void> {
  task.report({ phase: `fetching ${names.length} packages` });
  const files = await packages.download(names);
  task.report({ phase: 'unpacking' });
  await packages.unpack(files, root);
}

/** Unpacks the kernel that a metapackage stands for, and more packages with it, and tells the kernel's release. */
async function fetchWithKernel(kitchen: Kitchen, metapackage: string, more: readonly string[]): Promise<string> {
  await fetchInto(kitchen, [await kitchen.packages.dependency(metapackage, /^linux-image-\d/), ...more]);
  const [release] = await readdir(join(kitchen.root, 'lib/modules'));
  return release ?? '';
}

async function save(path: string, content: Buffer): Promise<string> {
  await writeFile(path, content);
  return path;
}

/** A kernel and an initial RAM disk with busybox: a Linux that lives in memory. */
function microVm(metapackage: string, architecture: DebianArchitecture, serial: LinuxSystem['serial'], resourcesDirectory: string): Recipe {
  return (task, directory) =>
    inKitchen('This Linux', architecture, task, directory, async (kitchen) => {
      const { root } = kitchen;
      const release = await fetchWithKernel(kitchen, metapackage, ['busybox-static']);
      task.report({ phase: 'packing the initial RAM disk' });
      const system = await linuxSystem({ root, release, modules, serial, programs: [] }, resourcesDirectory);
      return {
        kernel: await save(join(directory, 'vmlinuz'), await readFile(join(root, `boot/vmlinuz-${release}`))),
        initrd: await save(join(directory, 'initrd.gz'), await pack(archiveOf(system))),
      };
    });
}

const installed = ['usr/sbin/dropbear', 'usr/bin/dropbearkey'];
const installers = ['sbin/sfdisk', 'sbin/mke2fs', 'usr/bin/extlinux'];
const loader = { medium: 'usr/lib/ISOLINUX/isolinux.bin', rest: 'usr/lib/syslinux/modules/bios/ldlinux.c32', disk: 'usr/lib/syslinux/mbr/mbr.bin' };

/** What the loader of the medium does: it waits for nobody, and tells both the screen and the serial port. */
const loaderSettings = `SERIAL 0 115200
DEFAULT install
LABEL install
  KERNEL vmlinuz
  INITRD system.gz,install.gz
  APPEND console=tty0 console=ttyS0
`;

/** What only the installer needs, laid over the system that it installs. */
async function installerFiles(root: string, resourcesDirectory: string): Promise<CpioEntry[]> {
  return [
    ...(await programsOf(root, installers, 'usr/lib/installer')),
    { path: 'usr/lib/installer/mbr.bin', kind: 'file', mode: 0o644, content: await readFile(join(root, loader.disk)) },
    { path: 'usr/sbin/install-linux', kind: 'file', mode: 0o755, content: await readFile(join(resourcesDirectory, 'linux/install-linux')) },
    { path: 'etc/hostname', kind: 'file', mode: 0o644, content: Buffer.from('installer\n') },
  ];
}

/** A CD image that boots into an installer of a small Linux with SSH, virtio and 9p. */
function installerMedium(resourcesDirectory: string): Recipe {
  return (task, directory) =>
    inKitchen('The installer of Linux', 'amd64', task, directory, async (kitchen) => {
      const { packages, root } = kitchen;
      const tools = ['dropbear-bin', 'e2fsprogs', 'fdisk', 'extlinux'];
      const release = await fetchWithKernel(kitchen, 'linux-image-amd64', ['busybox-static', 'isolinux', 'syslinux-common', ...tools, ...(await packages.librariesOf(tools))]);
      task.report({ phase: 'packing the medium' });
      const system = await linuxSystem({ root, release, modules, serial: 'ttyS0', programs: installed }, resourcesDirectory);
      const files = [
        { name: 'isolinux.bin', content: await readFile(join(root, loader.medium)) },
        { name: 'ldlinux.c32', content: await readFile(join(root, loader.rest)) },
        { name: 'isolinux.cfg', content: Buffer.from(loaderSettings) },
        { name: 'vmlinuz', content: await readFile(join(root, `boot/vmlinuz-${release}`)) },
        { name: 'system.gz', content: await pack(archiveOf(system)) },
        { name: 'install.gz', content: await pack(archiveOf(await installerFiles(root, resourcesDirectory))) },
      ];
      return { medium: await save(join(directory, 'linux-installer.iso'), bootableMedium({ volume: 'PETRI_LINUX', files, boot: 'isolinux.bin' })) };
    });
}

/** GNU Mach alone. Debian packs it for 64 bits, and QEMU starts Multiboot kernels of 32. */
const gnumach: Recipe = (task, directory) =>
  inKitchen('GNU Mach', 'amd64', task, directory, async (kitchen) => {
    await fetchInto(kitchen, ['gnumach-image-1.8-486']);
    const packed = await readFile(join(kitchen.root, 'boot/gnumach-1.8-486.gz'));
    return { kernel: await save(join(directory, 'gnumach'), narrowElf(await unpackGzip(packed))) };
  });

/** Every recipe by the name that the catalog's `packages` sources use. */
export function linuxRecipes(resourcesDirectory: string): Readonly<Record<string, Recipe>> {
  return {
    'linux-x86_64': microVm('linux-image-cloud-amd64', 'amd64', 'ttyS0', resourcesDirectory),
    'linux-arm': microVm('linux-image-armmp', 'armhf', 'ttyAMA0', resourcesDirectory),
    'linux-installer': installerMedium(resourcesDirectory),
    gnumach,
  };
}
