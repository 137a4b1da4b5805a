/* SPDX-License-Identifier: MIT
 *
 * The exit codes that docs/iocp-load.md promises. */
#ifndef IOCP_LOAD_EXITS_H
#define IOCP_LOAD_EXITS_H

enum exit_code {
    EXIT_RIGHT = 0,
    EXIT_USAGE = 1,
    EXIT_SYSTEM = 2,
    EXIT_NO_ANSWER = 3,
    EXIT_WRONG_BYTE = 4,
    EXIT_CLOSED = 5,
    EXIT_INTERRUPTED = 130,
};

#endif
