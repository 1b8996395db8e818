#include "kernel.h"

#include "console.h"
#include "format.h"
#include "information.h"
#include "ipc.h"
#include "kernelcalls.h"
#include "machine.h"
#include "memory.h"
#include "phases.h"
#include "scheduler.h"

/* The page is mapped read-only into every process, so it has a page of its own (see the linker script). */
__attribute__((section(".information"), aligned(PAGE_BYTES))) struct information information = { .available = 0 };

static void put_console(void *context, char byte)
{
	(void)context;
	console_put((uint8_t)byte);
}

void kernel_print(const char *template, ...)
{
	va_list arguments;

	va_start(arguments, template);
	format(put_console, 0, template, arguments);
	va_end(arguments);
}

void kernel_fail(const char *template, ...)
{
	va_list arguments;

	kernel_print("petri: ");
	va_start(arguments, template);
	format(put_console, 0, template, arguments);
	va_end(arguments);
	kernel_print("\n");
	machine_halt();
}

/* Waits for the hardware. Once booted the tick is off meanwhile, so that an idle guest costs its host nothing. */
static struct trap idle(void)
{
	struct trap trap;

	if (!phases_passed())
		return machine_idle();
	timer_stop();
	trap = machine_idle();
	timer_start();
	return trap;
}

static void handle_fault(struct process *process, const struct trap *trap)
{
	if (!memory_fault(process, trap))
		kernel_fail("process %s failed: bad address %x", process->name, trap->address);
}

/* `process` ran until the trap; 0 when none did. */
static void handle(struct process *process, const struct trap *trap)
{
	switch (trap->kind) {
	case TRAP_TICK:
		if (process)
			scheduler_tick(process);
		break;
	case TRAP_INPUT:
		console_interrupt();
		break;
	case TRAP_IPC:
		ipc_call(process, trap->operation, trap->endpoint, trap->message);
		break;
	case TRAP_KERNEL_CALL:
		registers_result(&process->registers, kernel_call(process, trap->message));
		break;
	case TRAP_FAULT:
		handle_fault(process, trap);
		break;
	case TRAP_SPURIOUS:
		break;
	case TRAP_FATAL:
		kernel_fail("process %s failed: %s", process->name, trap->reason);
	}
}

bool kernel_step(void)
{
	struct process *process = scheduler_next();
	struct trap trap;

	if (process) {
		scheduler_switch(process);
		trap = machine_run(process);
	} else {
		trap = idle();
	}
	handle(process, &trap);
	return trap.kind == TRAP_TICK;
}
