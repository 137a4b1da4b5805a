/* SPDX-License-Identifier: MIT
 *
 * The life of a request, the same for every engine: tried at once if its lane is empty and may be
 * ready, else filed behind the others; tried again when the lane is ready; cancelled or closed.
 *
 * Order of locks: a listening socket's lane (an accept goes on to receive on another file), a
 * file's outgoing lane, its incoming lane, its attach lock; and whatever `done` takes: the port's
 * lock and leaves.
 *
 * The race that edge-triggered readiness invites: data arrives after a try found none and before
 * `ready` is cleared. The edge is taken out of the kernel by a poller only, and the poller sets
 * `ready` under the lane's lock, hence after the clearing: nothing is missed. An edge may as well
 * be stale; then a try is made in vain.
 */
#include "engine/backend.h"

#include <errno.h>

static struct engine_request *lane__head(const struct engine_lane *lane)
{
    return lane->tail ? lane->tail->next : NULL;
}

static void lane__push(struct engine_lane *lane, struct engine_request *request)
{
    if (lane->tail) {
        request->next = lane->tail->next;
        lane->tail->next = request;
    } else {
        request->next = request;
    }
    lane->tail = request;
}

/* Takes out the request after `previous`. */
static struct engine_request *lane__unlink(struct engine_lane *lane,
                                           struct engine_request *previous)
{
    struct engine_request *request = previous->next;

    if (request == previous) {
        lane->tail = NULL;
        return request;
    }
    previous->next = request->next;
    if (lane->tail == request)
        lane->tail = previous;
    return request;
}

static struct engine_request *lane__pop(struct engine_lane *lane)
{
    return lane__unlink(lane, lane->tail);
}

/* Tries the head and those behind it until one has to wait, and arms the engine for that one. */
static void lane__run(struct engine_file *file, enum engine_lane_index index)
{
    struct engine_lane *lane = &file->lanes[index];
    const struct engine_backend *backend = engine_backend();
    struct engine_request *head;

    lock_assert_held(&lane->lock);
    while ((head = lane__head(lane)) && !(head->flags & ENGINE_IN_KERNEL)) {
        long result = lane->ready ? backend->attempt(file, head) : -EAGAIN;
        if (result == -EAGAIN) {
            lane->ready = 0;
            int error = backend->arm(file, index, head);
            if (error == 0)
                return;
            result = error;
        }
        lane__pop(lane)->done(head, result, false);
    }
}

bool engine_start(struct engine_file *file, enum engine_lane_index index,
                  struct engine_request *request, long *result)
{
    struct engine_lane *lane = &file->lanes[index];
    bool at_once = !(request->flags & ENGINE_MUST_PEND);
    bool finished = false;

    lock_take(&lane->lock);
    if (lane->closed) {
        *result = -(long)lane->closed;
        finished = true;
    } else if (!lane->tail && lane->ready) {
        *result = engine_backend()->attempt(file, request);
        finished = *result != -EAGAIN;
        if (!finished)
            lane->ready = 0;
    }
    if (finished) {
        request->done(request, *result, at_once);
    } else {
        bool first = !lane->tail;
        lane__push(lane, request);
        if (first)
            lane__run(file, index);
    }
    lock_drop(&lane->lock);
    return finished && at_once;
}

void lane_ready(struct engine_file *file, enum engine_lane_index index, bool hang_up)
{
    struct engine_lane *lane = &file->lanes[index];

    lock_take(&lane->lock);
    lane->ready = 1;
    lane->hang_up |= hang_up;
    lane__run(file, index);
    lock_drop(&lane->lock);
}

void lane_finished(struct engine_file *file, enum engine_lane_index index,
                   struct engine_request *request, long result, bool more)
{
    struct engine_lane *lane = &file->lanes[index];

    lock_assert_held(&lane->lock);
    ASSERT(lane__head(lane) == request);
    request->flags &= (uint8_t)~ENGINE_IN_KERNEL;
    if (result == -EAGAIN && (request->flags & ENGINE_CANCELLED))
        result = -ECANCELED;
    if (result < 0 && lane->closed)
        result = -(long)lane->closed;
    if (result != -EAGAIN)
        lane__pop(lane)->done(request, result, false);
    lane->ready = more || result == -EAGAIN;
    lane__run(file, index);
}

/* Ends one lane's matching requests with -error. */
static unsigned lane__cancel(struct engine_file *file, struct engine_lane *lane, int error,
                             bool (*match)(struct engine_request *, void *), void *context)
{
    const struct engine_backend *backend = engine_backend();
    struct engine_request *previous = lane->tail;
    struct engine_request *last = lane->tail;
    unsigned cancelled = 0;

    lock_assert_held(&lane->lock);
    while (previous) {
        struct engine_request *request = previous->next;
        bool at_end = request == last;
        if (match && !match(request, context)) {
            previous = request;
        } else if (request->flags & ENGINE_IN_KERNEL) {
            if (!(request->flags & ENGINE_CANCELLED))
                backend->cancel(file, request);
            request->flags |= ENGINE_CANCELLED;
            cancelled++;
            previous = request;
        } else {
            lane__unlink(lane, previous)->done(request, -(long)error, false);
            cancelled++;
        }
        if (at_end || !lane->tail)
            break;
    }
    return cancelled;
}

unsigned engine_cancel(struct engine_file *file, bool (*match)(struct engine_request *, void *),
                       void *context)
{
    unsigned cancelled = 0;

    for (int index = 0; index < ENGINE_LANES; index++) {
        struct engine_lane *lane = &file->lanes[index];
        lock_take(&lane->lock);
        cancelled += lane__cancel(file, lane, ECANCELED, match, context);
        /* What stood behind a cancelled head is the head now. */
        lane__run(file, index);
        lock_drop(&lane->lock);
    }
    return cancelled;
}

void engine_close(struct engine_file *file, int error)
{
    for (int index = 0; index < ENGINE_LANES; index++) {
        struct engine_lane *lane = &file->lanes[index];
        lock_take(&lane->lock);
        ASSERT(error <= UINT8_MAX);
        lane->closed = (uint8_t)error;
        lane__cancel(file, lane, error, NULL, NULL);
        lock_drop(&lane->lock);
    }
}

bool engine_busy(struct engine_file *file, enum engine_lane_index index)
{
    struct engine_lane *lane = &file->lanes[index];

    lock_take(&lane->lock);
    bool busy = lane->tail != NULL;
    lock_drop(&lane->lock);
    return busy;
}
