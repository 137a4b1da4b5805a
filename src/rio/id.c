/* SPDX-License-Identifier: MIT
 *
 * A table of slots in pages that are never freed. A look-up takes no lock: it reads the slot's
 * name, what it stands for, and the name again. A slot's name is cleared before its value changes,
 * and comes back with a count that is one higher; so if the name was the same both times, the value
 * in between was the name's.
 *
 * id_lock, a leaf, guards opening and closing.
 */
#include "rio/id.h"

#include "base/fault.h"
#include "base/fork.h"
#include "base/lock.h"

enum { ID_PAGE_SLOTS = 1024, ID_PAGES = 4096, ID_KIND_BITS = 2 };

/* A name: how often the slot was used, from 1 on; the slot's number; the kind. The upper half is
 * never zero, so no name looks like RIO_INVALID_CQ or RIO_INVALID_BUFFERID. */
struct id_slot {
    _Atomic uintptr_t name; /* 0: free */
    void *_Atomic value;
    _Atomic uint32_t length;
    uint32_t uses;      /* id_lock; the next too */
    uint32_t next_free; /* its number, plus one */
};

static struct lock id_lock;
static struct id_slot *_Atomic id_pages[ID_PAGES];
static uint32_t id_fresh; /* slots that were ever used; id_lock */
static uint32_t id_free;  /* first free one's number, plus one; id_lock */

static bool id__is_orphan(void)
{
    return UNLIKELY(atomic_load_explicit(&fork_is_orphan, memory_order_relaxed));
}

static uint32_t id__number(uintptr_t id)
{
    return (uint32_t)id >> ID_KIND_BITS;
}

static struct id_slot *id__slot(uint32_t number)
{
    if (number >= (uint32_t)ID_PAGES * ID_PAGE_SLOTS)
        return NULL;
    struct id_slot *page =
        atomic_load_explicit(&id_pages[number / ID_PAGE_SLOTS], memory_order_acquire);
    return page ? &page[number % ID_PAGE_SLOTS] : NULL;
}

/* A slot that nobody uses; *number tells which. */
static struct id_slot *id__take(uint32_t *number)
{
    lock_assert_held(&id_lock);
    if (id_free) {
        *number = id_free - 1;
        struct id_slot *slot = id__slot(*number);
        id_free = slot->next_free;
        return slot;
    }
    if (id_fresh == (uint32_t)ID_PAGES * ID_PAGE_SLOTS)
        return NULL;
    if (id_fresh % ID_PAGE_SLOTS == 0 && !id__slot(id_fresh)) {
        struct id_slot *page = fault_calloc(ID_PAGE_SLOTS, sizeof *page);
        if (!page)
            return NULL;
        atomic_store_explicit(&id_pages[id_fresh / ID_PAGE_SLOTS], page, memory_order_release);
    }
    *number = id_fresh++;
    return id__slot(*number);
}

uintptr_t rio_id_open(enum rio_id_kind kind, const struct rio_named *named)
{
    uintptr_t name = 0;
    uint32_t number = 0;

    if (id__is_orphan())
        return 0;
    lock_take(&id_lock);
    struct id_slot *slot = id__take(&number);
    if (slot) {
        if (++slot->uses == 0)
            slot->uses = 1;
        name = (uintptr_t)slot->uses << 32 | (uintptr_t)number << ID_KIND_BITS | kind;
        /* Release: a reader that sees one of these values sees the old name gone. */
        atomic_store_explicit(&slot->value, named->value, memory_order_release);
        atomic_store_explicit(&slot->length, named->length, memory_order_release);
        atomic_store_explicit(&slot->name, name, memory_order_release);
    }
    lock_drop(&id_lock);
    return name;
}

/* Both loads of the name with the values in between. The acquire loads keep that order; the second
 * one pairs with the release in rio_id_open. */
static bool id__read(struct id_slot *slot, uintptr_t id, struct rio_named *named)
{
    if (!slot || atomic_load_explicit(&slot->name, memory_order_acquire) != id)
        return false;
    named->value = atomic_load_explicit(&slot->value, memory_order_acquire);
    named->length = atomic_load_explicit(&slot->length, memory_order_acquire);
    return atomic_load_explicit(&slot->name, memory_order_acquire) == id;
}

static bool id__is_kind(uintptr_t id, enum rio_id_kind kind)
{
    return id >> 32 != 0 && (id & ((1u << ID_KIND_BITS) - 1)) == (uintptr_t)kind;
}

bool rio_id_find(uintptr_t id, enum rio_id_kind kind, struct rio_named *named)
{
    return id__is_kind(id, kind) && !id__is_orphan() &&
           id__read(id__slot(id__number(id)), id, named);
}

bool rio_id_close(uintptr_t id, enum rio_id_kind kind, struct rio_named *named)
{
    struct rio_named ignored;
    bool found = false;

    if (!id__is_kind(id, kind) || id__is_orphan())
        return false;
    lock_take(&id_lock);
    struct id_slot *slot = id__slot(id__number(id));
    if (id__read(slot, id, named ? named : &ignored)) {
        found = true;
        atomic_store_explicit(&slot->name, 0, memory_order_relaxed);
        slot->next_free = id_free;
        id_free = id__number(id) + 1;
    }
    lock_drop(&id_lock);
    return found;
}

struct object *rio_id_get(uintptr_t id, enum rio_id_kind kind)
{
    struct rio_named named;

    if (!rio_id_find(id, kind, &named) || !object_try_ref(named.value, OBJ_REF_CALL))
        return NULL;
    /* The slot again: the object may have gone in between, and another have come in its memory. */
    if (atomic_load_explicit(&id__slot(id__number(id))->name, memory_order_acquire) == id)
        return named.value;
    object_unref(named.value, OBJ_REF_CALL);
    return NULL;
}
