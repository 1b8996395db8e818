/* The programs of the system image, each in a file of its own. */
#ifndef PROGRAMS_H
#define PROGRAMS_H

void init_program(void);
void server_program(void);
void partner_program(void);
void client_program(void);
void shell_program(void);

#endif
