/* The Multiboot header and the first instructions (Multiboot Specification 0.6.96, 3.1 and 3.2). */

#define HEADER_MAGIC 0x1badb002
#define HEADER_FLAGS 0x00000002         /* report the memory */

	.section .multiboot, "a"
	.balign 4
	.long HEADER_MAGIC
	.long HEADER_FLAGS
	.long -(HEADER_MAGIC + HEADER_FLAGS)

	.text
	.globl _start
_start:
	cli
	cld
	movl %eax, loader_magic
	movl %ebx, loader_information
	movl $loader_stack_top, %esp    /* the loader promises no stack */
	call phases_begin
	testb %al, %al
	jnz 1f

	/* the work of the phase kernel_starts: a clear BSS and the kernel's own stack */
	movl $bss_start, %edi
	movl $bss_end, %ecx
	subl %edi, %ecx
	xorl %eax, %eax
	rep stosb
	movl $kernel_stack_top, %esp
	xorl %ebp, %ebp

1:	call phases_continue

	/* Enough for the first phase; in .data, since the BSS is not clear yet. */
	.data
	.balign 16
	.space 2048
loader_stack_top:

	/* Apart from the BSS, so that the whole of that can be seen to be clear. */
	.section .stack, "aw", @nobits
	.balign 16
	.globl kernel_stack_bottom, kernel_stack_top
kernel_stack_bottom:
	.space 8192
kernel_stack_top:
