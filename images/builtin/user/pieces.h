/* Code that a load writes into the stride buffer and then runs through: one short piece at each stride. */
#ifndef PIECES_H
#define PIECES_H

#include <stdint.h>

#define PIECE_BYTES 16u /* none is longer, so that one that begins at a multiple of it lies in one line of any cache */

/*
 * In the architecture's pieces.c: writes a piece that counts one turn down and goes on at `next`, or returns when none is left. QEMU's
 * translator sees what is written; a processor whose caches do not would need its kernel's help, which this guest does not give.
 */
void piece_write(uint32_t at, uint32_t next);

/* In the architecture's walk.S: runs through so many pieces, the first at `at`. */
void code_walk(uint32_t at, uint32_t turns);

#endif
