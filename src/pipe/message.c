/* SPDX-License-Identifier: MIT
 *
 * Messages: packets on a SOCK_SEQPACKET socket, so that the system keeps them apart and a read or a
 * write of a message of ordinary size is one call of it. Each packet begins with how many bytes of
 * its message come in later ones, which also tells an empty message from the end, and a long
 * message's length before all of it has come.
 *
 * A packet that is longer than the program's buffer would be cut off by the system: a second piece
 * of memory takes the rest, and becomes what the next read finds first (the stash). io.lock guards
 * it, and is held for the system call, which does not block.
 */
#include "pipe/message_internal.h"

#include "base/fault.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct pipe_packet *message__first(struct pipe *pipe)
{
    return list_empty(&pipe->stash) ? NULL
                                    : LIST_ELEMENT(pipe->stash.next, struct pipe_packet, link);
}

void message_drop_all(struct pipe *pipe)
{
    struct pipe_packet *packet;

    while ((packet = message__first(pipe))) {
        list_remove(&packet->link);
        free(packet);
    }
    free(pipe->spare);
    pipe->spare = NULL;
}

/* The spare memory's data becomes the stash's last packet, in no more memory than it needs if that
 * can be had. */
static void message__stash(struct pipe *pipe, size_t length, uint32_t rest)
{
    struct pipe_packet *packet = fault_malloc(sizeof *packet + length);

    lock_assert_held(&pipe->io.lock);
    if (packet) {
        memcpy(packet->data, pipe->spare->data, length);
    } else {
        packet = pipe->spare;
        pipe->spare = NULL;
    }
    packet->length = (uint32_t)length;
    packet->taken = 0;
    packet->rest = rest;
    list_push_back(&pipe->stash, &packet->link);
}

/* One packet's data, into `data` and what does not fit into the spare memory, which is stashed
 * then; *goes_on: of its message. Its length, -EPIPE at the end, or a negative errno. */
static long message__receive(struct pipe *pipe, char *data, size_t room, bool *goes_on)
{
    uint32_t rest = 0;
    ssize_t result;

    lock_assert_held(&pipe->io.lock);
    if (!pipe->spare)
        pipe->spare = fault_malloc(sizeof *pipe->spare + PACKET_BYTES);
    if (!pipe->spare)
        return -ENOMEM;
    struct iovec pieces[] = {{.iov_base = &rest, .iov_len = sizeof rest},
                             {.iov_base = data, .iov_len = room},
                             {.iov_base = pipe->spare->data, .iov_len = PACKET_BYTES}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 3};
    bool told = false;
    do {
        result = recvmsg(pipe_descriptor(pipe), &message, MSG_DONTWAIT);
        /* That the peer closed with something unread is said once, and before what it wrote. */
        if (result < 0 && errno == ECONNRESET && !told)
            told = true;
        else if (result >= 0 || errno != EINTR)
            break;
    } while (true);
    if (result < (ssize_t)sizeof rest)
        return result < 0 ? -errno : -EPIPE;
    size_t length = (size_t)result - sizeof rest;
    *goes_on = rest != 0;
    if (length > room)
        message__stash(pipe, length - room, rest);
    return (long)length;
}

/* The same from the stash's first packet. */
static size_t message__unstash(struct pipe_packet *packet, char *data, size_t room, bool *goes_on)
{
    size_t left = packet->length - packet->taken, taken = left < room ? left : room;

    if (taken)
        memcpy(data, packet->data + packet->taken, taken);
    packet->taken += (uint32_t)taken;
    *goes_on = packet->rest != 0;
    if (taken == left) {
        list_remove(&packet->link);
        free(packet);
    }
    return left;
}

/* Of an ended read: its bytes, and whether the message goes on. */
static long message__end(struct message_reading *reading, bool rest)
{
    reading->rest = rest && reading->whole;
    return (long)reading->moved;
}

static long message__read_locked(struct pipe *pipe, struct message_reading *reading)
{
    for (;;) {
        size_t room = reading->length - reading->moved;
        char *to = room ? reading->data + reading->moved : NULL;
        struct pipe_packet *packet = message__first(pipe);
        bool goes_on = false;
        long length = packet ? (long)message__unstash(packet, to, room, &goes_on)
                             : message__receive(pipe, to, room, &goes_on);
        if (length < 0) {
            /* A message that breaks off ends where it breaks. */
            bool part = reading->moved && (!reading->whole || length != -EAGAIN);
            return part ? message__end(reading, reading->whole) : length;
        }
        if ((size_t)length > room) {
            reading->moved = reading->length;
            return message__end(reading, true);
        }
        reading->moved += (size_t)length;
        if (!goes_on && (reading->whole || reading->moved == 0))
            return message__end(reading, false);
        if (reading->moved == reading->length)
            return message__end(reading, goes_on);
    }
}

long message_read(struct pipe *pipe, struct message_reading *reading)
{
    lock_take(&pipe->io.lock);
    long result = message__read_locked(pipe, reading);
    lock_drop(&pipe->io.lock);
    return result;
}

static long message__send(struct pipe *pipe, const char *data, size_t length, uint32_t rest)
{
    struct iovec pieces[] = {{.iov_base = &rest, .iov_len = sizeof rest},
                             {.iov_base = (void *)data, .iov_len = length}};
    const struct msghdr message = {.msg_iov = pieces, .msg_iovlen = length ? 2 : 1};
    ssize_t result;

    do
        result = sendmsg(pipe_descriptor(pipe), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : 0;
}

/* Without a lane two threads could mix the packets of their messages: the second waits. */
static bool message__enter(struct pipe *pipe, const void *writer)
{
    if (!writer)
        return true;
    lock_take(&pipe->io.lock);
    bool free = !pipe->writer || pipe->writer == writer;
    if (free)
        pipe->writer = writer;
    lock_drop(&pipe->io.lock);
    return free;
}

void message_give_up(struct pipe *pipe, const void *writer)
{
    if (!writer)
        return;
    lock_take(&pipe->io.lock);
    if (pipe->writer == writer)
        pipe->writer = NULL;
    lock_drop(&pipe->io.lock);
}

long message_write(struct pipe *pipe, const char *data, size_t length, size_t *moved,
                   const void *writer)
{
    long result = 0;

    if (!message__enter(pipe, writer))
        return -EBUSY;
    do {
        size_t left = length - *moved;
        size_t piece = left > PACKET_BYTES ? PACKET_BYTES : left;
        result = message__send(pipe, data + *moved, piece, (uint32_t)(left - piece));
        if (result == 0)
            *moved += piece;
    } while (result == 0 && *moved < length);
    if (result != -EAGAIN || *moved == 0)
        message_give_up(pipe, writer);
    return result < 0 ? result : (long)length;
}

long message_attempt_in(struct engine_file *file, struct engine_request *request)
{
    struct pipe *pipe = CONTAINER_OF(file, struct pipe, io.engine);
    struct message_reading reading = {.data = request->data,
                                      .length = request->length,
                                      .moved = request->moved,
                                      .whole = request->flags & ENGINE_MUST_PEND};
    long result = message_read(pipe, &reading);

    request->moved = reading.moved;
    request->message_flags = reading.rest ? MESSAGE_REST : 0;
    return result;
}

long message_attempt_write(struct pipe *pipe, struct engine_request *request, const void *writer)
{
    size_t moved = request->moved;
    long result = message_write(pipe, request->data, request->length, &moved, writer);

    request->moved = moved;
    return result;
}

long message_attempt_out(struct engine_file *file, struct engine_request *request)
{
    return message_attempt_write(CONTAINER_OF(file, struct pipe, io.engine), request, NULL);
}
