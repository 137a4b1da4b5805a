/* SPDX-License-Identifier: MIT
 *
 * What the conformance programs about pipes share: names that nobody else uses, both ends of a
 * pipe, and overlapped calls whose outcome is a value. Checks are made by the main thread only.
 */
#ifndef IOCP_TESTS_PIPES_H
#define IOCP_TESTS_PIPES_H

#include "support.h"

#define SERVER_KEY ((ULONG_PTR)0x5e)
#define CLIENT_KEY ((ULONG_PTR)0xc1)
#define PENDING_MS 100 /* what is pending still pends after so long */

struct pipe_name {
    char text[128];
};

static inline struct pipe_name pipe_name_new(void)
{
    static int number;
    struct pipe_name name;
    snprintf(name.text, sizeof name.text, "\\\\.\\pipe\\iocp-conformance-%u-%d",
             (unsigned)GetCurrentProcessId(), number++);
    return name;
}

static inline HANDLE pipe_serve(const char *name, DWORD open_mode, DWORD pipe_mode, DWORD instances)
{
    return CreateNamedPipeA(name, open_mode, pipe_mode, instances, 65536, 65536, 1000, NULL);
}

static inline HANDLE pipe_client(const char *name, DWORD flags)
{
    return CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, flags, NULL);
}

/* Both ends of a connected pipe; with `overlapped` at ports of their own. */
struct pipe_pair {
    struct pipe_name name;
    HANDLE server, client;
    HANDLE server_port, client_port;
};

static inline void pipe_join(struct pipe_pair *p, HANDLE end, HANDLE *port, ULONG_PTR key)
{
    (void)p;
    *port = port_make(0);
    REQUIRE(CreateIoCompletionPort(end, *port, key, 0) == *port);
}

static inline void pipe_pair_make(struct pipe_pair *p, DWORD pipe_mode, BOOL overlapped)
{
    DWORD flag = overlapped ? FILE_FLAG_OVERLAPPED : 0;

    memset(p, 0, sizeof *p);
    p->name = pipe_name_new();
    p->server = pipe_serve(p->name.text, PIPE_ACCESS_DUPLEX | flag, pipe_mode, 1);
    REQUIRE(p->server != INVALID_HANDLE_VALUE);
    p->client = pipe_client(p->name.text, flag);
    REQUIRE(p->client != INVALID_HANDLE_VALUE);
    if (pipe_mode & PIPE_READMODE_MESSAGE) {
        DWORD mode = PIPE_READMODE_MESSAGE;
        REQUIRE(SetNamedPipeHandleState(p->client, &mode, NULL, NULL));
    }
    if (overlapped) {
        pipe_join(p, p->server, &p->server_port, SERVER_KEY);
        pipe_join(p, p->client, &p->client_port, CLIENT_KEY);
    }
}

static inline void pipe_pair_end(struct pipe_pair *p)
{
    if (p->server)
        CloseHandle(p->server);
    if (p->client)
        CloseHandle(p->client);
    if (p->server_port) {
        CHECK("PKT-6", port_is_empty(p->server_port), "nothing is left in the server's port");
        CHECK("PKT-6", port_is_empty(p->client_port), "nothing is left in the client's port");
        CloseHandle(p->server_port);
        CloseHandle(p->client_port);
    }
}

/* A call's outcome: 0, or its last error. */
static inline DWORD pipe_error(BOOL done)
{
    return done ? 0 : GetLastError();
}

static inline void overlapped_zero(OVERLAPPED *overlapped)
{
    memset(overlapped, 0, sizeof *overlapped);
}

static inline DWORD pipe_read(HANDLE end, void *data, DWORD length, OVERLAPPED *overlapped)
{
    overlapped_zero(overlapped);
    return pipe_error(ReadFile(end, data, length, NULL, overlapped));
}

static inline DWORD pipe_write(HANDLE end, const void *data, DWORD length, OVERLAPPED *overlapped)
{
    overlapped_zero(overlapped);
    return pipe_error(WriteFile(end, data, length, NULL, overlapped));
}

/* Started: either way there will be a packet. */
static inline int pipe_started(DWORD error)
{
    return error == 0 || error == ERROR_IO_PENDING;
}

/* One packet as expected; a failure's `error` is what GetQueuedCompletionStatus says. */
static inline int pipe_packet_is(HANDLE port, ULONG_PTR key, OVERLAPPED *overlapped, DWORD error,
                                 DWORD bytes, struct packet *seen)
{
    *seen = port_take(port, DEADLINE_MS);
    return seen->overlapped == overlapped && seen->key == key && seen->bytes == bytes &&
           (error ? !seen->ok && seen->error == error : seen->ok);
}

#define EXPECT_PIPE_PACKET(rule, port, key, ov, error_code, count, what)                           \
    EXPECT_PIPE_PACKET_WINE(rule, port, key, ov, error_code, count, NULL, what)

#define EXPECT_PIPE_PACKET_WINE(rule, port, key, ov, error_code, count, reason, what)              \
    do {                                                                                           \
        struct packet seen_;                                                                       \
        int is_ = pipe_packet_is(port, key, ov, error_code, count, &seen_);                        \
        check_one(is_, rule, reason, __FILE__, __LINE__,                                           \
                  "%s: ok %d error %u bytes %u, overlapped %s", what, seen_.ok,                    \
                  (unsigned)seen_.error, (unsigned)seen_.bytes,                                    \
                  seen_.overlapped == (ov) ? "right" : "wrong");                                   \
    } while (0)

/* A blocking call in a thread of its own. */
struct pipe_call {
    HANDLE end, thread;
    char *data;
    DWORD length, bytes, error;
    volatile LONG begun, over;
};

static inline DWORD WINAPI pipe_call_read(void *argument)
{
    struct pipe_call *call = argument;
    counter_set(&call->begun, 1);
    call->error = pipe_error(ReadFile(call->end, call->data, call->length, &call->bytes, NULL));
    counter_set(&call->over, 1);
    return 0;
}

static inline DWORD WINAPI pipe_call_write(void *argument)
{
    struct pipe_call *call = argument;
    counter_set(&call->begun, 1);
    call->error = pipe_error(WriteFile(call->end, call->data, call->length, &call->bytes, NULL));
    counter_set(&call->over, 1);
    return 0;
}

static inline DWORD WINAPI pipe_call_connect(void *argument)
{
    struct pipe_call *call = argument;
    counter_set(&call->begun, 1);
    call->error = pipe_error(ConnectNamedPipe(call->end, NULL));
    counter_set(&call->over, 1);
    return 0;
}

static inline void pipe_call_start(struct pipe_call *call, LPTHREAD_START_ROUTINE routine)
{
    call->thread = thread_start(routine, call);
    REQUIRE(counter_reaches(&call->begun, 1));
    support_settle();
}

#endif
