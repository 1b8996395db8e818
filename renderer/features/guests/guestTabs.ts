/** The parts of a guest's page, in their order; the address names the open one. */
export const guestTabs = [
  { value: 'consoles', title: 'Consoles' },
  { value: 'snapshots', title: 'Snapshots' },
  { value: 'machine', title: 'Disks & machine' },
  { value: 'resources', title: 'Resources' },
  { value: 'life', title: 'Life' },
  { value: 'forecast', title: 'Forecast' },
  { value: 'command', title: 'Command' },
] as const;
export type GuestTab = (typeof guestTabs)[number]['value'];

/** The tab that an address names; the consoles for none and for one that there is not. */
export function tabOf(named: unknown): GuestTab {
  return guestTabs.find(({ value }) => value === named)?.value ?? 'consoles';
}
