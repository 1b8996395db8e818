/* The shell's commands. */
#ifndef COMMANDS_H
#define COMMANDS_H

/* Runs a line; says so when it is no command. */
void command_run(const char *line);

#endif
