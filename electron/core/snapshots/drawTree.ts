/** One line of a drawn tree. */
export interface DrawnLine<Node> {
  /** The branches before the node, for example `│  └─ `. */
  readonly branches: string;
  readonly node: Node;
}

/** Draws nodes with their parents as a tree, top down, in the order in which they are given. A parent that is not there is none. */
export function drawTree<Node extends { readonly id: string; readonly parent: string | null }>(nodes: readonly Node[]): DrawnLine<Node>[] {
  const known = new Set(nodes.map(({ id }) => id));
  const childrenOf = (parent: string | null): Node[] => nodes.filter((node) => (node.parent !== null && known.has(node.parent) ? node.parent : null) === parent);
  const below = (parent: string, indent: string): DrawnLine<Node>[] => {
    const children = childrenOf(parent);
    return children.flatMap((node, at) => {
      const isLast = at === children.length - 1;
      return [{ branches: `${indent}${isLast ? '└─ ' : '├─ '}`, node }, ...below(node.id, `${indent}${isLast ? '   ' : '│  '}`)];
    });
  };
  return childrenOf(null).flatMap((node) => [{ branches: '', node }, ...below(node.id, '')]);
}
