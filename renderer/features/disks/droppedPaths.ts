/** The paths of what was dropped, as far as they are told: by Electron for files, by some desktops as addresses. */
export function droppedPaths(transfer: DataTransfer | null): string[] {
  if (transfer === null) return [];
  const told = [...transfer.files].map((file) => window.petri?.pathOf(file) ?? '');
  const listed = transfer.getData('text/uri-list').split(/\r?\n/).filter((line) => line.startsWith('file://')).map((line) => decodeURIComponent(new URL(line).pathname));
  const plain = transfer.getData('text/plain').split(/\r?\n/).filter((line) => line.startsWith('/'));
  return [...new Set([...told, ...listed, ...plain])].filter((path) => path !== '');
}
