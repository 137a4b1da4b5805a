/* SPDX-License-Identifier: MIT
 *
 * Raw io_uring the way its authors recommend for one thread: multishot accept, multishot receive
 * into a ring of provided buffers, one send in flight per connection straight from the buffer.
 * The buffers are one pool for all connections: a client that sends and never reads can hold it
 * all and starve the others, which a server for the open internet would have to prevent. */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <liburing.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RING_ENTRIES = 4096,
    COMPLETIONS = 32768,
    BUFFERS = 2048, /* a power of two */
    BUFFER_SIZE = 4096,
    BUFFER_GROUP = 0,
    NO_BUFFER = -1,
};

/* In the low bits of user_data; the rest is the connection. */
enum operation { ACCEPT, ACCEPT_RETRY, RECEIVE, SEND, OPERATION_MASK = 7 };

struct connection {
    struct connection *next_starved;
    int fd;
    int first, last; /* buffers to be sent back, in order */
    int receiving;   /* the multishot receive is armed */
    int sending;
    int ended; /* nothing more will come, or must be sent */
};

static struct io_uring ring;
static struct io_uring_buf_ring *pool;
static unsigned char *pool_bytes;
static struct {
    int next;
    unsigned size;
    unsigned sent;
} buffers[BUFFERS];
static struct connection *starved; /* receives that found the pool empty */
static int listener;

static struct io_uring_sqe *prepare(void)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&ring);
    while (!entry) {
        io_uring_submit(&ring);
        entry = io_uring_get_sqe(&ring);
    }
    return entry;
}

static void arm_accept(void)
{
    struct io_uring_sqe *entry = prepare();
    io_uring_prep_multishot_accept(entry, listener, NULL, NULL, SOCK_CLOEXEC);
    io_uring_sqe_set_data64(entry, ACCEPT);
}

/* Out of descriptors: the connection stays in the backlog, the next try comes a little later. */
static void arm_accept_later(void)
{
    static struct __kernel_timespec pause = {.tv_nsec = 10000000};
    struct io_uring_sqe *entry = prepare();
    io_uring_prep_timeout(entry, &pause, 0, 0);
    io_uring_sqe_set_data64(entry, ACCEPT_RETRY);
}

static void arm_receive(struct connection *connection)
{
    struct io_uring_sqe *entry = prepare();
    io_uring_prep_recv_multishot(entry, connection->fd, NULL, 0, 0);
    entry->flags |= IOSQE_BUFFER_SELECT;
    entry->buf_group = BUFFER_GROUP;
    io_uring_sqe_set_data64(entry, (uintptr_t)connection | RECEIVE);
    connection->receiving = 1;
}

static void arm_send(struct connection *connection)
{
    struct io_uring_sqe *entry = prepare();
    int buffer = connection->first;
    io_uring_prep_send(entry, connection->fd,
                       pool_bytes + (size_t)buffer * BUFFER_SIZE + buffers[buffer].sent,
                       buffers[buffer].size - buffers[buffer].sent, MSG_NOSIGNAL | MSG_WAITALL);
    io_uring_sqe_set_data64(entry, (uintptr_t)connection | SEND);
    connection->sending = 1;
}

static void give_back(int buffer)
{
    io_uring_buf_ring_add(pool, pool_bytes + (size_t)buffer * BUFFER_SIZE, BUFFER_SIZE,
                          (unsigned short)buffer, BUFFERS - 1, 0);
    io_uring_buf_ring_advance(pool, 1);
    struct connection *hungry = starved;
    if (hungry) {
        starved = hungry->next_starved;
        arm_receive(hungry);
    }
}

static void give_back_first(struct connection *connection)
{
    int buffer = connection->first;
    connection->first = buffers[buffer].next;
    give_back(buffer);
}

/* Frees a connection that has ended once nothing of it is in the kernel. */
static void finish(struct connection *connection)
{
    if (!connection->ended || connection->receiving || connection->sending ||
        connection->first != NO_BUFFER)
        return;
    close(connection->fd);
    free(connection);
}

