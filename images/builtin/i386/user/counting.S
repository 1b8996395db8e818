/*
 * void count_turns(uint32_t turns): between count_begin (with it) and count_end (without it) exactly
 * 4 * turns + 1 instructions are carried out, for at least one turn. Each label is reached once.
 */
	.text
	.globl count_turns, count_begin, count_end
	.type count_turns, @function
	.type count_begin, @function
	.type count_end, @function
count_turns:
	movl 4(%esp), %eax
	xorl %edx, %edx
count_begin:
	nop
1:	addl $3, %edx
	roll $5, %edx
	decl %eax
	jnz 1b
count_end:
	ret
