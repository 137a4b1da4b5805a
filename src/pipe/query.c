/* SPDX-License-Identifier: MIT
 *
 * What can be asked of a pipe, and its modes: none of it queues anything. io.lock for the stash.
 */
#include "pipe/message_internal.h"

#include "base/clock.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* How often a flush looks whether the peer has read. */
#define FLUSH_FIRST_LOOK (50 * NANOSECONDS_PER_MICROSECOND)
#define FLUSH_LATER_LOOK (2 * NANOSECONDS_PER_MILLISECOND)

static NTSTATUS peek__bytes(struct pipe *pipe, struct pipe_look *look)
{
    int available = 0;
    char byte;
    void *data = look->length ? look->data : &byte;
    ssize_t result =
        recv(pipe_descriptor(pipe), data, look->length ? look->length : 1, MSG_PEEK | MSG_DONTWAIT);

    if (result < 0 && errno == EFAULT)
        return STATUS_ACCESS_VIOLATION;
    if (result == 0 || (result < 0 && errno != EAGAIN))
        return STATUS_PIPE_BROKEN;
    if (result > 0 && look->length)
        look->read = (uint32_t)result;
    if (result > 0 && ioctl(pipe_descriptor(pipe), FIONREAD, &available) == 0)
        look->available = (uint32_t)available;
    return STATUS_SUCCESS;
}

/* A look at messages, packet by packet. */
struct peek_walk {
    struct pipe_look *look;
    bool whole;     /* only the first message's data is shown */
    bool first;     /* this packet is of the first message */
    bool inside;    /* this packet goes on with the message of the one before */
    uint32_t known; /* bytes of the first message */
    uint32_t rest;  /* of the last one's, that have not come yet */
};

/* How much of this packet's data may be copied. */
static uint32_t peek__room(const struct peek_walk *walk)
{
    return walk->first || !walk->whole ? walk->look->length - walk->look->read : 0;
}

static void peek__count(struct peek_walk *walk, uint32_t length, uint32_t copied, uint32_t rest)
{
    walk->look->read += copied;
    walk->look->available += length;
    walk->look->messages += !walk->inside;
    walk->inside = rest != 0;
    walk->rest = rest;
    if (walk->first)
        walk->known += length;
    walk->first = walk->first && rest;
}

/* What a writer has still to send of its message counts: it is there for a read that waits. */
static void peek__count_rest(struct peek_walk *walk)
{
    walk->look->available += walk->rest;
    if (walk->first)
        walk->known += walk->rest;
}

static void peek__stashed(struct peek_walk *walk, const struct pipe_packet *packet)
{
    uint32_t left = packet->length - packet->taken, room = peek__room(walk);
    uint32_t copied = left < room ? left : room;

    if (copied)
        memcpy((char *)walk->look->data + walk->look->read, packet->data + packet->taken, copied);
    peek__count(walk, left, copied, packet->rest);
}

/* The packet at `offset` of all that is in the socket: its length with what is in front, 0 at the
 * end, or a negative errno. */
