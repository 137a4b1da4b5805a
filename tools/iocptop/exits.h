/* SPDX-License-Identifier: MIT
 *
 * The exit codes that docs/iocptop.md promises. */
#ifndef IOCPTOP_EXITS_H
#define IOCPTOP_EXITS_H

enum exit_code {
    EXIT_SHOWN = 0,
    EXIT_USAGE = 1,
    EXIT_SYSTEM = 2,    /* no such process, not allowed, no terminal */
    EXIT_OFF = 3,       /* the process shows nothing */
    EXIT_NO_ANSWER = 4, /* it did not answer: what was shown is old */
    EXIT_DAMAGED = 5,   /* what it shows is damaged, or of another version */
};

#endif
