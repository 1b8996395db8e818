/*
 * void count_turns(uint32_t turns): between count_begin (with it) and count_end (without it) exactly
 * 4 * turns + 1 instructions are carried out, for at least one turn. Each label is reached once.
 */
	.text
	.globl count_turns, count_begin, count_end
	.type count_turns, %function
	.type count_begin, %function
	.type count_end, %function
count_turns:
	mov r1, #0
count_begin:
	nop
1:	add r1, r1, #3
	ror r1, r1, #5
	subs r0, r0, #1
	bne 1b
count_end:
	bx lr
