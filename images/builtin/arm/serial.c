/* The serial port: a PL011 (ARM DDI 0183, chapter 3). */
#include "board.h"
#include "interrupts.h"
#include "machine.h"

enum {
	DATA = UART + 0x000,
	FLAGS = UART + 0x018,
	DIVISOR_INTEGER = UART + 0x024,
	DIVISOR_FRACTION = UART + 0x028,
	LINE_CONTROL = UART + 0x02c,
	CONTROL = UART + 0x030,
	INTERRUPT_MASK = UART + 0x038,
	INTERRUPT_CLEAR = UART + 0x044
};

enum { RECEIVE_EMPTY = 1 << 4, TRANSMIT_FULL = 1 << 5 };
enum { RECEIVED = 1 << 4, RECEIVE_TIMEOUT = 1 << 6 };

bool serial_present(void)
{
	return true;
}

void serial_start(void)
{
	*device_register(CONTROL) = 0;
	*device_register(INTERRUPT_MASK) = 0;
	*device_register(INTERRUPT_CLEAR) = 0x7ff;
	*device_register(DIVISOR_INTEGER) = 13; /* 115200 baud from the board's 24 MHz */
	*device_register(DIVISOR_FRACTION) = 1;
	*device_register(LINE_CONTROL) = 0x70; /* 8 bits, FIFOs on */
	*device_register(CONTROL) = 0x301;     /* receive, transmit, enable */
}

/* Waits until the device takes the byte: a reader that is slow slows the guest, and loses nothing. */
void serial_put(uint8_t byte)
{
	while (*device_register(FLAGS) & TRANSMIT_FULL)
		;
	*device_register(DATA) = byte;
}

bool serial_get(uint8_t *byte)
{
	if (*device_register(FLAGS) & RECEIVE_EMPTY)
		return false;
	*byte = (uint8_t)*device_register(DATA);
	return true;
}

void serial_receive_interrupt(bool on)
{
	*device_register(INTERRUPT_MASK) = on ? RECEIVED | RECEIVE_TIMEOUT : 0;
	interrupt_enable(INTERRUPT_SERIAL);
}

bool serial_receive_enabled(void)
{
	return *device_register(INTERRUPT_MASK) & RECEIVED && interrupt_enabled(INTERRUPT_SERIAL);
}
