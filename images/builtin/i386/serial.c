/* The first serial port: a 16550A (National Semiconductor PC16550D data sheet, section 8). */
#include "interrupts.h"
#include "machine.h"
#include "ports.h"

enum {
	DATA = 0x3f8, /* with the divisor latch open: its low byte */
	INTERRUPT_ENABLE = 0x3f9,
	FIFO_CONTROL = 0x3fa,
	LINE_CONTROL = 0x3fb,
	MODEM_CONTROL = 0x3fc,
	LINE_STATUS = 0x3fd
};

enum { RECEIVED = 0x01, TRANSMIT_EMPTY = 0x20 };
#define NOTHING_THERE 0xff /* what a port without a device reads as */

bool serial_present(void)
{
	return port_read8(LINE_STATUS) != NOTHING_THERE;
}

void serial_start(void)
{
	port_write8(INTERRUPT_ENABLE, 0);
	port_write8(LINE_CONTROL, 0x80); /* open the divisor latch */
	port_write8(DATA, 1);            /* 115200 baud */
	port_write8(INTERRUPT_ENABLE, 0);
	port_write8(LINE_CONTROL, 0x03);  /* 8 bits, no parity, 1 stop bit; close the latch */
	port_write8(FIFO_CONTROL, 0x07);  /* FIFOs on and empty, interrupt at the first byte */
	port_write8(MODEM_CONTROL, 0x0b); /* DTR, RTS, and OUT2, which lets the interrupt through on a PC */
}

/* Waits until the device takes the byte: a reader that is slow slows the guest, and loses nothing. */
void serial_put(uint8_t byte)
{
	while (!(port_read8(LINE_STATUS) & TRANSMIT_EMPTY))
		;
	port_write8(DATA, byte);
}

bool serial_get(uint8_t *byte)
{
	uint8_t status = port_read8(LINE_STATUS);

	if (status == NOTHING_THERE || !(status & RECEIVED))
		return false;
	*byte = port_read8(DATA);
	return true;
}

void serial_receive_interrupt(bool on)
{
	port_write8(INTERRUPT_ENABLE, on ? RECEIVED : 0);
	interrupt_enable(IRQ_SERIAL);
}

bool serial_receive_enabled(void)
{
	return port_read8(INTERRUPT_ENABLE) & RECEIVED && interrupt_enabled(IRQ_SERIAL);
}
