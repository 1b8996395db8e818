/*
 * The loader, for CD and disk. It is read to 0x7c00 and gets the drive's number in DL.
 *
 * In real mode it asks the BIOS for the kernel's file and the memory map; in protected mode loader.c checks the file
 * and starts it. It is silent when all is well.
 */
#include "bootrecord.h"
#include "loader.h"

#define RECORD_SECTOR_BYTES (boot_record + 8)
#define RECORD_FIRST (boot_record + 12)
#define RECORD_BYTES (boot_record + 16)
#define PIECE_BYTES 8192
#define SECTOR_BYTES_LEAST 512
#define SMAP 0x534d4150
#define FLAT_CODE 0x08
#define FLAT_DATA 0x10

	.code16
	.section .start, "ax"
	.globl _start
_start:
	ljmp $0, $begin
	.org BOOT_RECORD_OFFSET
	.globl boot_record
boot_record:
	.ascii BOOT_RECORD_MAGIC
	.space BOOT_RECORD_BYTES - BOOT_RECORD_MAGIC_BYTES

begin:
	cli
	cld
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $LOADER_ADDRESS, %sp
	sti
	movb %dl, drive

/* The kernel's file, a piece at a time. */
	movl RECORD_FIRST, %eax
	movl %eax, packet_first
	cmpl $KERNEL_FILE_LIMIT, RECORD_BYTES
	ja no_record
	movl RECORD_SECTOR_BYTES, %ecx
	cmpl $SECTOR_BYTES_LEAST, %ecx
	jb no_record
	movl $PIECE_BYTES, %eax
	xorl %edx, %edx
	divl %ecx
	movl %eax, piece
	movl RECORD_BYTES, %eax
	leal -1(%eax, %ecx), %eax
	xorl %edx, %edx
	divl %ecx
	movl %eax, left
1:	movl left, %eax
	testl %eax, %eax
	jz 3f
	cmpl piece, %eax
	jbe 2f
	movl piece, %eax
2:	movw %ax, packet_count
	pushl %eax
	movw $packet, %si
	movb drive, %dl
	movb $0x42, %ah                 /* INT 13h extensions (EDD 3.0): read sectors */
	int $0x13
	popl %eax
	jc cannot_read
	subl %eax, left
	addl %eax, packet_first
	imull RECORD_SECTOR_BYTES, %eax
	shrl $4, %eax
	addw %ax, packet_segment
	jmp 1b

/* The memory map (ACPI 6.5, 15.1), each entry behind its length, as Multiboot wants it. */
3:	movw $memory_map, %di
	xorl %ebx, %ebx
4:	movl $20, (%di)
	addw $4, %di
	movl $0xe820, %eax
	movl $SMAP, %edx
	movl $20, %ecx
	int $0x15
	jc 5f
	cmpl $SMAP, %eax
	jne 5f
	addw $20, %di
	testl %ebx, %ebx
	jz 6f
	cmpw $memory_map + MEMORY_MAP_BYTES - 24, %di
	jbe 4b
	jmp 6f
5:	subw $4, %di
6:	subw $memory_map, %di
	movw %di, memory_map_bytes

/* Address line 20 (port 0x92 of a PC), segments of 4 GiB, protected mode. */
	inb $0x92, %al
	orb $2, %al
	andb $0xfe, %al
	outb %al, $0x92
	cli
	lgdt table_register
	movl %cr0, %eax
	orl $1, %eax
	movl %eax, %cr0
	ljmp $FLAT_CODE, $protected

cannot_read:
	movw $cannot_read_text, %si
	jmp complain
no_record:
	movw $no_record_text, %si
#include "complain.h"

no_record_text:
	.asciz "petri: the loader's record of the kernel is damaged\r\n"
cannot_read_text:
	.asciz "petri: the loader cannot read the kernel\r\n"

	.balign 4
packet:
	.byte 16, 0
packet_count:
	.word 0
	.word 0
packet_segment:
	.word KERNEL_FILE_ADDRESS / 16
packet_first:
	.long 0, 0
left:	.long 0
piece:	.long 0
	.globl memory_map_bytes
memory_map_bytes:
	.long 0
table_register:
	.word 3 * 8 - 1
	.long segments
	.balign 8
segments:
	.quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
drive:	.byte 0

	.code32
protected:
	movw $FLAT_DATA, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %fs
	movw %ax, %gs
	movw %ax, %ss
	movl $LOADER_ADDRESS, %esp
	call loader_run                 /* returns the kernel's entry */
	movl %eax, %ecx
	movl $multiboot_information, %ebx
	movl $0x2badb002, %eax
	jmp *%ecx
