/* SPDX-License-Identifier: MIT
 *
 * Whether a thread is blocked at this moment, as its state letter in /proc tells: blocked is S or
 * D; R is running or merely preempted, and the other letters (stopped, traced) are none of a port's
 * business. Who is looked at, when, and what follows from it is in watch.c. Also whether that is
 * done at all: the environment and the program may turn it off, and where /proc is missing, or
 * tells of another process space than this thread's own, nothing can be seen.
 *
 * A descriptor per thread would be too many in a process with thousands of threads, so only a few
 * stay open; the other threads' are opened for each look, at three times the price. When the
 * process has no descriptor to spare a thread counts as running, and the next tick tries again.
 *
 * watch_file is guarded by port->watch_lock; look_state is a word of its own, no lock is taken.
 */
#include "port/port_internal.h"

#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    FILES_MOST = 64, /* kept open in the whole process */
    PATH_SIZE = 64,
};

enum look_state {
    LOOK_UNDECIDED,
    LOOK_OFF,
    LOOK_ON,   /* /proc has not been needed yet, or could be read */
    LOOK_NONE, /* on, but there is no /proc to read; asked again when the program asks */
};

static _Atomic int look_state;
static _Atomic int look_files;

static void look__path(char path[PATH_SIZE], int system_id)
{
    snprintf(path, PATH_SIZE, "/proc/self/task/%d/stat", system_id);
}

/* Whether the file's state letter says blocked; false also if it cannot be read. */
static bool look__read(int file, bool *blocked)
{
    char text[128];
    ssize_t length = pread(file, text, sizeof text - 1, 0);

    if (length <= 0)
        return false;
    text[length] = 0;
    /* "id (name) S ...": the name may hold anything, what follows it holds no parenthesis. */
    const char *after = strrchr(text, ')');
    if (!after || after + 2 >= text + length)
        return false;
    *blocked = after[2] == 'S' || after[2] == 'D';
    return true;
}

/* Whether /proc numbers threads as the kernel does for this one. It does not when it was mounted
 * outside of the process space that the program runs in. */
static bool look__numbers_agree(void)
{
    char link[PATH_SIZE], expected[PATH_SIZE];
    ssize_t length = readlink("/proc/thread-self", link, sizeof link - 1);

    if (length <= 0)
        return false;
    link[length] = 0;
    snprintf(expected, sizeof expected, "%d/task/%d", (int)getpid(), (int)syscall(SYS_gettid));
    return strcmp(link, expected) == 0;
}

/* Whether the calling thread could be looked at now; *passing if that is only for want of a
 * descriptor. */
static bool look__works(bool *passing)
{
    char path[PATH_SIZE];
    bool blocked, works = false;

    *passing = false;
    if (!look__numbers_agree())
        return false;
    look__path(path, (int)syscall(SYS_gettid));
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        works = look__read(file, &blocked);
        close(file);
    } else {
        *passing = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
    }
    return works;
}

static int look__default(void)
{
    const char *wish = getenv("IOCP_WATCH");

    return wish && strcmp(wish, "off") == 0 ? LOOK_OFF : LOOK_ON;
}

/* The state, decided if it was not; NONE is found out on the first look. */
static int look__state(void)
{
    int state = atomic_load_explicit(&look_state, memory_order_relaxed);

    if (state == LOOK_UNDECIDED) {
        bool passing;
        int wished = look__default();
        if (wished == LOOK_ON && !look__works(&passing) && !passing)
            wished = LOOK_NONE;
        if (atomic_compare_exchange_strong(&look_state, &state, wished))
            state = wished;
    }
    return state;
}

bool port__look_is_on(void)
{
    return look__state() == LOOK_ON;
}

/* A descriptor of the thread's stat, or -1. */
static int look__open(struct port_thread *thread)
{
    char path[PATH_SIZE];
    bool passing;

    look__path(path, thread->system_id);
    int file = descriptor_above_standard(open(path, O_RDONLY | O_CLOEXEC));
    if (file < 0 && !look__works(&passing) && !passing) {
        int on = LOOK_ON; /* /proc has gone */
        atomic_compare_exchange_strong(&look_state, &on, LOOK_NONE);
    }
    return file;
}

bool port__look(struct port_thread *thread)
{
    bool blocked = false;

    if (thread->watch_file > 0)
        return look__read(thread->watch_file - 1, &blocked) && blocked;
    int file = look__open(thread);
    if (file < 0)
        return false;
    bool read = look__read(file, &blocked);
    if (atomic_fetch_add(&look_files, 1) < FILES_MOST) {
        thread->watch_file = file + 1;
    } else {
        atomic_fetch_sub(&look_files, 1);
        close(file);
    }
    return read && blocked;
}

void port__look_forget(struct port_thread *thread)
{
    if (thread->watch_file > 0) {
        close(thread->watch_file - 1);
        atomic_fetch_sub(&look_files, 1);
    }
    thread->watch_file = 0;
}

const char *port_watch_name(void)
{
    bool passing;
    int state = look__state();

    if (state == LOOK_OFF)
        return "off";
    bool works = look__works(&passing);
    int wanted = works || passing ? LOOK_ON : LOOK_NONE;
    atomic_compare_exchange_strong(&look_state, &state, wanted);
    return works ? "proc" : "none";
}

int port_watch_choose(const char *name)
{
    bool passing;
    int state = LOOK_ON;

    if (strcmp(name, "off") == 0)
        state = LOOK_OFF;
    else if (strcmp(name, "auto") == 0)
        state = LOOK_UNDECIDED;
    else if (strcmp(name, "proc") != 0)
        return -EINVAL;
    else if (!look__works(&passing))
        return passing ? -EMFILE : -ENOSYS;
    atomic_store(&look_state, state);
    return 0;
}
