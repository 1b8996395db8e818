/*
 * What a process and the kernel agree on: messages, operations and numbers.
 *
 * They are those of MINIX 3 (minix/include/minix/com.h, callnr.h, ipc.h, ipcconst.h), so that a tracer that
 * decodes MINIX from outside can be calibrated on this guest.
 */
#ifndef ABI_H
#define ABI_H

#include <stdint.h>

/* A message: 64 bytes, the sender and the type first. On a reply the type is the result. */
struct message {
	int32_t source;
	int32_t type;
	union {
		uint32_t words[14];
		/* VFS_READ, VFS_WRITE */
		struct { uint32_t descriptor, buffer, length; } transfer;
		/* SYS_SDEVIO: move bytes between the console and the memory of a process */
		struct { uint32_t request, port; int32_t owner; uint32_t address, length; } device;
		/* SYS_GETINFO */
		struct { uint32_t request, endpoint, address, length; } information;
		/* SYS_DISK; the reply to DISK_SIZE has the sectors in `first` and the bytes of the kernel's file in `count` */
		struct { uint32_t request, first, count, address; } disk;
		/* reply to SYS_TIMES */
		struct { uint32_t user_ticks, boot_ticks; } times;
	};
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct message) == 64, "a MINIX message has 64 bytes");

/* IPC operations (ipcconst.h). */
enum { SEND = 1, RECEIVE = 2, SENDREC = 3, NOTIFY = 4, SENDNB = 5, MINIX_KERNINFO = 6 };

/* Endpoints (com.h). The processes of this guest stand where PM, VFS and init stand. */
enum {
	ANY = 0x7ace,
	SYSTEM = -2,
	HARDWARE = -1,
	PARTNER = 0,
	SERVER = 1,
	INIT = 11,
	CLIENT = 12,
	SHELL = 13
};

/* Requests to processes: PM from 0x000, VFS from 0x100 (callnr.h); notifications from 0x1000 (com.h). */
enum { PM_GETPID = 0x004, VFS_READ = 0x100, VFS_WRITE = 0x101, NOTIFY_MESSAGE = 0x1000 };

/* Requests to the client process, in a range that MINIX leaves free. */
enum { LOAD_CALLS = 0x1f00, LOAD_FAULTS, LOAD_SWITCHES, LOAD_STRIDE, LOAD_IPC, LOAD_FLOOD, SWITCH, SWITCH_END, LOAD_INSTRUCTIONS, LOAD_STORE, LOAD_CODE, LOAD_WAIT };

/* Kernel calls, from 0x600 (com.h). */
enum { SYS_IRQCTL = 0x613, SYS_SDEVIO = 0x616, SYS_TIMES = 0x619, SYS_GETINFO = 0x61a, SYS_ABORT = 0x61b };
/* Kernel calls in a range that MINIX leaves free: the disk, in sectors; and milliseconds on a hardware timer, in the first word. */
enum { SYS_DISK = 0x6d0, SYS_WAIT = 0x6d1 };
enum { DISK_SIZE, DISK_READ, DISK_WRITE, DISK_FLUSH, DISK_KERNEL_FILE };
#define SECTOR_BYTES 512u
#define DISK_PIECE 8u /* sectors in one call, at most */

/* How SYS_ABORT ends, in its first word. */
enum { ABORT_POWER_OFF, ABORT_RESET };

enum { DIO_INPUT_BYTE = 0x11, DIO_OUTPUT_BYTE = 0x12, GET_PROCTAB = 2 };

/* Results (sys/errno.h): negative, as MINIX returns them inside the system. */
enum {
	OK = 0,
	EIO = -5,
	ENXIO = -6,
	EFAULT = -14,
	EINVAL = -22,
	ENOSYS = -78,
	ELOCKED = -101,
	EBADCALL = -102,
	EDEADSRCDST = -103,
	ENOTREADY = -104
};

/* The vectors that name a kind of call: `int` numbers on i386, r3 on ARM (ipcconst.h). */
enum { KERNEL_CALL_VECTOR = 32, IPC_VECTOR = 33, KERNEL_CALL_MAPPED_VECTOR = 34, IPC_MAPPED_VECTOR = 35 };

/* The memory of a process. All of it lies above what the kernel maps for itself. */
#define INFORMATION_PAGE 0x80000000u /* struct information, read-only */
#define STACK_TOP 0x80010000u   /* grows down; two pages, present from the start */
#define STACK_BYTES 0x2000u
#define ARENA 0x80100000u       /* demand-zero pages; only ARENA_RESIDENT of them are present at a time */
#define ARENA_PAGES 256u
#define ARENA_RESIDENT 64u
#define STRIDE_BUFFER 0x80400000u /* one contiguous run of frames, for loads at known strides */
#define STRIDE_BUFFER_BYTES 0x400000u
#define CODE_BYTES 0x100000u    /* its first part may hold code, for jumps at known strides */
#define PAGE_BYTES 4096u

/* One row of GET_PROCTAB. */
struct process_row {
	int32_t number;
	uint32_t flags;
	uint32_t ticks;
	uint32_t switches;
	char name[16];
};

#endif
