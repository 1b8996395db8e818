#include "interrupts.h"

#include "board.h"

enum {
	DISTRIBUTOR_CONTROL = GIC_DISTRIBUTOR + 0x000,
	SET_ENABLE = GIC_DISTRIBUTOR + 0x100,
	CLEAR_ENABLE = GIC_DISTRIBUTOR + 0x180,
	SET_PENDING = GIC_DISTRIBUTOR + 0x200,
	TARGETS = GIC_DISTRIBUTOR + 0x800,
	CPU_CONTROL = GIC_CPU_INTERFACE + 0x00,
	PRIORITY_MASK = GIC_CPU_INTERFACE + 0x04,
	ACKNOWLEDGE = GIC_CPU_INTERFACE + 0x0c,
	END = GIC_CPU_INTERFACE + 0x10
};

#define LOWEST_PRIORITY 0xff
#define CONTROLLER_ON 1u

/* The word that holds the interrupt's bit in one of the distributor's bit registers. */
static volatile uint32_t *word(uint32_t registers, uint32_t number)
{
	return device_register(registers + number / 32 * 4);
}

static uint32_t bit(uint32_t number)
{
	return 1u << number % 32;
}

void interrupts_start(void)
{
	*word(CLEAR_ENABLE, INTERRUPT_TIMER) = bit(INTERRUPT_TIMER);
	*word(CLEAR_ENABLE, INTERRUPT_SERIAL) = bit(INTERRUPT_SERIAL);
	/* a byte for each shared interrupt: to CPU 0 */
	*((volatile uint8_t *)(uintptr_t)TARGETS + INTERRUPT_SERIAL) = 1;
	*device_register(DISTRIBUTOR_CONTROL) = CONTROLLER_ON;
	*device_register(PRIORITY_MASK) = LOWEST_PRIORITY;
	*device_register(CPU_CONTROL) = CONTROLLER_ON;
}

bool interrupts_started(void)
{
	return *device_register(DISTRIBUTOR_CONTROL) & CONTROLLER_ON && *device_register(CPU_CONTROL) & CONTROLLER_ON &&
	       *device_register(PRIORITY_MASK) >= 0xf0 && !interrupt_enabled(INTERRUPT_TIMER) &&
	       !interrupt_enabled(INTERRUPT_SERIAL);
}

void interrupt_enable(uint32_t number)
{
	*word(SET_ENABLE, number) = bit(number);
}

bool interrupt_enabled(uint32_t number)
{
	return *word(SET_ENABLE, number) & bit(number);
}

bool interrupt_pending(uint32_t number)
{
	return *word(SET_PENDING, number) & bit(number);
}

uint32_t interrupt_take(void)
{
	return *device_register(ACKNOWLEDGE) & 0x3ff;
}

void interrupt_end(uint32_t number)
{
	*device_register(END) = number;
}
