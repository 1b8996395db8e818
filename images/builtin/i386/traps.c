/* What a trap meant, and the counts of calls, faults and ticks: nobody else counts them. */
#include "descriptors.h"
#include "entry.h"
#include "faultkinds.h"
#include "information.h"
#include "interrupts.h"
#include "kernel.h"
#include "machine.h"

enum { EXCEPTION_PAGE_FAULT = 14 };

static struct trap interrupt(uint32_t vector)
{
	int irq = (int)(vector < VECTOR_IRQ8 ? vector - VECTOR_IRQ0 : vector - VECTOR_IRQ8 + 8);
	struct trap trap = { .kind = TRAP_SPURIOUS };

	if (interrupt_spurious(irq))
		return trap;
	interrupt_end(irq);
	if (irq == IRQ_TIMER) {
		count(&information.counters.ticks, DROPS_TICK);
		trap.kind = TRAP_TICK;
	} else if (irq == IRQ_SERIAL || irq == IRQ_KEYBOARD) {
		trap.kind = TRAP_INPUT;
	}
	return trap;
}

static void count_call(enum entry entry)
{
	count(&information.counters.calls, DROPS_CALL);
	count(&information.counters.entries[entry], 0);
}

/* ECX=operation, EAX=endpoint, EBX=message; SYSCALL needs ECX for itself, so there it is EDX. */
static struct trap ipc_call_trap(enum entry entry, const struct registers *registers, uint32_t operation)
{
	count_call(entry);
	return (struct trap){ .kind = TRAP_IPC,
		              .operation = operation,
		              .endpoint = (int32_t)registers->eax,
		              .message = registers->ebx };
}

/* EAX=message */
static struct trap kernel_call_trap(enum entry entry, const struct registers *registers)
{
	count_call(entry);
	return (struct trap){ .kind = TRAP_KERNEL_CALL, .message = registers->eax };
}

/* The fast entries serve both kinds of call; EDI has the vector that `int` would have had. */
static struct trap fast_call(enum entry entry, const struct registers *registers, uint32_t operation)
{
	if (registers->edi == KERNEL_CALL_MAPPED_VECTOR)
		return kernel_call_trap(entry, registers);
	return ipc_call_trap(entry, registers, operation);
}

/* Error code of a page fault (SDM vol. 3, fig. 4-12). Without PAE it does not tell a fetch, which is of the address of its own instruction. */
enum { ERROR_PRESENT = 1, ERROR_WRITE = 2 };

static struct trap page_fault(const struct registers *registers)
{
	struct trap trap = { .kind = TRAP_FAULT, .access = ACCESS_READ };

	count(&information.counters.faults, DROPS_FAULT);
	__asm__ volatile("mov %%cr2, %0" : "=r"(trap.address));
	if (registers->error & ERROR_WRITE)
		trap.access = ACCESS_WRITE;
	else if (trap.address == registers->eip)
		trap.access = ACCESS_EXECUTE;
	count_kind(trap.access, registers->error & ERROR_PRESENT);
	return trap;
}

static const char *exception_name(uint32_t vector)
{
	static const char *const names[] = { [0] = "divide error", [3] = "breakpoint", [4] = "overflow",
		                             [6] = "invalid opcode", [7] = "no coprocessor", [12] = "stack fault",
		                             [13] = "general protection" };
	const char *name = vector < sizeof names / sizeof *names ? names[vector] : 0;

	return name ? name : "exception";
}

static struct trap decode(const struct registers *registers)
{
	switch (registers->vector) {
	case KERNEL_CALL_VECTOR:
		return kernel_call_trap(ENTRY_INT20, registers);
	case IPC_VECTOR:
		return ipc_call_trap(ENTRY_INT21, registers, registers->ecx);
	case KERNEL_CALL_MAPPED_VECTOR:
		return kernel_call_trap(ENTRY_INT22, registers);
	case IPC_MAPPED_VECTOR:
		return ipc_call_trap(ENTRY_INT23, registers, registers->ecx);
	case VECTOR_SYSENTER:
		return fast_call(ENTRY_SYSENTER, registers, registers->ecx);
	case VECTOR_SYSCALL:
		return fast_call(ENTRY_SYSCALL, registers, registers->edx);
	case EXCEPTION_PAGE_FAULT:
		return page_fault(registers);
	}
	if (registers->vector >= VECTOR_IRQ0)
		return interrupt(registers->vector);
	return (struct trap){ .kind = TRAP_FATAL, .reason = exception_name(registers->vector) };
}

struct trap machine_run(struct process *process)
{
	entry_run(&process->registers);
	return decode(&process->registers);
}

struct trap machine_idle(void)
{
	return interrupt(entry_idle());
}

/* Called by the entry code: the kernel itself did what it must not. */
_Noreturn void trap_in_kernel(const struct registers *registers)
{
	uint32_t address;

	__asm__ volatile("mov %%cr2, %0" : "=r"(address));
	kernel_fail("kernel failed: %s vector=%u error=%x eip=%x cr2=%x", exception_name(registers->vector),
	            registers->vector, registers->error, registers->eip, address);
}

#define INTERRUPT_FLAG 0x200u
#define RESERVED_FLAG 0x002u /* reads as one, SDM vol. 1, 3.4.3 */

void registers_start(struct registers *registers, uint32_t program, uint32_t stack_top)
{
	registers->eip = program;
	registers->cs = USER_CODE;
	registers->eflags = INTERRUPT_FLAG | RESERVED_FLAG;
	registers->esp = stack_top - 16; /* the ABI expects a return address here; programs do not return */
	registers->ss = USER_DATA;
}

void registers_result(struct registers *registers, int32_t result)
{
	registers->eax = (uint32_t)result;
}

void registers_second_result(struct registers *registers, uint32_t value)
{
	registers->ebx = value;
}

bool registers_user_mode(const struct registers *registers)
{
	return (registers->cs & 3) == 3;
}
