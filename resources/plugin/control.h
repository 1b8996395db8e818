/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Unix socket for whoever runs QEMU: a line asks, a line answers. */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>

bool control_open(void);
void control_close(void);
/* Whether blocks must be translated anew, because a symbol was added; asking takes the answer away. */
bool control_wants_translation(void);

#endif
