#include "console.h"

#include "abi.h"
#include "information.h"
#include "ipc.h"
#include "kernel.h"
#include "machine.h"
#include "options.h"
#include "scheduler.h"

#define CONTROL_C 3
#define RING_BYTES 256u /* a power of two; both positions run on and are reduced when used */

static uint8_t ring[RING_BYTES];
static uint32_t written, taken;
static bool awaited;     /* the server asked, found nothing, and wants to be told */
static int32_t reader = ANY; /* for whom the console was read last */
static __attribute__((section(".data"))) bool on_screen = false; /* in .data, since the second phase clears the BSS */

void console_start(void)
{
	serial_start();
	on_screen = screen_start(options_screen());
}

void console_put(uint8_t byte)
{
	serial_put(byte);
	if (on_screen)
		screen_put(byte);
}

static bool take_byte(uint8_t *byte)
{
	return serial_get(byte) || (on_screen && keyboard_get(byte));
}

static void receive_interrupt(bool on)
{
	serial_receive_interrupt(on);
	if (on_screen)
		keyboard_receive_interrupt(on);
}

void console_interrupt(void)
{
	uint8_t byte;

	while (written - taken < RING_BYTES && take_byte(&byte)) {
		ring[written++ % RING_BYTES] = byte;
		if (byte == CONTROL_C)
			information.cancellations++; /* a running load sees it without a call */
	}
	if (written - taken == RING_BYTES)
		receive_interrupt(false); /* the rest waits in the device until there is room */
	if (awaited && written != taken) {
		awaited = false;
		ipc_notify(process_find(SERVER));
	}
}

int32_t console_read(const struct process *owner, uint32_t address, uint32_t length)
{
	uint32_t moved = 0;

	reader = owner->endpoint;
	for (; moved < length && written != taken; moved++, taken++)
		if (!process_write(owner, address + moved, &ring[taken % RING_BYTES], 1))
			return EFAULT;
	awaited = moved == 0 && length > 0;
	receive_interrupt(true);
	return (int32_t)moved;
}

int32_t console_write(const struct process *owner, uint32_t address, uint32_t length)
{
	uint8_t piece[64];

	for (uint32_t done = 0; done < length;) {
		uint32_t size = length - done < sizeof piece ? length - done : sizeof piece;

		if (!process_read(owner, address + done, piece, size))
			return EFAULT;
		for (uint32_t at = 0; at < size; at++)
			console_put(piece[at]);
		done += size;
	}
	return (int32_t)length;
}

void shell_prompt_work(void)
{
	scheduler_unblock(process_find(SHELL), STOPPED);
}

#define DEADLINE_TICKS 50

const char *shell_prompt_check(struct evidence *evidence)
{
	const struct process *shell = process_find(SHELL);
	uint32_t ticks = 0;

	while (reader != SHELL)
		if (kernel_step() && ++ticks > DEADLINE_TICKS)
			return "no shell has read the console";
	if (!registers_user_mode(&shell->registers))
		return "the shell is not in user mode";
	if (!(shell->flags & RECEIVING) || shell->receive_from != SERVER)
		return "the shell does not wait for the server";
	if (!serial_receive_enabled())
		return "the serial line does not interrupt";
	evidence_add(evidence, "reader=%s endpoint=%d calls=%u", shell->name, shell->endpoint, information.counters.calls);
	return 0;
}
