/* SPDX-License-Identifier: MIT
 *
 * Files as engines see them: made, moved to another source, renewed for another connection.
 */
#include "engine/backend.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

const struct engine_events *_Atomic engine_events;

void engine_set_events(const struct engine_events *events)
{
    /* Files are made by many threads while others already get notices. */
    if (atomic_load_explicit(&engine_events, memory_order_relaxed) != events)
        atomic_store_explicit(&engine_events, events, memory_order_release);
}

void engine_file_init(struct engine_file *file, int descriptor)
{
    memset(file, 0, sizeof *file);
    file->descriptor = descriptor;
    for (int index = 0; index < ENGINE_LANES; index++)
        file->lanes[index].ready = 1;
}

static void lane__forget(struct engine_lane *lane)
{
    lane->ready = 1;
    lane->hang_up = 0;
    atomic_store_explicit(&lane->ending, 0, memory_order_relaxed);
}

void engine_file_renew(struct engine_file *file, bool out_held)
{
    struct engine_lane *in = &file->lanes[ENGINE_IN];
    struct engine_lane *out = &file->lanes[ENGINE_OUT];

    lock_take(&file->attach_lock);
    if (file_attached(file) && engine_backend()->let_go)
        engine_backend()->let_go(file);
    file_set_attached(file, 0);
    lock_drop(&file->attach_lock);
    if (!out_held)
        lock_take(&out->lock);
    lane__forget(out);
    if (!out_held)
        lock_drop(&out->lock);
    lock_take(&in->lock);
    lane__forget(in);
    lock_drop(&in->lock);
}

void engine_file_drain_in(struct engine_file *file)
{
    lane_ready(file, ENGINE_IN, true);
}

void engine_file_try(struct engine_file *file, enum engine_lane_index lane)
{
    lane_ready(file, lane, false);
}

struct engine_source *file_source(struct engine_file *file)
{
    lock_assert_held(&file->attach_lock);
    return file->source ? source_of(file->source) : service_source();
}

/* What was armed at the old source has to be armed at the new one. */
static void file__arm_again(struct engine_file *file, enum engine_lane_index index)
{
    struct engine_lane *lane = &file->lanes[index];
    struct engine_request *head = lane->tail ? lane->tail->next : NULL;

    lock_assert_held(&lane->lock);
    if (!head || (head->flags & ENGINE_IN_KERNEL))
        return;
    int error = engine_backend()->arm(file, index, head);
    if (error == 0)
        return;
    if (lane->tail == head)
        lane->tail = NULL;
    else
        lane->tail->next = head->next;
    head->done(head, error, false);
}

void engine_file_move(struct engine_file *file, struct engine_source *source)
{
    lock_take(&file->lanes[ENGINE_OUT].lock);
    lock_take(&file->lanes[ENGINE_IN].lock);
    lock_take(&file->attach_lock);
    if (file_attached(file))
        engine_backend()->detach(file);
    file_set_attached(file, 0);
    file->source = source ? source->number : 0;
    lock_drop(&file->attach_lock);
    file__arm_again(file, ENGINE_IN);
    file__arm_again(file, ENGINE_OUT);
    lock_drop(&file->lanes[ENGINE_IN].lock);
    lock_drop(&file->lanes[ENGINE_OUT].lock);
}

void engine_file_finish(struct engine_file *file)
{
    const struct engine_backend *backend = engine_backend();

    /* Who holds a lane's lock keeps the file: he would drop the lock of whatever is here next. */
    for (int index = 0; index < ENGINE_LANES; index++)
        ASSERT(atomic_load(&file->lanes[index].lock.word) == 0 && !file->lanes[index].tail);
    lock_take(&file->attach_lock);
    if (file_attached(file))
        (backend->let_go ? backend->let_go : backend->detach)(file);
    file_set_attached(file, 0);
    lock_drop(&file->attach_lock);
}
