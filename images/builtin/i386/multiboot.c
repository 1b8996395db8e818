/* What the loader left (Multiboot Specification 0.6.96, section 3). */
#include "bytes.h"
#include "kernel.h"
#include "machine.h"

#define LOADER_MAGIC 0x2badb002u

enum { HAS_MEMORY = 1 << 0, HAS_COMMAND_LINE = 1 << 2, HAS_MODULES = 1 << 3, HAS_MEMORY_MAP = 1 << 6 };

struct loader_information {
	uint32_t flags;
	uint32_t memory_lower, memory_upper; /* KiB */
	uint32_t boot_device;
	uint32_t command_line;
	uint32_t modules_count, modules_address;
	uint32_t symbols[4];
	uint32_t map_length, map_address;
};

struct module {
	uint32_t start, end;
	uint32_t line, reserved;
};

struct __attribute__((packed)) map_entry {
	uint32_t size; /* of the rest */
	uint64_t base, length;
	uint32_t type;
};

#define ELF_IDENTITY 0x464c457fu
#define MODULE_LIMIT 0x1000000u /* the kernel maps no more */
#define USABLE 1u
#define RANGE_COUNT 16
#define COMMAND_LINE_BYTES 1024

const char machine_name[] = "i386";
const char machine_first_phase[] = "multiboot_detected";

/*
 * Set by the start code from EAX and EBX. They and the record below are in .data because the second phase clears
 * the BSS; the record is a copy because the loader's memory is given out later.
 */
__attribute__((section(".data"))) uint32_t loader_magic = 0, loader_information = 0;

static __attribute__((section(".data"))) struct {
	bool taken;
	char command_line[COMMAND_LINE_BYTES];
	struct {
		uint64_t base, length;
	} ranges[RANGE_COUNT];
	uint32_t range_count;
	uint32_t module_start, module_end;
} record = { .taken = false };

static const struct loader_information *loader(void)
{
	return (const struct loader_information *)(uintptr_t)loader_information;
}

/* QEMU and GRUB put the kernel's file name first, and it may hold spaces: it ends with ".elf", or is one word. */
static const char *after_file_name(const char *line)
{
	const char *after = 0;

	for (const char *at = line; *at; at++)
		if (at[0] == '.' && at[1] == 'e' && at[2] == 'l' && at[3] == 'f' && (at[4] == ' ' || !at[4]))
			after = at + 4;
	if (!after)
		for (after = line; *after && *after != ' '; after++)
			;
	return after;
}

const char *machine_command_line(void)
{
	if (record.taken)
		return record.command_line;
	if (loader_magic != LOADER_MAGIC || !(loader()->flags & HAS_COMMAND_LINE))
		return "";
	return after_file_name((const char *)(uintptr_t)loader()->command_line);
}

static void add_range(uint64_t base, uint64_t length)
{
	if (record.range_count == RANGE_COUNT)
		return;
	record.ranges[record.range_count].base = base;
	record.ranges[record.range_count].length = length;
	record.range_count++;
}

static void take_memory_map(void)
{
	uint32_t at = loader()->map_address;
	uint32_t end = at + loader()->map_length;

	while (at < end) {
		const struct map_entry *entry = (const struct map_entry *)(uintptr_t)at;

		if (entry->type == USABLE)
			add_range(entry->base, entry->length);
		at += entry->size + sizeof entry->size;
	}
}

/* A module that is an ELF file of a size that fits is the kernel's own: so the loader hands it over. */
static void take_module(void)
{
	const struct module *module = (const struct module *)(uintptr_t)loader()->modules_address;

	if (!loader()->modules_count || module->end > MODULE_LIMIT || *(const uint32_t *)(uintptr_t)module->start != ELF_IDENTITY)
		return;
	record.module_start = module->start;
	record.module_end = module->end;
}

void boot_protocol_work(void)
{
	if (loader_magic != LOADER_MAGIC)
		return;
	text_copy(record.command_line, machine_command_line(), sizeof record.command_line);
	if (loader()->flags & HAS_MEMORY_MAP)
		take_memory_map();
	else if (loader()->flags & HAS_MEMORY)
		add_range(0x100000, (uint64_t)loader()->memory_upper * 1024);
	if (loader()->flags & HAS_MODULES)
		take_module();
	record.taken = true;
}

const char *boot_protocol_check(struct evidence *evidence)
{
	if (loader_magic != LOADER_MAGIC)
		return "EAX does not hold 0x2badb002";
	if (!record.taken)
		return "the loader's information was not taken";
	if (!record.range_count)
		return "the loader reports no memory";
	evidence_add(evidence, "eax=%x ebx=%x flags=%x ranges=%u", loader_magic, loader_information, loader()->flags,
	             record.range_count);
	return 0;
}

/* The module is not to be given out. */
static void without_module(void (*range)(uint64_t base, uint64_t length), uint64_t begin, uint64_t end)
{
	if (record.module_start > begin && record.module_end < end) {
		range(begin, record.module_start - begin);
		begin = record.module_end;
	}
	range(begin, end - begin);
}

void machine_memory(void (*range)(uint64_t base, uint64_t length))
{
	for (uint32_t at = 0; at < record.range_count; at++)
		without_module(range, record.ranges[at].base, record.ranges[at].base + record.ranges[at].length);
}

const uint8_t *machine_kernel_file(uint32_t *bytes)
{
	*bytes = record.module_end - record.module_start;
	return (const uint8_t *)(uintptr_t)record.module_start;
}
