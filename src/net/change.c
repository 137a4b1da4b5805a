/* SPDX-License-Identifier: MIT
 *
 * Notices of changed addresses and routes (rules IOCTL): the kernel tells them on a netlink socket,
 * one for each operation, in whose lane the operation waits until there is something to read. What
 * it says is not read: the program asks for the list anew. No locks of its own.
 */
#include "net/away.h"
#include "net/ioctl.h"

#include "base/descriptor.h"
#include "base/fault.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The operation's memory. */
struct change_notice {
    struct socket_away away;
};

static uint32_t change__groups(const struct socket *socket, enum net_change what)
{
    bool ipv6 = socket_family(socket) == AF_INET6;
    uint32_t addresses = ipv6 ? RTMGRP_IPV6_IFADDR : RTMGRP_IPV4_IFADDR;
    uint32_t routes = ipv6 ? RTMGRP_IPV6_ROUTE : RTMGRP_IPV4_ROUTE;

    /* An interface that is down has no addresses on the list. */
    return RTMGRP_LINK | addresses | (what == NET_CHANGE_ROUTES ? routes : 0);
}

/* A socket that hears of it; NULL: *status says why. */
static struct socket *change__listen(uint32_t groups, NTSTATUS *status)
{
    const struct sockaddr_nl wanted = {.nl_family = AF_NETLINK, .nl_groups = groups};
    int descriptor = fault_hit(FAULT_DESCRIPTOR)
                         ? (errno = EMFILE, -1)
                         : socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

    descriptor = descriptor_above_standard(descriptor);
    if (descriptor < 0 || bind(descriptor, (const struct sockaddr *)&wanted, sizeof wanted) < 0) {
        *status = status_of_errno(errno, STATUS_PLACE_CALL);
        if (descriptor >= 0)
            close(descriptor);
        return NULL;
    }
    struct socket *made = socket_make(descriptor, AF_NETLINK, SOCK_RAW, IO_FILE_OVERLAPPED);
    if (!made) {
        *status = STATUS_INSUFFICIENT_RESOURCES;
        close(descriptor);
    }
    return made;
}

static void change__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct change_notice *notice = io_memory(operation);
    /* More came than the kernel could keep: that is a change, too. */
    NTSTATUS status = result >= 0 || result == -ENOBUFS ? STATUS_SUCCESS : STATUS_CANCELLED;

    away_end((struct socket *)operation->file, &notice->away);
    object_unref(&notice->away.elsewhere->file.dispatcher.object, OBJ_REF_OPERATION);
    io_complete(operation, status, 0, at_once);
}

static void change__start(struct socket *socket, struct socket *elsewhere,
                          struct io_operation *operation, struct change_notice *notice)
{
    notice->away = (struct socket_away){.operation = operation, .elsewhere = elsewhere};
    object_ref(&elsewhere->file.dispatcher.object, OBJ_REF_OPERATION);
    io_keep_memory(operation, notice);
    operation->request = (struct engine_request){
        .done = change__done, .kind = ENGINE_READABLE, .flags = ENGINE_MUST_PEND};
    away_begin(socket, &notice->away);
    io_continue(operation, &elsewhere->file, ENGINE_IN);
    away_started(socket, &notice->away, elsewhere);
}

NTSTATUS socket_await_change(struct socket *socket, enum net_change what,
                             const struct net_transfer *transfer)
{
    struct io_operation *operation;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (socket_family(socket) == AF_UNIX)
        return STATUS_OF_WINSOCK(10045);
    struct change_notice *notice = socket_need_extra(socket) ? io_memory_new(sizeof *notice) : NULL;
    struct socket *elsewhere =
        notice ? change__listen(change__groups(socket, what), &status) : NULL;
    if (elsewhere)
        status = io_begin(&socket->file, transfer->overlapped, transfer->call, transfer->routine,
                          &operation);
    if (elsewhere && status == STATUS_SUCCESS) {
        change__start(socket, elsewhere, operation, notice);
        status = STATUS_PENDING;
    } else {
        io_memory_free(notice);
    }
    if (elsewhere)
        socket_unref(elsewhere);
    return status;
}

bool socket_may_wait(struct socket *socket)
{
    return !socket_has(socket, SOCKET_NONBLOCKING);
}
