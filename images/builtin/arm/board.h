/* The addresses of QEMU's `virt` board that this guest uses (QEMU, hw/arm/virt.c, base_memmap and a15irqmap). */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#define GIC_DISTRIBUTOR 0x08000000u
#define GIC_CPU_INTERFACE 0x08010000u
#define UART 0x09000000u
#define MEMORY 0x40000000u /* QEMU puts the device tree here for an ELF kernel that leaves the place free */

#define INTERRUPT_TIMER 27u  /* the virtual timer's private interrupt */
#define INTERRUPT_SERIAL 33u /* shared interrupt 1 */

static inline volatile uint32_t *device_register(uint32_t address)
{
	return (volatile uint32_t *)(uintptr_t)address;
}

#endif
