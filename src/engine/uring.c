/* SPDX-License-Identifier: MIT
 *
 * The io_uring engine. Requests are tried by system calls that do not block; what has to wait waits
 * for a poll that the ring keeps on its descriptor, one for each direction, armed when the first
 * request of that direction has to wait and left there: it reports edges, as an epoll set does, and
 * no request costs the ring anything after that. So the kernel never holds a request of a lane.
 *
 * What io_uring does to pools of threads, and what is done about it:
 * - A poll belongs to the thread that armed it. When that thread ends, or the completion queue is
 *   full, the kernel ends the poll. Its last completion says so; whoever reaps that counts the lane
 *   as ready, so that no edge is lost, and the next request that has to wait arms it again.
 * - Completion work runs in the thread that armed. To interrupt it for each costs more than the
 *   completions do, so where a port's watchdog nudges threads that compute (nudge.h) it waits until
 *   that thread enters the kernel. Only threads that the watchdog knows arm there, those that poll:
 *   another hands the arming over, as a completion that says so to whoever takes it, and its reads
 *   and writes of files to the ring of the library's own thread.
 * - A poll keeps what its descriptor named, so it is ended before the descriptor is closed, or as
 *   soon as that names something else.
 * - A ring's completions can be taken by one thread while another sleeps on them; a kick is
 *   therefore a flag, and the completion that wakes the sleeper only its messenger.
 *
 * A completion may be older than its file, or than the poll that the file has now: it names the
 * file, which is held if it is still one, the lane, and the arming, by a number. Locks: lane,
 * attach_lock, the ring's (uring_ring.h).
 */
#include "engine/uring.h"

#include "base/fault.h"
#include "engine/backend.h"
#include "engine/disk_ring.h"
#include "engine/nudge.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    URING_BATCH = 64,
    URING_OUT = 1,    /* of a completion's tag: the lane; DISK_RING_TAG is another bit */
    URING_HANDED = 2, /* this poll is yet to be armed, by who takes the completion */
    URING_TAG_BITS = URING_TAGS - 1,
    URING_ARMING_SHIFT = 48, /* above every address of a program's */
    URING_STRANGERS = 4      /* completions in a row that another thread than the armer took */
};

/* A closing descriptor is waited for this long: the thread that armed has to run for a moment. */
#define URING_SETTLE (2 * NANOSECONDS_PER_MILLISECOND)

struct uring_source {
    struct engine_source source;
    struct uring_ring ring;
    uint32_t number;           /* unlike every other source's */
    _Atomic uint32_t kicked;   /* a poll shall return */
    _Atomic uint32_t sleepers; /* in ring_wait, or on their way */
    _Atomic uint64_t ended;    /* the tag of the poll whose last completion was taken last */
};

static struct uring_source *uring__of(struct engine_source *source)
{
    return CONTAINER_OF(source, struct uring_source, source);
}

static uint64_t uring__tag(struct engine_file *file, enum engine_lane_index lane, uint16_t arming)
{
    MUST((uintptr_t)file >> URING_ARMING_SHIFT == 0);
    return (uintptr_t)file | (lane == ENGINE_OUT ? URING_OUT : 0) |
           (uint64_t)arming << URING_ARMING_SHIFT;
}

static struct engine_file *uring__file_of(uint64_t tag)
{
    const uint64_t address = ((uint64_t)1 << URING_ARMING_SHIFT) - URING_TAGS;

    return (struct engine_file *)(uintptr_t)(tag & address); /* NOLINT */
}

/* Without polls that stay (before Linux 5.13) epoll does better. */
static int uring__probe(void)
{
    int error = uring_probe();

    if (error == 0 && !uring_can.lasting_polls)
        error = -ENOSYS;
    if (error == 0)
        uring_probe_modes();
    return error;
}

/* The source that the calling thread has polled last, by its number. */
static THREAD_LOCAL uint32_t uring_polled;

/* Whether the calling thread is nudged when what it has submitted here waits for it. */
static bool uring__may_submit(const struct uring_source *self)
{
    return !self->source.nudged || uring_polled == self->number;
}

static struct engine_source *uring__create(bool nudged)
{
    static _Atomic uint32_t numbers;
    struct uring_source *made = NULL;
    int error = ENOMEM;

    if (fault_hit(FAULT_MEMORY) || posix_memalign((void **)&made, CACHE_LINE, sizeof *made)) {
        errno = ENOMEM;
        return NULL;
    }
    made->source.nudged = nudged && uring_can.cooperative;
    made->number = 1 + atomic_fetch_add_explicit(&numbers, 1, memory_order_relaxed);
    error = -ring_open(&made->ring, made->source.nudged);
    if (error) {
        free(made);
        errno = error;
        return NULL;
    }
    atomic_init(&made->kicked, 0);
    atomic_init(&made->sleepers, 0);
    atomic_init(&made->ended, 0);
    return &made->source;
}

