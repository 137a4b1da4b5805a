/* SPDX-License-Identifier: MIT
 *
 * What the random caller knows of the library's sockets while it calls: connections with both their
 * ends and their history, slots that hold our end, operations that are under way. From this follows
 * which outcome an operation may have.
 *
 * Locks, in the order taken: `numbers` (a descriptor's number must not be given away while a call
 * on its last owner is still under way), a connection's `in` or `out` (what is posted there has an
 * order), its `peer`. All are leaves towards the library: calls are made under them.
 */
#ifndef RANDOM_CALLS_MODEL_H
#define RANDOM_CALLS_MODEL_H

#include "stress/stress.h"

#include <fcntl.h>

enum { SLOTS = 48, CONNECTIONS = 1024, OPERATIONS = 2048, PENDING_MOST = 6 };
enum { LARGEST = 1 << 17, FIRST_DATA = 512 };

/* What has happened to a connection; set before it is done, so that who sees an outcome sees its
 * cause. */
enum history {
    CLOSED = 1, /* our end */
    CANCELLED_IN = 2,
    CANCELLED_OUT = 4,
    SHUT_IN = 8,
    SHUT_OUT = 16,
    PEER_ENDED = 32, /* a FIN may have come */
    PEER_RESET = 64, /* a reset may have come: also by data that is sent to a closed peer */
};

struct operation;

struct connection {
    _Atomic int references; /* ours, the peer's, and one per operation; 0: free */
    _Atomic uint32_t id;
    _Atomic uint32_t history;

    pthread_mutex_t in;
    struct operation *first, *last; /* receives in the order posted */
    uint64_t in_position;           /* of the next byte to be received */

    pthread_mutex_t out;
    uint64_t out_position;     /* of the next byte to be sent */
    _Atomic uint64_t out_done; /* bytes of sends that have succeeded */
    _Atomic int out_pending, in_pending;
    _Atomic int torn; /* a send may have gone in part: what follows is not in its place */

    pthread_mutex_t peer;
    int peer_descriptor;  /* -1: not there or gone */
    int opened;           /* 1: the descriptor was there; 2: the peer's reference is given back */
    _Atomic int attached; /* our reference belongs to a slot */
    uint64_t peer_received, peer_sent;
    double stalled_until;
    double born;
};

enum slot_state { FREE, BUSY, OPENING, OPEN };

/* Our end. `state` moves by exchange: who makes it BUSY owns the slot. */
struct slot {
    _Atomic int state;
    struct operation *_Atomic opening; /* its AcceptEx or ConnectEx */
    SOCKET s;
    struct connection *connection;
    _Atomic int calls; /* under way on s */
    bool skips;        /* no packet for what succeeds at once; changes under both order locks */
};

enum kind { RECEIVE, SEND, ACCEPT, CONNECT, DISCONNECT, POST, KINDS };
enum operation_state { IDLE, MAKING, POSTED, DONE, REFUSED };

struct operation {
    OVERLAPPED overlapped;
    _Atomic int state;
    enum kind kind;
    struct slot *slot; /* of ACCEPT, CONNECT */
    struct connection *connection;
    struct operation *next;
    char *data;
    uint32_t length;
    uint32_t bytes;
    bool peek, all, finished;
    bool dead_end; /* a ConnectEx that nobody answers */
    _Atomic int cancelled;
};

extern HANDLE port;
extern SOCKET listener; /* ours; its packets have the key LISTENER_KEY */
extern struct sockaddr_in listener_address, plain_address, dead_address;
extern int plain_listener; /* of the peers, for ConnectEx */
extern struct slot slots[SLOTS];
extern pthread_rwlock_t numbers;
extern _Atomic long calls_made, operations_accepted, operations_done, connections_made;
extern _Atomic long outcomes[KINDS][4]; /* whole, end, cancelled or closed, reset */
extern _Atomic bool stopping;

extern _Atomic long failures;

/* expect.h counts by file; these for the whole program. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            FAIL("%s", #condition);                                                                \
    } while (0)
#define HOLDS_EQUAL(left, right)                                                                   \
    do {                                                                                           \
        long long must_left = (long long)(left), must_right = (long long)(right);                  \
        if (must_left != must_right)                                                               \
            FAIL("%s is %lld, not %lld, last error %u", #left, must_left, must_right,              \
                 (unsigned)GetLastError());                                                        \
    } while (0)

#define FAIL(...)                                                                                  \
    do {                                                                                           \
        atomic_fetch_add(&failures, 1);                                                            \
        printf("FAIL %s:%d: ", __FILE__, __LINE__);                                                \
        printf(__VA_ARGS__);                                                                       \
        printf("\n");                                                                              \
        fflush(stdout);                                                                            \
    } while (0)

/* ---- connection.c ---- */
void connections_init(void);
struct connection *connection_new(void);
struct connection *connection_at(int index);
void connection_ref(struct connection *connection);
void connection_unref(struct connection *connection);
/* The connection whose client end has this address, or NULL. */
struct connection *connection_of(const struct sockaddr_in *client);
struct sockaddr_in connection_address(const struct connection *connection);
void history_add(struct connection *connection, uint32_t what);
bool history_has(struct connection *connection, uint32_t what);
/* The bytes that belong to a stream's position; each direction has its own. */
void pattern_fill(uint32_t id, bool to_peer, uint64_t position, char *data, size_t length);
bool pattern_holds(uint32_t id, bool to_peer, uint64_t position, const char *data, size_t length);

/* ---- operation.c ---- */
struct operation *operation_new(enum kind kind, struct connection *connection, uint32_t length);
/* What the call said: 0, WSA_IO_PENDING or the error. True if it was accepted. */
bool operation_started(struct operation *operation, DWORD code, bool skips, DWORD bytes);
/* A receive that has succeeded at once and queues no packet; its connection's `in` is held. */
void receive_finish_held(struct operation *operation, DWORD bytes);
/* A packet for it. */
void operation_finish(struct operation *operation, BOOL succeeded, DWORD error, DWORD bytes);
/* Takes packets for a while; returns how many. */
int packets_take(uint64_t *random, DWORD milliseconds);
long operations_pending(void);
void operations_free(void);
void operations_print(void);

/* ---- open.c ---- */
void open_init(void);
void open_end(void);
/* The slot is BUSY, its caller's. */
void slot_open(struct slot *slot, uint64_t *random);
/* While it is OPENING: a client for an AcceptEx, or a cancel. */
void slot_hurry(struct slot *slot, uint64_t *random, bool cancel);
/* The slot is OPEN, or was: false if another thread was faster. */
bool slot_close(struct slot *slot, uint64_t *random);
void slot_accepted(struct operation *operation, bool succeeded);
void slot_connected(struct operation *operation, bool succeeded);

/* ---- moves.c ---- */
/* One call on an open slot. */
void slot_move(struct slot *slot, uint64_t *random);

/* ---- peer.c ---- */
DWORD WINAPI peer_thread(void *argument);
void peer_close_all(void);

#endif
