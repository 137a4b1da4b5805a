/* SPDX-License-Identifier: MIT
 *
 * Sockets as objects: made, adopted from a descriptor, duplicated, closed.
 *
 * A socket's handle is its descriptor's number. The descriptor stays open until the last reference
 * is gone, so the number cannot name anything else while an operation of the old socket is on its
 * way (CLOSE-7); the handle table forgets it at once when the handle is closed.
 */
#include "net/socket.h"

#include "net/away.h"
#include "net/spare.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/fault.h"
#include "base/passing.h"
#include "base/slab.h"
#include "net/address.h"
#include "object/handle.h"
#include "sched/sched.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct slab socket_slab = {.size = sizeof(struct socket), .index = SLAB_SOCKET};

struct socket_extra *socket_make_extra(struct socket *socket)
{
    struct socket_extra *extra = socket_has_extra(socket);

    lock_assert_held(&socket->file.lock);
    if (extra)
        return extra;
    extra = fault_calloc(1, sizeof *extra);
    if (!extra)
        return NULL;
    list_init(&extra->blocked);
    list_init(&extra->away);
    extra->listener = socket_listener(socket);
    socket->extra_or_listener = (uintptr_t)extra;
    return extra;
}

struct socket_extra *socket_need_extra(struct socket *socket)
{
    lock_take(&socket->file.lock);
    struct socket_extra *extra = socket_make_extra(socket);
    lock_drop(&socket->file.lock);
    return extra;
}

struct socket *socket_listener(struct socket *accepted)
{
    uintptr_t either = accepted->extra_or_listener;

    lock_assert_held(&accepted->file.lock);
    if (either & SOCKET_LISTENER)
        return (struct socket *)(either - SOCKET_LISTENER); /* NOLINT */
    return either ? socket_has_extra(accepted)->listener : NULL;
}

void socket_set_listener(struct socket *accepted, struct socket *listener)
{
    struct socket_extra *extra = socket_has_extra(accepted);

    lock_assert_held(&accepted->file.lock);
    if (extra)
        extra->listener = listener;
    else
        accepted->extra_or_listener = listener ? (uintptr_t)listener + SOCKET_LISTENER : 0;
}

/* Family and type are two bits each, 0 for rare ones: those the kernel is asked for. */
static const uint8_t socket_families[] = {AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX};
_Static_assert(SOCK_STREAM > 0 && SOCK_STREAM < 4 && SOCK_DGRAM > 0 && SOCK_DGRAM < 4, "two bits");

static uint32_t socket__shape(int family, int type)
{
    uint32_t shape = type > 0 && type < 4 ? (uint32_t)type : 0;

    for (uint32_t index = 1; index < sizeof socket_families; index++)
        if (socket_families[index] == family)
            shape |= index << 2;
    return shape * SOCKET_SHAPE;
}

static uint32_t socket__shape_of(const struct socket *socket)
{
    return atomic_load_explicit(&socket->file.flags, memory_order_relaxed) / SOCKET_SHAPE;
}

static int socket__int_option(int descriptor, int name)
{
    int value = -1;
    socklen_t length = sizeof value;

    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) < 0 ? -1 : value;
}

int socket_family(const struct socket *socket)
{
    uint32_t index = socket__shape_of(socket) >> 2;

    return index ? socket_families[index]
                 : socket__int_option(socket_descriptor(socket), SO_DOMAIN);
}

int socket_type(const struct socket *socket)
{
    uint32_t type = socket__shape_of(socket) & 3;

    return type ? (int)type : socket__int_option(socket_descriptor(socket), SO_TYPE);
}

struct socket *socket_make(int descriptor, int family, int type, uint32_t flags)
{
    struct socket *socket = slab_alloc(&socket_slab);

    if (!socket)
        return NULL;
    socket->extra_or_listener = 0;
    flags |= socket__shape(family, type);
    if (type == SOCK_STREAM)
        flags |= SOCKET_STREAM;
    io_file_init(&socket->file, &socket_ops, descriptor, flags);
    return socket;
}

/* Files the socket under its descriptor's number and ends the caller's reference. */
NTSTATUS socket_publish(struct socket *socket, uintptr_t *handle)
{
    NTSTATUS status = STATUS_SUCCESS;

    *handle = (uintptr_t)socket_descriptor(socket);
    if (!handle_open_at(socket_descriptor(socket), &socket->file.dispatcher.object))
        status = STATUS_INSUFFICIENT_RESOURCES;
    socket_unref(socket);
    return status;
}

