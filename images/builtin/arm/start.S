/* The first instructions: QEMU enters an ELF kernel in SVC mode with the MMU off. */
	.text
	.globl _start
_start:
	cpsid if
	ldr sp, =loader_stack_top
	bl phases_begin
	cmp r0, #0
	bne 2f

	/* the work of the phase kernel_starts: a clear BSS and the kernel's own stack */
	ldr r0, =bss_start
	ldr r1, =bss_end
	mov r2, #0
1:	cmp r0, r1
	strlo r2, [r0], #4
	blo 1b
	ldr sp, =kernel_stack_top

2:	bl phases_continue
	.ltorg

	/* Enough for the first phase; in .data, since the BSS is not clear yet. */
	.data
	.balign 8
	.space 2048
loader_stack_top:

	/* Apart from the BSS, so that the whole of that can be seen to be clear. */
	.section .stack, "aw", %nobits
	.balign 8
	.globl kernel_stack_bottom, kernel_stack_top
kernel_stack_bottom:
	.space 8192
kernel_stack_top:
