/* SPDX-License-Identifier: MIT
 *
 * The epoll engine. A file is registered once, edge triggered, when its first request has to wait:
 * for what comes in, and from the first send that has to wait on for what goes out too. After that
 * no request costs an epoll_ctl: lanes remember what edges told.
 *
 * Files are always ready: what would wait for the disk goes to a ring that is a member of the
 * source's epoll set. ring_lock is taken to make it.
 */
#include "engine/backend.h"
#include "engine/disk_ring.h"
#include "engine/uring.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/fault.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    EPOLL_BATCH = 64,
    EPOLL_RING_ONLY = 16 /* polls in a row that were satisfied by the ring alone */
};

struct epoll_source {
    struct engine_source source;
    int epoll;
    int event;              /* for kicks: edge triggered and never read */
    struct lock ring_lock;  /* making the ring */
    bool ring_refused;      /* ring_lock */
    _Atomic int ring_polls; /* in a row that did not look at epoll */
    struct uring_ring *_Atomic ring;
};

static struct epoll_source *epoll__of(struct engine_source *source)
{
    return CONTAINER_OF(source, struct epoll_source, source);
}

static int epoll__probe(void)
{
    return 0;
}

static struct engine_source *epoll__create(bool nudged)
{
    struct epoll_source *made = fault_calloc(1, sizeof *made);
    struct epoll_event kick = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};

    (void)nudged; /* nobody is interrupted as it is */
    if (!made) {
        errno = ENOMEM;
        return NULL;
    }
    errno = EMFILE; /* what a fault point means */
    made->epoll = fault_hit(FAULT_DESCRIPTOR) ? -1 : epoll_create1(EPOLL_CLOEXEC);
    made->epoll = descriptor_above_standard(made->epoll);
    if (made->epoll < 0)
        goto no_epoll;
    made->event = descriptor_above_standard(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (made->event < 0)
        goto no_event;
    if (epoll_ctl(made->epoll, EPOLL_CTL_ADD, made->event, &kick) == 0)
        return &made->source;
    close(made->event);
no_event:
    close(made->epoll);
no_epoll:
    free(made);
    return NULL;
}

static void epoll__destroy(struct engine_source *source)
{
    struct epoll_source *self = epoll__of(source);

    struct uring_ring *ring = atomic_load(&self->ring);

    if (ring) {
        ring_close(ring);
        free(ring);
    }
    close(self->event);
    close(self->epoll);
    free(self);
}

static struct uring_ring *epoll__make_ring(struct epoll_source *self)
{
    struct epoll_event readable = {.events = EPOLLIN, .data.ptr = self};
    struct uring_ring *made = NULL;

    lock_assert_held(&self->ring_lock);
    if (fault_hit(FAULT_MEMORY) || posix_memalign((void **)&made, CACHE_LINE, sizeof *made))
        return NULL;
    int error = ring_open(made, false);
    if (!error && epoll_ctl(self->epoll, EPOLL_CTL_ADD, made->mapping.ring_fd, &readable) < 0) {
        error = -errno;
        ring_close(made);
    }
    if (!error)
        return made;
    free(made);
    /* A process short of descriptors may have some later. */
    self->ring_refused = error != -EMFILE && error != -ENFILE;
    return NULL;
}

static struct uring_ring *epoll__ring(struct engine_source *source)
{
    struct epoll_source *self = epoll__of(source);
    struct uring_ring *ring = atomic_load_explicit(&self->ring, memory_order_acquire);

    if (LIKELY(ring != NULL))
        return ring;
    lock_take(&self->ring_lock);
    ring = atomic_load_explicit(&self->ring, memory_order_relaxed);
    if (!ring && !self->ring_refused) {
        ring = epoll__make_ring(self);
        atomic_store_explicit(&self->ring, ring, memory_order_release);
    }
    lock_drop(&self->ring_lock);
    return ring;
}

/* Works off what the ring has completed, up to `most`; returns whether there was anything. */
static bool epoll__reap(struct epoll_source *self, uint32_t most)
{
    struct uring_ring *ring = atomic_load_explicit(&self->ring, memory_order_acquire);
    struct io_uring_cqe completion;
    uint32_t count = 0;

    while (ring && count < most && ring_take(ring, &completion))
        if (completion.user_data >= URING_TAGS) {
            disk_ring_finish(&completion);
            count++;
        }
    return count != 0;
}

/* Never early: a remainder of less than a millisecond is waited for as a whole one. */
static int epoll__timeout(int64_t deadline)
{
    if (deadline == CLOCK_FOREVER)
        return -1;
    if (deadline == 0)
        return 0;
    int64_t left = deadline - clock_now();
    if (left <= 0)
        return 0;
    left = (left + NANOSECONDS_PER_MILLISECOND - 1) / NANOSECONDS_PER_MILLISECOND;
    return left > INT32_MAX ? INT32_MAX : (int)left;
}

