/* SPDX-License-Identifier: MIT
 *
 * select and WSAPoll: the program's sets and arrays.
 */
#include "api/winsock.h"

#include "base/clock.h"
#include "base/fault.h"

#include <stdlib.h>

enum { SELECT_SMALL = 64, SELECT_SETS = 3 };

/* What the three sets ask for: readable, writable, and what is out of the ordinary. */
static const uint32_t select_wanted[SELECT_SETS] = {
    NET_POLL_READ,
    NET_POLL_WRITE,
    NET_POLL_URGENT | NET_POLL_REFUSED,
};

/* The sockets of a call, each with a reference. */
struct select_call {
    struct net_polled small[SELECT_SMALL];
    struct net_polled *polled;
    uint32_t count;
};

static NTSTATUS call__begin(struct select_call *call, uint64_t most)
{
    call->count = 0;
    call->polled = call->small;
    if (most > SELECT_SMALL)
        call->polled = fault_malloc(most * sizeof *call->polled);
    return call->polled ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS call__add(struct select_call *call, SOCKET handle, uint32_t wanted)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (socket)
        call->polled[call->count++] = (struct net_polled){.socket = socket, .wanted = wanted};
    return status;
}

static void call__end(struct select_call *call)
{
    for (uint32_t index = 0; index < call->count; index++)
        socket_unref(call->polled[index].socket);
    if (call->polled != call->small)
        free(call->polled);
}

static uint32_t set__count(const fd_set *set)
{
    return set ? set->fd_count : 0;
}

/* A program may have sets larger than this file's: their length is what fd_count says. */
static SOCKET *set__sockets(fd_set *set)
{
    return (SOCKET *)((char *)set + offsetof(fd_set, fd_array));
}

static bool set__is_there(fd_set *set)
{
    return !set || (probe_writable(set, sizeof set->fd_count) &&
                    probe_writable(set__sockets(set), set->fd_count * sizeof(SOCKET)));
}

/* Keeps what is ready. */
static uint32_t set__narrow(fd_set *set, const struct net_polled *polled)
{
    uint32_t count = set__count(set), kept = 0;

    for (uint32_t index = 0; index < count; index++)
        if (polled[index].is)
            set__sockets(set)[kept++] = set__sockets(set)[index];
    if (set)
        set->fd_count = kept;
    return kept;
}

static bool call__any_closed(const struct select_call *call)
{
    for (uint32_t index = 0; index < call->count; index++)
        if (call->polled[index].is & NET_POLL_CLOSED)
            return true;
    return false;
}

/* What the sets keep. One that stands in several places (CALL-11) has its sockets in the same order
 * in each, and is answered for all of them in the first. */
static int select__answer(const struct select_call *call, fd_set *const *sets)
{
    struct net_polled *polled[SELECT_SETS], *next = call->polled;
    bool answered[SELECT_SETS] = {false};
    uint32_t kept = 0;

    for (int which = 0; which < SELECT_SETS; which++) {
        polled[which] = next;
        next += set__count(sets[which]);
        for (int first = 0; first < which && !answered[which]; first++) {
            if (!sets[which] || sets[first] != sets[which])
                continue;
            for (uint32_t index = 0; index < set__count(sets[which]); index++)
                polled[first][index].is |= polled[which][index].is;
            answered[which] = true;
        }
    }
    for (int which = 0; which < SELECT_SETS; which++)
        if (!answered[which])
            kept += set__narrow(sets[which], polled[which]);
    return (int)kept;
}

static NTSTATUS select__run(struct select_call *call, fd_set *const *sets, int64_t deadline,
                            int *result)
{
    NTSTATUS status = STATUS_SUCCESS;
    uint32_t ready;

    for (int which = 0; which < SELECT_SETS; which++)
        for (uint32_t index = 0; index < set__count(sets[which]); index++) {
            status = call__add(call, set__sockets(sets[which])[index], select_wanted[which]);
            if (status != STATUS_SUCCESS)
                return status;
        }
    status = socket_poll(call->polled, call->count, deadline, &ready);
    if (status != STATUS_SUCCESS)
        return status;
    if (call__any_closed(call))
        return STATUS_OBJECT_TYPE_MISMATCH;
    *result = select__answer(call, sets);
    return STATUS_SUCCESS;
}

/* False: no time at all. */
static bool select__deadline(const struct timeval *timeout, int64_t *deadline)
{
    *deadline = CLOCK_FOREVER;
    if (!timeout)
        return true;
    if (timeout->tv_sec < 0 || timeout->tv_usec < 0)
        return false;
    if (timeout->tv_sec == 0 && timeout->tv_usec == 0)
        *deadline = 0;
    else if (timeout->tv_sec < INT32_MAX)
        *deadline = clock_now() + timeout->tv_sec * NANOSECONDS_PER_SECOND +
                    timeout->tv_usec * NANOSECONDS_PER_MICROSECOND;
    return true;
}

