/* SPDX-License-Identifier: MIT
 *
 * A doubly linked list through members of its elements. The list head is a link whose neighbours
 * are the last and the first element; an unlinked element points to nothing.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "base/compiler.h"

#include <stdbool.h>

struct list {
    struct list *next;
    struct list *previous;
};

#define LIST_ELEMENT(link, type, member) CONTAINER_OF(link, type, member)
#define LIST_FOR_EACH(link, head)                                                                  \
    for (struct list *link = (head)->next; link != (head); link = link->next)

static inline void list_init(struct list *head)
{
    head->next = head->previous = head;
}

static inline bool list_empty(const struct list *head)
{
    return head->next == head;
}

static inline bool list_linked(const struct list *link)
{
    return link->next != NULL;
}

static inline void list_insert_after(struct list *place, struct list *link)
{
    link->next = place->next;
    link->previous = place;
    place->next->previous = link;
    place->next = link;
}

static inline void list_push_front(struct list *head, struct list *link)
{
    list_insert_after(head, link);
}

static inline void list_push_back(struct list *head, struct list *link)
{
    list_insert_after(head->previous, link);
}

static inline void list_remove(struct list *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    link->next = link->previous = NULL;
}

#endif
