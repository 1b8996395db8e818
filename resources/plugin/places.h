/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of the guest at which blocks are watched, and why. Translation fills the table; several threads may translate. */
#ifndef PLACES_H
#define PLACES_H

#include <stddef.h>
#include <stdint.h>

enum place_bits {
	PLACE_AFTER = 1 << 0,  /* behind an instruction whose result is read here */
	PLACE_RETURN = 1 << 1, /* where calls return to */
	PLACE_ENTRY = 1 << 2,  /* a kernel's entry */
	PLACE_TRAP = 1 << 3    /* the handler of `vector` */
};

struct place {
	uint64_t address;
	uint32_t bits;
	uint8_t vector;
	struct place *next;
};

struct place *place_find(uint64_t address);
/* Finds or makes it, and adds reasons to it. */
struct place *place_mark(uint64_t address, uint32_t bits);

/* What a callback at an instruction needs; the same for the same four values, however often they are translated. */
struct site {
	uint64_t address;
	uint64_t next_address;
	size_t behind;
	uint8_t meaning, entry, vector, source;
	void *about;
	struct site *next;
};
struct site *site_of(const struct site *wanted);

#endif
