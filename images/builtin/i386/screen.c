/* The text screen of a VGA: 25 rows of 80 cells at 0xb8000, as the BIOS leaves it (mode 3). */
#include "machine.h"
#include "ports.h"

#define CELLS ((volatile uint16_t *)0xb8000)
#define ROWS 25u
#define COLUMNS 80u
#define GREY_ON_BLACK 0x0700u

enum { CONTROLLER_INDEX = 0x3d4, CONTROLLER_DATA = 0x3d5, CURSOR_HIGH = 14, CURSOR_LOW = 15 };

/* The cell of the cursor; in .data, since the second phase clears the BSS. */
static __attribute__((section(".data"))) uint32_t cursor = 0;

static void blank(uint32_t from, uint32_t to)
{
	for (; from < to; from++)
		CELLS[from] = GREY_ON_BLACK | ' ';
}

static void scroll(void)
{
	for (uint32_t cell = 0; cell < (ROWS - 1) * COLUMNS; cell++)
		CELLS[cell] = CELLS[cell + COLUMNS];
	blank((ROWS - 1) * COLUMNS, ROWS * COLUMNS);
	cursor -= COLUMNS;
}

static void show_cursor(void)
{
	port_write8(CONTROLLER_INDEX, CURSOR_HIGH);
	port_write8(CONTROLLER_DATA, (uint8_t)(cursor >> 8));
	port_write8(CONTROLLER_INDEX, CURSOR_LOW);
	port_write8(CONTROLLER_DATA, (uint8_t)cursor);
}

bool screen_start(bool asked)
{
	if (!asked && serial_present())
		return false;
	cursor = 0;
	blank(0, ROWS * COLUMNS);
	show_cursor();
	return true;
}

void screen_put(uint8_t byte)
{
	if (byte == '\r')
		cursor -= cursor % COLUMNS;
	else if (byte == '\n')
		cursor += COLUMNS;
	else if (byte == '\b')
		cursor -= cursor % COLUMNS != 0;
	else if (byte >= ' ')
		CELLS[cursor++] = (uint16_t)(GREY_ON_BLACK | byte);
	if (cursor >= ROWS * COLUMNS)
		scroll();
	show_cursor();
}
