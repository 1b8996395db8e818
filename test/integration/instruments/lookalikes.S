/*
 * A program for ARM's `virt` board that switches it off after TURNS turns. In each, instructions that look like calls come before
 * aborts, and calls in ARM and Thumb state follow: r7 is 7 or 8, and 0 in the last call, which ends it.
 */
	.syntax unified
	.arch armv7ve
	.text
	.arm
	.global _start
_start:
	adr	r0, vectors
	mcr	p15, 0, r0, c12, c0, 0
	cps	#0x13
	ldr	sp, =0x40100000
	cps	#0x1f
	ldr	sp, =0x40200000
	mov	r0, #0
	mov	r4, #TURNS
	mov	r6, #0xf0000000 /* nothing is there */
	msr	cpsr_c, #0x10
turn:
	cmp	r4, #0
	beq	end

	/* A call whose condition is not met, and then an abort. */
	svcmi	#0
	ldr	r5, [r6]

	/* In Thumb: instructions of four bytes alone, of which the first would be SVC in ARM, and then an abort. */
	adr	r5, thumb + 1
	bx	r5
	.thumb
	.balign	4
thumb:
	cmp.w	ip, #0xba00
	ldr.w	r5, [r6]
	b.w	calls
	.balign	4
calls:
	mov.w	r7, #8
	adr.w	r5, arm
	bx	r5

	.arm
	.balign	4
arm:
	mov	r7, #7
	svc	#0
	mov	r7, #8
	adr	r5, thumb_call + 1
	bx	r5
	.thumb
	.balign	4
thumb_call:
	svc	#0
	nop
	bx	pc
	nop
	.arm
	sub	r4, r4, #1
	b	turn
end:
	mov	r7, #0
	svc	#0

call:
	cmp	r7, #0
	beq	off
	add	r0, r0, #1
	movs	pc, lr
off:
	ldr	r0, =0x84000008 /* SYSTEM_OFF of the firmware's interface PSCI */
	hvc	#0
abort:
	subs	pc, lr, #4 /* behind the instruction */

	.balign	32
vectors:
	b	.
	b	.
	b	call
	b	.
	b	abort
	b	.
	b	.
	b	.
