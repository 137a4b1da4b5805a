/* SPDX-License-Identifier: MIT
 *
 * Spare sockets: a small stack for each family. Their numbers are out of use in the handle table,
 * so that nobody adopts or closes them by a number that a call has kept for too long.
 *
 * spare_lock is a leaf: the system's calls are made without it.
 */
#include "net/spare.h"

#include "base/lock.h"
#include "object/handle.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SPARE_MOST = 64 }; /* of a family */

struct spare_stack {
    _Atomic unsigned count; /* changed under spare_lock */
    int descriptors[SPARE_MOST];
};

static struct lock spare_lock;
static struct spare_stack spare_stacks[2]; /* IPv4, IPv6 */

static struct spare_stack *spare__stack(int family)
{
    return &spare_stacks[family == AF_INET6];
}

bool spare_serves(int family, int type)
{
    return type == SOCK_STREAM && (family == AF_INET || family == AF_INET6);
}

/* Used by the system's calls when it was an accept socket's (or by a call with a stale number,
 * which came before the socket was filed), it may have a name. And a number that is kept is a
 * descriptor that the program may have closed by mistake. */
static bool spare__is_as_new(int family, int descriptor)
{
    struct sockaddr_in6 name; /* the port is at the same place in a sockaddr_in */
    socklen_t length = sizeof name;

    return getsockname(descriptor, (struct sockaddr *)&name, &length) == 0 &&
           name.sin6_family == family && name.sin6_port == 0;
}

static bool spare__push(struct spare_stack *stack, int descriptor)
{
    lock_take(&spare_lock);
    unsigned count = atomic_load_explicit(&stack->count, memory_order_relaxed);
    bool fits = count < SPARE_MOST;
    if (fits) {
        stack->descriptors[count] = descriptor;
        atomic_store_explicit(&stack->count, count + 1, memory_order_relaxed);
    }
    lock_drop(&spare_lock);
    return fits;
}

static int spare__pop(struct spare_stack *stack)
{
    int descriptor = -1;

    if (atomic_load_explicit(&stack->count, memory_order_relaxed) == 0)
        return -1;
    lock_take(&spare_lock);
    unsigned count = atomic_load_explicit(&stack->count, memory_order_relaxed);
    if (count) {
        descriptor = stack->descriptors[count - 1];
        atomic_store_explicit(&stack->count, count - 1, memory_order_relaxed);
    }
    lock_drop(&spare_lock);
    return descriptor;
}

void spare_keep(int family, int descriptor)
{
    /* A number that is taken out of use already belongs to a descriptor that another thread has
     * just closed, and will soon put back into use. */
    bool marked = spare__is_as_new(family, descriptor) && handle_keep(descriptor);

    if (marked && spare__push(spare__stack(family), descriptor))
        return;
    if (!marked || !handle_keep_no_more(descriptor))
        close(descriptor);
    else
        handle_close(descriptor);
}

int spare_take(int family)
{
    for (;;) {
        int descriptor = spare__pop(spare__stack(family));
        if (descriptor < 0)
            return -1;
        if (!handle_keep_no_more(descriptor))
            continue; /* closed by mistake, and another socket's number by now */
        if (spare__is_as_new(family, descriptor))
            return descriptor;
        /* Whatever it is by now, it is the program's. */
        handle_forget(descriptor);
    }
}

void spare_drop(void)
{
    static const int families[] = {AF_INET, AF_INET6};

    for (int index = 0; index < 2; index++) {
        int descriptor;
        while ((descriptor = spare_take(families[index])) >= 0)
            handle_close(descriptor);
    }
}
