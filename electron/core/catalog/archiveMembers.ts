/** What macOS puts beside each file of an archive. */
const isCompanion = (name: string): boolean => name.startsWith('__MACOSX/');
const plainName = (name: string): string => name.replace(/^(\.\/)+/, '');

/** Whether the name of an archive's member would lead out of the folder that it is unpacked into. */
export function leadsOut(name: string): boolean {
  return /^([a-z]:)?[/\\]/i.test(name) || name.includes('\0') || name.split(/[/\\]/).includes('..');
}

/** Decides member by member, as they come out of an archive, which one is wanted. */
export interface MemberChoice {
  /** Whether this one is it. Throws nothing: what is wrong is answered by `problem`. */
  take(name: string): boolean;
  /** Why nothing may be taken, asked after each member and, with `ended`, at the end. */
  problem(ended: boolean): string | null;
}

/** The member that was named, or else the only one that there is. An archive with a name that leads out is refused whole. */
export function createMemberChoice(wanted: string | undefined): MemberChoice {
  const seen: string[] = [];
  let taken = false;
  return {
    take(name) {
      if (isCompanion(name)) return false;
      seen.push(name);
      const isWanted = !taken && (wanted === undefined || plainName(name) === plainName(wanted));
      taken ||= isWanted;
      return isWanted;
    },
    problem(ended) {
      const outside = seen.find(leadsOut);
      if (outside !== undefined) return `its member ${JSON.stringify(outside)} leads out of the archive`;
      if (wanted === undefined && seen.length > 1) return `it holds several files, and none is named: ${seen.slice(0, 5).join(', ')}`;
      if (!ended || taken) return null;
      return wanted === undefined ? 'it holds no file' : `it holds no file ${wanted}`;
    },
  };
}
