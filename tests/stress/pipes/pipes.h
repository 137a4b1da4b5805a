/* SPDX-License-Identifier: MIT
 *
 * What the parts of the pipes' stress program share.
 */
#ifndef IOCP_TESTS_STRESS_PIPES_H
#define IOCP_TESTS_STRESS_PIPES_H

#include "../stress.h"

#include <sys/types.h>

extern char pipes_directory[64];

HANDLE pipes_serve(const char *name, DWORD open_mode, DWORD mode, DWORD instances);
HANDLE pipes_open(const char *name, DWORD flags);
/* How many files are in the directory. */
int pipes_files(void);

/* roles.c: this program again, as another process. */
struct pipes_process {
    pid_t pid;
    int said; /* it writes a byte there when it is where it is to be */
};
const char *pipes_name(const char *what);
struct pipes_process pipes_start(const char *role, const char *name);
void pipes_ready(struct pipes_process *process);
void pipes_kill(struct pipes_process *process);
/* Its exit code. */
int pipes_wait(struct pipes_process *process);
/* The other process's main. */
int pipes_role(const char *role, const char *name, const char *descriptor);

/* These return how many of their checks failed.
 * crowd.c: many clients and many instances, in threads. */
unsigned pipes_crowd(void);

/* places.c: directories that are not to be trusted, and other users. */
unsigned pipes_places(void);

#endif
