/* The phases cstart_phase and system_init: where exceptions go, and the door for calls. */
#include "entry.h"
#include "information.h"
#include "interrupts.h"
#include "machine.h"

static uint32_t address_of(const uint8_t *vectors)
{
	return (uint32_t)(uintptr_t)vectors;
}

/* VBAR, ARM ARM DDI 0406C, B4.1.156 */
static void write_vectors(const uint8_t *vectors)
{
	__asm__ volatile("mcr p15, 0, %0, c12, c0, 0\n\tisb" ::"r"(vectors));
}

static uint32_t read_vectors(void)
{
	uint32_t address;

	__asm__ volatile("mrc p15, 0, %0, c12, c0, 0" : "=r"(address));
	return address;
}

void cstart_work(void)
{
	write_vectors(vectors_closed);
	interrupts_start();
}

const char *cstart_check(struct evidence *evidence)
{
	if (read_vectors() != address_of(vectors_closed))
		return "VBAR does not name the kernel's vectors";
	if (!interrupts_started())
		return "the interrupt controller is not on and quiet";
	evidence_add(evidence, "vbar=%x gic=on", read_vectors());
	return 0;
}

void system_init_work(void)
{
	write_vectors(vectors_open);
	information.available = 1 << ENTRY_SVC;
}

const char *system_init_check(struct evidence *evidence)
{
	if (read_vectors() != address_of(vectors_open))
		return "the SVC vector is closed";
	evidence_add(evidence, "vbar=%x svc=yes", read_vectors());
	return 0;
}
