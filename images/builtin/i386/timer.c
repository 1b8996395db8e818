/* The interval timer (Intel 8254 data sheet): channel 0 ticks, channel 2 is a stopwatch that is read, not heard. */
#include "interrupts.h"
#include "machine.h"
#include "ports.h"

#define HERTZ 1193182u

enum { CHANNEL0 = 0x40, CHANNEL2 = 0x42, CONTROL = 0x43, SPEAKER = 0x61 };

/* Control words: channel, low byte then high byte, mode (8254, "Control Word Format"). */
enum { TICK_MODE = 0x34, LAST_MODE = 0x30, STOPWATCH_MODE = 0xb0, STOPWATCH_LATCH = 0x80 };

/* Port 0x61 of a PC: bit 0 opens channel 2's gate, bit 1 the speaker, bit 5 reads its output. */
enum { GATE = 0x01, VOICE = 0x02, OUTPUT = 0x20 };

static void load(uint16_t channel, uint8_t control, uint32_t count)
{
	port_write8(CONTROL, control);
	port_write8(channel, (uint8_t)count);
	port_write8(channel, (uint8_t)(count >> 8));
}

/*
 * Mode 2 rings every `count` clocks. A request that stands at its begin is not a tick: it is the end of the mode 0
 * before, or the edge that the 8254 makes when the mode changes.
 */
void timer_start(void)
{
	load(CHANNEL0, TICK_MODE, HERTZ / TICKS_PER_SECOND);
	interrupt_enable(IRQ_TIMER);
	if (interrupt_pending(IRQ_TIMER))
		interrupt_discard_timer();
}

/*
 * Mode 0 rings once and is silent; the line is masked, so that nobody wakes for it. A mode whose count is not given
 * would stop an 8254 too, but QEMU's looks at the mode only when it rings next, which the old count still makes it do.
 */
void timer_stop(void)
{
	interrupt_disable(IRQ_TIMER);
	load(CHANNEL0, LAST_MODE, 1);
}

/*
 * One run of channel 2, at most 54 ms: in mode 0 the output rises when the count is over, and the channel counts on.
 * Returns by how many clocks the end was missed: the host may not have run the guest just then.
 */
static uint32_t wait_clocks(uint32_t clocks)
{
	uint32_t count;

	port_write8(SPEAKER, (uint8_t)((port_read8(SPEAKER) & ~VOICE) | GATE));
	load(CHANNEL2, STOPWATCH_MODE, clocks);
	while (!(port_read8(SPEAKER) & OUTPUT))
		;
	port_write8(CONTROL, STOPWATCH_LATCH);
	count = port_read8(CHANNEL2);
	count |= (uint32_t)port_read8(CHANNEL2) << 8;
	return -count & 0xffff;
}

/* What one run took too long, the next ones take less. */
void machine_delay(uint32_t milliseconds)
{
	uint32_t late = 0;

	while (milliseconds) {
		uint32_t piece = milliseconds < 50 ? milliseconds : 50;
		uint32_t clocks = HERTZ * piece / 1000;

		late = late < clocks ? wait_clocks(clocks - late) : late - clocks;
		milliseconds -= piece;
	}
}

/* Interrupts are still off, so a tick stays visible as a request. */
const char *timer_check(void)
{
	if (!interrupt_enabled(IRQ_TIMER))
		return "the timer's line is masked";
	/* Much longer than a tick: an emulator on a busy host raises its interrupts late. */
	for (uint32_t waited = 0; waited < 2000; waited++) {
		if (interrupt_pending(IRQ_TIMER))
			return 0;
		machine_delay(1);
	}
	return "the timer does not tick";
}