/* A name for this thread, of which nothing depends that two can have the same. */
static uint16_t uring__thread(void)
{
    static _Atomic uint16_t threads;
    static THREAD_LOCAL uint16_t self;

    if (UNLIKELY(self == 0))
        self = (uint16_t)(1 | atomic_fetch_add_explicit(&threads, 2, memory_order_relaxed));
    return self;
}

static uint8_t uring__bit(enum engine_lane_index lane)
{
    return lane == ENGINE_IN ? ENGINE_ATTACHED_IN : ENGINE_ATTACHED_OUT;
}

/* As the kernel has them: in two halves, on machines whose larger half comes first. */
static uint32_t uring__events(uint32_t events)
{
#if __BYTE_ORDER == __BIG_ENDIAN
    return events << 16 | events >> 16;
#else
    return events;
#endif
}

/* A poll with this number. Urgent data is asked for because a receive stops short of its mark, and
 * what lies behind is not announced again. A poll passes on what the socket tells its sleepers,
 * which is "urgent" with all that arrives, so a lane stays ready after a short receive and is tried
 * once more in vain. (Asking the socket where its mark is, after each short receive, costs the
 * same.)
 *
 * Reports at once what is ready already, then whatever becomes ready. Attach lock held. */
static int uring__submit_poll(struct engine_file *file, enum engine_lane_index lane,
                              uint16_t arming)
{
    const struct io_uring_sqe entry = {
        .opcode = IORING_OP_POLL_ADD,
        .fd = file->descriptor,
        .len = IORING_POLL_ADD_MULTI,
        .poll32_events = uring__events(lane == ENGINE_IN ? POLLIN | POLLPRI | POLLRDHUP : POLLOUT),
        .user_data = uring__tag(file, lane, arming)};

    lock_assert_held(&file->attach_lock);
    atomic_store_explicit(&file->armer, uring__thread(), memory_order_relaxed);
    atomic_store_explicit(&file->strangers, 0, memory_order_relaxed);
    return ring_submit(&uring__of(file_source(file))->ring, &entry);
}

/* Says to whoever polls that it is to arm this one. Attach lock held. */
static int uring__hand_over(struct engine_file *file, enum engine_lane_index lane, uint16_t arming)
{
    const struct io_uring_sqe entry = {.opcode = IORING_OP_NOP,
                                       .user_data = uring__tag(file, lane, arming) | URING_HANDED};

    return ring_submit(&uring__of(file_source(file))->ring, &entry);
}

/* Whether this poll's last completion is there, or was: others reap too, and of several that ended
 * only one shows in `ended`. */
static bool uring__has_ended(struct uring_source *self, uint64_t tag)
{
    struct io_uring_cqe completion;

    while (ring_take_tagged(&self->ring, tag, &completion))
        if (!(completion.flags & IORING_CQE_F_MORE))
            return true;
    if (self->source.nudged && ring_take_tagged(&self->ring, tag | URING_HANDED, &completion))
        return true; /* and nobody will arm it */
    return atomic_load_explicit(&self->ended, memory_order_relaxed) == tag ||
           (uring_can.sync_cancel && ring_cancel_now(&self->ring, tag) == -ENOENT);
}

/* Returns when the kernel has let go of what the poll watched, which it does in the thread that
 * armed: usually this one, and then at once. */
static void uring__settle(struct uring_source *self, uint64_t tag)
{
    int64_t deadline = clock_now() + URING_SETTLE;

    for (int tries = 0; !uring__has_ended(self, tag); tries++) {
        if (tries >= 32 && clock_now() >= deadline)
            return;
        if (tries == 4 && self->source.nudged)
            engine_nudge();
        if (tries >= 8)
            sched_yield(); /* its thread may need this processor */
    }
}

/* Takes the lane's poll, if it has one, off its source. Attach lock held. */
static void uring__unwatch(struct engine_file *file, enum engine_lane_index lane, bool settle)
{
    struct engine_source *source = file_source(file);
    uint16_t arming = atomic_exchange_explicit(&file->armings[lane], 0, memory_order_relaxed);
    uint64_t tag = uring__tag(file, lane, arming);

    file_set_attached(file, file_attached(file) & (uint8_t)~uring__bit(lane));
    if (!arming || !source)
        return;
    ring_cancel(&uring__of(source)->ring, tag);
    if (settle)
        uring__settle(uring__of(source), tag);
}

