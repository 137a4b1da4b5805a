/* SPDX-License-Identifier: MIT
 *
 * One try at an ENGINE_TRANSMIT: memory goes out by send, files by sendfile, which spares them the
 * way through user space. Datagrams are put together, files read. How far it got is in
 * request->moved. Takes no lock; the lane's is held.
 *
 * sendfile lacks what send has flags for. It waits unless the descriptor is in O_NONBLOCK mode, so
 * that mode is put on around it; and it raises SIGPIPE (SOCK-8), which is therefore blocked in the
 * thread meanwhile and taken back if it was raised.
 */
#include "engine/transmit.h"

#include "engine/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Bytes of one sendfile: between two of them the others get a look in on the processor. */
enum { TRANSMIT_LONGEST = 1 << 20 };

static long transmit__memory(int descriptor, const struct engine_piece *piece, size_t skip,
                             bool more)
{
    int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    ssize_t result;

    do
        result = send(descriptor, piece->data + skip, piece->length - skip, flags);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result;
}

static long transmit__sendfile(int descriptor, const struct engine_piece *piece, size_t skip)
{
    size_t left = piece->length - skip;
    int mode = fcntl(descriptor, F_GETFL);
    off_t offset = (off_t)(piece->offset + (int64_t)skip);
    ssize_t result;

    if (!(mode & O_NONBLOCK))
        fcntl(descriptor, F_SETFL, mode | O_NONBLOCK);
    do
        result = sendfile(descriptor, piece->descriptor, &offset,
                          left > TRANSMIT_LONGEST ? TRANSMIT_LONGEST : left);
    while (result < 0 && errno == EINTR);
    int error = errno;
    if (!(mode & O_NONBLOCK))
        fcntl(descriptor, F_SETFL, mode);
    /* The file has become shorter since its length was asked for. */
    return result < 0 ? -error : result == 0 ? -EIO : result;
}

static long transmit__file(int descriptor, const struct engine_piece *piece, size_t skip)
{
    const struct timespec at_once = {0};
    sigset_t pipe, before, pending;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    long result = transmit__sendfile(descriptor, piece, skip);
    /* One that waited before is the program's business. */
    if (result == -EPIPE && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR)
            ;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

static long transmit__piece(int descriptor, const struct engine_piece *piece, size_t skip,
                            bool more)
{
    long result = piece->kind == ENGINE_PIECE_FILE
                      ? transmit__file(descriptor, piece, skip)
                      : transmit__memory(descriptor, piece, skip, more);

    return result == -EWOULDBLOCK ? -EAGAIN : result;
}

/* A part of a file, read into `room`. */
static long gather__read(const struct engine_piece *piece, size_t skip, size_t length, char *room)
{
    size_t done = 0;

    while (done < length) {
        ssize_t got = pread(piece->descriptor, room + done, length - done,
                            (off_t)(piece->offset + (int64_t)(skip + done)));
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got == 0)
            return -EIO; /* shorter than when its length was asked for */
        done += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

/* The datagram that begins `moved` bytes behind the beginning: memory where it is, files read. */
static long transmit__gather(const struct engine_piece *gather, const struct engine_piece *end,
                             size_t moved, struct msghdr *message)
{
    struct iovec *vector = (struct iovec *)(void *)gather->data;
    char *room = (char *)(vector + (end - gather));
    size_t length = 0, most = (size_t)gather->offset;

    *message = (struct msghdr){.msg_iov = vector};
    for (const struct engine_piece *piece = gather + 1; piece < end && length < most; piece++) {
        if (length && piece->length == 0 && piece->ends)
            break;
        if (moved >= piece->length) {
            moved -= piece->length;
            continue;
        }
        size_t part = piece->length - moved < most - length ? piece->length - moved : most - length;
        char *data = piece->data + moved;
        if (piece->kind == ENGINE_PIECE_FILE) {
            long error = gather__read(piece, moved, part, data = room + length);
            if (error)
                return error;
        }
        message->msg_iov[message->msg_iovlen++] = (struct iovec){.iov_base = data, .iov_len = part};
        length += part;
        moved = 0;
        if (piece->ends)
            break;
    }
    return 0;
}

static long transmit__datagrams(int descriptor, struct engine_request *request)
{
    const struct engine_piece *gather = request->data;
    bool again = true; /* an earlier one's refusal is reported instead of sending (DGRAM-7) */

    while (engine_moved(request) < engine_length(request)) {
        struct msghdr message;
        long error =
            transmit__gather(gather, gather + request->count, engine_moved(request), &message);
        if (error)
            return error;
        ssize_t sent = sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && (errno == EINTR || (errno == ECONNREFUSED && again))) {
            again = errno == EINTR && again;
            continue;
        }
        if (sent < 0)
            return errno == EWOULDBLOCK ? -EAGAIN : -errno;
        engine_set_moved(request, engine_moved(request) + (size_t)sent);
        again = true;
    }
    return (long)engine_moved(request);
}

long engine_attempt_transmit(struct engine_file *file, struct engine_request *request)
{
    const struct engine_piece *piece = request->data;
    const struct engine_piece *end = piece + request->count;
    size_t before = 0; /* bytes of the pieces in front of this one */

    if (request->count && piece->kind == ENGINE_PIECE_GATHER)
        return transmit__datagrams(file->descriptor, request);
    for (; piece < end; piece++) {
        if (piece->kind == ENGINE_PIECE_END) {
            long result = engine_end_out(file);
            return result < 0 ? result : (long)engine_moved(request);
        }
        while (engine_moved(request) < before + piece->length) {
            long result = transmit__piece(file->descriptor, piece, engine_moved(request) - before,
                                          before + piece->length < engine_length(request));
            if (result < 0)
                return result;
            engine_set_moved(request, engine_moved(request) + (size_t)result);
        }
        before += piece->length;
    }
    return (long)engine_moved(request);
}
