/* The power switch of QEMU's pc and q35 boards (ACPI 6.5, 4.8.3.2.1: PM1 control register). */
#include "machine.h"
#include "ports.h"

enum { CONFIG_ADDRESS = 0xcf8, CONFIG_DATA = 0xcfc }; /* PCI Local Bus 3.0, 3.2.2.3.2 */
enum { PM_BASE = 0x40 }; /* the same register in both bridges */

#define PIIX4_POWER 0x71138086u /* function 3 of the PIIX4 bridge (Intel 290562) */
#define ICH9_BRIDGE 0x29188086u /* device 31, function 0 (Intel 316972) */

#define SLEEP_TYPE_SOFT_OFF 0u /* S5 in the DSDT of both boards */
#define SLEEP_ENABLE 0x2000u

static uint32_t read_config(uint32_t device, uint32_t function, uint32_t offset)
{
	port_write32(CONFIG_ADDRESS, 0x80000000u | device << 11 | function << 8 | offset);
	return port_read32(CONFIG_DATA);
}

void machine_power_off(void)
{
	for (uint32_t place = 0; place < 32 * 8; place++) {
		uint32_t identity = read_config(place / 8, place % 8, 0);

		if (identity == PIIX4_POWER || identity == ICH9_BRIDGE) {
			uint16_t base = read_config(place / 8, place % 8, PM_BASE) & 0xff80;

			port_write16(base + 4, SLEEP_TYPE_SOFT_OFF << 10 | SLEEP_ENABLE);
		}
	}
}

/* The keyboard controller pulses the reset line (IBM PS/2 reference: command 0xfe). */
void machine_reset(void)
{
	port_write8(0x64, 0xfe);
	machine_halt();
}

void machine_halt(void)
{
	for (;;)
		__asm__ volatile("cli\n\thlt");
}
