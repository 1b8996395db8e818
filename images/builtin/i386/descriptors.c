#include "descriptors.h"

#include "entry.h"
#include "interrupts.h"
#include "machine.h"

struct __attribute__((packed)) table_register {
	uint16_t limit;
	uint32_t base;
};

/* SDM vol. 3, fig. 7-2; only what a kernel without hardware tasks needs is named. */
struct task_state {
	uint32_t link;
	uint32_t esp0, ss0;
	uint32_t unused[22];
	uint16_t trap, io_map;
};

#define GATE_COUNT 0x80

static uint64_t segments[7];
static uint64_t gates[GATE_COUNT];
struct task_state task_state;

/* A flat 4 GiB segment (fig. 3-8): granularity and 32-bit flags, present, then the type with the privilege level. */
static uint64_t flat_segment(uint32_t access)
{
	return 0x00cf00000000ffffull | (uint64_t)access << 40;
}

static uint64_t task_segment(const struct task_state *state)
{
	uint64_t base = (uint32_t)(uintptr_t)state;

	return (sizeof *state - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 | (base & 0xff000000) << 32;
}

void descriptors_gate(uint32_t vector, const void *handler, bool user)
{
	uint32_t address = (uint32_t)(uintptr_t)handler;

	/* an interrupt gate, fig. 6-2: type 14, which clears IF */
	gates[vector] = (address & 0xffff) | KERNEL_CODE << 16 | (user ? 0xeeull : 0x8eull) << 40 |
	                (uint64_t)(address & 0xffff0000) << 32;
}

static struct table_register read_gates(void)
{
	struct table_register table;

	__asm__ volatile("sidt %0" : "=m"(table));
	return table;
}

bool descriptors_gate_open(uint32_t vector, const void *handler)
{
	struct table_register table = read_gates();
	uint32_t address = (uint32_t)(uintptr_t)handler;
	uint64_t gate;

	if (table.limit < vector * 8 + 7)
		return false;
	gate = ((const uint64_t *)(uintptr_t)table.base)[vector];
	return (gate & 0xffff) == (address & 0xffff) && gate >> 48 == address >> 16 && (gate >> 40 & 0xff) == 0xee;
}

static void load_segments(void)
{
	struct table_register table = { sizeof segments - 1, (uint32_t)(uintptr_t)segments };

	segments[1] = flat_segment(0x9b); /* kernel code */
	segments[2] = flat_segment(0x93); /* kernel stack */
	segments[3] = flat_segment(0xfb); /* user code */
	segments[4] = flat_segment(0xf3); /* user data, which the kernel uses too: then a trap has no segments to change */
	segments[5] = task_segment(&task_state);
	__asm__ volatile("lgdt %0\n\t"
	                 "ljmp %1, $1f\n"
	                 "1:\tmov %2, %%ss\n\t"
	                 "mov %3, %%ds\n\t"
	                 "mov %3, %%es\n\t"
	                 "mov %3, %%fs\n\t"
	                 "mov %3, %%gs" ::"m"(table),
	                 "i"(KERNEL_CODE), "r"(KERNEL_STACK), "r"(USER_DATA)
	                 : "memory");
}

static void load_gates(void)
{
	struct table_register table = { sizeof gates - 1, (uint32_t)(uintptr_t)gates };

	for (uint32_t vector = 0; vector < ENTRY_EXCEPTIONS; vector++)
		descriptors_gate(vector, entry_exceptions[vector], false);
	for (uint32_t irq = 0; irq < IRQ_COUNT; irq++)
		descriptors_gate(irq < 8 ? VECTOR_IRQ0 + irq : VECTOR_IRQ8 + irq - 8, entry_interrupts[irq], false);
	__asm__ volatile("lidt %0" ::"m"(table));
}

void cstart_work(void)
{
	task_state.ss0 = KERNEL_STACK;
	task_state.io_map = sizeof task_state; /* no port for user mode */
	load_segments();
	load_gates();
	__asm__ volatile("ltr %w0" ::"r"(TASK_STATE));
	interrupts_start();
}

const char *cstart_check(struct evidence *evidence)
{
	struct table_register table;
	uint32_t code, task;

	__asm__ volatile("sgdt %0" : "=m"(table));
	__asm__ volatile("mov %%cs, %0" : "=r"(code));
	__asm__ volatile("str %0" : "=r"(task));
	if (table.base != (uint32_t)(uintptr_t)segments || table.limit != sizeof segments - 1)
		return "GDTR does not name the kernel's segments";
	if ((code & 0xffff) != KERNEL_CODE)
		return "CS is not the kernel's";
	if ((task & 0xffff) != TASK_STATE || !(segments[TASK_STATE / 8] >> 41 & 1))
		return "the task register is not loaded"; /* LTR sets the busy bit, SDM vol. 3, 7.2.2 */
	evidence_add(evidence, "gdtr=%x cs=%u tr=%u", table.base, code & 0xffff, task & 0xffff);
	table = read_gates();
	if (table.base != (uint32_t)(uintptr_t)gates || table.limit != sizeof gates - 1)
		return "IDTR does not name the kernel's gates";
	if (!interrupt_enabled(IRQ_CASCADE) || interrupt_enabled(IRQ_TIMER) || interrupt_enabled(IRQ_SERIAL))
		return "the interrupt controllers are not masked";
	evidence_add(evidence, " idtr=%x", table.base);
	return 0;
}
