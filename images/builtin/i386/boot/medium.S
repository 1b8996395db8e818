/*
 * The installer medium: an ISO 9660 image (ECMA-119) that the BIOS boots without emulating a disk (El Torito 1.0).
 *
 * KERNEL_BYTES and the files come from the build: loader.bin, kernel.crc32 and the kernel.
 */
#include "bootrecord.h"

#define SECTOR 2048
#define VOLUME 16
#define BOOT_VOLUME 17
#define TERMINATOR 18
#define PATHS_LITTLE 19
#define PATHS_BIG 20
#define ROOT 21
#define CATALOG 22
#define LOADER 23
#define KERNEL (LOADER + LOADER_BYTES / SECTOR)
#define SECTORS (KERNEL + (KERNEL_BYTES + SECTOR - 1) / SECTOR)

/* Numbers in both byte orders (ECMA-119, 7.2.3 and 7.3.3). */
	.macro both16 value
	.byte (\value) & 255, (\value) >> 8 & 255, (\value) >> 8 & 255, (\value) & 255
	.endm
	.macro big32 value
	.byte (\value) >> 24 & 255, (\value) >> 16 & 255, (\value) >> 8 & 255, (\value) & 255
	.endm
	.macro both32 value
	.long \value
	big32 \value
	.endm

/* A text that is filled up with spaces. */
	.macro padded text, length
	.ascii "\text"
	.rept \length - (. - padded_start)
	.ascii " "
	.endr
	.endm
	.macro field text, length
	.set padded_start, .
	padded "\text", \length
	.endm

/* A directory record (9.1) without a date; `flags` 2 is a directory. The name is one byte unless a text is given. */
	.macro record first, bytes, flags, length, name_bytes
	.byte \length, 0
	both32 \first
	both32 \bytes
	.fill 7, 1, 0
	.byte \flags, 0, 0
	both16 1
	.byte \name_bytes
	.endm

	.text
	.org VOLUME * SECTOR
	.byte 1
	.ascii "CD001"
	.byte 1, 0
	field "", 32
	field "PETRI", 32
	.fill 8, 1, 0
	both32 SECTORS
	.fill 32, 1, 0
	both16 1
	both16 1
	both16 SECTOR
	both32 10                       /* bytes of a path table */
	.long PATHS_LITTLE, 0
	big32 PATHS_BIG
	.long 0
	record ROOT, SECTOR, 2, 34, 1
	.byte 0
	field "", 128
	field "PETRI", 128
	field "PETRI", 128
	field "PETRI", 128
	field "", 111
	.rept 4                         /* no dates (8.4.26.1) */
	.ascii "0000000000000000"
	.byte 0
	.endr
	.byte 1

	.org BOOT_VOLUME * SECTOR
	.byte 0
	.ascii "CD001"
	.byte 1
	.ascii "EL TORITO SPECIFICATION"
	.org BOOT_VOLUME * SECTOR + 0x47
	.long CATALOG

	.org TERMINATOR * SECTOR
	.byte 255
	.ascii "CD001"
	.byte 1

	.org PATHS_LITTLE * SECTOR
	.byte 1, 0
	.long ROOT
	.word 1
	.byte 0, 0
	.org PATHS_BIG * SECTOR
	.byte 1, 0
	big32 ROOT
	.byte 0, 1, 0, 0

	.org ROOT * SECTOR
	record ROOT, SECTOR, 2, 34, 1
	.byte 0
	record ROOT, SECTOR, 2, 34, 1
	.byte 1
	record KERNEL, KERNEL_BYTES, 0, 44, 11
	.ascii "PETRI.ELF;1"

/* Its words add up to zero: 0x0001 + "Pe" + "tr" + "i" + the checksum + 0xaa55 (El Torito, fig. 2). */
	.org CATALOG * SECTOR
	.byte 1, 0, 0, 0
	.ascii "Petri"
	.org CATALOG * SECTOR + 28
	.word -(0x0001 + 0x6550 + 0x7274 + 0x0069 + 0xaa55) & 0xffff
	.byte 0x55, 0xaa
	.byte 0x88, 0                   /* bootable, no emulation */
	.word 0                         /* the segment of every boot sector, 0x7c0 */
	.byte 0, 0
	.word LOADER_BYTES / 512
	.long LOADER

	.org LOADER * SECTOR
	.incbin "loader.bin", 0, BOOT_RECORD_OFFSET
	.set boot_record, .
	.ascii BOOT_RECORD_MAGIC
	.long SECTOR, KERNEL, KERNEL_BYTES
	.incbin "kernel.crc32"
	.ascii BOOT_RECORD_FILE_NAME
	.asciz "install console=vga"
	.org LOADER * SECTOR + BOOT_RECORD_OFFSET + BOOT_RECORD_BYTES
	.incbin "loader.bin", BOOT_RECORD_OFFSET + BOOT_RECORD_BYTES

	.org KERNEL * SECTOR
	.incbin "petri-i386.elf"
	.org SECTORS * SECTOR
