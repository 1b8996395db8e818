/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode.h"

#include "vcpu.h"

#define GATE_OF_MACH 7 /* lcall $7,$0 */

static struct decoded means(enum meaning meaning)
{
	return (struct decoded){ .meaning = meaning };
}

static struct decoded call(enum call_entry entry, uint8_t vector)
{
	return (struct decoded){ .meaning = MEANS_CALL, .entry = (uint8_t)entry, .vector = vector };
}

/* The second byte of an opcode that begins with 0F (SDM vol. 2, table A-3). */
static struct decoded decode_two_byte(const uint8_t *bytes, size_t length)
{
	switch (bytes[1]) {
	case 0x05:
		return call(ENTRY_SYSCALL, 0);
	case 0x34:
		return call(ENTRY_SYSENTER, 0);
	case 0x07: /* SYSRET */
	case 0x35: /* SYSEXIT */
		return means(MEANS_LEAVING);
	case 0x22: /* MOV to a control register; bits 5 to 3 of the next byte are its number */
		return means(length > 2 && (bytes[2] & 0x38) == 0x18 ? MEANS_SPACE : MEANS_NOTHING);
	case 0x01: /* LIDT is /3 with an operand in memory */
		return means(length > 2 && (bytes[2] & 0x38) == 0x18 && bytes[2] < 0xc0 ? MEANS_TABLE : MEANS_NOTHING);
	default:
		return means(MEANS_NOTHING);
	}
}

static struct decoded decode_x86(const uint8_t *bytes, size_t length)
{
	/* Prefixes: operand size, segment, REX (in 64-bit code; elsewhere 40 to 4F are whole instructions). */
	while (length > 1 && (bytes[0] == 0x66 || bytes[0] == 0x2e || bytes[0] == 0x3e ||
	                      (architecture == ARCHITECTURE_X86_64 && (bytes[0] & 0xf0) == 0x40))) {
		bytes++;
		length--;
	}
	if (length == 2 && bytes[0] == 0xcd)
		return call(ENTRY_INT, bytes[1]);
	if (length == 1 && bytes[0] == 0xcf)
		return means(MEANS_BACK);
	if (length == 7 && bytes[0] == 0x9a && bytes[5] == GATE_OF_MACH && bytes[6] == 0)
		return call(ENTRY_GATE, GATE_OF_MACH);
	if (length >= 2 && bytes[0] == 0x0f)
		return decode_two_byte(bytes, length);
	return means(MEANS_NOTHING);
}

/* MCR and MCRR to coprocessor 15 (ARM ARM DDI 0406C, A8.8.98, B3.17.2). The condition is not looked at. */
static struct decoded decode_coprocessor(uint32_t word)
{
	struct decoded write = { .source = word >> 12 & 15 };

	switch (word & 0x0fff0fff) {
	case 0x0e020f10: /* c2, c0, 0: TTBR0 */
		write.meaning = MEANS_SPACE;
		return write;
	case 0x0e0c0f10: /* c12, c0, 0: VBAR */
		write.meaning = MEANS_VECTORS;
		return write;
	case 0x0e010f10: /* c1, c0, 0: SCTLR */
		write.meaning = MEANS_CONTROL;
		return write;
	}
	if ((word & 0x0ff00fff) == 0x0c400f02) { /* TTBR0 with 64 bits; its low word is in Rt */
		write.meaning = MEANS_SPACE;
		return write;
	}
	if ((word & 0x0fff0f90) == 0x0e080f10 && (word & 0x60) == 0) /* c8, c3 to c7, 0: TLBIALL and its kin */
		return means((word & 15) >= 3 ? MEANS_FORGET : MEANS_NOTHING);
	return means(MEANS_NOTHING);
}

/* MOVS PC, LR and SUBS PC, LR, #n (ARM ARM DDI 0406C, B9.3.20); n is not rotated. */
static struct decoded decode_back(uint32_t word)
{
	if ((word & 0x0fffffff) == 0x01b0f00e)
		return means(MEANS_BACK);
	if ((word & 0x0fffff00) == 0x025ef000)
		return (struct decoded){ .meaning = MEANS_BACK, .source = (uint8_t)word };
	return means(MEANS_NOTHING);
}

/* In Thumb state there is one form of it (B9.3.19). */
static struct decoded decode_thumb(uint32_t word)
{
	if ((word & 0xffffff00) == 0xf3de8f00)
		return (struct decoded){ .meaning = MEANS_BACK, .source = (uint8_t)word };
	return (word & 0xf0000000) == 0xe0000000 ? decode_coprocessor(word) : means(MEANS_NOTHING);
}

static struct decoded decode_arm(const uint8_t *bytes, size_t length, bool thumb)
{
	uint32_t low = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
	uint32_t high;
	uint32_t word;

	if (length == 2)
		return (low >> 8) == 0xdf ? call(ENTRY_SVC, 0) : means(MEANS_NOTHING);
	high = (uint32_t)bytes[2] | (uint32_t)bytes[3] << 8;
	/* A long Thumb instruction has its first half first; its coprocessor instructions are those of ARM. */
	if (thumb)
		return decode_thumb(low << 16 | high);
	word = high << 16 | low;
	if ((word & 0x0f000000) == 0x0f000000 && word >> 28 != 15)
		return call(ENTRY_SVC, 0);
	if (word >> 28 == 15)
		return means(MEANS_NOTHING);
	if ((word & 0x0f000000) < 0x03000000)
		return decode_back(word);
	return decode_coprocessor(word);
}

struct decoded decode(const uint8_t *bytes, size_t length, bool thumb)
{
	if (architecture == ARCHITECTURE_ARM)
		return length < 2 ? means(MEANS_NOTHING) : decode_arm(bytes, length, thumb);
	if (architecture == ARCHITECTURE_OTHER)
		return means(MEANS_NOTHING);
	return decode_x86(bytes, length);
}
