/* void code_walk(uint32_t at, uint32_t turns): the pieces count in ECX, and the last one returns to the caller. */
	.text
	.globl code_walk
	.type code_walk, @function
code_walk:
	movl 8(%esp), %ecx
	movl 4(%esp), %eax
	jmp *%eax
