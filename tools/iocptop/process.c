/* SPDX-License-Identifier: MIT
 *
 * Reads /proc. Every file may be missing, refused or odd; then there is less to tell. */
#define _GNU_SOURCE
#include "process.h"
#include "snapshot.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The beginning of a small file as a text; -1 if there is none. */
static ssize_t process__read(int process, const char *path, char *text, size_t room)
{
    int file = openat(process, path, O_RDONLY | O_CLOEXEC);

    text[0] = 0;
    if (file < 0)
        return -1;
    ssize_t length = read(file, text, room - 1);
    close(file);
    if (length >= 0)
        text[length] = 0;
    return length;
}

/* Where "id (name) S ..." goes on behind the name, which may hold anything. */
static const char *process__behind_name(const char *stat)
{
    const char *end = strrchr(stat, ')');
    return end && end[1] == ' ' && end[2] ? end + 2 : NULL;
}

bool process_has_ended(int process)
{
    char text[512];

    if (process__read(process, "stat", text, sizeof text) <= 0)
        return true;
    const char *state = process__behind_name(text);
    return state && (*state == 'Z' || *state == 'X');
}

void process_name(int process, char *name, unsigned room)
{
    process__read(process, "comm", name, room);
    name[strcspn(name, "\n")] = 0;
    snapshot_tame_text(name, room);
}

uint32_t process_inner_id(int process, const char *status)
{
    char text[4096];
    uint32_t number = 0;

    if (process__read(process, status, text, sizeof text) <= 0)
        return 0;
    const char *line = strstr(text, "\nNSpid:");
    if (!line)
        return 0;
    /* One number for each namespace that knows it; its own is the last. */
    char *at = (char *)line + strlen("\nNSpid:");
    for (;;) {
        char *end;
        while (*at == '\t' || *at == ' ')
            at++;
        unsigned long found = strtoul(at, &end, 10);
        if (end == at || *at == '\n')
            return number;
        number = (uint32_t)found;
        at = end;
    }
}

void process_tasks_read(struct process_tasks *tasks, int process)
{
    char path[64], own[32];
    const struct dirent *entry;

    /* Its own number as we see it stands at the beginning of its stat. */
    process__read(process, "stat", own, sizeof own);
    tasks->count = 0;
    tasks->same = strtoul(own, NULL, 10) == process_inner_id(process, "status");
    int descriptor = tasks->same ? -1 : openat(process, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (!directory) {
        if (descriptor >= 0)
            close(descriptor);
        return;
    }
    while (tasks->count < PROCESS_TASKS_MOST && (entry = readdir(directory))) {
        unsigned long outer = strtoul(entry->d_name, NULL, 10);
        if (!outer)
            continue;
        snprintf(path, sizeof path, "task/%lu/status", outer);
        tasks->task[tasks->count].outer = (uint32_t)outer;
        tasks->task[tasks->count++].inner = process_inner_id(process, path);
    }
    closedir(directory);
}

static uint32_t process__outer(const struct process_tasks *tasks, uint32_t inner)
{
    for (unsigned index = 0; index < tasks->count; index++)
        if (tasks->task[index].inner == inner)
            return tasks->task[index].outer;
    return tasks->same ? inner : 0;
}

static ssize_t process__of_thread(int process, uint32_t thread, const char *file, char *text,
                                  size_t room)
{
    char path[64];

    snprintf(path, sizeof path, "task/%u/%s", thread, file);
    return process__read(process, path, text, room);
}

/* The call from `syscall`, which needs the right to trace; else where the kernel says it waits. */
static void process__call(int process, uint32_t thread, struct look *look)
{
    char text[256];

    snprintf(look->call, sizeof look->call, "?");
    if (process__of_thread(process, thread, "syscall", text, sizeof text) > 0) {
        char *end;
        long number = strtol(text, &end, 10);
        const char *name = end == text || number < 0 ? NULL : call_name(number);
        if (strncmp(text, "running", 7) == 0)
            snprintf(look->call, sizeof look->call, "running");
        else if (name)
            snprintf(look->call, sizeof look->call, "%s", name);
        else if (end != text && number >= 0)
            snprintf(look->call, sizeof look->call, "system call %ld", number);
        else if (end != text)
            snprintf(look->call, sizeof look->call, "no system call"); /* a page fault, say */
    } else if (process__of_thread(process, thread, "wchan", text, sizeof text) > 0 &&
               strcmp(text, "0") != 0) {
        snprintf(look->call, sizeof look->call, "%.40s (in the kernel)", text);
    } else if (look->state == 'R') {
        snprintf(look->call, sizeof look->call, "running");
    }
    snapshot_tame_text(look->call, sizeof look->call);
}

void process_look(int process, const struct process_tasks *tasks, uint32_t thread,
                  struct look *look)
{
    char text[512];
    uint32_t outer = process__outer(tasks, thread);

    *look = (struct look){.state = '?', .call = "?"};
    if (!outer || process__of_thread(process, outer, "stat", text, sizeof text) <= 0)
        return;
    const char *state = process__behind_name(text);
    if (state && *state > ' ' && *state <= '~')
        look->state = *state;
    process__of_thread(process, outer, "comm", look->name, sizeof look->name);
    look->name[strcspn(look->name, "\n")] = 0;
    snapshot_tame_text(look->name, sizeof look->name);
    process__call(process, outer, look);
}
