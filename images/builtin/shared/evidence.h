/* What a phase saw when it read its work back, in one line of key=value words. */
#ifndef EVIDENCE_H
#define EVIDENCE_H

struct evidence {
	char text[200];
	unsigned length;
};

/* Adds to the line; what does not fit is cut. */
__attribute__((format(printf, 2, 3))) void evidence_add(struct evidence *evidence, const char *template, ...);

#endif