/* The kernel has ended this poll, whatever for: the lane's next request that waits arms another. */
static void uring__ended(struct engine_file *file, enum engine_lane_index lane, uint16_t arming)
{
    lock_take(&file->attach_lock);
    if (atomic_load_explicit(&file->armings[lane], memory_order_relaxed) == arming) {
        atomic_store_explicit(&file->armings[lane], 0, memory_order_relaxed);
        file_set_attached(file, file_attached(file) & (uint8_t)~uring__bit(lane));
    }
    lock_drop(&file->attach_lock);
}

/* Who armed has to run for a moment whenever the poll reports, and is woken for it. So if it is
 * others who take what comes of it, the poll is ended, and they arm the next one. Returns whether
 * it was. */
static bool uring__change_hands(struct engine_file *file, enum engine_lane_index lane)
{
    if (LIKELY(atomic_load_explicit(&file->armer, memory_order_relaxed) == uring__thread())) {
        if (UNLIKELY(atomic_load_explicit(&file->strangers, memory_order_relaxed)))
            atomic_store_explicit(&file->strangers, 0, memory_order_relaxed);
        return false;
    }
    if (atomic_fetch_add_explicit(&file->strangers, 1, memory_order_relaxed) + 1 < URING_STRANGERS)
        return false;
    lock_take(&file->attach_lock);
    uring__unwatch(file, lane, false);
    lock_drop(&file->attach_lock);
    return true;
}

/* A poll reports: its lane's requests are tried. What an ended poll did not see may be there too.
 * Who is late merely causes a try in vain (the file moves at this moment). */
static void uring__notice(struct uring_source *self, const struct io_uring_cqe *completion)
{
    uint64_t tag = completion->user_data;
    struct engine_file *file = uring__file_of(tag);
    enum engine_lane_index lane = tag & URING_OUT ? ENGINE_OUT : ENGINE_IN;
    uint16_t arming = (uint16_t)(tag >> URING_ARMING_SHIFT);
    bool ended = !(completion->flags & IORING_CQE_F_MORE);
    uint32_t events = completion->res < 0 ? 0 : (uint32_t)completion->res;
    uint32_t hang_up =
        lane == ENGINE_IN ? POLLRDHUP | POLLHUP | POLLERR | POLLPRI : POLLHUP | POLLERR;

    if (ended)
        atomic_store_explicit(&self->ended, tag, memory_order_relaxed);
    if (!engine_events->hold(file))
        return;
    if (atomic_load_explicit(&file->armings[lane], memory_order_relaxed) == arming) {
        if (ended)
            uring__ended(file, lane, arming);
        else
            ended = uring__change_hands(file, lane);
        if (ended || events & (hang_up | POLLIN | POLLOUT))
            lane_ready(file, lane, events & hang_up);
    }
    engine_events->release(file);
}

/* Another thread wanted this poll, and armed it would be by this one. */
static void uring__take_over(struct uring_source *self, uint64_t tag)
{
    struct engine_file *file = uring__file_of(tag);
    enum engine_lane_index lane = tag & URING_OUT ? ENGINE_OUT : ENGINE_IN;
    uint16_t arming = (uint16_t)(tag >> URING_ARMING_SHIFT);
    int error = 0;

    if (!engine_events->hold(file))
        return;
    lock_take(&file->attach_lock);
    if (atomic_load_explicit(&file->armings[lane], memory_order_relaxed) == arming &&
        file_source(file) == &self->source)
        error = uring__submit_poll(file, lane, arming);
    lock_drop(&file->attach_lock);
    if (error) {
        /* The lane tries again, and ends its requests if that does not help. */
        uring__ended(file, lane, arming);
        lane_ready(file, lane, false);
    }
    engine_events->release(file);
}

static void uring__wake_sleeper(struct uring_source *self)
{
    const struct io_uring_sqe notice = {.opcode = IORING_OP_NOP, .user_data = URING_KICK};

    while (ring_submit(&self->ring, &notice) == -ENOMEM)
        sched_yield();
}

/* Works off what has been completed, up to `most` or a batch; returns whether there was any. */
static bool uring__reap(struct uring_source *self, uint32_t most)
{
    struct io_uring_cqe completion;
    bool messenger = false;
    uint32_t count = 0;

    /* One by one: what is not being worked on this moment another thread can find. */
    while (count < most && count < URING_BATCH && ring_take(&self->ring, &completion)) {
        if (completion.user_data & DISK_RING_TAG) {
            disk_ring_finish(&completion);
            count++;
        } else if (completion.user_data >= URING_TAGS && completion.user_data & URING_HANDED) {
            uring__take_over(self, completion.user_data);
        } else if (completion.user_data >= URING_TAGS) {
            uring__notice(self, &completion);
            count++;
        }
        messenger |= completion.user_data == URING_KICK;
    }
    /* Perhaps taken from under a sleeper whom it was to wake. */
    if (messenger && atomic_load(&self->kicked) && atomic_load(&self->sleepers))
        uring__wake_sleeper(self);
    return count != 0;
}