static void epoll__notice(struct engine_file *file, uint32_t events)
{
    /* Urgent data counts as well: a receive stops short of its mark, and what lies behind it will
     * not be announced again. */
    bool hang_up = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI);

    /* The notice may be older than the file: it may be gone, or be another connection's by now. */
    if (!engine_events->hold(file))
        return;
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI))
        lane_ready(file, ENGINE_IN, hang_up);
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        lane_ready(file, ENGINE_OUT, hang_up);
    engine_events->release(file);
}

static void epoll__poll(struct engine_source *source, int64_t deadline, uint32_t most)
{
    struct epoll_source *self = epoll__of(source);
    struct epoll_event events[EPOLL_BATCH];

    if (most > EPOLL_BATCH)
        most = EPOLL_BATCH;
    if (epoll__reap(self, most)) {
        /* Sockets and kicks are not forgotten over a ring that always has something. */
        if (atomic_fetch_add_explicit(&self->ring_polls, 1, memory_order_relaxed) < EPOLL_RING_ONLY)
            return;
        deadline = 0;
    }
    atomic_store_explicit(&self->ring_polls, 0, memory_order_relaxed);
    int count = epoll_wait(self->epoll, events, (int)most, epoll__timeout(deadline));
    for (int index = 0; index < count; index++)
        if (events[index].data.ptr && events[index].data.ptr != self)
            epoll__notice(events[index].data.ptr, events[index].events);
    /* Also after EINTR: the kernel interrupts the submitter's sleep to complete. */
    epoll__reap(self, most);
}

static void epoll__kick(struct engine_source *source)
{
    uint64_t one = 1;
    /* Fails only when 2^64 - 2 kicks are unread. */
    if (write(epoll__of(source)->event, &one, sizeof one) < 0)
        return;
}

static int epoll__descriptor(struct engine_source *source)
{
    return epoll__of(source)->epoll;
}

/* Both ways of registering report at once what is ready already. */
static int epoll__register(struct engine_source *source, const struct engine_file *file,
                           struct epoll_event *event)
{
    int epoll = epoll__of(source)->epoll;

    if (epoll_ctl(epoll, file_attached(file) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, file->descriptor,
                  event) == 0)
        return 0;
    /* An earlier file's registration has outlived its closing (epoll__let_go), and the number names
     * the same thing again. */
    if (errno == EEXIST && epoll_ctl(epoll, EPOLL_CTL_MOD, file->descriptor, event) == 0)
        return 0;
    return -errno;
}

/* Has the file reported for this direction too. */
static OUT_OF_LINE int epoll__attach(struct engine_file *file, uint8_t wanted)
{
    int result = 0;

    lock_take(&file->attach_lock);
    if (!(file_attached(file) & wanted)) {
        struct engine_source *source = file_source(file);
        uint8_t all = file_attached(file) | wanted;
        struct epoll_event event = {.events = EPOLLET | EPOLLRDHUP | EPOLLPRI |
                                              (all & ENGINE_ATTACHED_IN ? EPOLLIN : 0u) |
                                              (all & ENGINE_ATTACHED_OUT ? EPOLLOUT : 0u),
                                    .data.ptr = file};
        result = source ? epoll__register(source, file, &event) : -ENOMEM;
        if (result == 0)
            file_set_attached(file, all);
    }
    lock_drop(&file->attach_lock);
    return result;
}

static int epoll__arm(struct engine_file *file, enum engine_lane_index lane,
                      struct engine_request *request)
{
    uint8_t wanted = lane == ENGINE_IN ? ENGINE_ATTACHED_IN : ENGINE_ATTACHED_OUT;

    (void)request;
    /* A file is moved to another source with its lanes' locks held, of which this has one. */
    return LIKELY(file_attached(file) & wanted) ? 0 : epoll__attach(file, wanted);
}

static void epoll__detach(struct engine_file *file)
{
    struct engine_source *source = file_source(file);

    if (source)
        epoll_ctl(epoll__of(source)->epoll, EPOLL_CTL_DEL, file->descriptor, NULL);
}

/* The registration goes with what the descriptor names. If that stays open elsewhere (a duplicate
 * that the program has made, a child that inherited it) edges go on being reported, for a file that
 * is gone or has become another one: notices that are stale, as any may be. */
static void epoll__let_go(struct engine_file *file)
{
    (void)file;
}

const struct engine_backend engine_epoll = {
    .name = "epoll",
    /* A batch of events makes twice as many packets where each is answered: it goes first. */
    .patience = 4 * EPOLL_BATCH,
    .probe = epoll__probe,
    .create = epoll__create,
    .destroy = epoll__destroy,
    .poll = epoll__poll,
    .kick = epoll__kick,
    .descriptor = epoll__descriptor,
    .attempt = engine_attempt,
    .arm = epoll__arm,
    .detach = epoll__detach,
    .let_go = epoll__let_go,
    .ring = epoll__ring,
};
