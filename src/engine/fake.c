/* SPDX-License-Identifier: MIT
 *
 * The fake engine, for tests: real descriptors and an epoll behind it, but what may happen by
 * chance happens by a seed, and often. Tries fail although they would succeed and are announced
 * later, transfers are cut short, files become ready in another order, requests are held as a
 * kernel would hold them and their cancelling comes too late. It keeps the seam's contract: every
 * request ends exactly once, in order, and nothing stalls as long as anybody polls.
 *
 *   IOCP_FAKE_SEED      the seed; without it always the same
 *   IOCP_FAKE_VERBOSE   set: the seed is printed
 *   IOCP_FAKE_FAILURES  how many of 1000 tries fail with an error; 0
 *
 * A source is epoll's own. Notices are collected and delivered by any poll, whichever the source:
 * a file may have moved meanwhile. What the fake holds is found and ended without the lane's lock
 * being dropped between, so it ends once; fake_lock guards the notices and is a leaf.
 */
#include "engine/backend.h"

#include "base/clock.h"
#include "base/fault.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { FAKE_BATCH = 64, FAKE_VECTORS = 16, FAKE_LONGEST_DELAY = 6 };

/* Chances in 1000. */
enum { FAKE_REFUSE = 200, FAKE_SHORTEN = 500, FAKE_HOLD = 400, FAKE_CANCEL_LOSES = 500 };

struct fake_notice {
    struct engine_file *file;
    uint8_t lane;
    uint8_t hang_up;
    uint16_t polls; /* until it is delivered */
};

static struct lock fake_lock;
static struct fake_notice *fake_notices;
static unsigned fake_count, fake_room;

static _Atomic uint64_t fake_state;
static unsigned fake_failures;

/* The choice of engine is made under a lock: once. */
static int fake__probe(void)
{
    const char *seed = getenv("IOCP_FAKE_SEED");
    const char *failures = getenv("IOCP_FAKE_FAILURES");
    uint64_t value = seed ? strtoull(seed, NULL, 0) : 1;

    atomic_store(&fake_state, value * 0x9e3779b97f4a7c15ULL);
    fake_failures = failures ? (unsigned)strtoul(failures, NULL, 0) : 0;
    if (getenv("IOCP_FAKE_VERBOSE"))
        fprintf(stderr, "fake engine: seed %llu\n", (unsigned long long)value);
    return 0;
}

/* Less than `limit`. A counter whose values are scattered: any thread, no lock. */
static unsigned fake__below(size_t limit)
{
    uint64_t value = atomic_fetch_add(&fake_state, 0x9e3779b97f4a7c15ULL);

    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return (unsigned)((value ^ (value >> 31)) % limit);
}

static bool fake__chance(unsigned of_1000)
{
    return fake__below(1000) < of_1000;
}

static enum engine_lane_index fake__lane_of(const struct engine_request *request)
{
    return request->kind == ENGINE_SEND || request->kind == ENGINE_CONNECT ||
                   request->kind == ENGINE_SHUTDOWN || request->kind == ENGINE_TRANSMIT ||
                   request->kind == ENGINE_OWN_OUT
               ? ENGINE_OUT
               : ENGINE_IN;
}

static void fake__grow(void)
{
    unsigned room = fake_room ? fake_room * 2 : 64;
    struct fake_notice *larger;

    lock_assert_held(&fake_lock);
    do /* without it a request would never end */
        larger = fault_calloc(room, sizeof *larger);
    while (!larger);
    if (fake_count)
        memcpy(larger, fake_notices, fake_count * sizeof *larger);
    free(fake_notices);
    fake_notices = larger;
    fake_room = room;
}

/* Files a notice, anywhere among the others: the order is the seed's. */
static void fake__put_off(struct engine_file *file, enum engine_lane_index lane, bool hang_up)
{
    lock_take(&fake_lock);
    if (fake_count == fake_room)
        fake__grow();
    unsigned place = fake__below(fake_count + 1);
    fake_notices[fake_count++] = fake_notices[place];
    fake_notices[place] = (struct fake_notice){.file = file,
                                               .lane = (uint8_t)lane,
                                               .hang_up = hang_up,
                                               .polls = (uint16_t)fake__below(FAKE_LONGEST_DELAY)};
    lock_drop(&fake_lock);
}

