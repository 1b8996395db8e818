/** Tags as they are typed: with commas between them. Empty ones and those that were said before are left out. */
export function parseTags(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim().slice(0, 40)).filter((tag) => tag !== ''))];
}

export function tagText(tags: readonly string[]): string {
  return tags.join(', ');
}
