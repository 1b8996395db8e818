/*
 * The keyboard of a PC: an i8042 that the BIOS has set to translate into scan codes of set 1 (IBM Personal System/2
 * Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller"). The layout is that of the USA.
 */
#include "interrupts.h"
#include "machine.h"
#include "ports.h"

enum { DATA = 0x60, STATUS = 0x64, FULL = 0x01 };
enum { RELEASED = 0x80, CONTROL = 0x1d, LEFT_SHIFT = 0x2a, RIGHT_SHIFT = 0x36 };
#define NOTHING_THERE 0xff

/* By scan code; 0 is a key that types nothing. */
static const char plain[] = "\0\0331234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

static bool shift, control;

static bool full(void)
{
	uint8_t status = port_read8(STATUS);

	return status != NOTHING_THERE && status & FULL;
}

/* The byte that a key types, 0 for none. The prefix 0xe0 of the keys that came later is passed over. */
static uint8_t typed(uint8_t code)
{
	uint8_t key = code & (uint8_t)~RELEASED;
	bool down = !(code & RELEASED);

	if (key == LEFT_SHIFT || key == RIGHT_SHIFT)
		shift = down;
	else if (key == CONTROL)
		control = down;
	else if (down && key < sizeof plain - 1)
		return (uint8_t)(control ? plain[key] & 0x1f : shift ? shifted[key] : plain[key]);
	return 0;
}

bool keyboard_get(uint8_t *byte)
{
	while (full()) {
		*byte = typed(port_read8(DATA));
		if (*byte)
			return true;
	}
	return false;
}

/* What was pressed before the first time is thrown away: its interrupt may be lost, and it would block the next one. */
void keyboard_receive_interrupt(bool on)
{
	static bool started;

	if (!on) {
		interrupt_disable(IRQ_KEYBOARD);
		return;
	}
	for (; !started && full(); port_read8(DATA))
		;
	started = true;
	interrupt_enable(IRQ_KEYBOARD);
}
