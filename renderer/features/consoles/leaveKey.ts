/** The key that leaves a console, as in `virsh console` and telnet; everything else is typed into the guest. */
export const LEAVE_SHORTCUT = 'Ctrl+]';

export function isLeave(event: KeyboardEvent): boolean {
  return event.ctrlKey && !event.altKey && !event.metaKey && (event.key === ']' || event.code === 'BracketRight');
}
