/* SPDX-License-Identifier: MIT
 *
 * The handle table: two tables of two levels each. Pages of slots are made when first needed and
 * stay; a slot is one atomic pointer.
 *
 * The race that matters: a look-up has read a slot, and before it takes its reference the handle
 * is closed, the object destroyed, and its memory reused for another object. Taking the reference
 * then fails or hits the newcomer; in both cases the slot no longer holds the pointer, and the
 * second look at it tells. If the newcomer was filed in the very same slot, it is what the handle
 * names now.
 *
 * handle_lock guards the free list and the making of pages.
 */
#include "object/handle.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/fork.h"
#include "base/lock.h"
#include "base/shield.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

enum {
    PATIENCE_NS = 1000000000,
    PAGE_SLOTS = 4096,
    PAGES = HANDLE_DESCRIPTORS / PAGE_SLOTS,
};
_Static_assert(HANDLE_OBJECTS == HANDLE_DESCRIPTORS, "both tables have the same shape");

struct slot {
    struct object *_Atomic object;
};

struct table {
    struct slot *_Atomic pages[PAGES];
};

static struct table handle_descriptors;
static struct table handle_objects;

/* In the slot of a descriptor that is open and has no handle any more, or none yet. */
static struct object handle_retired;
/* In that of one that the library keeps open for itself. Not the same: a late handle_forget, for a
 * descriptor that had the number earlier, must not end it. */
static struct object handle_kept;
/* In that of one whose close() has been called and has not returned: the number may be free, and
 * the program's, already. */
static struct object handle_closing;

static bool handle__is_mark(const struct object *object)
{
    return object == &handle_retired || object == &handle_kept || object == &handle_closing;
}

static struct lock handle_lock;
/* Free object slots, first freed first used: a stale handle stays invalid as long as possible.
 * The queue threads through free_next, a table of the same two levels. */
static uint32_t *handle_free_next[PAGES];
static uint32_t handle_free_first, handle_free_last; /* index + 1; 0: none */
static uint32_t handle_used;                         /* slots ever used */

static struct slot *table__find(struct table *table, uint32_t index)
{
    struct slot *page =
        atomic_load_explicit(&table->pages[index / PAGE_SLOTS], memory_order_acquire);
    return page ? &page[index % PAGE_SLOTS] : NULL;
}

static void table__forget(struct table *table)
{
    for (uint32_t page = 0; page < PAGES; page++) {
        struct slot *slots = atomic_load_explicit(&table->pages[page], memory_order_acquire);
        for (uint32_t index = 0; slots && index < PAGE_SLOTS; index++)
            atomic_store_explicit(&slots[index].object, NULL, memory_order_relaxed);
    }
}

/* In a child of fork: no handle is known any more. */
static void handle__forget(void)
{
    table__forget(&handle_descriptors);
    table__forget(&handle_objects);
}

static bool handle__is_orphan(void)
{
    return UNLIKELY(atomic_load_explicit(&fork_is_orphan, memory_order_relaxed));
}

/* The slot, made if it must be; NULL when memory is short. */
static struct slot *table__make(struct table *table, uint32_t index)
{
    lock_assert_held(&handle_lock);
    struct slot *slot = table__find(table, index);
    if (slot)
        return slot;
    struct slot *page = fault_calloc(PAGE_SLOTS, sizeof *page);
    if (!page)
        return NULL;
    fork_register(FORK_HANDLES, handle__forget);
    atomic_store_explicit(&table->pages[index / PAGE_SLOTS], page, memory_order_release);
    return &page[index % PAGE_SLOTS];
}

static struct slot *handle__slot(uintptr_t handle)
{
    if (handle < HANDLE_DESCRIPTORS)
        return table__find(&handle_descriptors, (uint32_t)handle);
    if (handle >= HANDLE_FIRST && handle < HANDLE_FIRST + 4ull * HANDLE_OBJECTS)
        return table__find(&handle_objects, (uint32_t)(handle - HANDLE_FIRST) / 4);
    return NULL;
}

static uint32_t *handle__free_link(uint32_t index)
{
    return &handle_free_next[index / PAGE_SLOTS][index % PAGE_SLOTS];
}

