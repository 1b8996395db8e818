/* What a trap meant, and the counts of calls, faults and ticks: nobody else counts them. */
#include "board.h"
#include "entry.h"
#include "faultkinds.h"
#include "information.h"
#include "interrupts.h"
#include "kernel.h"
#include "machine.h"
#include "timer.h"

static struct trap interrupt(void)
{
	uint32_t number = interrupt_take();
	struct trap trap = { .kind = TRAP_SPURIOUS };

	if (number == INTERRUPT_TIMER) {
		count(&information.counters.ticks, DROPS_TICK);
		timer_next();
		trap.kind = TRAP_TICK;
	} else if (number == INTERRUPT_SERIAL) {
		trap.kind = TRAP_INPUT;
		/* the device holds its line until it is read, which the console does next */
	} else {
		return trap;
	}
	interrupt_end(number);
	return trap;
}

/* R3 has the kind of call; IPC: R0=operation, R1=endpoint, R2=message; kernel call: R0=message. */
static struct trap supervisor_call(const struct registers *registers)
{
	count(&information.counters.calls, DROPS_CALL);
	count(&information.counters.entries[ENTRY_SVC], 0);
	if (registers->r[3] == KERNEL_CALL_VECTOR)
		return (struct trap){ .kind = TRAP_KERNEL_CALL, .message = registers->r[0] };
	if (registers->r[3] == IPC_VECTOR)
		return (struct trap){ .kind = TRAP_IPC,
			              .operation = registers->r[0],
			              .endpoint = (int32_t)registers->r[1],
			              .message = registers->r[2] };
	return (struct trap){ .kind = TRAP_FATAL, .reason = "unknown kind of call" };
}

static uint32_t data_fault_address(void)
{
	uint32_t address;

	__asm__ volatile("mrc p15, 0, %0, c6, c0, 0" : "=r"(address)); /* DFAR */
	return address;
}

#define STATUS_WRITE 0x800u

/* Permission faults of a section and of a page (ARM ARM DDI 0406C, table B3-23). */
static bool was_present(uint32_t status)
{
	return (status & 0x40f) == 0x0d || (status & 0x40f) == 0x0f;
}

static struct trap fault(uint32_t address, int access, uint32_t status)
{
	count(&information.counters.faults, DROPS_FAULT);
	count_kind(access, was_present(status));
	return (struct trap){ .kind = TRAP_FAULT, .address = address, .access = access };
}

static struct trap data_fault(void)
{
	uint32_t status;

	__asm__ volatile("mrc p15, 0, %0, c5, c0, 0" : "=r"(status)); /* DFSR */
	return fault(data_fault_address(), status & STATUS_WRITE ? ACCESS_WRITE : ACCESS_READ, status);
}

static struct trap fetch_fault(uint32_t address)
{
	uint32_t status;

	__asm__ volatile("mrc p15, 0, %0, c5, c0, 1" : "=r"(status)); /* IFSR */
	return fault(address, ACCESS_EXECUTE, status);
}

struct trap machine_run(struct process *process)
{
	switch (entry_run(&process->registers)) {
	case VECTOR_SVC:
		return supervisor_call(&process->registers);
	case VECTOR_PREFETCH:
		return fetch_fault(process->registers.pc);
	case VECTOR_DATA:
		return data_fault();
	case VECTOR_IRQ:
		return interrupt();
	default:
		return (struct trap){ .kind = TRAP_FATAL, .reason = "undefined instruction" };
	}
}

/* WFI ends for a pending interrupt although it is masked (ARM ARM DDI 0406C, B1.8.14). */
struct trap machine_idle(void)
{
	__asm__ volatile("dsb\n\twfi");
	return interrupt();
}

/* Called by the entry code: the kernel itself did what it must not. */
_Noreturn void trap_in_kernel(uint32_t vector, const struct registers *registers)
{
	kernel_fail("kernel failed: vector=%u pc=%x dfar=%x", vector, registers->pc, data_fault_address());
}

#define USER_MODE 0x10u
#define MODE_MASK 0x1fu

void registers_start(struct registers *registers, uint32_t program, uint32_t stack_top)
{
	registers->pc = program;
	registers->psr = USER_MODE; /* interrupts on, ARM instructions */
	registers->r[13] = stack_top - 16;
}

void registers_result(struct registers *registers, int32_t result)
{
	registers->r[0] = (uint32_t)result;
}

void registers_second_result(struct registers *registers, uint32_t value)
{
	registers->r[1] = value;
}

bool registers_user_mode(const struct registers *registers)
{
	return (registers->psr & MODE_MASK) == USER_MODE;
}
