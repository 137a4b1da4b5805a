/* SPDX-License-Identifier: MIT
 *
 * Watching descriptors beside their lanes, whatever the engine: an epoll set of its own, which the
 * library's own thread looks after as it does after any source. Edge triggered; whoever is told
 * looks for himself what is ready.
 *
 * watch_lock guards the making of the set.
 */
#include "engine/backend.h"

#include "base/descriptor.h"
#include "base/fault.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { WATCH_BATCH = 32 };

static struct lock watch_lock;
static _Atomic int watch_epoll = -1;
static void (*_Atomic watch_noticed)(struct engine_file *file);

static void watch__poll(struct engine_source *source, int64_t deadline, uint32_t most)
{
    struct epoll_event events[WATCH_BATCH];
    int count = epoll_wait(watch_epoll, events, most < WATCH_BATCH ? (int)most : WATCH_BATCH, 0);

    (void)source;
    (void)deadline;
    for (int index = 0; index < count; index++) {
        struct engine_file *file = events[index].data.ptr;
        /* The notice may be older than the file, which may be gone by now. */
        if (!engine_events->hold(file))
            continue;
        atomic_load (&watch_noticed)(file);
        engine_events->release(file);
    }
}

static int watch__descriptor(struct engine_source *source)
{
    (void)source;
    return watch_epoll;
}

static const struct engine_backend watch_backend = {
    .name = "watch", .poll = watch__poll, .descriptor = watch__descriptor};
static struct engine_source watch_source = {.backend = &watch_backend, .references = 1};

/* The set, made on first use and never given back; -1 if that fails. */
static int watch__set(void)
{
    if (atomic_load(&watch_epoll) >= 0)
        return watch_epoll;
    lock_take(&watch_lock);
    if (watch_epoll < 0) {
        int made = fault_hit(FAULT_DESCRIPTOR) ? -1 : epoll_create1(EPOLL_CLOEXEC);
        watch_epoll = made = descriptor_above_standard(made);
        if (made >= 0 && !engine_source_leave(&watch_source)) {
            watch_epoll = -1;
            close(made);
        }
    }
    lock_drop(&watch_lock);
    return watch_epoll;
}

void engine_set_watcher(void (*noticed)(struct engine_file *file))
{
    atomic_store(&watch_noticed, noticed);
}

bool engine_watch(struct engine_file *file)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET,
                                .data.ptr = file};
    int set = watch__set();

    if (set < 0)
        return false;
    /* Both report at once what is ready already. */
    if (epoll_ctl(set, EPOLL_CTL_MOD, file->descriptor, &event) == 0)
        return true;
    return errno == ENOENT && epoll_ctl(set, EPOLL_CTL_ADD, file->descriptor, &event) == 0;
}

void engine_unwatch(struct engine_file *file)
{
    int set = atomic_load(&watch_epoll);

    if (set >= 0)
        epoll_ctl(set, EPOLL_CTL_DEL, file->descriptor, NULL);
}