/* A descriptor for a new socket, and flags that tell what it is like. */
static int socket__obtain(int family, int type, int protocol, uint32_t *flags)
{
    bool serves = spare_serves(family, type);
    int descriptor = serves ? spare_take(family) : -1;

    if (serves)
        *flags |= SOCKET_UNSEEN;
    if (descriptor >= 0) {
        *flags |= SOCKET_SPARE;
        return descriptor;
    }
    descriptor = descriptor_above_standard(socket(family, type | SOCK_CLOEXEC, protocol));
    if (descriptor >= 0)
        option_prepare(descriptor, family, type);
    return descriptor;
}

int socket_replace(struct socket *socket_)
{
    int descriptor = socket_descriptor(socket_);
    int inherited = fcntl(descriptor, F_GETFD);
    int error = 0, fresh = socket(socket_family(socket_), socket_type(socket_) | SOCK_CLOEXEC, 0);

    if (fresh < 0)
        return errno;
    option_prepare(fresh, socket_family(socket_), socket_type(socket_));
    if (dup3(fresh, descriptor, inherited & FD_CLOEXEC ? O_CLOEXEC : 0) < 0)
        error = errno;
    close(fresh);
    return error;
}

/* The program is about to do something with a socket that was made for an AcceptEx, as far as could
 * be guessed. A spare one gives way to one that nobody has used. Whoever else calls at the same
 * time waits at the lock: what he does must not be done to the old one. */
static void socket__touch(struct socket *socket)
{
    if (!socket_has(socket, SOCKET_SPARE)) {
        socket_clear(socket, SOCKET_UNSEEN);
        return;
    }
    passing_begin();
    lock_take(&socket->file.lock);
    /* Where AcceptEx has it the connection may take its place at any moment and must stay: the mark
     * is made before this lock is taken (accept__claim), and goes after SOCKET_UNSEEN has gone, so
     * both have to be seen at one moment. If there is no descriptor to be had the spare one does as
     * well, but for what the system's own calls did to it. */
    uint32_t flags = atomic_load_explicit(&socket->file.flags, memory_order_relaxed);
    if ((flags & (SOCKET_UNSEEN | SOCKET_ACCEPTING)) == SOCKET_UNSEEN)
        socket_replace(socket);
    socket_clear(socket, SOCKET_UNSEEN | SOCKET_SPARE);
    lock_drop(&socket->file.lock);
    passing_end();
}

NTSTATUS socket_open(int family, int type, int protocol, bool overlapped, uintptr_t *handle)
{
    struct address_socket wanted = {.family = family, .type = type, .protocol = protocol};
    int linux_family;
    NTSTATUS status = address_socket_to_linux(&wanted, &wanted, &linux_family);

    if (status != STATUS_SUCCESS)
        return status;
    if (fault_hit(FAULT_DESCRIPTOR))
        return STATUS_TOO_MANY_OPENED_FILES;
    uint32_t flags = overlapped ? IO_FILE_OVERLAPPED : 0;
    int descriptor = socket__obtain(linux_family, wanted.type, wanted.protocol, &flags);
    if (descriptor < 0)
        return status_of_errno(errno, STATUS_PLACE_CALL);
    struct socket *made = socket_make(descriptor, linux_family, wanted.type, flags);
    if (!made) {
        handle_close(descriptor);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return socket_publish(made, handle);
}

/* What a descriptor's socket already is. */
static uint32_t socket__state_of(int descriptor)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    uint32_t flags = IO_FILE_OVERLAPPED | SOCKET_REGISTERED | SOCKET_LINGERS; /* nobody knows */

    if (getpeername(descriptor, (struct sockaddr *)&address, &length) == 0)
        flags |= SOCKET_CONNECTED | SOCKET_BOUND;
    int mode = fcntl(descriptor, F_GETFL);
    if (socket__int_option(descriptor, SO_ACCEPTCONN) > 0) {
        flags |= SOCKET_LISTENING | SOCKET_BOUND;
        fcntl(descriptor, F_SETFL, mode | O_NONBLOCK); /* as socket_listen does, and why */
    }
    if (mode >= 0 && (mode & O_NONBLOCK))
        flags |= SOCKET_NONBLOCKING;
    return flags;
}

