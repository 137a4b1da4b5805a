/* SPDX-License-Identifier: MIT
 *
 * Sources: the seam's functions, passed on to the engine in force, their references, and their
 * numbers. There are many files and few sources, so a file names its source by a number, which is
 * looked up when the file is registered or taken off: once or twice in its life.
 *
 * source_lock guards the giving of numbers; looking one up takes no lock. It is taken under the
 * service's.
 */
#include "engine/backend.h"
#include "engine/nudge.h"
#include "engine/service.h"

#include "base/fault.h"

#include <errno.h>
#include <stdatomic.h>

/* As many as ports can be made of all the descriptors that a process may have by default. */
enum { SOURCE_PAGE = 64, SOURCE_PAGES = 1 << 14 };

struct source_page {
    struct engine_source *_Atomic sources[SOURCE_PAGE];
};

static struct lock source_lock;
static struct source_page *_Atomic source_pages[SOURCE_PAGES]; /* made when needed; they stay */
static uint32_t source_lowest = 1;                             /* below it no number is free */

/* NULL: there is none, and no memory for it. */
static struct engine_source *_Atomic *source__slot(uint32_t number)
{
    lock_assert_held(&source_lock);
    if (number / SOURCE_PAGE >= SOURCE_PAGES)
        return NULL;
    struct source_page *_Atomic *place = &source_pages[number / SOURCE_PAGE];
    struct source_page *page = atomic_load_explicit(place, memory_order_relaxed);
    if (!page) {
        page = fault_calloc(1, sizeof *page);
        if (!page)
            return NULL;
        atomic_store_explicit(place, page, memory_order_release);
    }
    return &page->sources[number % SOURCE_PAGE];
}

static bool source__give_number(struct engine_source *source)
{
    struct engine_source *_Atomic *slot;
    uint32_t number;

    lock_take(&source_lock);
    for (number = source_lowest; (slot = source__slot(number)); number++)
        if (!atomic_load_explicit(slot, memory_order_relaxed))
            break;
    if (slot) {
        source->number = number;
        atomic_store_explicit(slot, source, memory_order_release);
        source_lowest = number + 1;
    }
    lock_drop(&source_lock);
    return slot != NULL;
}

static void source__take_number(const struct engine_source *source)
{
    lock_take(&source_lock);
    atomic_store_explicit(source__slot(source->number), NULL, memory_order_relaxed);
    if (source->number < source_lowest)
        source_lowest = source->number;
    lock_drop(&source_lock);
}

struct engine_source *source_of(uint32_t number)
{
    struct source_page *page =
        atomic_load_explicit(&source_pages[number / SOURCE_PAGE], memory_order_acquire);

    return atomic_load_explicit(&page->sources[number % SOURCE_PAGE], memory_order_acquire);
}

static struct engine_source *source__create(bool nudged)
{
    const struct engine_backend *backend = engine_backend();
    struct engine_source *source = backend->create(nudged);

    if (!source)
        return NULL;
    source->backend = backend;
    atomic_init(&source->references, 1);
    if (source__give_number(source))
        return source;
    backend->destroy(source);
    errno = ENOMEM;
    return NULL;
}

struct engine_source *engine_source_create(void)
{
    return source__create(false);
}

struct engine_source *engine_source_create_nudged(void)
{
    return source__create(true);
}

bool engine_source_is_nudged(const struct engine_source *source)
{
    return source->nudged;
}

uint32_t engine_source_patience(const struct engine_source *source)
{
    return source->backend->patience;
}

void source_unref(struct engine_source *source)
{
    if (atomic_fetch_sub_explicit(&source->references, 1, memory_order_acq_rel) != 1)
        return;
    source__take_number(source);
    source->backend->destroy(source);
}

void engine_source_destroy(struct engine_source *source)
{
    engine_source_take_back(source);
    source_unref(source);
}

void engine_source_poll(struct engine_source *source, int64_t deadline, uint32_t most)
{
    source->backend->poll(source, deadline, most);
}

void engine_source_kick(struct engine_source *source)
{
    source->backend->kick(source);
}
