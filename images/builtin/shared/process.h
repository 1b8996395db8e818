/*
 * The process table.
 *
 * A slot has the layout of MINIX 3.4's `struct proc` where a reader of physical memory looks (560 bytes; number at 72,
 * flags at 80, priority at 88, ticks at 148, name at 248, endpoint at 264, magic at 532), so that the same reader
 * finds the processes of both systems without symbols.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registers.h" /* of the architecture */

#define PROCESS_MAGIC 0xc0ffee1u
#define PROCESS_COUNT 5

/* Why a process does not run (MINIX's p_rts_flags); it runs when none is set. */
enum { SLOT_FREE = 0x01, STOPPED = 0x02, SENDING = 0x04, RECEIVING = 0x08 };

struct process {
	struct registers registers; /* first: the trap entry saves here */
	uint32_t address_space;
	uint8_t unused0[72 - sizeof(struct registers) - 4];
	int32_t number;
	uint32_t unused1;
	uint32_t flags;
	uint32_t reply_pending; /* in a SENDREC whose message was delivered */
	uint8_t priority;
	uint8_t unused2[59];
	uint32_t ticks; /* timer interrupts taken while it ran */
	uint32_t unused3;
	uint32_t switches;    /* times its address space was loaded */
	uint32_t preemptions; /* times a tick took the processor from it */
	uint32_t message;     /* address of its message while it sends or receives */
	int32_t receive_from;
	int32_t send_to;
	uint32_t notified;            /* a notification of the hardware waits for it */
	struct process *next_sender;  /* in the queue of those who wait to send to the same process */
	struct process *senders;      /* who waits to send to it, first come first served */
	struct process *next_ready;
	uint32_t arena_next; /* the page of the arena that is given back next */
	uint8_t unused4[248 - 196];
	char name[16];
	int32_t endpoint;
	uint8_t unused5[532 - 268];
	uint32_t magic;
	uint8_t unused6[560 - 536];
};

extern struct process processes[PROCESS_COUNT];

/* The process that has that endpoint, or 0. */
struct process *process_find(int32_t endpoint);

/* Copies between the kernel and the memory of a process, page by page; false when the process may not. */
bool process_read(const struct process *process, uint32_t address, void *to, uint32_t length);
bool process_write(const struct process *process, uint32_t address, const void *from, uint32_t length);

/* The phases process_init and memory_init: fill the table; give each process its memory. */
struct evidence;
void process_init_work(void);
const char *process_init_check(struct evidence *evidence);
void process_memory_work(void);
const char *process_memory_check(struct evidence *evidence);

#endif
