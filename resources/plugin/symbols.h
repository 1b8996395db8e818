/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions with a name, and what happens when one is reached. */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

/* Reads the file of the option `symbols`; says on stderr which line is wrong. */
bool symbols_read(void);
/* `ADDRESS NAME MODE`, as in a line of the file. */
bool symbol_add(const char *line);
/*
 * Before a block is translated: where the kernel of the option `kernel` has moved itself is seen at the first one that runs at its
 * addresses.
 */
void symbols_look(uint64_t address);
/* The symbol at an address, or 0; the first of several. */
void *symbol_at(uint64_t address);
void symbol_reached(unsigned vcpu, void *site);

#endif
