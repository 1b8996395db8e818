/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trace's format, version 3; README.md describes it for readers. All numbers are little-endian. */
#ifndef RECORDS_H
#define RECORDS_H

#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "records are written as they lie in memory, so the host must be little-endian"
#endif

#define TRACE_VERSION 3
#define MESSAGE_BYTES 32
#define CALLERS 16
#define SYMBOL_NAME_BYTES 64

enum record_kind {
	RECORD_CALL = 1,
	RECORD_RETURN = 2,
	RECORD_FAULT = 3,
	RECORD_SPACE = 4,
	RECORD_SYMBOL = 5,
	RECORD_INTERRUPT = 6,
	RECORD_PROFILE = 7,
	RECORD_MODEL = 8,
	RECORD_CUT = 9,
	RECORD_WINDOW = 10,
	RECORD_TOTALS = 11,
	RECORD_NAME = 12,
	RECORD_RESUME = 13,
	RECORD_MOVED = 14
};

enum architecture { ARCHITECTURE_I386 = 1, ARCHITECTURE_X86_64 = 2, ARCHITECTURE_ARM = 3, ARCHITECTURE_OTHER = 4 };
enum clock { CLOCK_OF_HOST_MONOTONIC = 1 };

struct file_header {
	char magic[8]; /* "PETRITRC" */
	uint16_t version;
	uint16_t header_bytes;
	uint16_t architecture;
	uint16_t level;
	uint16_t clock;
	uint16_t vcpus;
	uint32_t events;     /* enum event_bits */
	uint64_t wall_ns;    /* since 1970, when the plugin was loaded */
	uint64_t monotonic_ns; /* the host's clock then; records count from it */
	uint64_t cap_bytes;
	uint32_t abilities;  /* enum ability */
	uint32_t reserved[3];
};

enum ability {
	ABILITY_REGISTERS = 1 << 0,       /* general registers and memory */
	ABILITY_SYSTEM_REGISTERS = 1 << 1, /* on ARM: fault address and status */
	ABILITY_DECODES = 1 << 2          /* calls, faults and spaces of this architecture are known */
};

struct record {
	uint8_t kind;
	uint8_t vcpu;
	uint16_t bytes; /* of the whole record */
	uint32_t detail;
	uint64_t at_ns;
	uint64_t instructions; /* UINT64_MAX when nobody counts them */
};

enum call_entry { ENTRY_INT = 0, ENTRY_SYSENTER = 1, ENTRY_SYSCALL = 2, ENTRY_SVC = 3, ENTRY_GATE = 4 };
#define CALL_WIDE 0x10000u     /* registers are those of 64-bit code */
#define CALL_MESSAGE 0x20000u  /* `message` was read */
#define CALL_NO_STACK 0x40000u /* ARM: the user's stack pointer could not be read */

struct call_record {
	struct record record; /* detail: entry, vector << 8, flags */
	uint64_t space;
	uint64_t thread;
	uint64_t registers[6];
	uint8_t message[MESSAGE_BYTES];
};

struct return_record {
	struct record record; /* detail: flags as of a call */
	uint64_t space;
	uint64_t thread;
	uint64_t result;
	uint8_t message[MESSAGE_BYTES];
};

#define FAULT_PROTECTION 1u
#define FAULT_WRITE 2u
#define FAULT_USER 4u
#define FAULT_EXECUTE 8u

struct fault_record {
	struct record record; /* detail: FAULT_… */
	uint64_t space;
	uint64_t thread;
	uint64_t address;
	uint64_t instruction; /* the address of the instruction that faulted */
};

/* The handler of a fault goes back to the instruction that faulted. */
struct resume_record {
	struct record record; /* detail: of the fault; the stamp is that of the instruction behind which the other goes on */
	uint64_t space;
	uint64_t address;
	uint64_t instruction;
	uint64_t began_ns;           /* when the fault was seen, at the handler's first instruction */
	uint64_t began_instructions; /* UINT64_MAX when nobody counts them */
};

/* The kernel has put itself elsewhere than where it was linked for. */
struct moved_record {
	struct record record;
	uint64_t distance; /* added to every address of the kernel, modulo 2^64 */
};

struct space_record {
	struct record record;
	uint64_t space;
};

struct symbol_record {
	struct record record; /* detail: the symbol's number */
	uint64_t hits;
};

struct name_record {
	struct record record; /* detail: the symbol's number */
	uint64_t address;
	char name[SYMBOL_NAME_BYTES]; /* ends with zeroes */
};

struct profile_record {
	struct record record; /* detail: how many callers follow */
	uint64_t space;
	uint64_t thread;
	uint64_t address;
	uint64_t callers[CALLERS];
};

/* Everything since the trace's begin. A reference that was not modelled is not in it. */
struct model_counters {
	uint64_t l1d_loads, l1d_load_misses, l1d_stores, l1d_store_misses;
	uint64_t l1i_references, l1i_misses;
	uint64_t llc_references, llc_misses;
	uint64_t dtlb_loads, dtlb_load_misses, dtlb_stores, dtlb_store_misses;
	uint64_t itlb_references, itlb_misses;
	uint64_t stlb_references, stlb_misses;
	uint64_t working_set_pages; /* since the model record before */
	/* Bytes from the access before by the same instruction: 0, 1 to 8, 9 to 63, 64 to 4096, more. */
	uint64_t stride_same, stride_word, stride_line, stride_page, stride_far;
};

struct model_record {
	struct record record; /* detail: instructions of a step, which ends here unless the window does */
	struct model_counters counters;
};

struct cut_record {
	struct record record; /* detail: 0 for the cap, else errno of the write that failed */
	uint64_t limit_bytes;
};

struct window_record {
	struct record record; /* detail: 1 begins, 0 stops */
};

struct totals {
	uint64_t instructions;
	uint64_t calls, returns, faults, space_loads, interrupts;
	uint64_t dropped;
};

struct totals_record {
	struct record record; /* detail: 1 at the trace's end */
	struct totals totals;
};

#endif
