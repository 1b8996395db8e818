/** Inside an option's value QEMU reads `,,` as one comma (qemu-doc, "Common options"). */
export function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}
