import type { Command } from './commands.ts';

/** Commands whose group and title hold every word of the query; those whose title begins with it come first. */
export function rankCommands(commands: readonly Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const begins = (command: Command): boolean => words[0] !== undefined && command.title.toLowerCase().startsWith(words[0]);
  const matching = commands.filter(({ group, title }) => {
    const text = `${group} ${title}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return matching.toSorted((one, other) => Number(begins(other)) - Number(begins(one)));
}
