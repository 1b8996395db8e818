#include "phases.h"

#include "console.h"
#include "kernel.h"
#include "machine.h"
#include "memory.h"
#include "options.h"
#include "scheduler.h"

/* The start code does the work of kernel_starts: no C function can change the stack under its own feet. */
static void nothing(void)
{
}

static const struct phase {
	const char *name;
	void (*work)(void);
	const char *(*check)(struct evidence *);
} phases[PHASE_COUNT] = {
	{ machine_first_phase, boot_protocol_work, boot_protocol_check },
	{ "kernel_starts", nothing, kernel_starts_check },
	{ "pre_init_phase", pre_init_work, pre_init_check },
	{ "kmain_phase", options_work, options_check },
	{ "cstart_phase", cstart_work, cstart_check },
	{ "process_init", process_init_work, process_init_check },
	{ "memory_init", memory_init_work, memory_init_check },
	{ "system_init", system_init_work, system_init_check },
	{ "scheduler_ready", scheduler_ready_work, scheduler_ready_check },
	{ "shell_prompt", shell_prompt_work, shell_prompt_check },
};

static bool passed;

const char *phase_name(int phase)
{
	return phases[phase].name;
}

bool phases_passed(void)
{
	return passed;
}

static void run(int number)
{
	const struct phase *phase = &phases[number];
	struct evidence evidence = { "", 0 };
	const char *reason;
	uint32_t delay_ms;

	if (!options_skip(phase->name))
		phase->work();
	reason = phase->check(&evidence);
	if (reason)
		kernel_fail("%s failed: %s", phase->name, reason);
	delay_ms = options_delay(phase->name);
	if (delay_ms)
		machine_delay(delay_ms);
	kernel_print("[%2u/%u] %s  %s\n", (uint32_t)number + 1, (uint32_t)PHASE_COUNT, phase->name, evidence.text);
}

bool phases_begin(void)
{
	console_start();
	kernel_print("Petri guest 1 (%s)\n", machine_name);
	run(0);
	return options_skip(phases[1].name);
}

void phases_continue(void)
{
	for (int number = 1; number < PHASE_COUNT; number++)
		run(number);
	passed = true;
	for (;;)
		kernel_step();
}