static NTSTATUS socket__adopt(int descriptor, uintptr_t *handle)
{
    int type = descriptor < 0 ? -1 : socket__int_option(descriptor, SO_TYPE);

    if (type < 0)
        return STATUS_OBJECT_TYPE_MISMATCH;
    struct socket *made = socket_make(descriptor, socket__int_option(descriptor, SO_DOMAIN), type,
                                      socket__state_of(descriptor));
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    *handle = (uintptr_t)descriptor;
    if (made && handle_open_if_free(descriptor, &made->file.dispatcher.object)) {
        status = STATUS_SUCCESS;
    } else if (made) {
        made->file.engine.descriptor = -1; /* it stays the program's */
        if (handle_is_filed(descriptor))
            status = STATUS_SUCCESS;
    }
    if (made)
        socket_unref(made);
    return status;
}

NTSTATUS socket_adopt(int descriptor, uintptr_t *handle)
{
    passing_stop();
    NTSTATUS status = socket__adopt(descriptor, handle);
    passing_go_on();
    return status;
}

struct socket *socket_find(uintptr_t handle)
{
    struct object *object = handle_get(handle);

    if (UNLIKELY(!object)) {
        /* Of two threads that adopt the same descriptor at once the first files its object and
         * both use that. A call with a stale number may come between the making of a descriptor and
         * its filing: what it adopts is replaced then (handle_open_at), never the other way. */
        if (handle >= HANDLE_DESCRIPTORS || handle_is_retired(handle) ||
            socket_adopt((int)handle, &handle) != STATUS_SUCCESS)
            return NULL;
        object = handle_get(handle);
    }
    if (object && object->ops != &socket_ops) {
        object_unref(object, OBJ_REF_CALL);
        return NULL;
    }
    return (struct socket *)object;
}

struct socket *socket_get(uintptr_t handle)
{
    struct socket *socket = socket_find(handle);

    if (socket && UNLIKELY(socket_has(socket, SOCKET_UNSEEN)))
        socket__touch(socket);
    return socket;
}