/* An unused object slot's index + 1, or 0 when memory is short or the table is full. */
static uint32_t handle__allocate(void)
{
    lock_assert_held(&handle_lock);
    uint32_t chosen = handle_free_first;
    if (chosen) {
        handle_free_first = *handle__free_link(chosen - 1);
        if (!handle_free_first)
            handle_free_last = 0;
        return chosen;
    }
    if (handle_used == HANDLE_OBJECTS)
        return 0;
    if (!handle_free_next[handle_used / PAGE_SLOTS]) {
        handle_free_next[handle_used / PAGE_SLOTS] =
            fault_calloc(PAGE_SLOTS, sizeof **handle_free_next);
        if (!handle_free_next[handle_used / PAGE_SLOTS])
            return 0;
    }
    if (!table__make(&handle_objects, handle_used))
        return 0;
    return ++handle_used;
}

static void handle__free(uint32_t index)
{
    lock_take(&handle_lock);
    *handle__free_link(index) = 0;
    if (handle_free_last)
        *handle__free_link(handle_free_last - 1) = index + 1;
    else
        handle_free_first = index + 1;
    handle_free_last = index + 1;
    lock_drop(&handle_lock);
}

static void handle__adopt(struct object *object)
{
    object_ref(object, OBJ_REF_HANDLE);
    atomic_fetch_add_explicit(&object->handles, 1, memory_order_relaxed);
}

uintptr_t handle_open(struct object *object)
{
    if (handle__is_orphan())
        return 0;
    lock_take(&handle_lock);
    uint32_t chosen = handle__allocate();
    lock_drop(&handle_lock);
    if (!chosen)
        return 0;
    handle__adopt(object);
    atomic_store_explicit(&table__find(&handle_objects, chosen - 1)->object, object,
                          memory_order_release);
    return HANDLE_FIRST + 4ul * (chosen - 1);
}

/* Where a descriptor's object is filed; NULL: it cannot be. */
static struct slot *handle__place(int descriptor)
{
    if (descriptor < 0 || (unsigned)descriptor >= HANDLE_DESCRIPTORS || handle__is_orphan())
        return NULL;
    lock_take(&handle_lock);
    struct slot *slot = table__make(&handle_descriptors, (uint32_t)descriptor);
    lock_drop(&handle_lock);
    return slot;
}

/* True if that is what was there. */
static bool slot__change(struct slot *slot, struct object *from, struct object *to)
{
    return atomic_compare_exchange_strong_explicit(&slot->object, &from, to, memory_order_acq_rel,
                                                   memory_order_acquire);
}

bool handle_open_at(int descriptor, struct object *object)
{
    struct slot *slot = handle__place(descriptor);

    if (!slot)
        return false;
    handle__adopt(object);
    struct object *stale = atomic_exchange_explicit(&slot->object, object, memory_order_acq_rel);
    if (stale && !handle__is_mark(stale)) {
        if (stale->ops->replaced)
            stale->ops->replaced(stale, descriptor);
        handle_release(stale);
    }
    return true;
}

bool handle_open_if_free(int descriptor, struct object *object)
{
    struct slot *slot = handle__place(descriptor);

    if (!slot)
        return false;
    handle__adopt(object);
    if (slot__change(slot, NULL, object))
        return true;
    atomic_fetch_sub_explicit(&object->handles, 1, memory_order_relaxed);
    object_unref(object, OBJ_REF_HANDLE);
    return false;
}

bool handle_keep(int descriptor)
{
    struct slot *slot = handle__place(descriptor);

    return slot && slot__change(slot, NULL, &handle_kept);
}

bool handle_keep_no_more(int descriptor)
{
    struct slot *slot = handle__slot((uintptr_t)(unsigned)descriptor);

    return slot && slot__change(slot, &handle_kept, &handle_retired);
}

struct object *handle_get(uintptr_t handle)
{
    struct slot *slot = handle__slot(handle);
    if (!slot)
        return NULL;
    for (;;) {
        struct object *object = atomic_load_explicit(&slot->object, memory_order_acquire);
        if (!object || UNLIKELY(handle__is_mark(object)))
            return NULL;
        if (!object_try_ref(object, OBJ_REF_CALL))
            continue;
        if (LIKELY(atomic_load_explicit(&slot->object, memory_order_acquire) == object))
            return object;
        object_unref(object, OBJ_REF_CALL);
    }
}

bool handle_names(uintptr_t handle, const struct object *object)
{
    struct slot *slot = handle__slot(handle);

    return slot && atomic_load_explicit(&slot->object, memory_order_relaxed) == object;
}

