/* SPDX-License-Identifier: MIT
 *
 * The service thread: completes requests of files that belong to no port, and of ports none of
 * whose threads is there. It sleeps in an epoll of the sources' own descriptors, so it costs
 * nothing while nothing happens. It is started when the first such source appears.
 *
 * service_lock, a leaf, guards the list of sources left to the thread. A notice may be older than
 * the source it names: only what is still on the list is polled, with a reference of its own,
 * because what completes may be the last thing that kept the source's owner.
 */
#include "engine/service.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/fault.h"
#include "base/own_thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { SERVICE_BATCH = 16 };

static struct lock service_lock;
static struct engine_source *service_left;
static int service_epoll = -1;
static bool service_started;
static struct engine_source *_Atomic service_own;

static bool service__has(const struct engine_source *wanted)
{
    struct engine_source *source = service_left;

    lock_assert_held(&service_lock);
    while (source && source != wanted)
        source = source->next_left;
    return source != NULL;
}

/* A reference on the source, if it is still on the list. */
static bool service__hold(struct engine_source *source)
{
    lock_take(&service_lock);
    bool left = service__has(source);
    if (left)
        atomic_fetch_add_explicit(&source->references, 1, memory_order_relaxed);
    lock_drop(&service_lock);
    return left;
}

/* Somebody has taken the source back while it was being polled here, and what was taken out of it
 * may have been the kick for the thread that polls it now. */
static void service__pass_kick_on(struct engine_source *source)
{
    lock_take(&service_lock);
    bool left = service__has(source);
    lock_drop(&service_lock);
    if (!left)
        source->backend->kick(source);
}

static void *service__run(void *unused)
{
    struct epoll_event events[SERVICE_BATCH];

    (void)unused;
    prctl(PR_SET_NAME, "iocp-service");
    for (;;) {
        int count = epoll_wait(service_epoll, events, SERVICE_BATCH, -1);
        for (int index = 0; index < count; index++) {
            struct engine_source *source = events[index].data.ptr;
            if (!service__hold(source))
                continue;
            source->backend->poll(source, 0, UINT32_MAX);
            service__pass_kick_on(source);
            source_unref(source);
        }
    }
    return NULL;
}

static bool service__start(void)
{
    pthread_t thread;

    lock_assert_held(&service_lock);
    if (service_started)
        return true;
    if (service_epoll < 0)
        service_epoll = descriptor_above_standard(
            fault_hit(FAULT_DESCRIPTOR) ? -1 : epoll_create1(EPOLL_CLOEXEC));
    service_started = service_epoll >= 0 && own_thread_start(&thread, service__run);
    return service_started;
}

static bool service__adopt(struct engine_source *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};

    lock_assert_held(&service_lock);
    if (!service__start() ||
        epoll_ctl(service_epoll, EPOLL_CTL_ADD, source->backend->descriptor(source), &event) < 0)
        return false;
    source->next_left = service_left;
    service_left = source;
    return true;
}

bool engine_source_leave(struct engine_source *source)
{
    lock_take(&service_lock);
    /* Failing leaves the source to its port's watchdog, which tries again. */
    bool adopted = service__adopt(source);
    lock_drop(&service_lock);
    return adopted;
}

void engine_source_take_back(struct engine_source *source)
{
    struct engine_source **place = &service_left;

    lock_take(&service_lock);
    while (*place && *place != source)
        place = &(*place)->next_left;
    if (*place) {
        *place = source->next_left;
        epoll_ctl(service_epoll, EPOLL_CTL_DEL, source->backend->descriptor(source), NULL);
    }
    lock_drop(&service_lock);
}

struct engine_source *service_source(void)
{
    struct engine_source *source = atomic_load_explicit(&service_own, memory_order_acquire);

    if (source)
        return source;
    lock_take(&service_lock);
    source = atomic_load_explicit(&service_own, memory_order_relaxed);
    if (!source) {
        source = engine_source_create();
        if (source && !service__adopt(source)) {
            source_unref(source);
            source = NULL;
        }
        atomic_store_explicit(&service_own, source, memory_order_release);
    }
    lock_drop(&service_lock);
    return source;
}
