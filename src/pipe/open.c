/* SPDX-License-Identifier: MIT
 *
 * A client's end: finding an instance that is free, and waiting until there is one.
 */
#include "pipe/peer_internal.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Windows' values that the type headers do not have. */
enum { OPEN_WAIT_DEFAULT = 0, OPEN_WAIT_NOT = 1 };
#define OPEN_WAIT_FOREVER 0xffffffffu
enum { OPEN_NEW = 1, OPEN_LAST = 5 };

/* How often the board is looked at by who waits for an instance. */
#define OPEN_FIRST_LOOK (200 * NANOSECONDS_PER_MICROSECOND)
#define OPEN_LATER_LOOK (5 * NANOSECONDS_PER_MILLISECOND)

static uint32_t open__access(uint32_t access)
{
    if (access & (GENERIC_ALL | MAXIMUM_ALLOWED))
        access |= FILE_ALL_ACCESS;
    if (access & GENERIC_READ)
        access |= FILE_GENERIC_READ;
    if (access & GENERIC_WRITE)
        access |= FILE_GENERIC_WRITE;
    return (access & 0x01ffffffu) | SYNCHRONIZE | FILE_READ_ATTRIBUTES;
}

/* The server's process is this user's: a socket of another's could only be here if somebody had
 * put it here in spite of the directory's mode. */
static bool open__is_same_user(int descriptor)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           peer.uid == geteuid();
}

static int open__socket(bool messages)
{
    int type = messages ? SOCK_SEQPACKET : SOCK_STREAM;

    if (fault_hit(FAULT_DESCRIPTOR))
        return -1;
    return descriptor_above_standard(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/* A connection to the first instance that takes it; *slot and *turn say which. -ENOENT: none does.
 */
static int open__connect(struct board *board, uint32_t *slot, uint32_t *turn)
{
    uint32_t used = board_used(board);
    struct sockaddr_un address;
    int descriptor = -1;

    for (*slot = 0; *slot < used; (*slot)++) {
        struct board_cell *cell = board_cell(board, *slot);
        uint32_t word = atomic_load(&cell->word);
        if (cell_state(word) != CELL_LISTENING)
            continue;
        *turn = cell_turn(word);
        if (descriptor < 0)
            descriptor = open__socket(board_common(board)->messages);
        if (descriptor < 0)
            return -EMFILE;
        socklen_t length = board_address(board, *slot, *turn, &address);
        if (connect(descriptor, (struct sockaddr *)&address, length) == 0) {
            /* For those who wait; the server does the same when it takes the client in. */
            atomic_compare_exchange_strong(&cell->word, &word, cell_word(*turn, CELL_TAKEN));
            fcntl(descriptor, F_SETFL, O_RDWR);
            return descriptor;
        }
    }
    if (descriptor >= 0)
        close(descriptor);
    return -ENOENT;
}

/* What the client wants to do has to be what the pipe is for. */
static NTSTATUS open__check(const struct board_common *common, uint32_t access)
{
    if ((access & FILE_READ_DATA) && !(common->directions & MODE_OUTBOUND))
        return STATUS_ACCESS_DENIED;
    if ((access & FILE_WRITE_DATA) && !(common->directions & MODE_INBOUND))
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

/* No instance took the client. */
static NTSTATUS open__refusal(struct board *board)
{
    uint32_t count;
    NTSTATUS status = board_count(board, &count, NULL);

    if (status != STATUS_SUCCESS)
        return status;
    if (count)
        return STATUS_PIPE_NOT_AVAILABLE;
    board_tidy(board);
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

static NTSTATUS open__end(struct board *board, const struct pipe_opening *opening,
                          struct pipe **result)
{
    uint32_t slot, turn, access = open__access(opening->access);
    uint32_t flags = opening->flags & MODE_OVERLAPPED ? IO_FILE_OVERLAPPED : 0;
    int descriptor = open__connect(board, &slot, &turn);

    if (descriptor == -EMFILE)
        return STATUS_TOO_MANY_OPENED_FILES;
    if (descriptor < 0)
        return open__refusal(board);
    const struct board_common *common = board_common(board);
    NTSTATUS status =
        open__is_same_user(descriptor) ? open__check(common, access) : STATUS_ACCESS_DENIED;
    if (common->messages)
        flags |= PIPE_MESSAGES;
    *result = status == STATUS_SUCCESS ? pipe_make(descriptor, flags, access) : NULL;
    if (!*result) {
        close(descriptor);
        return status == STATUS_SUCCESS ? STATUS_INSUFFICIENT_RESOURCES : status;
    }
    pipe_set_buffer(descriptor, common->in_bytes);
    (*result)->board = board;
    (*result)->slot = slot;
    atomic_store(&(*result)->turn, turn);
    peer_meet(*result);
    return STATUS_SUCCESS;
}

NTSTATUS pipe_open(const struct pipe_opening *opening, uintptr_t *handle)
{
    struct board *board;
    struct pipe *pipe;

    if (pipe_is_refused())
        return STATUS_INSUFFICIENT_RESOURCES;
    if (opening->disposition < OPEN_NEW || opening->disposition > OPEN_LAST)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = board_find(opening->name, &board);
    if (status != STATUS_SUCCESS)
        return status;
    if (opening->disposition == OPEN_NEW) /* it is there */
        status = STATUS_ACCESS_DENIED;
    /* Before a server is given a client that it cannot use. */
    if (status == STATUS_SUCCESS)
        status = open__check(board_common(board), open__access(opening->access));
    if (status == STATUS_SUCCESS)
        status = open__end(board, opening, &pipe);
    if (status != STATUS_SUCCESS) {
        board_unref(board);
        return status;
    }
    return pipe_publish(pipe, handle);
}

static int64_t open__deadline(const struct board *board, uint32_t milliseconds)
{
    if (milliseconds == OPEN_WAIT_DEFAULT)
        milliseconds = board_common(board)->timeout;
    return milliseconds == OPEN_WAIT_NOT ? 0 : clock_deadline(milliseconds);
}

NTSTATUS pipe_wait(const char *name, uint32_t milliseconds)
{
    int64_t pause = OPEN_FIRST_LOOK, deadline = 0;
    bool listening, begun = false;
    struct board *board;

    if (pipe_is_refused())
        return STATUS_INSUFFICIENT_RESOURCES;
    for (;;) {
        /* Looked up each time: the last instance may go and the first of others come. */
        NTSTATUS status = board_find(name, &board);
        if (status != STATUS_SUCCESS)
            return status;
        if (!begun)
            deadline = open__deadline(board, milliseconds);
        begun = true;
        uint32_t count;
        status = board_count(board, &count, &listening);
        board_unref(board);
        if (status != STATUS_SUCCESS)
            return status;
        if (listening || !count)
            return listening ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
        int64_t now = clock_now();
        if (now >= deadline)
            return STATUS_IO_TIMEOUT;
        status = pipe_block(NULL, 0, deadline - now < pause ? deadline : now + pause);
        if (status != STATUS_IO_TIMEOUT && status != STATUS_SUCCESS)
            return status;
        pause = pause * 2 > OPEN_LATER_LOOK ? OPEN_LATER_LOOK : pause * 2;
    }
}
