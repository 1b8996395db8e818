#include "process.h"

#include "abi.h"
#include "bytes.h"
#include "evidence.h"
#include "information.h"
#include "machine.h"
#include "memory.h"
#include "programs.h"
#include "scheduler.h"

_Static_assert(offsetof(struct process, number) == 72, "as in MINIX 3.4");
_Static_assert(offsetof(struct process, flags) == 80, "as in MINIX 3.4");
_Static_assert(offsetof(struct process, priority) == 88, "as in MINIX 3.4");
_Static_assert(offsetof(struct process, ticks) == 148, "as in MINIX 3.4");
_Static_assert(offsetof(struct process, name) == 248, "as in MINIX 3.4");
_Static_assert(offsetof(struct process, endpoint) == 264, "as in MINIX 3.4");
_Static_assert(offsetof(struct process, magic) == 532, "as in MINIX 3.4");
_Static_assert(sizeof(struct process) == 560, "as in MINIX 3.4");

struct process processes[PROCESS_COUNT];

/* The system image: what runs in user mode. */
static const struct {
	int32_t endpoint;
	const char *name;
	void (*program)(void);
} image[PROCESS_COUNT] = {
	{ PARTNER, "partner", partner_program },
	{ SERVER, "server", server_program },
	{ INIT, "init", init_program },
	{ CLIENT, "client", client_program },
	{ SHELL, "shell", shell_program },
};

struct process *process_find(int32_t endpoint)
{
	for (struct process *process = processes; process < processes + PROCESS_COUNT; process++)
		if (process->magic == PROCESS_MAGIC && process->endpoint == endpoint)
			return process;
	return 0;
}

/* The next piece of a user address range that lies in one page: its physical address, or 0. */
static uint8_t *piece(const struct process *process, uint32_t address, uint32_t length, bool write, uint32_t *size)
{
	uint32_t rest = PAGE_BYTES - address % PAGE_BYTES;

	*size = length < rest ? length : rest;
	return (uint8_t *)(uintptr_t)address_space_translate(process->address_space, address, write);
}

bool process_read(const struct process *process, uint32_t address, void *to, uint32_t length)
{
	uint8_t *out = to;
	uint32_t size;

	for (; length; address += size, out += size, length -= size) {
		const uint8_t *from = piece(process, address, length, false, &size);

		if (!from)
			return false;
		memcpy(out, from, size);
	}
	return true;
}

bool process_write(const struct process *process, uint32_t address, const void *from, uint32_t length)
{
	const uint8_t *in = from;
	uint32_t size;

	for (; length; address += size, in += size, length -= size) {
		uint8_t *to = piece(process, address, length, true, &size);

		if (!to)
			return false;
		memcpy(to, in, size);
	}
	return true;
}

void process_init_work(void)
{
	for (int at = 0; at < PROCESS_COUNT; at++) {
		struct process *process = &processes[at];

		process->number = image[at].endpoint;
		process->endpoint = image[at].endpoint;
		process->magic = PROCESS_MAGIC;
		process->flags = STOPPED;
		process->priority = image[at].endpoint == CLIENT ? PRIORITY_LOAD : PRIORITY_SYSTEM;
		text_copy(process->name, image[at].name, sizeof process->name);
		registers_start(&process->registers, (uint32_t)(uintptr_t)image[at].program, STACK_TOP);
	}
}

const char *process_init_check(struct evidence *evidence)
{
	for (int at = 0; at < PROCESS_COUNT; at++) {
		struct process *process = &processes[at];

		if (process->magic != PROCESS_MAGIC)
			return "a slot of the process table is empty";
		if (process_find(image[at].endpoint) != process)
			return "two processes have one endpoint";
		if (!registers_user_mode(&process->registers))
			return "a process would not start in user mode";
	}
	evidence_add(evidence, "table=%x slots=%u bytes=%u", (uint32_t)(uintptr_t)processes, PROCESS_COUNT,
	             (uint32_t)sizeof(struct process));
	return 0;
}

void process_memory_work(void)
{
	for (struct process *process = processes; process < processes + PROCESS_COUNT; process++) {
		process->address_space = address_space_create();
		for (uint32_t page = STACK_TOP - STACK_BYTES; page < STACK_TOP; page += PAGE_BYTES)
			address_space_map(process->address_space, page, memory_allocate(1), MAP_WRITABLE);
		address_space_map(process->address_space, INFORMATION_PAGE, (uint32_t)(uintptr_t)&information, MAP_READ_ONLY);
	}
}

/* The stacks lie at one address and must not be one memory. */
const char *process_memory_check(struct evidence *evidence)
{
	uint32_t word;

	for (uint32_t at = 0; at < PROCESS_COUNT; at++)
		if (!process_write(&processes[at], STACK_TOP - 4, &at, sizeof at))
			return "a process has no stack";
	for (uint32_t at = 0; at < PROCESS_COUNT; at++)
		if (!process_read(&processes[at], STACK_TOP - 4, &word, sizeof word) || word != at)
			return "two processes share a stack";
	evidence_add(evidence, "address_spaces=%u", PROCESS_COUNT);
	return 0;
}