/* The lane will be announced, by a poll that is made to return. Lane lock held. */
static void fake__announce(struct engine_file *file, enum engine_lane_index lane)
{
    fake__put_off(file, lane, false);
    lock_take(&file->attach_lock);
    struct engine_source *source = file_source(file);
    lock_drop(&file->attach_lock);
    if (source)
        engine_epoll.kick(source);
}

/* The request with its buffers cut to `length`. */
static struct engine_request fake__cut(const struct engine_request *request, size_t length,
                                       struct iovec *pieces)
{
    struct engine_request cut = *request;
    size_t left = length;

    engine_set_length(&cut, length);
    if (request->count == 0)
        return cut;
    cut.vector = pieces;
    cut.count = 0;
    for (unsigned index = 0; index < request->count && index < FAKE_VECTORS && left; index++) {
        struct iovec piece = request->vector[index];
        if (piece.iov_len > left)
            piece.iov_len = left;
        left -= piece.iov_len;
        pieces[cut.count++] = piece;
    }
    engine_set_length(&cut, length - left);
    return cut;
}

/* A try that may move less than it could. */
static long fake__short(struct engine_file *file, struct engine_request *request)
{
    struct iovec pieces[FAKE_VECTORS];
    size_t left = engine_length(request) - engine_moved(request);
    size_t length = engine_moved(request) + 1 + fake__below(left);
    struct engine_request cut = fake__cut(request, length, pieces);

    if (engine_length(&cut) <= engine_moved(request))
        return engine_attempt(file, request);
    long result = engine_attempt(file, &cut);
    engine_set_moved(request, engine_moved(&cut));
    if (!(request->kind == ENGINE_SEND || request->flags & ENGINE_WAIT_ALL))
        return result;
    if (result < 0 || (size_t)result < engine_length(&cut) ||
        engine_length(&cut) == engine_length(request))
        return result;
    fake__announce(file, fake__lane_of(request));
    return -EAGAIN;
}

static long fake__failure(const struct engine_request *request)
{
    switch (request->kind) {
    case ENGINE_RECEIVE:
    case ENGINE_READABLE:
        return -ECONNRESET;
    case ENGINE_CONNECT:
        return -ECONNREFUSED;
    default:
        return -ENOBUFS;
    }
}

static long fake__attempt(struct engine_file *file, struct engine_request *request)
{
    bool moves = request->kind == ENGINE_RECEIVE || request->kind == ENGINE_SEND;

    if (request->kind == ENGINE_SHUTDOWN)
        return engine_attempt(file, request);
    if (fake__chance(FAKE_REFUSE)) {
        fake__announce(file, fake__lane_of(request));
        return -EAGAIN;
    }
    if (fake__chance(fake_failures))
        return fake__failure(request);
    /* A message cut short would be lost. */
    if (moves && !request->message_flags && !(request->flags & ENGINE_MESSAGES) &&
        engine_length(request) > engine_moved(request) && fake__chance(FAKE_SHORTEN))
        return fake__short(file, request);
    return engine_attempt(file, request);
}

static int fake__arm(struct engine_file *file, enum engine_lane_index lane,
                     struct engine_request *request)
{
    int error = engine_epoll.arm(file, lane, request);

    if (error == 0 && fake__chance(FAKE_HOLD))
        request->flags |= ENGINE_IN_KERNEL;
    return error;
}

static void fake__cancel(struct engine_file *file, struct engine_request *request)
{
    fake__announce(file, fake__lane_of(request));
}

/* What is held is not armed again by the file's move: it has to come back. Lanes locked then. */
static void fake__detach(struct engine_file *file)
{
    struct engine_source *source = file_source(file);

    engine_epoll.detach(file);
    for (int index = 0; index < ENGINE_LANES && source; index++) {
        const struct engine_lane *lane = &file->lanes[index];
        if (!lane->tail || !(lane->tail->next->flags & ENGINE_IN_KERNEL))
            continue;
        fake__put_off(file, index, false);
        engine_epoll.kick(source);
    }
}