static void on_accept(const struct io_uring_cqe *completion)
{
    int more = completion->flags & IORING_CQE_F_MORE;
    if (completion->res >= 0) {
        struct connection *connection = calloc(1, sizeof(*connection));
        if (connection) {
            server_no_delay(completion->res);
            connection->fd = completion->res;
            connection->first = NO_BUFFER;
            arm_receive(connection);
        } else {
            close(completion->res);
        }
    }
    if (!more && (completion->res == -EMFILE || completion->res == -ENFILE))
        arm_accept_later();
    else if (!more)
        arm_accept();
}

static void on_receive(struct connection *connection, const struct io_uring_cqe *completion)
{
    if (!(completion->flags & IORING_CQE_F_MORE))
        connection->receiving = 0;
    if (completion->res == -ENOBUFS) {
        connection->next_starved = starved;
        starved = connection;
        connection->receiving = 1; /* it will be */
        return;
    }
    if (completion->res <= 0) {
        connection->ended = 1;
        finish(connection);
        return;
    }
    int buffer = (int)(completion->flags >> IORING_CQE_BUFFER_SHIFT);
    if (connection->ended) {
        give_back(buffer);
    } else {
        server_handle();
        buffers[buffer].next = NO_BUFFER;
        buffers[buffer].size = (unsigned)completion->res;
        buffers[buffer].sent = 0;
        if (connection->first == NO_BUFFER)
            connection->first = buffer;
        else
            buffers[connection->last].next = buffer;
        connection->last = buffer;
        if (!connection->sending)
            arm_send(connection);
    }
    if (!connection->receiving)
        arm_receive(connection);
}

static void on_send(struct connection *connection, const struct io_uring_cqe *completion)
{
    connection->sending = 0;
    if (completion->res <= 0) {
        connection->ended = 1;
        while (connection->first != NO_BUFFER)
            give_back_first(connection);
        shutdown(connection->fd, SHUT_RDWR); /* ends the receive */
        finish(connection);
        return;
    }
    int buffer = connection->first;
    buffers[buffer].sent += (unsigned)completion->res;
    if (buffers[buffer].sent == buffers[buffer].size)
        give_back_first(connection);
    if (connection->first != NO_BUFFER)
        arm_send(connection);
    else
        finish(connection);
}

static void dispatch(const struct io_uring_cqe *completion)
{
    uint64_t data = completion->user_data;
    struct connection *connection = (void *)(uintptr_t)(data & ~(uint64_t)OPERATION_MASK);
    switch ((enum operation)(data & OPERATION_MASK)) {
    case ACCEPT:
        on_accept(completion);
        break;
    case ACCEPT_RETRY:
        arm_accept();
        break;
    case RECEIVE:
        on_receive(connection, completion);
        break;
    default:
        on_send(connection, completion);
        break;
    }
}

static void start(void)
{
    struct io_uring_params parameters = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
        .cq_entries = COMPLETIONS,
    };
    errno = -io_uring_queue_init_params(RING_ENTRIES, &ring, &parameters);
    if (errno)
        server_die("io_uring");
    io_uring_register_ring_fd(&ring);
    size_t entries_size = BUFFERS * sizeof(struct io_uring_buf);
    void *memory = mmap(NULL, entries_size + (size_t)BUFFERS * BUFFER_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        server_die("mmap");
    pool = memory;
    pool_bytes = (unsigned char *)memory + entries_size;
    struct io_uring_buf_reg registration = {
        .ring_addr = (uintptr_t)pool, .ring_entries = BUFFERS, .bgid = BUFFER_GROUP};
    errno = -io_uring_register_buf_ring(&ring, &registration, 0);
    if (errno)
        server_die("io_uring provided buffers");
    io_uring_buf_ring_init(pool);
    for (int buffer = 0; buffer < BUFFERS; buffer++)
        give_back(buffer);
}

int main(int argc, char **argv)
{
    server_parse(argc, argv, 1);
    start();
    listener = server_listen(0, 0);
    arm_accept();
    server_ready();
    for (;;) {
        int failed = io_uring_submit_and_wait(&ring, 1);
        if (failed < 0 && failed != -EINTR && failed != -EBUSY) {
            errno = -failed;
            server_die("io_uring_submit_and_wait");
        }
        struct io_uring_cqe *completion;
        unsigned head, count = 0;
        io_uring_for_each_cqe(&ring, head, completion)
        {
            dispatch(completion);
            count++;
        }
        io_uring_cq_advance(&ring, count);
    }
}
