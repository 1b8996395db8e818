#include "editor.h"

#include "calls.h"
#include "output.h"

#define STANDARD_INPUT 0

enum { CONTROL_C = 3, BACKSPACE = 8, CONTROL_U = 21, DELETE = 127 };

static uint32_t read_bytes(char *bytes, uint32_t length)
{
	struct message message = { .type = VFS_READ };

	message.transfer.descriptor = STANDARD_INPUT;
	message.transfer.buffer = (uint32_t)(uintptr_t)bytes;
	message.transfer.length = length;
	ipc_sendrec(SERVER, &message);
	return message.type > 0 ? (uint32_t)message.type : 0;
}

void editor_open(void)
{
	char none[1];

	read_bytes(none, 0);
}

static char next_byte(struct editor *editor)
{
	while (editor->at == editor->end) {
		editor->at = 0;
		editor->end = read_bytes(editor->received, sizeof editor->received);
	}
	editor->before = editor->received[editor->at++];
	editor->cancellations += editor->before == CONTROL_C;
	return editor->before;
}

void editor_discard(struct editor *editor)
{
	while (next_byte(editor) != CONTROL_C)
		;
}

static void erase(struct editor *editor, uint32_t count)
{
	for (; count && editor->length; count--, editor->length--)
		print("\b \b");
}

static void insert(struct editor *editor, char byte)
{
	if (editor->length + 1 == LINE_BYTES)
		return;
	editor->line[editor->length++] = byte;
	print("%c", byte);
}

void editor_read_line(struct editor *editor)
{
	editor->length = 0;
	for (;;) {
		char before = editor->before;
		char byte = next_byte(editor);

		if (byte == '\n' && before == '\r')
			continue; /* the second half of a line end */
		if (byte == '\r' || byte == '\n')
			break;
		if (byte == CONTROL_C) {
			editor->length = 0;
			print("^C");
			break;
		}
		if (byte == BACKSPACE || byte == DELETE)
			erase(editor, 1);
		else if (byte == CONTROL_U)
			erase(editor, LINE_BYTES);
		else if (byte >= ' ' && byte <= '~')
			insert(editor, byte);
	}
	editor->line[editor->length] = 0;
	print("\n");
}
