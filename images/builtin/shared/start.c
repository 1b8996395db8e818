/* The check of the phase kernel_starts, whose work is in the start code of the architecture. */
#include "machine.h"

extern const uint8_t bss_start[], bss_end[], kernel_stack_bottom[], kernel_stack_top[];

const char *kernel_starts_check(struct evidence *evidence)
{
	uint32_t stack = (uint32_t)(uintptr_t)__builtin_frame_address(0);

	if (stack < (uint32_t)(uintptr_t)kernel_stack_bottom || stack >= (uint32_t)(uintptr_t)kernel_stack_top)
		return "the stack is not the kernel's";
	for (const uint8_t *at = bss_start; at < bss_end; at++)
		if (*at)
			return "the BSS is not clear";
	evidence_add(evidence, "stack=%x bss=%x bytes=%u", stack, (uint32_t)(uintptr_t)bss_start,
	             (uint32_t)(bss_end - bss_start));
	return 0;
}