struct object *handle_get_kind(uintptr_t handle, const struct object_ops *ops, bool *wrong_kind)
{
    struct object *object = handle_get(handle);
    if (wrong_kind)
        *wrong_kind = object && object->ops != ops;
    if (object && object->ops != ops) {
        object_unref(object, OBJ_REF_CALL);
        return NULL;
    }
    return object;
}

struct object *handle_take(uintptr_t handle)
{
    struct slot *slot = handle__slot(handle);
    struct object *left = handle < HANDLE_DESCRIPTORS ? &handle_retired : NULL;

    if (!slot)
        return NULL;
    struct object *object = atomic_load_explicit(&slot->object, memory_order_acquire);
    do
        if (!object || handle__is_mark(object))
            return NULL;
    while (!atomic_compare_exchange_weak_explicit(&slot->object, &object, left,
                                                  memory_order_acq_rel, memory_order_acquire));
    if (handle >= HANDLE_FIRST)
        handle__free((uint32_t)(handle - HANDLE_FIRST) / 4);
    return object;
}

/* Until the close() that has been called returns: moments, unless its thread is kept from running.
 * A signal's handler that interrupted that very thread would wait for ever. */
static struct object *slot__await_closing(struct slot *slot)
{
    int64_t patience_ends = clock_now() + PATIENCE_NS;
    struct object *found;

    while ((found = atomic_load_explicit(&slot->object, memory_order_acquire)) == &handle_closing &&
           clock_now() < patience_ends)
        sched_yield();
    return found;
}

bool handle_is_retired(uintptr_t handle)
{
    struct slot *slot = handle < HANDLE_DESCRIPTORS ? handle__slot(handle) : NULL;

    if (!slot)
        return false;
    struct object *found = atomic_load_explicit(&slot->object, memory_order_acquire);
    if (UNLIKELY(found == &handle_closing))
        found = slot__await_closing(slot);
    return handle__is_mark(found);
}

bool handle_is_filed(int descriptor)
{
    struct slot *slot = handle__slot((uintptr_t)(unsigned)descriptor);
    struct object *found = slot ? atomic_load_explicit(&slot->object, memory_order_acquire) : NULL;

    return found && !handle__is_mark(found);
}

bool handle_forget(int descriptor)
{
    struct slot *slot = handle__slot((uintptr_t)(unsigned)descriptor);

    return !slot || slot__change(slot, &handle_retired, NULL) ||
           !atomic_load_explicit(&slot->object, memory_order_acquire);
}

int handle_close(int descriptor)
{
    struct slot *slot = handle__slot((uintptr_t)(unsigned)descriptor);

    shield_raise(); /* others may be waiting for the mark to go */
    bool marked = slot && slot__change(slot, &handle_retired, &handle_closing);
    int result = close(descriptor);
    int error = errno;
    if (marked)
        slot__change(slot, &handle_closing, NULL);
    shield_lower();
    errno = error;
    return result;
}

void handle_release(struct object *object)
{
    if (atomic_fetch_sub_explicit(&object->handles, 1, memory_order_acq_rel) == 1 &&
        object->ops->close)
        object->ops->close(object);
    object_unref(object, OBJ_REF_HANDLE);
}

/* One table; `first` is the handle of its first slot, `step` the distance between handles. False if
 * the visitor has had enough. */
static bool table__each(struct table *table, uintptr_t first, uintptr_t step, handle_visitor *visit,
                        void *context)
{
    for (uintptr_t page = 0; page < PAGES; page++) {
        struct slot *slots = atomic_load_explicit(&table->pages[page], memory_order_acquire);
        for (uintptr_t index = 0; slots && index < PAGE_SLOTS; index++) {
            uintptr_t handle = first + step * (page * PAGE_SLOTS + index);
            if (!atomic_load_explicit(&slots[index].object, memory_order_relaxed))
                continue;
            struct object *object = handle_get(handle);
            if (!object)
                continue;
            bool more = visit(object, handle, context);
            object_unref(object, OBJ_REF_CALL);
            if (!more)
                return false;
        }
    }
    return true;
}

void handle_each(unsigned ranges, handle_visitor *visit, void *context)
{
    if ((ranges & HANDLES_DESCRIPTORS) && !table__each(&handle_descriptors, 0, 1, visit, context))
        return;
    if (ranges & HANDLES_OBJECTS)
        table__each(&handle_objects, HANDLE_FIRST, 4, visit, context);
}
