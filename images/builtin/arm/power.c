/* The power switch: PSCI (ARM DEN 0022, 5.10), by the instruction that the device tree names. */
#include "devicetree.h"
#include "machine.h"

enum power_function { SYSTEM_OFF = 0x84000008u, SYSTEM_RESET = 0x84000009u };

static void power(uint32_t wanted)
{
	bool by_smc = device_tree_psci_by_smc();
	register uint32_t function __asm__("r0") = wanted;

	if (by_smc)
		__asm__ volatile(".arch_extension sec\n\tsmc #0" : "+r"(function)::"r1", "r2", "r3", "memory");
	else
		__asm__ volatile(".arch_extension virt\n\thvc #0" : "+r"(function)::"r1", "r2", "r3", "memory");
}

void machine_power_off(void)
{
	power(SYSTEM_OFF);
}

void machine_reset(void)
{
	power(SYSTEM_RESET);
}

void machine_halt(void)
{
	__asm__ volatile("cpsid if");
	for (;;)
		__asm__ volatile("wfi");
}
