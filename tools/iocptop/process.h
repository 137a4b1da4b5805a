/* SPDX-License-Identifier: MIT
 *
 * What /proc tells of a process and its threads. Paths are relative to an open /proc/PID. */
#ifndef IOCPTOP_PROCESS_H
#define IOCPTOP_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

enum { PROCESS_TASKS_MOST = 4096 };

/* Thread numbers as the process knows them, where it lives in a pid namespace of its own. */
struct process_tasks {
    bool same; /* the numbers are ours */
    unsigned count;
    struct {
        uint32_t inner, outer;
    } task[PROCESS_TASKS_MOST];
};

/* What a thread does at this moment. Texts are printable. */
struct look {
    char state;    /* the letter of /proc, '?' if it is not known */
    char name[32]; /* may be empty */
    char call[64]; /* the system call it is in, "running", or "?" */
};

bool process_has_ended(int process);
void process_name(int process, char *name, unsigned room);

/* The number by which the process or thread of this status file calls itself; 0: unknown. */
uint32_t process_inner_id(int process, const char *status);

void process_tasks_read(struct process_tasks *tasks, int process);
void process_look(int process, const struct process_tasks *tasks, uint32_t thread,
                  struct look *look);

/* calls.c: a system call by its number, NULL if it is none of those that commonly block. */
const char *call_name(long number);

#endif
