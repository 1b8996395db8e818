/* The half of the loader that runs in protected mode: checks the kernel's file and makes it ready to run. */
#include "loader.h"

#include <stdarg.h>
#include <stdbool.h>

#include "bootrecord.h"
#include "bytes.h"
#include "crc32.h"
#include "format.h"
#include "ports.h"

extern struct boot_record boot_record;
extern uint32_t memory_map_bytes;
uint8_t memory_map[MEMORY_MAP_BYTES];

/* Multiboot Specification 0.6.96, 3.3; the kernel asks for no more. */
struct information {
	uint32_t flags;
	uint32_t memory_lower, memory_upper;
	uint32_t boot_device;
	const char *command_line;
	uint32_t modules_count;
	const struct module *modules;
	uint32_t symbols[4];
	uint32_t map_length;
	const uint8_t *map;
};
enum { HAS_COMMAND_LINE = 1 << 2, HAS_MODULES = 1 << 3, HAS_MEMORY_MAP = 1 << 6 };

struct module {
	uint32_t start, end;
	const char *line;
	uint32_t reserved;
};

struct information multiboot_information;

/* The kernel gets its own file as a module, so that it can install a copy of itself. */
static struct module module;

/* System V ABI, chapter 4 and 5. */
struct elf_header {
	uint8_t identity[16];
	uint16_t type, machine;
	uint32_t version, entry, programs;
	uint32_t sections, flags;
	uint16_t header_bytes, program_bytes, program_count;
};
struct elf_program {
	uint32_t type, offset, virtual_address, address, file_bytes, memory_bytes, flags, alignment;
};
#define ELF_IDENTITY 0x464c457fu
#define PROGRAM_LOAD 1u

enum { SERIAL_DATA = 0x3f8, SERIAL_STATUS = 0x3fd, TRANSMIT_EMPTY = 0x20 };

/* Where the cursor of the BIOS stands, column and row (i386/boot/loader.ld), and the text buffer of 80 columns. */
extern volatile uint8_t bios_cursor[2];
#define SCREEN ((volatile uint16_t *)0xb8000)

static void put(void *context, char byte)
{
	(void)context;
	while (!(port_read8(SERIAL_STATUS) & TRANSMIT_EMPTY))
		;
	port_write8(SERIAL_DATA, (uint8_t)byte);
	if (byte >= ' ' && bios_cursor[0] < 80)
		SCREEN[bios_cursor[1] * 80 + bios_cursor[0]++] = (uint16_t)(0x0700 | (uint8_t)byte);
}

__attribute__((format(printf, 1, 2))) static _Noreturn void fail(const char *template, ...)
{
	va_list arguments;

	va_start(arguments, template);
	format(put, 0, template, arguments);
	va_end(arguments);
	for (;;)
		__asm__ volatile("cli\n\thlt");
}

static void check_file(const uint8_t *file)
{
	uint32_t found = crc32(0, file, boot_record.bytes);

	if (found != boot_record.crc32)
		fail("petri: the kernel is damaged: crc32 %x, recorded %x\n", found, boot_record.crc32);
	if (*(const uint32_t *)file != ELF_IDENTITY)
		fail("petri: the kernel is no ELF file\n");
}

static void place_segments(const uint8_t *file)
{
	const struct elf_header *header = (const struct elf_header *)file;
	const struct elf_program *program = (const struct elf_program *)(file + header->programs);

	for (uint32_t at = 0; at < header->program_count; at++, program++) {
		uint8_t *to = (uint8_t *)(uintptr_t)program->address;

		if (program->type != PROGRAM_LOAD)
			continue;
		memcpy(to, file + program->offset, program->file_bytes);
		memset(to + program->file_bytes, 0, program->memory_bytes - program->file_bytes);
	}
}

/* Returns the kernel's entry. */
uint32_t loader_run(void)
{
	const uint8_t *file = (const uint8_t *)KERNEL_FILE_ADDRESS;

	check_file(file);
	place_segments(file);
	module = (struct module){ KERNEL_FILE_ADDRESS, KERNEL_FILE_ADDRESS + boot_record.bytes, "kernel", 0 };
	multiboot_information = (struct information){ .flags = HAS_COMMAND_LINE | HAS_MODULES | HAS_MEMORY_MAP,
		                                      .command_line = boot_record.command_line,
		                                      .modules_count = 1,
		                                      .modules = &module,
		                                      .map_length = memory_map_bytes,
		                                      .map = memory_map };
	return ((const struct elf_header *)file)->entry;
}
