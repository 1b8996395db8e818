import type { Display, NetworkCard } from '../../contract/catalog.ts';
import { boardFamily } from './boards.ts';
import type { MachineSpecification } from './machine.ts';
import { optionValue } from './optionValue.ts';

const cardModels: Record<NetworkCard, string> = { e1000: 'e1000', rtl8139: 'rtl8139', ne2k_pci: 'ne2k_pci', pcnet: 'pcnet', virtio: 'virtio-net-pci', lan9118: 'lan9118' };

function networkDevice(card: NetworkCard, board: string): string[] {
  // A chip of the board is no device that can be added: the board takes the network from the first `nic`.
  if (card === 'lan9118') return ['-net', `nic,model=${card},netdev=net0`];
  if (boardFamily(board) === 'other') return ['-device', 'virtio-net-device,netdev=net0'];
  // Its ROM boots from the network, where nothing is; without it QEMU needs no ROM file either.
  return ['-device', `${cardModels[card]},netdev=net0,romfile=`];
}

/** User-mode network: forwards come in on 127.0.0.1 only. QEMU's own addresses for IPv4 alone, so that all guests see the same. */
export function networkCard({ network, machine, forwardAddress = '127.0.0.1' }: MachineSpecification): string[] {
  if (network.kind === 'none') return [];
  const forwards = network.forwards.map(({ protocol, hostPort, guestPort }) => `hostfwd=${protocol}:${forwardAddress}:${hostPort}-:${guestPort}`);
  const restricted = network.outbound === 'restricted' ? ['restrict=on'] : [];
  return ['-netdev', ['user', 'id=net0', 'ipv6=off', ...restricted, ...forwards].join(','), ...networkDevice(network.card, machine.board)];
}

/**
 * A writable share keeps owners and modes in extended attributes, so that the guest cannot make a device, a link or a
 * set-user-id program on the host; of a read-only one the guest sees what is there.
 */
export function sharedFolder({ share }: MachineSpecification): string[] {
  if (share === null) return [];
  const model = share.readOnly ? ['security_model=none', 'readonly=on'] : ['security_model=mapped-xattr'];
  return ['-virtfs', ['local', 'id=share', `path=${optionValue(share.path)}`, `mount_tag=${share.tag}`, ...model].join(',')];
}

/** Graphics cards of the board `virt`, which has neither a `-vga` option nor a keyboard. Its firmware reads no VGA ROM. */
const virtCards: Record<Exclude<Display, 'none'>, string> = { std: 'VGA,romfile=', cirrus: 'cirrus-vga,romfile=', virtio: 'virtio-gpu-pci' };

function graphics(display: Exclude<Display, 'none'>, board: string): string[] {
  if (boardFamily(board) !== 'virt') return ['-vga', display];
  return ['-device', virtCards[display], '-device', 'virtio-keyboard-pci', '-device', 'virtio-tablet-pci'];
}

/** A picture is drawn only for viewers that connect, any number at once; without a display there is no graphics card. */
export function screen({ display, sockets, machine }: MachineSpecification): string[] {
  if (display === 'none') return [];
  const viewers = sockets.vnc === null ? [] : ['-vnc', `unix:${optionValue(sockets.vnc)},share=force-shared`];
  return [...graphics(display, machine.board), ...viewers];
}
