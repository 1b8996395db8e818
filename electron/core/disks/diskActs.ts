/** What can be done with a disk, how it is called in a refusal, and whether it changes what rests on the disk. */
export const diskActs = {
  resize: { words: 'be resized', alters: true },
  compact: { words: 'be compacted', alters: true },
  convert: { words: 'be converted', alters: true },
  repair: { words: 'be repaired', alters: true },
  remove: { words: 'be deleted', alters: true },
  export: { words: 'be exported', alters: false },
  check: { words: 'be checked', alters: false },
  clone: { words: 'be cloned', alters: false },
  digest: { words: 'be read', alters: false },
  snapshot: { words: 'be snapshotted', alters: false },
  merge: { words: 'have its layers merged', alters: false },
  revert: { words: 'be taken back', alters: false },
} as const satisfies Record<string, { words: string; alters: boolean }>;
export type DiskAct = keyof typeof diskActs;
