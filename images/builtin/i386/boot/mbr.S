/*
 * The boot code of the disk. The BIOS reads it from sector 0 to 0x7c00 and gives the drive's number in DL.
 * It moves itself away, reads the loader from the start of the active partition to the same place and goes there.
 * The partition table follows at byte 446 and is written by the installation.
 */
#include "bootrecord.h"

#define MOVED 0x600
#define TABLE (MOVED + 446)
#define ACTIVE 0x80
#define ENTRY_BYTES 16
#define ENTRY_FIRST 8

	.code16
	.text
	.globl _start
_start:
	cli
	cld
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $LOADER_ADDRESS, %sp
	sti
	movw $LOADER_ADDRESS, %si
	movw $MOVED, %di
	movw $256, %cx
	rep movsw
	ljmp $0, $moved

moved:
	movw $TABLE, %bx
	movw $4, %cx
1:	testb $ACTIVE, (%bx)
	jnz 2f
	addw $ENTRY_BYTES, %bx
	loop 1b
	movw $no_partition, %si
	jmp complain

2:	movl ENTRY_FIRST(%bx), %eax
	movl %eax, packet_first
	movw $packet, %si
	movb $0x42, %ah                 /* INT 13h extensions (EDD 3.0): read sectors */
	int $0x13
	movw $cannot_read, %si
	jc complain
	movw $LOADER_ADDRESS + BOOT_RECORD_OFFSET, %si
	movw $magic, %di
	movw $BOOT_RECORD_MAGIC_BYTES, %cx
	repe cmpsb
	movw $no_loader, %si
	jne complain
	ljmp $0, $LOADER_ADDRESS

#include "complain.h"

no_partition:	.asciz "petri: no active partition\r\n"
cannot_read:	.asciz "petri: cannot read the disk\r\n"
no_loader:	.asciz "petri: no loader in the active partition\r\n"
magic:		.ascii BOOT_RECORD_MAGIC

	.balign 4
packet:
	.byte 16, 0
	.word LOADER_BYTES / 512
	.word LOADER_ADDRESS, 0
packet_first:
	.long 0, 0
