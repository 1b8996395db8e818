/* What each architecture gives to the shared kernel. Each noun has a file of its own in i386/ and arm/. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence.h"
#include "process.h"

/* The architecture's name and that of its first phase. */
extern const char machine_name[];
extern const char machine_first_phase[];

/* serial: polled output that loses nothing, input by interrupt. */
void serial_start(void);
void serial_put(uint8_t byte);
bool serial_get(uint8_t *byte);
/* Lets the device interrupt when it has received, or holds its interrupts back. */
void serial_receive_interrupt(bool on);
/* Reads back from the device and the interrupt controller whether a received byte would interrupt. */
bool serial_receive_enabled(void);

/* Whether there is a device at all. */
bool serial_present(void);

/*
 * screen and keyboard, beside the serial line: when the command line asks for them, or when there is no serial line.
 * screen_start says whether they are used.
 */
bool screen_start(bool asked);
void screen_put(uint8_t byte);
bool keyboard_get(uint8_t *byte);
void keyboard_receive_interrupt(bool on);

/* disk: the first one that the board has, polled. Results: OK; ENXIO without a disk; EINVAL beyond its end; EIO. */
int32_t disk_size(uint32_t *sectors);
int32_t disk_read(uint32_t first, uint32_t count, uint8_t *to);
int32_t disk_write(uint32_t first, uint32_t count, const uint8_t *from);
/* Returns when all that was written would outlive a power cut. */
int32_t disk_flush(void);

/* timer: a tick for the scheduler, and a stopwatch that needs no interrupt. */
#define TICKS_PER_SECOND 100
void timer_start(void);
void timer_stop(void);
void machine_delay(uint32_t milliseconds);

/* paging: an address space is named by the physical address of its root table. */
uint32_t address_space_create(void);
/* Maps a frame for the user of that space, who may read it and what is said. */
enum { MAP_READ_ONLY = 0, MAP_WRITABLE = 1, MAP_EXECUTABLE = 2 };
void address_space_map(uint32_t root, uint32_t address, uint32_t frame, uint32_t rights);
/* Fills a frame with code that returns at once, and lets the CPU see it. */
void machine_fill_returns(uint32_t frame);
void address_space_unmap(uint32_t root, uint32_t address);
/* The physical address behind a user address of that space, 0 when a user may not read it (or write, when asked). */
uint32_t address_space_translate(uint32_t root, uint32_t address, bool write);
/* The only place that loads the address space register; counts a switch. */
void address_space_load(uint32_t root);

/* entry: runs a process until it traps, or waits until the hardware interrupts, and says why. */
struct trap {
	enum { TRAP_TICK, TRAP_INPUT, TRAP_IPC, TRAP_KERNEL_CALL, TRAP_FAULT, TRAP_SPURIOUS, TRAP_FATAL } kind;
	uint32_t operation; /* of an IPC call */
	int32_t endpoint;
	uint32_t message;   /* address in the process */
	uint32_t address;   /* of a fault */
	enum { ACCESS_READ, ACCESS_WRITE, ACCESS_EXECUTE } access;
	const char *reason; /* of a fatal trap */
};
struct trap machine_run(struct process *process);
struct trap machine_idle(void);
void registers_start(struct registers *registers, uint32_t program, uint32_t stack_top);
void registers_result(struct registers *registers, int32_t result);
/* The second result register, where MINIX_KERNINFO answers. */
void registers_second_result(struct registers *registers, uint32_t value);
bool registers_user_mode(const struct registers *registers);

/* The end. */
void machine_power_off(void);
void machine_reset(void);
_Noreturn void machine_halt(void);

/* The command line as the boot protocol passed it, without the kernel's file name; "" when there is none. */
const char *machine_command_line(void);
/* The file that the kernel was started from, where the loader left a copy in the memory; 0 bytes when it did not. */
const uint8_t *machine_kernel_file(uint32_t *bytes);
/* The memory the boot protocol reports: calls `range` for each usable piece, in bytes. */
void machine_memory(void (*range)(uint64_t base, uint64_t length));
/* Where the memory begins that the kernel maps for itself, at its own addresses. */
uint32_t machine_mapped_start(void);

/* The work of the phases that are all the architecture's own, and the check of each: a reason, or 0. */
void boot_protocol_work(void);
const char *boot_protocol_check(struct evidence *evidence);
const char *kernel_starts_check(struct evidence *evidence);
void pre_init_work(void);
const char *pre_init_check(struct evidence *evidence);
void cstart_work(void);
const char *cstart_check(struct evidence *evidence);
void system_init_work(void);
const char *system_init_check(struct evidence *evidence);
const char *timer_check(void);

#endif
