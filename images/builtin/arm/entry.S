/*
 * The way into user mode and back.
 *
 * For the kernel a process is a function call: entry_run returns when the process traps. While it runs, the stack pointer of SVC
 * mode points behind its registers; every vector stores its return state there with SRS, whatever mode the
 * CPU took it in, so the other modes need no stacks (ARM ARM DDI 0406C, A8.8.189 SRS, B1.8.3).
 */
#define SAVED_PC 60             /* struct registers */
#define REGISTERS_BYTES 68
#define MODE_SVC 0x13
#define MODE_USER 0x10
#define MODE_MASK 0x1f

	.text

/* enum vector entry_run(struct registers *registers) */
	.globl entry_run
entry_run:
	push {r4-r11, lr}
	ldr r1, =kernel_stack_pointer
	str sp, [r1]
	add sp, r0, #REGISTERS_BYTES
	ldr lr, [r0, #SAVED_PC]
	ldr r1, [r0, #SAVED_PC + 4]
	msr spsr_cxsf, r1
	clrex
	ldmia r0, {r0-r14}^     /* those of user mode */
	nop
	movs pc, lr

/* `offset` is what the CPU added to the address to go on at (table B1-7). */
	.macro vector number, offset
vector_\number:
	.if \offset
	sub lr, lr, #\offset
	.endif
	srsdb sp!, #MODE_SVC
	cps #MODE_SVC
	sub sp, sp, #SAVED_PC
	stmia sp, {r0-r14}^
	mov r0, #\number
	b leave
	.endm

	vector 1, 0
	vector 2, 0
	vector 3, 4
	vector 4, 8
	vector 6, 4

leave:
	ldr r1, [sp, #SAVED_PC + 4]
	and r1, r1, #MODE_MASK
	cmp r1, #MODE_USER
	bne in_kernel
	ldr r1, =kernel_stack_pointer
	ldr sp, [r1]
	pop {r4-r11, pc}

/* The kernel runs with interrupts off, so this is a bug of it. */
in_kernel:
	mov r1, sp
	bl trap_in_kernel

unexpected:
	b unexpected
	.ltorg

	.macro vectors name, svc
	.balign 32
	.globl \name
\name:
	b unexpected            /* reset */
	b vector_1
	b \svc
	b vector_3
	b vector_4
	b unexpected            /* hypervisor */
	b vector_6
	b unexpected            /* fast interrupt */
	.endm

	vectors vectors_closed, vector_1
	vectors vectors_open, vector_2

	.bss
	.balign 4
kernel_stack_pointer:
	.word 0
