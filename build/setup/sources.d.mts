export function digestOfSources(folder?: string): string;
