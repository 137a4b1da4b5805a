/* SPDX-License-Identifier: MIT
 *
 * One try at an ENGINE_TRANSMIT: memory goes out by send, files by sendfile, which spares them the
 * way through user space. How far it got is in request->moved. Takes no lock; the lane's is held.
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

long engine_attempt_transmit(struct engine_file *file, struct engine_request *request)
{
    const struct engine_piece *piece = request->data;
    const struct engine_piece *end = piece + request->count;
    size_t before = 0; /* bytes of the pieces in front of this one */

    for (; piece < end; piece++) {
        if (piece->kind == ENGINE_PIECE_END)
            return shutdown(file->descriptor, SHUT_WR) < 0 ? -errno : (long)request->moved;
        while (request->moved < before + piece->length) {
            long result = transmit__piece(file->descriptor, piece, request->moved - before,
                                          before + piece->length < request->length);
            if (result < 0)
                return result;
            request->moved += (size_t)result;
        }
        before += piece->length;
    }
    return (long)request->moved;
}
