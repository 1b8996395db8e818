/* The installation of the guest on its disk. */
#ifndef INSTALL_H
#define INSTALL_H

#include <stdbool.h>

#include "editor.h"

/* The command `install`: asks, writes, reads back, and prints a line for each step. */
bool install_command(struct editor *editor, const char *rest);
/* Reads the installed copy and prints its checksum beside the recorded one. */
void install_check(void);

#endif
