/* SPDX-License-Identifier: MIT
 *
 * Slots of thread-local and fiber-local storage.
 *
 * A thread's values lie in pages that are made when it first sets one. A slot that is freed and
 * allocated again has to read NULL everywhere: it has a generation, which counts up with every
 * free, and a value counts only if it was set in the slot's present generation.
 *
 * Locks: local_lock, a leaf, guards which slots are used and the list of threads. Values are the
 * thread's own; local_free takes other threads' values out with an exchange.
 */
#include "status/codes.h"
#include "wait/local.h"

#include "base/fault.h"
#include "base/list.h"
#include "base/lock.h"
#include "base/thread_exit.h"

#include <stdlib.h>

enum {
    TLS_SLOTS = 1088, /* 64 and 1024 expansion slots */
    FLS_SLOTS = 4080,
    PAGE_VALUES = 64,
    PAGES_MAX = (FLS_SLOTS + PAGE_VALUES - 1) / PAGE_VALUES,
};

struct local_value {
    void *_Atomic value;
    _Atomic uint32_t generation;
};

/* One thread's values of one space. */
struct locals {
    struct list link; /* local_lock */
    struct local_value *_Atomic pages[PAGES_MAX];
};

struct local_slot {
    bool used; /* local_lock */
    local_callback callback;
    _Atomic uint32_t generation;
};

static struct lock local_lock;
static struct local_slot local_tls_slots[TLS_SLOTS];
static struct local_slot local_fls_slots[FLS_SLOTS];
static struct local_slot *const local_slots[LOCAL_SPACES] = {local_tls_slots, local_fls_slots};
static const uint32_t local_limit[LOCAL_SPACES] = {TLS_SLOTS, FLS_SLOTS};
static struct list local_threads[LOCAL_SPACES] = {{&local_threads[0], &local_threads[0]},
                                                  {&local_threads[1], &local_threads[1]}};

static THREAD_LOCAL struct locals *local_self[LOCAL_SPACES];
static THREAD_LOCAL bool local_skip;

static struct local_value *locals__find(struct locals *locals, uint32_t slot)
{
    struct local_value *page =
        atomic_load_explicit(&locals->pages[slot / PAGE_VALUES], memory_order_acquire);
    return page ? &page[slot % PAGE_VALUES] : NULL;
}

/* Takes the value out if it belongs to this generation. */
static void *value__extract(struct local_value *value, uint32_t generation)
{
    if (!value || atomic_load_explicit(&value->generation, memory_order_acquire) != generation)
        return NULL;
    return atomic_exchange_explicit(&value->value, NULL, memory_order_acq_rel);
}

uint32_t local_alloc(enum local_space space, local_callback callback)
{
    /* FLS slot 0 is never given out: some programs take 0 for "none". */
    uint32_t slot = space == LOCAL_FLS ? 1 : 0;

    lock_take(&local_lock);
    while (slot < local_limit[space] && local_slots[space][slot].used)
        slot++;
    if (slot < local_limit[space]) {
        local_slots[space][slot].used = true;
        local_slots[space][slot].callback = callback;
    } else {
        slot = LOCAL_NONE;
    }
    lock_drop(&local_lock);
    return slot;
}

/* One thread's value of this generation, out of whatever thread has one left. */
static void *local__extract_any(enum local_space space, uint32_t slot, uint32_t generation)
{
    void *value = NULL;

    lock_take(&local_lock);
    LIST_FOR_EACH(link, &local_threads[space])
    {
        struct locals *locals = LIST_ELEMENT(link, struct locals, link);
        value = value__extract(locals__find(locals, slot), generation);
        if (value)
            break;
    }
    lock_drop(&local_lock);
    return value;
}

NTSTATUS local_free(enum local_space space, uint32_t slot)
{
    if (slot >= local_limit[space])
        return STATUS_INVALID_PARAMETER;
    struct local_slot *freed = &local_slots[space][slot];

    lock_take(&local_lock);
    bool was_used = freed->used;
    local_callback callback = freed->callback;
    uint32_t generation = atomic_load_explicit(&freed->generation, memory_order_relaxed);
    if (was_used) {
        freed->used = false;
        freed->callback = NULL;
        atomic_store_explicit(&freed->generation, generation + 1, memory_order_release);
    }
    lock_drop(&local_lock);
    if (!was_used)
        return STATUS_INVALID_PARAMETER;

    void *value;
    while (callback && (value = local__extract_any(space, slot, generation)) != NULL)
        callback(value);
    return STATUS_SUCCESS;
}

