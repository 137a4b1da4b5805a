/* SPDX-License-Identifier: MIT
 *
 * Connections: found by the address of their client end (each has a loopback address of its own),
 * and what bytes belong where in their streams.
 */
#include "model.h"

static struct connection connections[CONNECTIONS];
static _Atomic uint32_t connection_ids;
static char pattern[1 << 17];

void connections_init(void)
{
    uint64_t random = 1;

    for (size_t i = 0; i < sizeof pattern / 2; i++)
        pattern[i] = pattern[i + sizeof pattern / 2] = (char)stress_random(&random);
    for (int i = 0; i < CONNECTIONS; i++) {
        pthread_mutex_init(&connections[i].in, NULL);
        pthread_mutex_init(&connections[i].out, NULL);
        pthread_mutex_init(&connections[i].peer, NULL);
        connections[i].peer_descriptor = -1;
    }
}

/* Two references: for our end and for the peer's. NULL if all are in use. */
struct connection *connection_new(void)
{
    for (int tries = 0; tries < CONNECTIONS; tries++) {
        uint32_t id = atomic_fetch_add(&connection_ids, 1) & 0x3FFFFF;
        struct connection *c = &connections[id % CONNECTIONS];
        int none = 0;
        if (!atomic_compare_exchange_strong(&c->references, &none, 2))
            continue;
        pthread_mutex_lock(&c->peer);
        atomic_store(&c->id, id);
        atomic_store(&c->history, 0);
        c->first = c->last = NULL;
        c->in_position = c->out_position = 0;
        atomic_store(&c->out_done, 0);
        atomic_store(&c->torn, 0);
        c->peer_received = c->peer_sent = 0;
        c->stalled_until = 0;
        c->born = stress_seconds();
        c->peer_descriptor = -1;
        c->opened = 0;
        atomic_store(&c->attached, 0);
        pthread_mutex_unlock(&c->peer);
        atomic_fetch_add(&connections_made, 1);
        return c;
    }
    return NULL;
}

struct connection *connection_at(int index)
{
    return &connections[index];
}

void connection_ref(struct connection *connection)
{
    atomic_fetch_add(&connection->references, 1);
}

void connection_unref(struct connection *connection)
{
    atomic_fetch_sub(&connection->references, 1);
}

struct sockaddr_in connection_address(const struct connection *connection)
{
    struct sockaddr_in address = stress_loopback(0);

    /* 127.64.0.0 to 127.127.255.255 */
    address.sin_addr.s_addr = htonl(0x7F400000u | atomic_load(&connection->id));
    return address;
}

struct connection *connection_of(const struct sockaddr_in *client)
{
    uint32_t id = ntohl(client->sin_addr.s_addr) & 0x3FFFFF;
    struct connection *c = &connections[id % CONNECTIONS];

    return atomic_load(&c->references) > 0 && atomic_load(&c->id) == id ? c : NULL;
}

void history_add(struct connection *connection, uint32_t what)
{
    atomic_fetch_or(&connection->history, what);
}

bool history_has(struct connection *connection, uint32_t what)
{
    return atomic_load(&connection->history) & what;
}

static const char *pattern__at(uint32_t id, bool to_peer, uint64_t position)
{
    return pattern + (position + id * 977u + to_peer * 333u) % (sizeof pattern / 2);
}

void pattern_fill(uint32_t id, bool to_peer, uint64_t position, char *data, size_t length)
{
    for (size_t piece; length; length -= piece, data += piece, position += piece) {
        piece = length < sizeof pattern / 2 ? length : sizeof pattern / 2;
        memcpy(data, pattern__at(id, to_peer, position), piece);
    }
}

bool pattern_holds(uint32_t id, bool to_peer, uint64_t position, const char *data, size_t length)
{
    for (size_t piece; length; length -= piece, data += piece, position += piece) {
        piece = length < sizeof pattern / 2 ? length : sizeof pattern / 2;
        if (memcmp(data, pattern__at(id, to_peer, position), piece) != 0)
            return false;
    }
    return true;
}
