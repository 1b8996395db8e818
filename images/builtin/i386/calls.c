/* The phase system_init: the doors for calls, as MINIX 3 has them. */
#include "descriptors.h"
#include "entry.h"
#include "information.h"
#include "machine.h"

enum {
	SYSENTER_CS = 0x174,  /* SDM vol. 4, table 2-2 */
	SYSENTER_ESP = 0x175,
	SYSENTER_EIP = 0x176,
	EFER = 0xc0000080u,   /* AMD64 APM vol. 2, 3.1.7: bit 0 is SYSCALL enable */
	STAR = 0xc0000081u    /* AMD64 APM vol. 2, 6.1.1 */
};

#define SYSCALL_ENABLE 1u

/* SYSCALL takes CS and SS from the first selector of STAR, SYSRET from the second. */
#define STAR_SELECTORS (USER_CODE << 16 | KERNEL_CODE)

extern uint8_t task_state[];
#define ESP0 ((uint32_t)(uintptr_t)(task_state + 4))

static const struct {
	uint32_t vector;
	const uint8_t *handler;
} doors[] = { { 0x20, entry_int20 }, { 0x21, entry_int21 }, { 0x22, entry_int22 }, { 0x23, entry_int23 } };

static uint64_t read_model_register(uint32_t number)
{
	uint64_t value;

	__asm__ volatile("rdmsr" : "=A"(value) : "c"(number));
	return value;
}

static void write_model_register(uint32_t number, uint64_t value)
{
	__asm__ volatile("wrmsr" ::"A"(value), "c"(number));
}

/* The EDX of a CPUID leaf, 0 when the CPU does not know the leaf. */
static uint32_t cpuid_edx(uint32_t leaf, uint32_t *eax)
{
	uint32_t highest, ebx, ecx, edx;

	__asm__ volatile("cpuid" : "=a"(highest), "=b"(ebx), "=c"(ecx), "=d"(edx) : "a"(leaf & 0x80000000u), "c"(0));
	if (highest < leaf || (highest ^ leaf) & 0x80000000u)
		return 0;
	__asm__ volatile("cpuid" : "=a"(*eax), "=b"(ebx), "=c"(ecx), "=d"(edx) : "a"(leaf), "c"(0));
	return edx;
}

/* SEP, but not on the first Pentium Pro, which has the bit and not the instruction (SDM vol. 2, SYSENTER). */
static bool has_sysenter(void)
{
	uint32_t signature = 0;
	uint32_t features = cpuid_edx(1, &signature);

	return features >> 11 & 1 && !((signature & 0xf00) == 0x600 && (signature & 0xff) < 0x33);
}

/* Processors of Intel show this bit only in long mode, where alone they have the instruction. */
static bool has_syscall(void)
{
	uint32_t unused = 0;

	return cpuid_edx(0x80000001u, &unused) >> 11 & 1;
}

void system_init_work(void)
{
	for (unsigned at = 0; at < sizeof doors / sizeof *doors; at++)
		descriptors_gate(doors[at].vector, doors[at].handler, true);
	information.available = 1 << ENTRY_INT20 | 1 << ENTRY_INT21 | 1 << ENTRY_INT22 | 1 << ENTRY_INT23;
	if (has_sysenter()) {
		write_model_register(SYSENTER_CS, KERNEL_CODE);
		write_model_register(SYSENTER_ESP, ESP0);
		write_model_register(SYSENTER_EIP, (uint32_t)(uintptr_t)entry_sysenter);
		information.available |= 1 << ENTRY_SYSENTER;
	}
	if (has_syscall()) {
		write_model_register(STAR, (uint64_t)STAR_SELECTORS << 32 | (uint32_t)(uintptr_t)entry_syscall);
		write_model_register(EFER, read_model_register(EFER) | SYSCALL_ENABLE);
		information.available |= 1 << ENTRY_SYSCALL;
	}
}

static bool sysenter_open(void)
{
	return (uint32_t)read_model_register(SYSENTER_CS) == KERNEL_CODE &&
	       (uint32_t)read_model_register(SYSENTER_ESP) == ESP0 &&
	       (uint32_t)read_model_register(SYSENTER_EIP) == (uint32_t)(uintptr_t)entry_sysenter;
}

static bool syscall_open(void)
{
	return read_model_register(EFER) & SYSCALL_ENABLE &&
	       read_model_register(STAR) == ((uint64_t)STAR_SELECTORS << 32 | (uint32_t)(uintptr_t)entry_syscall);
}

const char *system_init_check(struct evidence *evidence)
{
	for (unsigned at = 0; at < sizeof doors / sizeof *doors; at++)
		if (!descriptors_gate_open(doors[at].vector, doors[at].handler))
			return "a call gate is closed";
	if (has_sysenter() && !sysenter_open())
		return "the SYSENTER registers are not set";
	if (has_syscall() && !syscall_open())
		return "the SYSCALL registers are not set";
	evidence_add(evidence, "gates=0x20-0x23 sysenter=%s syscall=%s", has_sysenter() ? "yes" : "no",
	             has_syscall() ? "yes" : "no");
	return 0;
}