static long peek__received(struct pipe *pipe, struct peek_walk *walk, int offset)
{
    uint32_t room = peek__room(walk);
    char *data = room ? (char *)walk->look->data + walk->look->read : NULL;
    uint32_t rest = 0;
    struct iovec pieces[] = {{.iov_base = &rest, .iov_len = sizeof rest},
                             {.iov_base = data, .iov_len = room}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = room ? 2 : 1};

    if (setsockopt(pipe_descriptor(pipe), SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof offset) < 0)
        return -errno;
    ssize_t length = recvmsg(pipe_descriptor(pipe), &message, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
    if (length < (ssize_t)sizeof rest)
        return length < 0 ? -errno : 0;
    uint32_t payload = (uint32_t)length - (uint32_t)sizeof rest;
    peek__count(walk, payload, payload < room ? payload : room, rest);
    return length;
}

/* Nothing is taken out: a read that is under way waits for the socket to have something. */
static NTSTATUS peek__messages(struct pipe *pipe, struct pipe_look *look)
{
    struct peek_walk walk = {
        .look = look, .whole = pipe_has(pipe, PIPE_READS_MESSAGES), .first = true};
    int offset = 0, none = -1;
    long length;

    lock_take(&pipe->io.lock);
    bool found = !list_empty(&pipe->stash);
    LIST_FOR_EACH(link, &pipe->stash)
    peek__stashed(&walk, LIST_ELEMENT(link, struct pipe_packet, link));
    while ((length = peek__received(pipe, &walk, offset)) > 0) {
        offset += (int)length;
        found = true;
    }
    setsockopt(pipe_descriptor(pipe), SOL_SOCKET, SO_PEEK_OFF, &none, sizeof none);
    lock_drop(&pipe->io.lock);
    peek__count_rest(&walk);
    look->first = walk.known;
    if (walk.whole)
        look->left = walk.known - look->read;
    if (length == -EFAULT)
        return STATUS_ACCESS_VIOLATION;
    return found || length == -EAGAIN ? STATUS_SUCCESS : STATUS_PIPE_BROKEN;
}

NTSTATUS pipe_peek(struct pipe *pipe, struct pipe_look *look)
{
    look->read = look->available = look->left = look->messages = look->first = 0;
    if (!(pipe->access & FILE_READ_DATA))
        return STATUS_ACCESS_DENIED;
    if (!look->data)
        look->length = 0;
    if (pipe_ready(pipe) != STATUS_SUCCESS)
        return STATUS_INVALID_PIPE_STATE;
    return pipe_has(pipe, PIPE_MESSAGES) ? peek__messages(pipe, look) : peek__bytes(pipe, look);
}

/* The peer has left something unread. */
static bool flush__is_lost(struct pipe *pipe)
{
    struct pollfd polled = {.fd = pipe_descriptor(pipe), .events = POLLRDHUP};

    return poll(&polled, 1, 0) > 0 && polled.revents & POLLERR;
}

NTSTATUS pipe_flush(struct pipe *pipe)
{
    int64_t pause = FLUSH_FIRST_LOOK;
    bool waited = false;

    if (!(pipe->access & (FILE_WRITE_DATA | FILE_APPEND_DATA)))
        return STATUS_ACCESS_DENIED;
    for (;;) {
        int unread = 0;
        NTSTATUS status = pipe_ready(pipe);
        if (status != STATUS_SUCCESS)
            return status;
        if (ioctl(pipe_descriptor(pipe), SIOCOUTQ, &unread) < 0 || unread == 0)
            return waited && flush__is_lost(pipe) ? STATUS_PIPE_BROKEN : STATUS_SUCCESS;
        if (pipe_is_hung_up(pipe))
            return STATUS_PIPE_BROKEN;
        status = pipe_block(NULL, 0, clock_now() + pause);
        if (status != STATUS_SUCCESS && status != STATUS_IO_TIMEOUT)
            return status;
        waited = true;
        pause = pause * 2 > FLUSH_LATER_LOOK ? FLUSH_LATER_LOOK : pause * 2;
    }
}

NTSTATUS pipe_set_mode(struct pipe *pipe, uint32_t mode)
{
    if (!(pipe->access & FILE_WRITE_ATTRIBUTES))
        return STATUS_ACCESS_DENIED;
    if (mode & ~(MODE_READ_MESSAGES | MODE_NO_WAIT))
        return STATUS_INVALID_PARAMETER;
    if ((mode & MODE_READ_MESSAGES) && !pipe_has(pipe, PIPE_MESSAGES))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS ended = pipe_ended(pipe);
    if (ended != STATUS_SUCCESS)
        return ended;
    pipe_change(pipe, PIPE_READS_MESSAGES, mode & MODE_READ_MESSAGES);
    pipe_change(pipe, PIPE_NO_WAIT, mode & MODE_NO_WAIT);
    return STATUS_SUCCESS;
}

NTSTATUS pipe_facts(struct pipe *pipe, struct pipe_facts *facts)
{
    const struct board_common *common = pipe->board ? board_common(pipe->board) : NULL;
    uint32_t instances = 1;
    NTSTATUS status = common ? board_count(pipe->board, &instances, NULL) : STATUS_SUCCESS;

    *facts = (struct pipe_facts){
        .mode = (pipe_has(pipe, PIPE_READS_MESSAGES) ? MODE_READ_MESSAGES : 0u) |
                (pipe_has(pipe, PIPE_NO_WAIT) ? MODE_NO_WAIT : 0u),
        .type = (pipe_has(pipe, PIPE_SERVER) ? MODE_SERVER_END : 0u) |
                (pipe_has(pipe, PIPE_MESSAGES) ? MODE_MESSAGES : 0u),
        .instances = instances,
        .most = common ? common->most : 1,
        .out_bytes = common ? common->out_bytes : pipe->out_bytes,
        .in_bytes = common ? common->in_bytes : pipe->out_bytes,
        .configuration = common ? common->directions - MODE_INBOUND : 0};
    return status;
}

uint32_t pipe_phase(struct pipe *pipe)
{
    enum { PHASE_DISCONNECTED = 1, PHASE_LISTENING, PHASE_CONNECTED, PHASE_CLOSING };

    switch (pipe_ready(pipe)) {
    case STATUS_PIPE_DISCONNECTED:
        return PHASE_DISCONNECTED;
    case STATUS_PIPE_LISTENING:
        return PHASE_LISTENING;
    case STATUS_SUCCESS:
        return pipe_is_hung_up(pipe) ? PHASE_CLOSING : PHASE_CONNECTED;
    default:
        return PHASE_CLOSING;
    }
}

uint32_t pipe_rights(const struct pipe *pipe)
{
    return pipe->access;
}

NTSTATUS pipe_process(struct pipe *pipe, bool client, uint32_t *process)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    if (!pipe->board)
        return STATUS_INVALID_PARAMETER;
    if (client != pipe_has(pipe, PIPE_SERVER)) { /* this end's own */
        *process = (uint32_t)getpid();
        return STATUS_SUCCESS;
    }
    NTSTATUS status = pipe_ready(pipe);
    if (status == STATUS_PIPE_LISTENING || status == STATUS_PIPE_DISCONNECTED)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (getsockopt(pipe_descriptor(pipe), SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    *process = (uint32_t)peer.pid;
    return STATUS_SUCCESS;
}
