/* SPDX-License-Identifier: MIT
 *
 * The other end, where it is in this process too. What a call does to it would be noticed by
 * whoever polls for it, soon; a program that looks when the call has returned shall see it done, as
 * on Windows, where one call does both (PIPE-23). So the call tries the other end's lanes itself,
 * but where a thread waits in the source of the other end's port: the system is waking that one
 * already, and to wake it twice costs more than all the rest.
 *
 * peer_lock guards the servers' lists and both pointers of a pair, which change together: who is
 * somebody's peer has that one as its own. To use the pointer no lock is needed: a pipe's memory
 * stays a pipe's (object/handle.h), and to try the lanes of one that has nothing to do with this
 * one does it no harm.
 */
#include "pipe/peer_internal.h"

static struct lock peer_lock;

/* A message that takes many packets goes over in as many rounds; others may write or read too. */
enum { STEP_ROUNDS = 4096 };

static void peer__unlink(struct pipe *pipe)
{
    struct pipe *peer = atomic_load_explicit(&pipe->peer, memory_order_relaxed);

    lock_assert_held(&peer_lock);
    if (!peer)
        return;
    ASSERT(atomic_load_explicit(&peer->peer, memory_order_relaxed) == pipe);
    atomic_store_explicit(&peer->peer, NULL, memory_order_relaxed);
    atomic_store_explicit(&pipe->peer, NULL, memory_order_relaxed);
}

void peer_serve(struct pipe *server)
{
    lock_take(&peer_lock);
    list_push_back(board_servers(server->board), &server->serving);
    lock_drop(&peer_lock);
}

static struct pipe *peer__server_of(const struct pipe *client)
{
    lock_assert_held(&peer_lock);
    LIST_FOR_EACH(link, board_servers(client->board))
    {
        struct pipe *server = LIST_ELEMENT(link, struct pipe, serving);
        if (server->slot == client->slot)
            return atomic_load(&server->turn) == atomic_load(&client->turn) ? server : NULL;
    }
    return NULL;
}

/* The reference is the caller's. */
static struct pipe *peer__hold(struct pipe *pipe)
{
    struct pipe *peer = atomic_load_explicit(&pipe->peer, memory_order_acquire);

    return peer && object_try_ref(file_object(&peer->io), OBJ_REF_CALL) ? peer : NULL;
}

static void peer__drop(struct pipe *peer)
{
    object_unref(file_object(&peer->io), OBJ_REF_CALL);
}

/* The race with DisconnectNamedPipe: it parts the server from its peer before the turn can change,
 * so that a client which comes too late finds either another turn, or a server that has nothing
 * under way and parts from it when the next client comes. */
void peer_meet(struct pipe *client)
{
    lock_take(&peer_lock);
    struct pipe *server = peer__server_of(client);
    if (server) {
        peer__unlink(server);
        atomic_store_explicit(&server->peer, client, memory_order_release);
        atomic_store_explicit(&client->peer, server, memory_order_release);
    }
    lock_drop(&peer_lock);
    server = server ? peer__hold(client) : NULL;
    if (!server)
        return;
    pipe_try_connects(server);
    peer__drop(server);
}

struct pipe *peer_part(struct pipe *pipe)
{
    lock_take(&peer_lock);
    struct pipe *peer = peer__hold(pipe);
    peer__unlink(pipe);
    if (pipe_has(pipe, PIPE_CLOSED) && list_linked(&pipe->serving))
        list_remove(&pipe->serving);
    lock_drop(&peer_lock);
    return peer;
}

void peer_leave(struct pipe *peer)
{
    if (!peer)
        return;
    io_file_try(&peer->io, ENGINE_IN);
    io_file_try(&peer->io, ENGINE_OUT);
    peer__drop(peer);
}

/* What has been written is read, and what finds room is written, until one of them has enough. */
static void peer__step(struct pipe *writer, struct pipe *reader)
{
    for (int round = 0; round < STEP_ROUNDS; round++) {
        bool more = io_file_busy(&writer->io, ENGINE_OUT);
        if (more && !io_file_try(&writer->io, ENGINE_OUT))
            return;
        if (!io_file_try(&reader->io, ENGINE_IN) || !more || !io_file_busy(&reader->io, ENGINE_IN))
            return;
    }
}

/* For most calls nothing is to be done, which is found out by reading alone: a reference would move
 * the other thread's cache lines here and back. */
void peer_written(struct pipe *pipe, bool pends)
{
    struct pipe *peer = atomic_load_explicit(&pipe->peer, memory_order_acquire);

    if (!peer)
        return;
    if (pends)
        atomic_store_explicit(&pipe->writes_wait, true, memory_order_relaxed);
    if (io_file_is_polled(&peer->io) || !(peer = peer__hold(pipe)))
        return;
    peer__step(pipe, peer);
    peer__drop(peer);
}

/* The mark is taken away before it is known whether that is right: a write that begins to wait
 * meanwhile sets it again. */
void peer_read(struct pipe *pipe)
{
    struct pipe *peer = atomic_load_explicit(&pipe->peer, memory_order_acquire);

    if (!peer || !atomic_load_explicit(&peer->writes_wait, memory_order_relaxed) ||
        !(peer = peer__hold(pipe)))
        return;
    atomic_store(&peer->writes_wait, false);
    if (io_file_busy(&peer->io, ENGINE_OUT)) {
        atomic_store(&peer->writes_wait, true);
        peer__step(peer, pipe);
    }
    peer__drop(peer);
}
