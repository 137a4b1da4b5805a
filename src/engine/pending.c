/* SPDX-License-Identifier: MIT
 *
 * How many requests a file has, for people to look at.
 */
#include "engine/backend.h"
#include "engine/disk.h"
#include "engine/look.h"

/* Counted under a lock, which a file with very many requests shall not hold for long. */
enum { COUNTED_MOST = 4096 };

static unsigned pending__of(struct engine_lane *lane)
{
    unsigned count = 0;

    lock_take(&lane->lock);
    const struct engine_request *request = lane->tail;
    while (request && count < COUNTED_MOST) {
        count++;
        request = request->next;
        if (request == lane->tail)
            break;
    }
    lock_drop(&lane->lock);
    return count;
}

unsigned engine_pending(struct engine_file *file)
{
    return pending__of(&file->lanes[ENGINE_IN]) + pending__of(&file->lanes[ENGINE_OUT]);
}

unsigned engine_disk_pending(struct engine_disk *disk)
{
    unsigned count = 0;

    lock_take(&disk->lock);
    LIST_FOR_EACH(link, &disk->pending)
    {
        if (++count == COUNTED_MOST)
            break;
    }
    lock_drop(&disk->lock);
    return count;
}
