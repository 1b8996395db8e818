import type { Profile, ProfileNode } from '../../contract/metrics.ts';

/** Several samples' profiles as one; null for none. Those that were taken in other steps than the first are left out. */
export function mergeProfiles(profiles: readonly Profile[]): Profile | null {
  const [first] = profiles;
  if (first === undefined) return null;
  const alike = profiles.filter(({ everyInstructions }) => everyInstructions === first.everyInstructions);
  if (alike.length === 1) return first;
  return { root: mergeNodes(alike.map(({ root }) => root)), everyInstructions: first.everyInstructions, unknown: alike.reduce((sum, { unknown }) => sum + unknown, 0), flat: alike.every(({ flat }) => flat != null) ? first.flat : null };
}

function mergeNodes(nodes: readonly ProfileNode[]): ProfileNode {
  const sum = (of: (node: ProfileNode) => number): number => nodes.reduce((total, node) => total + of(node), 0);
  const children = [...Map.groupBy(nodes.flatMap((node) => node.children), ({ symbol }) => symbol).values()].map(mergeNodes);
  return {
    symbol: nodes[0]?.symbol ?? '',
    self: sum(({ self }) => self),
    total: sum(({ total }) => total),
    children: children.toSorted((a, b) => b.total - a.total || (a.symbol < b.symbol ? -1 : 1)),
  };
}
