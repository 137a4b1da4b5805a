/* SPDX-License-Identifier: MIT
 *
 * Finding, asking and copying. The descriptors of the other process are looked at by their links
 * first, and opened only if they are regular files: opening a pipe might wait, a device might act.
 */
#define _GNU_SOURCE
#include "source.h"
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    COPIES_MOST = 200, /* tries to copy while the writer writes */
    BETWEEN_COPIES_MS = 1,
};

#define MEMORY_LINK "/memfd:" STATS_MEMORY_NAME " (deleted)"

__attribute__((format(printf, 3, 4))) static enum exit_code
source__fail(struct source *source, enum exit_code code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(source->message, sizeof source->message, format, arguments);
    va_end(arguments);
    return code;
}

static double source__now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct timespec source__duration(double seconds)
{
    struct timespec duration = {.tv_sec = (time_t)seconds};
    duration.tv_nsec = (long)((seconds - (double)duration.tv_sec) * 1e9);
    return duration;
}

/* ---- reading ---- */

static bool source__read(const struct source *source, void *to, size_t bytes, size_t offset)
{
    char *target = to;

    while (bytes) {
        ssize_t got = pread(source->memory, target, bytes, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        target += got;
        offset += (size_t)got;
        bytes -= (size_t)got;
    }
    /* The next read's loads come after this one's. System calls alone do not order them. */
#if !defined(__SANITIZE_THREAD__)
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
    return true;
}

static bool source__word(const struct source *source, size_t offset, uint32_t *word)
{
    return source__read(source, word, sizeof *word, offset);
}

/* One try: false if the writer was at it. */
static bool source__copy(const struct source *source, struct snapshot *snapshot, bool *failed)
{
    const size_t sequence_at = offsetof(struct stats_memory, control.sequence);
    uint32_t before = 0, after = 1;

    *failed = !source__word(source, sequence_at, &before) ||
              !source__read(source, &snapshot->process, sizeof snapshot->process,
                            offsetof(struct stats_memory, process));
    if (*failed)
        return false;
    /* Clamped before it says how much to read. */
    uint32_t ports = snapshot->process.ports_listed;
    if (ports > STATS_PORTS)
        ports = STATS_PORTS;
    *failed = !source__read(source, snapshot->port, ports * sizeof *snapshot->port,
                            offsetof(struct stats_memory, port)) ||
              !source__word(source, sequence_at, &after);
    return !*failed && before == after && before % 2 == 0;
}

static enum exit_code source__snapshot(struct source *source, struct snapshot *snapshot)
{
    const struct timespec pause = {.tv_nsec = BETWEEN_COPIES_MS * 1000000};
    bool failed = false;

    for (int copies = 0; copies < COPIES_MOST && !failed; copies++) {
        if (source__copy(source, snapshot, &failed)) {
            snapshot_tame(snapshot);
            return EXIT_SHOWN;
        }
        nanosleep(&pause, NULL);
    }
    return source__fail(source, EXIT_DAMAGED, "its statistics %s",
                        failed ? "cannot be read" : "never come to rest");
}

/* ---- asking ---- */

static uint32_t *source__address(const struct source *source, size_t offset)
{
    return (uint32_t *)((char *)source->words + offset);
}

static bool source__request(struct source *source, uint32_t *request)
{
    const size_t at = offsetof(struct stats_memory, control.request);

    if (!source__word(source, at, request))
        return false;
    ++*request;
    /* Two readers at once may ask with the same number: one answer serves both. */
    if (pwrite(source->memory, request, sizeof *request, (off_t)at) != (ssize_t)sizeof *request)
        return false;
    syscall(SYS_futex, source__address(source, at), FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    return true;
}

/* Waits until this request is answered; false if it is not, in time. */
static bool source__wait(const struct source *source, uint32_t request, double patience)
{
    const size_t at = offsetof(struct stats_memory, control.answered);
    double until = source__now() + patience;
    uint32_t answered = 0;

    while (source__word(source, at, &answered)) {
        double left = until - source__now();
        if ((int32_t)(answered - request) >= 0)
            return true;
        if (left <= 0)
            return false;
        struct timespec limit = source__duration(left);
        syscall(SYS_futex, source__address(source, at), FUTEX_WAIT, answered, &limit, NULL, 0);
    }
    return false;
}

static double source__age(const struct snapshot *snapshot)
{
    struct timespec real;

    clock_gettime(CLOCK_REALTIME, &real);
    double age = (double)real.tv_sec + (double)real.tv_nsec / 1e9 -
                 (double)snapshot->process.taken_at_real / 1e9;
    return age > 0 ? age : 0;
}

enum exit_code source_ask(struct source *source, struct snapshot *snapshot, double patience)
{
    uint32_t request = 0;

    snapshot->process.snapshots = 0;
    if (!source__request(source, &request))
        return source__fail(source, EXIT_DAMAGED, "its statistics cannot be asked for: %s",
                            strerror(errno));
    bool answered = source__wait(source, request, patience);
    if (!answered && source->process >= 0 && process_has_ended(source->process))
        return source__fail(source, EXIT_SYSTEM, "the process has ended");
    enum exit_code code = source__snapshot(source, snapshot);
    if (code != EXIT_SHOWN) {
        snapshot->process.snapshots = 0;
        return code;
    }
    snapshot->fresh = answered;
    snapshot->age = source__age(snapshot);
    if (answered)
        return EXIT_SHOWN;
    return source__fail(source, EXIT_NO_ANSWER, "the process does not answer (stopped? hung?)");
}

/* ---- finding ---- */

static enum exit_code source__refuse(struct source *source, const char *why)
{
    close(source->memory);
    source->memory = -1;
    return source__fail(source, EXIT_DAMAGED, "what it shows is not what this program reads: %s",
                        why);
}

enum exit_code source_open_memory(struct source *source, int descriptor, uint32_t process_id)
{
    const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    struct stats_control control;
    struct stat about;

    source->memory = descriptor;
    if (fstat(descriptor, &about) < 0 || !S_ISREG(about.st_mode))
        return source__refuse(source, "no memory file");
    int found = fcntl(descriptor, F_GET_SEALS);
    if (found < 0 || (found & seals) != seals)
        return source__refuse(source, "not sealed");
    if (about.st_size != (off_t)sizeof(struct stats_memory) ||
        !source__read(source, &control, sizeof control, 0))
        return source__refuse(source, "another size");
    if (control.magic != STATS_MAGIC || control.size != sizeof(struct stats_memory))
        return source__refuse(source, "another layout");
    if (control.version != STATS_VERSION)
        return source__refuse(source, "another version");
    if (control.process_id != process_id)
        return source__refuse(source, "inherited from another process");
    source->words = mmap(NULL, sizeof control, PROT_READ, MAP_SHARED, descriptor, 0);
    if (source->words == MAP_FAILED) {
        source->words = NULL;
        return source__refuse(source, strerror(errno));
    }
    return EXIT_SHOWN;
}

/* Opens one descriptor of the process if it may be the memory; -1 if it is not. */
static int source__open_descriptor(int descriptors, const char *name)
{
    char link[PATH_MAX], again[64];
    struct stat about;

    ssize_t length = readlinkat(descriptors, name, link, sizeof link - 1);
    if (length < 0)
        return -1;
    link[length] = 0;
    if (strcmp(link, MEMORY_LINK) != 0)
        return -1;
    int place = openat(descriptors, name, O_PATH | O_CLOEXEC);
    if (place < 0)
        return -1;
    int opened = -1;
    if (fstat(place, &about) == 0 && S_ISREG(about.st_mode)) {
        snprintf(again, sizeof again, "/proc/self/fd/%d", place);
        opened = open(again, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    }
    close(place);
    return opened;
}

/* Tries all descriptors until one is right; the last refusal is remembered. */
static enum exit_code source__search(struct source *source, DIR *directory, uint32_t process_id)
{
    enum exit_code code =
        source__fail(source, EXIT_OFF,
                     "it shows no statistics: is it a program of libiocp, started with "
                     "IOCP_STATS=1, and has it made a port?");
    const struct dirent *entry;

    while (code != EXIT_SHOWN && (entry = readdir(directory))) {
        int opened = source__open_descriptor(dirfd(directory), entry->d_name);
        if (opened >= 0)
            code = source_open_memory(source, opened, process_id);
    }
    return code;
}

enum exit_code source_open(struct source *source, pid_t pid)
{
    char path[32];

    *source = (struct source){.process = -1, .memory = -1};
    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    source->process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (source->process < 0)
        return source__fail(source, EXIT_SYSTEM, "there is no such process");
    int descriptors = openat(source->process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = descriptors < 0 ? NULL : fdopendir(descriptors);
    if (!directory) {
        enum exit_code code = source__fail(
            source, EXIT_SYSTEM, "not allowed: %s (its user or root may look)", strerror(errno));
        if (descriptors >= 0)
            close(descriptors);
        source_close(source);
        return code;
    }
    enum exit_code code =
        source__search(source, directory, process_inner_id(source->process, "status"));
    closedir(directory);
    if (code != EXIT_SHOWN)
        source_close(source);
    return code;
}

void source_close(struct source *source)
{
    if (source->words)
        munmap(source->words, sizeof(struct stats_control));
    if (source->memory >= 0)
        close(source->memory);
    if (source->process >= 0)
        close(source->process);
    source->words = NULL;
    source->memory = source->process = -1;
}
