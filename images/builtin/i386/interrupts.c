#include "interrupts.h"

#include "ports.h"

enum { COMMAND1 = 0x20, DATA1 = 0x21, COMMAND2 = 0xa0, DATA2 = 0xa1 };
enum { READ_REQUESTS = 0x0a, READ_IN_SERVICE = 0x0b, POLL = 0x0c, END_OF_INTERRUPT = 0x20 };

void interrupts_start(void)
{
	/* ICW1 to ICW4: edge triggered, cascaded, base vector, where the cascade is, 8086 mode */
	port_write8(COMMAND1, 0x11);
	port_write8(COMMAND2, 0x11);
	port_write8(DATA1, VECTOR_IRQ0);
	port_write8(DATA2, VECTOR_IRQ8);
	port_write8(DATA1, 1 << IRQ_CASCADE);
	port_write8(DATA2, IRQ_CASCADE);
	port_write8(DATA1, 0x01);
	port_write8(DATA2, 0x01);
	/* all lines masked but the cascade */
	port_write8(DATA1, 0xff & ~(1 << IRQ_CASCADE));
	port_write8(DATA2, 0xff);
}

static uint16_t mask_port(int irq)
{
	return irq < 8 ? DATA1 : DATA2;
}

static uint8_t bit(int irq)
{
	return (uint8_t)(1 << irq % 8);
}

void interrupt_enable(int irq)
{
	port_write8(mask_port(irq), port_read8(mask_port(irq)) & (uint8_t)~bit(irq));
}

void interrupt_disable(int irq)
{
	port_write8(mask_port(irq), port_read8(mask_port(irq)) | bit(irq));
}

bool interrupt_enabled(int irq)
{
	return !(port_read8(mask_port(irq)) & bit(irq));
}

static uint8_t read_register(int irq, uint8_t which)
{
	uint16_t port = irq < 8 ? COMMAND1 : COMMAND2;

	port_write8(port, which);
	return port_read8(port);
}

bool interrupt_pending(int irq)
{
	return read_register(irq, READ_REQUESTS) & bit(irq);
}

bool interrupt_spurious(int irq)
{
	return irq % 8 == 7 && !(read_register(irq, READ_IN_SERVICE) & bit(irq));
}

void interrupt_end(int irq)
{
	if (irq >= 8)
		port_write8(COMMAND2, END_OF_INTERRUPT);
	port_write8(COMMAND1, END_OF_INTERRUPT);
}

/* A poll acknowledges the first of those that ask (8259A, "Poll Command"), and line 0 comes before all others. */
void interrupt_discard_timer(void)
{
	port_write8(COMMAND1, POLL);
	(void)port_read8(COMMAND1);
	interrupt_end(IRQ_TIMER);
}
