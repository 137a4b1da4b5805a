/* SPDX-License-Identifier: MIT
 *
 * Singly linked lists that threads share. Windows' are free of locks with the help of its kernel,
 * which forgives a thread that reads an entry just freed by another. Nobody forgives that here, so
 * a list has a lock, in its header, held for a few instructions.
 *
 * Locks: the list's, a leaf.
 */
#include "base/lock.h"

#include <windows.h>

/* What lies in a header; all zero is an empty list. */
struct slist {
    struct lock lock;
    uint32_t depth;
    SLIST_ENTRY *first;
};
_Static_assert(sizeof(struct slist) == sizeof(SLIST_HEADER), "a list has to fit into its header");

static struct slist *slist__of(PSLIST_HEADER header)
{
    return (struct slist *)header;
}

VOID WINAPI InitializeSListHead(PSLIST_HEADER header)
{
    *slist__of(header) = (struct slist){.first = NULL};
}

PSLIST_ENTRY WINAPI InterlockedPushListSListEx(PSLIST_HEADER header, PSLIST_ENTRY first,
                                               PSLIST_ENTRY last, ULONG count)
{
    struct slist *list = slist__of(header);

    lock_take(&list->lock);
    SLIST_ENTRY *before = list->first;
    last->Next = before;
    list->first = first;
    list->depth += count;
    lock_drop(&list->lock);
    return before;
}

PSLIST_ENTRY NTAPI RtlInterlockedPushListSListEx(PSLIST_HEADER header, PSLIST_ENTRY first,
                                                 PSLIST_ENTRY last, ULONG count)
{
    return InterlockedPushListSListEx(header, first, last, count);
}

PSLIST_ENTRY WINAPI InterlockedPushEntrySList(PSLIST_HEADER header, PSLIST_ENTRY entry)
{
    return InterlockedPushListSListEx(header, entry, entry, 1);
}

PSLIST_ENTRY WINAPI InterlockedPopEntrySList(PSLIST_HEADER header)
{
    struct slist *list = slist__of(header);

    lock_take(&list->lock);
    SLIST_ENTRY *taken = list->first;
    if (taken) {
        list->first = taken->Next;
        list->depth--;
    }
    lock_drop(&list->lock);
    return taken;
}

PSLIST_ENTRY WINAPI InterlockedFlushSList(PSLIST_HEADER header)
{
    struct slist *list = slist__of(header);

    lock_take(&list->lock);
    SLIST_ENTRY *taken = list->first;
    list->first = NULL;
    list->depth = 0;
    lock_drop(&list->lock);
    return taken;
}

USHORT WINAPI QueryDepthSList(PSLIST_HEADER header)
{
    struct slist *list = slist__of(header);

    lock_take(&list->lock);
    uint32_t depth = list->depth;
    lock_drop(&list->lock);
    return (USHORT)depth;
}
