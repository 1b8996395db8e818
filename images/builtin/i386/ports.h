/* Port instructions (SDM vol. 1, ch. 19). */
#ifndef PORTS_H
#define PORTS_H

#include <stdint.h>

static inline void port_write8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static inline uint8_t port_read8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void port_write16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}

/* Moves words of a device: at `port`, one after another. */
static inline void port_read_words(uint16_t port, void *to, uint32_t count)
{
	__asm__ volatile("rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

static inline void port_write_words(uint16_t port, const void *from, uint32_t count)
{
	__asm__ volatile("rep outsw" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

static inline void port_write32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

static inline uint32_t port_read32(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

#endif
