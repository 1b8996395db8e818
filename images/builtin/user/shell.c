/* The shell: runs what the kernel command line asks for, then what is typed. */
#include "bytes.h"
#include "commands.h"
#include "editor.h"
#include "format.h"
#include "output.h"
#include "programs.h"
#include "snapshot.h"

#define PROMPT "petri# "

struct text {
	char bytes[LINE_BYTES];
	uint32_t length;
};

static void put(void *context, char byte)
{
	struct text *text = context;

	if (text->length + 1 < sizeof text->bytes)
		text->bytes[text->length++] = byte;
}

/* Runs a command that the kernel command line asked for, shown as if it had been typed. */
__attribute__((format(printf, 1, 2))) static void run_asked(const char *template, ...)
{
	struct text text = { .length = 0 };
	va_list arguments;

	va_start(arguments, template);
	format(put, &text, template, arguments);
	va_end(arguments);
	text.bytes[text.length] = 0;
	print("%s\n", text.bytes);
	command_run(text.bytes);
	print(PROMPT);
}

static void run_options(const struct options *options)
{
	if (options->calls)
		run_asked("calls %u%s%s", options->calls, *options->entry ? " " : "", options->entry);
	if (options->faults)
		run_asked("faults %u", options->faults);
	if (options->switches)
		run_asked("switches %u", options->switches);
	if (options->stride_count)
		run_asked("stride %u %u", options->stride_bytes, options->stride_count);
}

void shell_program(void)
{
	struct editor editor = { .at = 0, .end = 0, .before = 0 };

	editor_open();
	print(PROMPT);
	run_options((const struct options *)&kernel_information->options);
	for (;;) {
		editor_read_line(&editor);
		command_run(editor.line);
		print(PROMPT);
	}
}
