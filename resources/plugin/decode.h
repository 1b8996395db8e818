/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which instructions matter: those that enter and leave a kernel, and those that write a register that this plugin follows. */
#ifndef DECODE_H
#define DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum meaning {
	MEANS_NOTHING,
	MEANS_CALL,        /* `entry`, `vector` */
	MEANS_LEAVING,     /* SYSEXIT, SYSRET */
	MEANS_BACK,        /* IRET; ARM: MOVS and SUBS to PC from LR less `source`: a handler goes back */
	MEANS_SPACE,       /* the address space register is written */
	MEANS_TABLE,       /* x86: LIDT */
	MEANS_VECTORS,     /* ARM: VBAR is written */
	MEANS_CONTROL,     /* ARM: SCTLR is written */
	MEANS_FORGET       /* ARM: the whole TLB is flushed */
};

struct decoded {
	enum meaning meaning;
	uint8_t entry;
	uint8_t vector;
	uint8_t source; /* ARM: the number of the register that is written from, or what is taken off LR */
};

/* `thumb`: the processor is in Thumb state, whose instructions of four bytes have their halves the other way round. */
struct decoded decode(const uint8_t *bytes, size_t length, bool thumb);

#endif
