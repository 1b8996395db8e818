#include "pieces.h"

/* A branch counts from two instructions behind itself, in words (ARM ARM DDI 0406C, A8.8.18). */
static uint32_t branch(uint32_t at, uint32_t to)
{
	return 0xea000000u | ((to - (at + 8)) >> 2 & 0x00ffffffu);
}

/* subs r0, r0, #1; bxeq lr; b next */
void piece_write(uint32_t at, uint32_t next)
{
	volatile uint32_t *piece = (volatile uint32_t *)(uintptr_t)at;

	piece[0] = 0xe2500001u;
	piece[1] = 0x012fff1eu;
	piece[2] = branch(at + 8, next);
}
