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
#include "base/fault.h"

#include <pthread.h>
#include <signal.h>
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

/* The source with a reference, if it is still on the list. */
static struct engine_source *service__hold(struct engine_source *wanted)
{
    struct engine_source *source;

    lock_take(&service_lock);
    for (source = service_left; source && source != wanted; source = source->next_left)
        ;
    if (source)
        atomic_fetch_add_explicit(&source->references, 1, memory_order_relaxed);
    lock_drop(&service_lock);
    return source;
}

/* Somebody has taken the source back while it was being polled here, and what was taken out of it
 * may have been the kick for the thread that polls it now. */
static void service__pass_kick_on(struct engine_source *source)
{
    struct engine_source *left;

    lock_take(&service_lock);
    for (left = service_left; left && left != source; left = left->next_left)
        ;
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
            struct engine_source *source = service__hold(events[index].data.ptr);
            if (!source)
                continue;
            source->backend->poll(source, 0);
            service__pass_kick_on(source);
            source_unref(source);
        }
    }
    return NULL;
}

/* The thread takes no signals: they are the program's. */
static bool service__start(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;

    lock_assert_held(&service_lock);
    if (service_started)
        return true;
    if (service_epoll < 0)
        service_epoll = fault_hit(FAULT_DESCRIPTOR) ? -1 : epoll_create1(EPOLL_CLOEXEC);
    if (service_epoll < 0 || fault_hit(FAULT_THREAD))
        return false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    service_started = pthread_create(&thread, &attributes, service__run, NULL) == 0;
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
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