int WSAAPI select(int unused, fd_set *read, fd_set *write, fd_set *except,
                  const struct timeval *timeout)
{
    fd_set *const sets[SELECT_SETS] = {read, write, except};
    uint64_t total = 0;
    struct select_call call;
    int64_t deadline;
    int result = 0;

    (void)unused;
    if (!winsock_is_started())
        return winsock_return(STATUS_OF_WINSOCK(WSANOTINITIALISED));
    for (int which = 0; which < SELECT_SETS; which++) {
        if (!set__is_there(sets[which]))
            return winsock_return(STATUS_ACCESS_VIOLATION);
        total += set__count(sets[which]);
    }
    if (timeout && !probe_readable(timeout, sizeof *timeout))
        return winsock_return(STATUS_ACCESS_VIOLATION);
    if (total == 0 || total > INT32_MAX || !select__deadline(timeout, &deadline))
        return winsock_return(STATUS_INVALID_PARAMETER);
    NTSTATUS status = call__begin(&call, total);
    if (status == STATUS_SUCCESS) {
        status = select__run(&call, sets, deadline, &result);
        call__end(&call);
    }
    return winsock_return(status) == 0 ? result : SOCKET_ERROR;
}

/* What WSAPoll reports whether it was asked for or not. */
#define POLL_ALWAYS (NET_POLL_HANG_UP | NET_POLL_RESET | NET_POLL_REFUSED)

static uint32_t poll__wanted(SHORT events)
{
    return POLL_ALWAYS | (events & POLLRDNORM ? NET_POLL_DATA : 0u) |
           (events & (POLLRDBAND | POLLPRI) ? NET_POLL_URGENT : 0u) |
           (events & POLLWRNORM ? NET_POLL_WRITE : 0u);
}

static SHORT poll__events(const struct net_polled *polled, SHORT wanted)
{
    uint32_t is = polled->is;

    if (is & NET_POLL_CLOSED)
        return POLLNVAL;
    if (is & NET_POLL_REFUSED)
        return (SHORT)(POLLHUP | POLLERR | (wanted & POLLWRNORM));
    return (SHORT)((is & NET_POLL_DATA ? POLLRDNORM : 0) | (is & NET_POLL_WRITE ? POLLWRNORM : 0) |
                   (is & NET_POLL_URGENT ? wanted & (POLLRDBAND | POLLPRI) : 0) |
                   (is & NET_POLL_HANG_UP ? POLLHUP : 0) | (is & NET_POLL_RESET ? POLLERR : 0));
}

/* What is no socket is marked in its place, but it neither counts nor ends the wait. */
static NTSTATUS poll__run(struct select_call *call, LPWSAPOLLFD array, ULONG count,
                          int64_t deadline, int *result)
{
    uint32_t ready, next = 0;

    for (ULONG index = 0; index < count; index++) {
        NTSTATUS status = call__add(call, array[index].fd, poll__wanted(array[index].events));
        array[index].revents = status == STATUS_SUCCESS ? 0 : POLLNVAL;
    }
    if (call->count == 0)
        return STATUS_OBJECT_TYPE_MISMATCH;
    NTSTATUS status = socket_poll(call->polled, call->count, deadline, &ready);
    if (status != STATUS_SUCCESS)
        return status;
    for (ULONG index = 0; index < count; index++)
        if (!array[index].revents)
            array[index].revents = poll__events(&call->polled[next++], array[index].events);
    *result = (int)ready;
    return STATUS_SUCCESS;
}

int WSAAPI(WSAPoll)(LPWSAPOLLFD array, ULONG count, INT timeout)
{
    struct select_call call;
    int result = 0;

    if (!winsock_is_started())
        return winsock_return(STATUS_OF_WINSOCK(WSANOTINITIALISED));
    if (count == 0 || count > INT32_MAX)
        return winsock_return(STATUS_INVALID_PARAMETER);
    if (!array || !probe_writable(array, count * sizeof *array))
        return winsock_return(STATUS_ACCESS_VIOLATION);
    NTSTATUS status = call__begin(&call, count);
    if (status == STATUS_SUCCESS) {
        int64_t deadline = timeout < 0 ? CLOCK_FOREVER : clock_deadline((uint32_t)timeout);
        status = poll__run(&call, array, count, deadline, &result);
        call__end(&call);
    }
    return winsock_return(status) == 0 ? result : SOCKET_ERROR;
}
