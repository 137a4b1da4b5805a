/* SPDX-License-Identifier: MIT
 *
 * One try at a request by system calls that do not block. What has to be whole (sends, receives
 * that wait for all) keeps how far it got in the request. Takes no lock; the lane's is held.
 */
#include "engine/backend.h"
#include "engine/own.h"

#include "base/descriptor.h"
#include "base/fault.h"
#include "base/passing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ATTEMPT_VECTORS = 64 };

static long attempt__error(ssize_t result)
{
    if (result >= 0)
        return result;
    return errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

/* What of the request's buffers is still to be moved, in ATTEMPT_VECTORS pieces at most. */
static unsigned attempt__rest(const struct engine_request *request, struct iovec *rest)
{
    size_t skip = engine_moved(request);
    unsigned used = 0;

    for (unsigned index = 0; index < request->count && used < ATTEMPT_VECTORS; index++) {
        struct iovec piece = request->vector[index];
        if (skip >= piece.iov_len) {
            skip -= piece.iov_len;
            continue;
        }
        rest[used].iov_base = (char *)piece.iov_base + skip;
        rest[used++].iov_len = piece.iov_len - skip;
        skip = 0;
    }
    return used;
}

/* The system calls without the C library around them: a call that cannot block is no cancellation
 * point, and opening and closing one costs as much as everything else that is done here. The
 * sanitizers have to see the calls. */
static ssize_t attempt__move_once(int descriptor, void *data, size_t length, int flags, bool out,
                                  struct msghdr *named)
{
    void *name = named ? named->msg_name : NULL;
    socklen_t *room = name ? &named->msg_namelen : NULL;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return out ? sendto(descriptor, data, length, flags, name, room ? *room : 0)
               : recvfrom(descriptor, data, length, flags, name, room);
#else
    return out ? syscall(SYS_sendto, descriptor, data, length, flags, name, room ? *room : 0)
               : syscall(SYS_recvfrom, descriptor, data, length, flags, name, room);
#endif
}

/* The same of several buffers, or with what the request's own header says; where that is no more
 * than one buffer and a name, by the shorter way. */
static __attribute__((noinline)) ssize_t
attempt__move_message(int descriptor, const struct engine_request *request, int flags, bool out)
{
    struct iovec rest[ATTEMPT_VECTORS];
    struct msghdr message = {.msg_iov = rest}, *header = &message;

    if (request->count == ENGINE_HEADER)
        header = request->data;
    else
        message.msg_iovlen = attempt__rest(request, rest);
    if (LIKELY(header->msg_iovlen == 1 && !header->msg_control))
        return attempt__move_once(descriptor, header->msg_iov->iov_base, header->msg_iov->iov_len,
                                  flags, out, header);
    return out ? sendmsg(descriptor, header, flags) : recvmsg(descriptor, header, flags);
}

/* One receive or send of what is left. */
static long attempt__move(int descriptor, const struct engine_request *request, bool out)
{
    int flags = (int)request->message_flags | MSG_DONTWAIT | MSG_NOSIGNAL;
    ssize_t result;

    do
        if (LIKELY(request->count == 0))
            result =
                attempt__move_once(descriptor, (char *)request->data + request->moved,
                                   (size_t)(request->length - request->moved), flags, out, NULL);
        else
            result = attempt__move_message(descriptor, request, flags, out);
    while (result < 0 && errno == EINTR);
    return attempt__error(result);
}

/* How much the next call for this request asks for: less than what is left if its buffers are more
 * than one call takes. */
static size_t attempt__asked(const struct engine_request *request)
{
    struct iovec rest[ATTEMPT_VECTORS];
    size_t asked = 0;

    if (LIKELY(request->count == 0))
        return request->length - request->moved;
    if (request->count <= ATTEMPT_VECTORS || request->count == ENGINE_HEADER)
        return engine_length(request) - engine_moved(request);
    for (unsigned used = attempt__rest(request, rest); used--;)
        asked += rest[used].iov_len;
    return asked;
}

static long attempt__receive(struct engine_file *file, struct engine_request *request)
{
    struct engine_lane *lane = &file->lanes[ENGINE_IN];

    if (request->message_flags & MSG_OOB)
        return engine_attempt_urgent(file, request);
    for (;;) {
        size_t wanted = attempt__asked(request);
        long result = attempt__move(file->descriptor, request, false);
        if (result == -ECONNREFUSED && request->flags & ENGINE_HARDENED)
            continue; /* reported once each (DGRAM-7) */
        if (result < 0)
            return result == -EAGAIN || engine_moved(request) == 0 ? result
                                                                   : (long)engine_moved(request);
        /* Less than asked for: the stream is drained, and new data will be announced. At the end
         * of the stream nothing more is announced and trying again must go on to give 0. A look
         * (MSG_PEEK) drains nothing. */
        if (result > 0 && (size_t)result < wanted && !lane->hang_up && !request->message_flags &&
            !(request->flags & ENGINE_MESSAGES))
            lane->ready = 0;
        if (!(request->flags & ENGINE_WAIT_ALL))
            return result;
        engine_set_moved(request, engine_moved(request) + (size_t)result);
        if (result == 0 || engine_moved(request) == engine_length(request))
            return (long)engine_moved(request);
    }
}

static long attempt__readable(struct engine_file *file, struct engine_request *request)
{
    char byte;
    ssize_t result;

    (void)request;
    do
        result = recv(file->descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    while (result < 0 && errno == EINTR);
    return result > 0 ? 0 : attempt__error(result);
}

/* A datagram's send tells on Linux that an earlier one was refused, and sends nothing; who sends is
 * not to hear of that (DGRAM-7). The second try sends, and if that is refused too the next receive
 * says so. */
static long attempt__send_message(int descriptor, const struct engine_request *request)
{
    long result = attempt__move(descriptor, request, true);

    return result == -ECONNREFUSED ? attempt__move(descriptor, request, true) : result;
}

static long attempt__send(struct engine_file *file, struct engine_request *request)
{
    for (;;) {
        long result = request->flags & ENGINE_MESSAGES
                          ? attempt__send_message(file->descriptor, request)
                          : attempt__move(file->descriptor, request, true);
        if (result < 0)
            return result;
        size_t moved = (size_t)result;
        if (LIKELY(request->count == 0)) {
            request->moved += (uint32_t)moved;
            if (request->moved >= request->length)
                return request->moved;
            continue;
        }
        moved += engine_moved(request);
        engine_set_moved(request, moved);
        if (moved >= engine_length(request))
            return (long)moved;
    }
}

/* One descriptor kept for the moment when the process has none left: a connection can then still
 * be taken, since it replaces a descriptor that exists already. Without it a pending accept would
 * have to fail, and a server that posts it again would spin (EMFILE). */
static struct lock attempt_reserve_lock;
static _Atomic int attempt_reserve = -1;

void engine_prepare_accept(void)
{
    if (LIKELY(attempt_reserve >= 0))
        return;
    lock_take(&attempt_reserve_lock);
    if (attempt_reserve < 0)
        attempt_reserve = descriptor_above_standard(open("/dev/null", O_RDONLY | O_CLOEXEC));
    lock_drop(&attempt_reserve_lock);
}

/* The peer's name comes with the connection, as getpeername would tell it before the connection has
 * ended. */
static int accept__once(int listener, struct engine_request *request)
{
    socklen_t length = (socklen_t)request->moved;
    int accepted;

    if (fault_hit(FAULT_DESCRIPTOR)) {
        errno = EMFILE;
        return -1;
    }
    do
        accepted = accept4(listener, request->data, request->data ? &length : NULL, SOCK_CLOEXEC);
    while (accepted < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (accepted >= 0)
        request->moved = length;
    return accepted;
}

/* The connection takes the place of a descriptor that exists already: the result as for `done`. */
static long accept__take_place(int connection, const struct engine_request *request)
{
    int place = (int)request->length;
    int kept =
        request->flags & ENGINE_KEEP_PLACE ? fcntl(place, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : -1;
    int result = dup3(connection, place, O_CLOEXEC);
    int error = errno;

    close(connection);
    if (result < 0 && kept >= 0)
        close(kept);
    return result < 0 ? -error : kept >= 0 ? kept : 0;
}

/* With the reserve's place free; puts the connection in its place and takes the reserve back. */
static long accept__with_reserve(int listener, struct engine_request *request)
{
    long result = -EMFILE;

    lock_take(&attempt_reserve_lock);
    if (attempt_reserve >= 0) {
        close(attempt_reserve);
        attempt_reserve = -1;
        int accepted = accept__once(listener, request);
        result = accepted < 0 ? attempt__error(accepted) : accept__take_place(accepted, request);
        attempt_reserve = descriptor_above_standard(open("/dev/null", O_RDONLY | O_CLOEXEC));
    }
    lock_drop(&attempt_reserve_lock);
    return result;
}

static long accept__into_place(int listener, struct engine_request *request)
{
    int accepted = accept__once(listener, request);

    if (accepted < 0 && (errno == EMFILE || errno == ENFILE))
        return accept__with_reserve(listener, request);
    if (accepted < 0)
        return attempt__error(accepted);
    engine_prepare_accept();
    return accept__take_place(accepted, request);
}

/* Is there another connection? To look costs an eighth of an accept in vain, which makes a socket
 * before it finds nothing to make it for. It is done once after each edge: where there was another,
 * all are taken until there is none. What comes after the look is announced. */
enum { READY_FOR_MANY = 2 };

static void accept__look(struct engine_lane *lane, int listener)
{
    struct pollfd wanted = {.fd = listener, .events = POLLIN};

    if (lane->ready != READY_FOR_MANY)
        lane->ready = poll(&wanted, 1, 0) == 0 ? 0 : READY_FOR_MANY;
}

static long attempt__accept(struct engine_file *file, struct engine_request *request)
{
    passing_begin();
    long result = accept__into_place(file->descriptor, request);
    if (result <= 0)
        passing_end();
    if (result >= 0)
        accept__look(&file->lanes[ENGINE_IN], file->descriptor);
    return result;
}

static long attempt__poll_in(struct engine_file *file, struct engine_request *request)
{
    struct pollfd wanted = {.fd = file->descriptor, .events = POLLIN};

    (void)request;
    int ready = poll(&wanted, 1, 0);
    return ready > 0 ? 0 : ready == 0 ? -EAGAIN : attempt__error(ready);
}

/* The outcome of a connect that was begun: 0, -EAGAIN while it goes on, or why it failed. */
static long attempt__connected(int descriptor)
{
    int error = 0;
    socklen_t length = sizeof error;
    struct sockaddr_storage peer;
    socklen_t peer_length = sizeof peer;

    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
        return -errno;
    if (error)
        return -error;
    if (getpeername(descriptor, (struct sockaddr *)&peer, &peer_length) == 0)
        return 0;
    return errno == ENOTCONN ? -EAGAIN : -errno;
}

static long attempt__begin_connect(int descriptor, const struct iovec *address)
{
    int mode = fcntl(descriptor, F_GETFL);
    long result;

    /* connect knows no MSG_DONTWAIT; the mode is the program's otherwise. */
    if (!(mode & O_NONBLOCK))
        fcntl(descriptor, F_SETFL, mode | O_NONBLOCK);
    /* After a refused attempt Linux answers the next one with ECONNABORTED, once, and only the one
     * after that begins (CONN-6: the socket can be used again). */
    for (int attempt = 0; attempt < 2; attempt++) {
        result =
            attempt__error(connect(descriptor, address->iov_base, (socklen_t)address->iov_len));
        if (result != -ECONNABORTED)
            break;
    }
    if (!(mode & O_NONBLOCK))
        fcntl(descriptor, F_SETFL, mode);
    return result == -EINPROGRESS ? -EAGAIN : result;
}

/* vector[0] is the address, vector[1] what to send first; the result counts the latter. */
static long attempt__connect(struct engine_file *file, struct engine_request *request)
{
    struct iovec *first = &request->vector[1];
    long result;

    if (!(request->flags & ENGINE_CONNECTING)) {
        request->flags |= ENGINE_CONNECTING;
        result = attempt__begin_connect(file->descriptor, &request->vector[0]);
    } else {
        result = attempt__connected(file->descriptor);
    }
    if (result < 0)
        return result;
    struct engine_request send = {
        .data = first->iov_base, .length = (uint32_t)first->iov_len, .moved = request->moved};
    result = send.length ? attempt__send(file, &send) : 0;
    request->moved = send.moved;
    return result;
}

/* The end is marked first: a send that goes past the lane may meet it at once. A second end has
 * nothing left to do, and the kernel would refuse it when both sides have ended. */
long engine_end_out(struct engine_file *file)
{
    struct engine_lane *lane = &file->lanes[ENGINE_OUT];

    if (atomic_exchange(&lane->ending, 1) || shutdown(file->descriptor, SHUT_WR) == 0)
        return 0;
    int error = errno;
    atomic_store(&lane->ending, 0);
    return -error;
}

static long attempt__shutdown(struct engine_file *file, struct engine_request *request)
{
    (void)request;
    return engine_end_out(file);
}

static engine_own_attempt *_Atomic attempt_own[ENGINE_LANES];

void engine_set_own(engine_own_attempt *in, engine_own_attempt *out)
{
    atomic_store_explicit(&attempt_own[ENGINE_IN], in, memory_order_relaxed);
    atomic_store_explicit(&attempt_own[ENGINE_OUT], out, memory_order_relaxed);
}

static long attempt__own_in(struct engine_file *file, struct engine_request *request)
{
    return atomic_load_explicit(&attempt_own[ENGINE_IN], memory_order_relaxed)(file, request);
}

static long attempt__own_out(struct engine_file *file, struct engine_request *request)
{
    return atomic_load_explicit(&attempt_own[ENGINE_OUT], memory_order_relaxed)(file, request);
}

static long (*const attempt_kinds[ENGINE_KINDS])(struct engine_file *, struct engine_request *) = {
    [ENGINE_RECEIVE] = attempt__receive,   [ENGINE_READABLE] = attempt__readable,
    [ENGINE_SEND] = attempt__send,         [ENGINE_ACCEPT] = attempt__accept,
    [ENGINE_POLL_IN] = attempt__poll_in,   [ENGINE_CONNECT] = attempt__connect,
    [ENGINE_SHUTDOWN] = attempt__shutdown, [ENGINE_TRANSMIT] = engine_attempt_transmit,
    [ENGINE_OWN_IN] = attempt__own_in,     [ENGINE_OWN_OUT] = attempt__own_out,
};

long engine_attempt(struct engine_file *file, struct engine_request *request)
{
    return attempt_kinds[request->kind](file, request);
}
