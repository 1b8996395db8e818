/*
 * What the boot loader knows of the medium that it starts from, at a fixed place in its first sector.
 *
 * On the installer medium it is written when the medium is built, on a disk when the guest installs itself.
 */
#ifndef BOOTRECORD_H
#define BOOTRECORD_H

/* Where the firmware and the boot code of the disk put the loader, and how much of it they read. */
#define LOADER_ADDRESS 0x7c00
#define LOADER_BYTES 8192

#define BOOT_RECORD_OFFSET 8
#define BOOT_RECORD_MAGIC "PETRIBT1"
#define BOOT_RECORD_MAGIC_BYTES 8
#define BOOT_RECORD_LINE_BYTES 128
#define BOOT_RECORD_BYTES (BOOT_RECORD_MAGIC_BYTES + 16 + BOOT_RECORD_LINE_BYTES)

/* The kernel's file name, which comes first in a Multiboot command line. */
#define BOOT_RECORD_FILE_NAME "petri-i386.elf "

#ifndef __ASSEMBLER__
#include <stdint.h>

struct boot_record {
	char magic[BOOT_RECORD_MAGIC_BYTES];
	uint32_t sector_bytes; /* of the medium: 512, on a CD 2048 */
	uint32_t first;        /* the sector where the kernel's file begins */
	uint32_t bytes;        /* its length */
	uint32_t crc32;        /* its checksum */
	char command_line[BOOT_RECORD_LINE_BYTES];
};

_Static_assert(sizeof(struct boot_record) == BOOT_RECORD_BYTES, "as the assembler sees it");
#endif

#endif
