/** What a disk is asked for with a form. */
export type DiskAct = 'rename' | 'resize' | 'clone' | 'export' | 'convert';

export const actTitles: Readonly<Record<DiskAct, { readonly title: string; readonly button: string }>> = {
  rename: { title: 'Name and notes', button: 'Save' },
  resize: { title: 'Resize the disk', button: 'Resize' },
  clone: { title: 'Clone the disk', button: 'Clone' },
  export: { title: 'Export the disk', button: 'Export' },
  convert: { title: 'Convert the disk', button: 'Convert' },
};