NTSTATUS socket_duplicate(struct socket *socket, uintptr_t *handle)
{
    if (socket_has(socket, SOCKET_UNSEEN))
        socket__touch(socket);
    int descriptor = fault_hit(FAULT_DESCRIPTOR)
                         ? -1
                         : fcntl(socket_descriptor(socket), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    if (descriptor < 0)
        return STATUS_TOO_MANY_OPENED_FILES;
    if (!handle_open_at(descriptor, &socket->file.dispatcher.object)) {
        close(descriptor);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *handle = (uintptr_t)descriptor;
    return STATUS_SUCCESS;
}

/* Whether closing has to wait until what was sent has been acknowledged (CLOSE-5). Asked only where
 * SO_LINGER may have been set. Where a program has done so by the system's own call, closing is a
 * call that blocks like any other (SCHED-19). */
static bool socket__lingers(int descriptor)
{
    struct linger linger = {0};
    socklen_t size = sizeof linger;
    int unsent = 0;

    return getsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, &size) == 0 && linger.l_onoff &&
           linger.l_linger && ioctl(descriptor, SIOCOUTQ, &unsent) == 0 && unsent > 0;
}

/* Closes what the number names and keeps the number in use, for something that can neither be
 * received from nor sent to. False: no descriptor to be had for that. */
static bool socket__leave_number(int descriptor)
{
    int place = fault_hit(FAULT_DESCRIPTOR)
                    ? -1
                    : descriptor_above_standard(open("/dev/null", O_RDONLY | O_CLOEXEC));

    if (place < 0)
        return false;
    dup3(place, descriptor, O_CLOEXEC);
    close(place);
    return true;
}

/* Waits for what was sent with the number still in use, so that closing it takes moments. Without a
 * descriptor to put in its place that takes as long as it lingers. */
static void socket__linger(int descriptor)
{
    sched_wait_begin();
    socket__leave_number(descriptor);
}

/* The number stays retired until the descriptor is closed: a call with the stale number that came
 * in between would take it for a descriptor that was never filed. */
static void socket__close_descriptor(int descriptor, bool may_linger)
{
    if (handle_is_filed(descriptor))
        return; /* another object's: it was closed behind the library's back */
    bool lingers = may_linger && socket__lingers(descriptor);
    if (lingers)
        socket__linger(descriptor);
    handle_close(descriptor);
    if (lingers)
        sched_wait_end();
}

NTSTATUS socket_close(uintptr_t handle)
{
    struct object *object = handle < HANDLE_DESCRIPTORS ? handle_take(handle) : NULL;

    if (!object) {
        /* A descriptor that was never used with the library is closed all the same. */
        if (handle >= HANDLE_DESCRIPTORS || handle_is_retired(handle) ||
            socket__int_option((int)handle, SO_TYPE) < 0)
            return STATUS_INVALID_HANDLE;
        close((int)handle);
        return STATUS_SUCCESS;
    }
    /* A duplicate's number goes with its handle; the object's own with the object. */
    bool own = socket_descriptor((struct socket *)object) == (int)handle;
    bool may_linger = socket_has((struct socket *)object, SOCKET_LINGERS);
    handle_release(object);
    if (!own)
        socket__close_descriptor((int)handle, may_linger);
    return STATUS_SUCCESS;
}

/* Packets keep the object, and with it the number; what others see of the socket ends now
 * (CLOSE-20). Calls that other threads are in go on to the end with the socket, or find no socket
 * any more, which is what they tell then (CLOSE-16). Without a descriptor to put in its place a
 * connection is ended all the same, and a listener listens no more. */
static OUT_OF_LINE void socket__let_go(struct socket *socket)
{
    int descriptor = socket_descriptor(socket);

    if (socket_has(socket, SOCKET_LOST) || handle_is_filed(descriptor))
        return;
    bool lingers = socket_has(socket, SOCKET_LINGERS) && socket__lingers(descriptor);
    io_file_renew(&socket->file, false);
    if (lingers)
        sched_wait_begin();
    if (!socket__leave_number(descriptor))
        shutdown(descriptor, SHUT_RDWR);
    if (lingers)
        sched_wait_end();
}

/* The last handle is closed. Which error a pending operation shows: CLOSE-2. */
static void socket__close(struct object *object)
{
    struct socket *socket = (struct socket *)object;
    bool connection = socket_has(socket, SOCKET_STREAM) && !socket_has(socket, SOCKET_LISTENING) &&
                      socket_has(socket, SOCKET_CONNECTED);

    socket_set(socket, SOCKET_CLOSED);
    if (socket_has(socket, SOCKET_ACCEPTING))
        socket_cancel_acceptance(socket);
    if (UNLIKELY(socket_has(socket, SOCKET_REGISTERED)))
        socket_close_registered(socket);
    io_file_close(&socket->file, connection ? ECONNABORTED : ECANCELED);
    socket_cancel_away(&socket->file, NULL, NULL);
    socket_unblock(socket);
    if (UNLIKELY(socket_has(socket, SOCKET_HAS_EVENTS)))
        events_close(socket);
    if (UNLIKELY(socket_has(socket, SOCKET_LISTENING)))
        spare_drop();
    if (object_is_shared(object))
        socket__let_go(socket);
}

/* Closed behind the library's back and used again (CLOSE-17), or adopted by a call with a stale
 * number: what the number names from now on is not this object's to detach or close. */
static void socket__replaced(struct object *object, int descriptor)
{
    struct socket *socket = (struct socket *)object;

    if (socket_descriptor(socket) == descriptor)
        socket_set(socket, SOCKET_LOST);
}

static void socket__destroy(struct object *object)
{
    struct socket *socket = (struct socket *)object;

    if (UNLIKELY(socket_has(socket, SOCKET_LOST)))
        socket->file.engine.descriptor = -1;
    io_file_finish(&socket->file);
    if (socket_descriptor(socket) >= 0)
        socket__close_descriptor(socket_descriptor(socket), socket_has(socket, SOCKET_LINGERS));
    struct socket_extra *extra = socket_has_extra(socket);
    if (extra) {
        events_free(extra->events);
        socket_free_registered(extra->registered);
        free(extra);
    }
    slab_free(&socket_slab, socket);
}

static const struct io_ops socket__io = {.transfer = socket_transfer,
                                         .cancel = socket_cancel_away,
                                         .pending = socket_pending_away,
                                         .noticed = socket_noticed};

const struct object_ops socket_ops = {.kind = "socket",
                                      .waitable = &dispatcher_latch,
                                      .io = &socket__io,
                                      .close = socket__close,
                                      .replaced = socket__replaced,
                                      .destroy = socket__destroy};