static void uring__poll(struct engine_source *source, int64_t deadline, uint32_t most)
{
    struct uring_source *self = uring__of(source);

    uring_polled = self->number;
    if (uring__reap(self, most))
        return;
    if (deadline == 0) {
        if (!source->nudged)
            return;
        /* Else who asks in a loop would never enter the kernel. */
        ring_flush(&self->ring);
        uring__reap(self, most);
        return;
    }
    /* Sequentially consistent, as in uring__kick: one of the two sees the other. */
    atomic_fetch_add(&self->sleepers, 1);
    if (!atomic_load(&self->kicked))
        ring_wait(&self->ring, deadline);
    atomic_fetch_sub(&self->sleepers, 1);
    atomic_store(&self->kicked, 0);
    uring__reap(self, most);
}

/* Called with other locks held: reaps nothing. */
static void uring__kick(struct engine_source *source)
{
    struct uring_source *self = uring__of(source);

    if (!atomic_exchange(&self->kicked, 1) && atomic_load(&self->sleepers))
        uring__wake_sleeper(self);
}

static struct uring_ring *uring__ring(struct engine_source *source)
{
    return &uring__of(source)->ring;
}

static struct engine_source *uring__ring_source(struct engine_source *source)
{
    return uring__may_submit(uring__of(source)) ? source : service_source();
}

static int uring__descriptor(struct engine_source *source)
{
    return uring__of(source)->ring.mapping.ring_fd;
}

/* Only what files left behind when they moved away can be outstanding, and it has been asked
 * back. */
static void uring__destroy(struct engine_source *source)
{
    struct uring_source *self = uring__of(source);

    while (ring_outstanding(&self->ring)) {
        if (uring__reap(self, URING_BATCH))
            continue;
        if (source->nudged)
            engine_nudge();
        ring_wait(&self->ring, clock_now() + NANOSECONDS_PER_MILLISECOND);
    }
    ring_close(&self->ring);
    free(self);
}

/* Sees to it that the lane has a poll. Attach lock held. */
static int uring__watch(struct engine_file *file, enum engine_lane_index lane)
{
    static _Atomic uint32_t armings;
    struct engine_source *source = file_source(file);
    uint32_t number = atomic_fetch_add_explicit(&armings, 1, memory_order_relaxed);
    uint16_t arming = (uint16_t)(1 + number % UINT16_MAX);

    if (!source)
        return -ENOMEM;
    /* Another thread may see its completion before this one is back here. */
    atomic_store_explicit(&file->armings[lane], arming, memory_order_relaxed);
    int error = uring__may_submit(uring__of(source)) ? uring__submit_poll(file, lane, arming)
                                                     : uring__hand_over(file, lane, arming);
    if (error)
        atomic_store_explicit(&file->armings[lane], 0, memory_order_relaxed);
    else
        file_set_attached(file, file_attached(file) | uring__bit(lane));
    return error;
}

static int uring__arm(struct engine_file *file, enum engine_lane_index lane,
                      struct engine_request *request)
{
    int result = 0;

    (void)request;
    lock_take(&file->attach_lock);
    if (!(file_attached(file) & uring__bit(lane)))
        result = uring__watch(file, lane);
    lock_drop(&file->attach_lock);
    return result;
}

/* Nobody waits: the polls are numbered, so what the old ones still have to say is not listened
 * to. */
static void uring__detach(struct engine_file *file)
{
    uring__unwatch(file, ENGINE_IN, false);
    uring__unwatch(file, ENGINE_OUT, false);
}

static void uring__let_go(struct engine_file *file)
{
    uring__unwatch(file, ENGINE_IN, true);
    uring__unwatch(file, ENGINE_OUT, true);
}

const struct engine_backend engine_uring = {
    .name = "uring",
    .patience = URING_BATCH, /* a look at the queue costs no system call */
    .lingers = true,
    .probe = uring__probe,
    .create = uring__create,
    .destroy = uring__destroy,
    .poll = uring__poll,
    .kick = uring__kick,
    .descriptor = uring__descriptor,
    .attempt = engine_attempt,
    .arm = uring__arm,
    .detach = uring__detach,
    .let_go = uring__let_go,
    .ring = uring__ring,
    .ring_source = uring__ring_source,
};
