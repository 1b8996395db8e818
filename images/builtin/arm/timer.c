/* The generic timer's virtual counter (ARM ARM DDI 0406C, B8.1). */
#include "board.h"
#include "interrupts.h"
#include "machine.h"
#include "timer.h"

static uint32_t frequency(void)
{
	uint32_t hertz;

	__asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hertz)); /* CNTFRQ */
	return hertz;
}

static uint64_t counter(void)
{
	uint32_t low, high;

	__asm__ volatile("isb\n\tmrrc p15, 1, %0, %1, c14" : "=r"(low), "=r"(high)); /* CNTVCT */
	return (uint64_t)high << 32 | low;
}

static void write_control(uint32_t value)
{
	__asm__ volatile("mcr p15, 0, %0, c14, c3, 1\n\tisb" ::"r"(value)); /* CNTV_CTL: bit 0 is enable */
}

void timer_next(void)
{
	__asm__ volatile("mcr p15, 0, %0, c14, c3, 0\n\tisb" ::"r"(frequency() / TICKS_PER_SECOND)); /* CNTV_TVAL */
}

void timer_start(void)
{
	timer_next();
	write_control(1);
	interrupt_enable(INTERRUPT_TIMER);
}

void timer_stop(void)
{
	write_control(0);
}

void machine_delay(uint32_t milliseconds)
{
	uint64_t start = counter();
	uint64_t length = (uint64_t)(frequency() / 1000) * milliseconds;

	while (counter() - start < length)
		;
}

/* Interrupts are still off, so a tick stays pending. */
const char *timer_check(void)
{
	if (!interrupt_enabled(INTERRUPT_TIMER))
		return "the timer's interrupt is not enabled";
	/* Much longer than a tick: an emulator on a busy host raises its interrupts late. */
	for (uint32_t waited = 0; waited < 2000; waited++) {
		if (interrupt_pending(INTERRUPT_TIMER))
			return 0;
		machine_delay(1);
	}
	return "the timer does not tick";
}
