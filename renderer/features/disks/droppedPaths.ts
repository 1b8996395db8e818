/** What the shell may offer beside the contract: where a dropped file lies. A browser never tells. */
interface PathTeller {
  pathOf?(file: File): string;
}

/** The paths of what was dropped, as far as they are told: by Electron for files, by some desktops as addresses. */
export function droppedPaths(transfer: DataTransfer | null): string[] {
  if (transfer === null) return [];
  const teller = (window as { petri?: PathTeller }).petri;
  const told = teller?.pathOf === undefined ? [] : [...transfer.files].map((file) => teller.pathOf?.(file) ?? '');
  const listed = transfer.getData('text/uri-list').split(/\r?\n/).filter((line) => line.startsWith('file://')).map((line) => decodeURIComponent(new URL(line).pathname));
  const plain = transfer.getData('text/plain').split(/\r?\n/).filter((line) => line.startsWith('/'));
  return [...new Set([...told, ...listed, ...plain])].filter((path) => path !== '');
}