/* The lane is ready: so its head is given back if it is held, perhaps done in spite of a cancel.
 * `ready` is set before the lock is dropped: a request that becomes the head in between would
 * otherwise be held without a try, and lane_ready leaves alone what is held. */
static void fake__deliver(const struct fake_notice *notice)
{
    struct engine_file *file = notice->file;
    struct engine_lane *lane = &file->lanes[notice->lane];
    long result = -EAGAIN;

    if (!engine_events->hold(file))
        return;
    lock_take(&lane->lock);
    struct engine_request *head = lane->tail ? lane->tail->next : NULL;
    bool held = head && head->flags & ENGINE_IN_KERNEL;
    lane->ready = 1;
    lane->hang_up |= notice->hang_up;
    if (held && head->flags & ENGINE_CANCELLED && !lane->closed && fake__chance(FAKE_CANCEL_LOSES))
        result = engine_attempt(file, head);
    if (held)
        lane_finished(file, notice->lane, head, result, true);
    lock_drop(&lane->lock);
    if (!held)
        lane_ready(file, notice->lane, notice->hang_up);
    engine_events->release(file);
}

static void fake__collect(const struct epoll_event *event)
{
    struct engine_file *file = event->data.ptr;
    bool hang_up = event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);

    if (!file)
        return;
    if (event->events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        fake__put_off(file, ENGINE_IN, hang_up);
    if (event->events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        fake__put_off(file, ENGINE_OUT, hang_up);
}

/* Takes up to `most` notices, or FAKE_BATCH, whose time has come; *left: how many remain. */
static unsigned fake__due(struct fake_notice *due, uint32_t most, unsigned *left)
{
    unsigned kept = 0, taken = 0;

    lock_take(&fake_lock);
    for (unsigned index = 0; index < fake_count; index++) {
        struct fake_notice notice = fake_notices[index];
        if (notice.polls == 0 && taken < most && taken < FAKE_BATCH) {
            due[taken++] = notice;
            continue;
        }
        notice.polls -= notice.polls != 0;
        fake_notices[kept++] = notice;
    }
    *left = fake_count = kept;
    lock_drop(&fake_lock);
    return taken;
}

static bool fake__idle(void)
{
    lock_take(&fake_lock);
    bool idle = fake_count == 0;
    lock_drop(&fake_lock);
    return idle;
}

static void fake__poll(struct engine_source *source, int64_t deadline, uint32_t most)
{
    struct epoll_event events[FAKE_BATCH];
    struct fake_notice due[FAKE_BATCH];
    int timeout = 0;
    unsigned left;

    if (deadline != 0 && fake__idle()) {
        int64_t wait = (deadline - clock_now()) / NANOSECONDS_PER_MILLISECOND + 1;
        timeout = deadline == CLOCK_FOREVER || wait > INT32_MAX ? -1 : wait > 0 ? (int)wait : 0;
    }
    int count = epoll_wait(engine_epoll.descriptor(source), events, FAKE_BATCH, timeout);
    for (int index = 0; index < count; index++)
        fake__collect(&events[index]);
    unsigned taken = fake__due(due, most, &left);
    for (unsigned index = 0; index < taken; index++)
        fake__deliver(&due[index]);
    /* Whoever watches the descriptor shall come back for the rest. */
    if (left)
        engine_epoll.kick(source);
}

static struct engine_source *fake__create(bool nudged)
{
    return engine_epoll.create(nudged);
}

/* Notices of files that have moved away were announced here: somebody else has to look. */
static void fake__destroy(struct engine_source *source)
{
    struct engine_source *service = fake__idle() ? NULL : service_source();

    if (service && service != source)
        engine_epoll.kick(service);
    engine_epoll.destroy(source);
}

static void fake__kick(struct engine_source *source)
{
    engine_epoll.kick(source);
}

static int fake__descriptor(struct engine_source *source)
{
    return engine_epoll.descriptor(source);
}

const struct engine_backend engine_fake = {
    .name = "fake",
    .patience = 4,
    .probe = fake__probe,
    .create = fake__create,
    .destroy = fake__destroy,
    .poll = fake__poll,
    .kick = fake__kick,
    .descriptor = fake__descriptor,
    .attempt = fake__attempt,
    .arm = fake__arm,
    .cancel = fake__cancel,
    .detach = fake__detach,
};
