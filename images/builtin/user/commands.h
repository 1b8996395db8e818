/* The shell's commands. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "editor.h"

/* Runs a line; says so when it is no command. A Ctrl-C in the editor's input ends a load. */
void command_run(struct editor *editor, const char *line);

/* What follows the name and the spaces behind it, or 0 when the line has another name. */
const char *after_name(const char *line, const char *name);

#endif