NTSTATUS local_get(enum local_space space, uint32_t slot, void **value)
{
    *value = NULL;
    if (slot >= local_limit[space])
        return STATUS_INVALID_PARAMETER;
    struct locals *locals = local_self[space];
    struct local_value *found = locals ? locals__find(locals, slot) : NULL;
    if (found &&
        atomic_load_explicit(&found->generation, memory_order_relaxed) ==
            atomic_load_explicit(&local_slots[space][slot].generation, memory_order_relaxed))
        *value = atomic_load_explicit(&found->value, memory_order_relaxed);
    return STATUS_SUCCESS;
}

/* Calls the callbacks of the thread's values, once over all slots. */
static bool locals__call_back(struct locals *locals)
{
    bool any = false;

    for (uint32_t slot = 0; slot < FLS_SLOTS; slot++) {
        struct local_value *value = locals__find(locals, slot);
        if (!value) {
            slot |= PAGE_VALUES - 1;
            continue;
        }
        lock_take(&local_lock);
        struct local_slot *known = &local_fls_slots[slot];
        local_callback callback = known->used ? known->callback : NULL;
        uint32_t generation = atomic_load_explicit(&known->generation, memory_order_relaxed);
        lock_drop(&local_lock);
        void *left = callback ? value__extract(value, generation) : NULL;
        if (left) {
            callback(left);
            any = true;
        }
    }
    return any;
}

static void local__leave(void)
{
    struct locals *locals = local_self[LOCAL_FLS];

    /* A callback may set values again; that is let happen a few times. */
    for (int round = 0; locals && !local_skip && round < 4; round++)
        if (!locals__call_back(locals))
            break;
    for (int space = 0; space < LOCAL_SPACES; space++) {
        locals = local_self[space];
        if (!locals)
            continue;
        lock_take(&local_lock);
        list_remove(&locals->link);
        lock_drop(&local_lock);
        for (unsigned page = 0; page < PAGES_MAX; page++)
            free(atomic_load_explicit(&locals->pages[page], memory_order_relaxed));
        free(locals);
        local_self[space] = NULL;
    }
}

/* The calling thread's place for the slot's value, made if it must be. */
static struct local_value *local__place(enum local_space space, uint32_t slot)
{
    struct locals *locals = local_self[space];

    if (!locals) {
        locals = fault_calloc(1, sizeof *locals);
        if (!locals)
            return NULL;
        thread_exit_register(THREAD_EXIT_LOCALS, local__leave);
        local_self[space] = locals;
        lock_take(&local_lock);
        list_push_back(&local_threads[space], &locals->link);
        lock_drop(&local_lock);
    }
    struct local_value *place = locals__find(locals, slot);
    if (place)
        return place;
    struct local_value *page = fault_calloc(PAGE_VALUES, sizeof *page);
    if (!page)
        return NULL;
    atomic_store_explicit(&locals->pages[slot / PAGE_VALUES], page, memory_order_release);
    return &page[slot % PAGE_VALUES];
}

NTSTATUS local_set(enum local_space space, uint32_t slot, void *value)
{
    if (slot >= local_limit[space])
        return STATUS_INVALID_PARAMETER;
    struct local_value *place = local__place(space, slot);
    if (!place)
        return STATUS_NO_MEMORY;
    uint32_t generation =
        atomic_load_explicit(&local_slots[space][slot].generation, memory_order_acquire);
    /* The value first is cleared, then comes the generation: nobody who takes values out sees an
     * old value as a new one. */
    if (atomic_load_explicit(&place->generation, memory_order_relaxed) != generation) {
        atomic_store_explicit(&place->value, NULL, memory_order_relaxed);
        atomic_store_explicit(&place->generation, generation, memory_order_release);
    }
    atomic_store_explicit(&place->value, value, memory_order_release);
    return STATUS_SUCCESS;
}

void local_skip_callbacks(void)
{
    local_skip = true;
}
