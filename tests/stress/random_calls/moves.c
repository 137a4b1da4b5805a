/* SPDX-License-Identifier: MIT
 *
 * One random call on an open connection: legal, or nearly so.
 */
#include "model.h"

#include <ws2tcpip.h>

/* May a call that failed at once say this? */
static void check_refusal(struct connection *c, const char *what, DWORD code, bool out)
{
    uint32_t history = atomic_load(&c->history);
    bool allowed = (code == WSAECONNRESET && history & PEER_RESET) ||
                   (code == WSAESHUTDOWN && history & (out ? SHUT_OUT : SHUT_IN)) ||
                   (code == WSAENOTSOCK && history & CLOSED) ||
                   (code == ERROR_INVALID_HANDLE && history & CLOSED) ||
                   (code == ERROR_NETNAME_DELETED && history & PEER_RESET) ||
                   (code == ERROR_PIPE_NOT_CONNECTED && history & (out ? SHUT_OUT : SHUT_IN));

    if (!allowed)
        FAIL("%s refused with %u, history %x", what, (unsigned)code, history);
}

static int split(WSABUF *buffers, char *data, uint32_t length, uint64_t *random)
{
    uint32_t first = stress_random(random) % (length + 1);

    if (length < 2 || stress_random(random) % 3) {
        buffers[0] = (WSABUF){length, data};
        return 1;
    }
    buffers[0] = (WSABUF){first, data};
    buffers[1] = (WSABUF){0, NULL};
    buffers[2] = (WSABUF){length - first, data + first};
    return 3;
}

static uint32_t random_length(uint64_t *random)
{
    uint32_t choice = stress_random(random) % 100;

    return choice < 4    ? 0
           : choice < 60 ? 1 + stress_random(random) % 128
           : choice < 95 ? 1 + stress_random(random) % 8192
                         : 1 + stress_random(random) % LARGEST;
}

static void move_receive(struct slot *slot, uint64_t *random)
{
    struct connection *c = slot->connection;
    uint32_t choice = stress_random(random) % 16;
    WSABUF buffers[3];
    DWORD bytes = 0, code, flags = 0;

    pthread_mutex_lock(&c->in);
    struct operation *o = atomic_load(&c->in_pending) < PENDING_MOST
                              ? operation_new(RECEIVE, c, random_length(random))
                              : NULL;
    if (!o) {
        pthread_mutex_unlock(&c->in);
        return;
    }
    o->peek = choice == 0 && o->length;
    o->all = choice == 1 && o->length;
    flags = o->peek ? MSG_PEEK : o->all ? MSG_WAITALL : 0;
    if (choice == 2) {
        BOOL ok = ReadFile((HANDLE)slot->s, o->data, o->length, &bytes, &o->overlapped);
        code = ok ? 0 : GetLastError();
    } else {
        DWORD count = (DWORD)split(buffers, o->data, o->length, random);
        code = WSARecv(slot->s, buffers, count, &bytes, &flags, &o->overlapped, NULL) == 0
                   ? 0
                   : (DWORD)WSAGetLastError();
    }
    if (!operation_started(o, code, slot->skips, bytes))
        check_refusal(c, "a receive", code, false);
    else if (code == 0 && slot->skips)
        receive_finish_held(o, bytes);
    pthread_mutex_unlock(&c->in);
}

static void move_send(struct slot *slot, uint64_t *random)
{
    struct connection *c = slot->connection;
    WSABUF buffers[3];
    DWORD bytes = 0, code;

    pthread_mutex_lock(&c->out);
    struct operation *o = atomic_load(&c->out_pending) < PENDING_MOST
                              ? operation_new(SEND, c, random_length(random))
                              : NULL;
    if (!o) {
        pthread_mutex_unlock(&c->out);
        return;
    }
    uint32_t length = o->length;
    pattern_fill(atomic_load(&c->id), true, c->out_position, o->data, length);
    if (stress_random(random) % 16 == 0) {
        BOOL ok = WriteFile((HANDLE)slot->s, o->data, length, &bytes, &o->overlapped);
        code = ok ? 0 : GetLastError();
    } else {
        DWORD count = (DWORD)split(buffers, o->data, length, random);
        code = WSASend(slot->s, buffers, count, &bytes, 0, &o->overlapped, NULL) == 0
                   ? 0
                   : (DWORD)WSAGetLastError();
    }
    if (operation_started(o, code, slot->skips, bytes))
        c->out_position += length;
    else
        check_refusal(c, "a send", code, true);
    pthread_mutex_unlock(&c->out);
}

/* Without an OVERLAPPED, when nothing overlapped is under way; the socket is non-blocking. */
static void move_plain_receive(struct slot *slot)
{
    struct connection *c = slot->connection;
    char data[512];

    pthread_mutex_lock(&c->in);
    if (atomic_load(&c->in_pending) == 0) {
        int n = recv(slot->s, data, sizeof data, 0);
        DWORD code = n < 0 ? (DWORD)WSAGetLastError() : 0;
        atomic_fetch_add(&calls_made, 1);
        if (n > 0 && !pattern_holds(atomic_load(&c->id), false, c->in_position, data, (size_t)n))
            FAIL("recv: %d bytes are not those at %llu", n, (unsigned long long)c->in_position);
        if (n > 0)
            c->in_position += (uint64_t)n;
        if (n == 0 && !history_has(c, PEER_ENDED | PEER_RESET))
            FAIL("recv: an end that nobody made");
        if (n < 0 && code != WSAEWOULDBLOCK)
            check_refusal(c, "recv", code, false);
    }
    pthread_mutex_unlock(&c->in);
}

static void move_plain_send(struct slot *slot)
{
    struct connection *c = slot->connection;
    char data[700];

    pthread_mutex_lock(&c->out);
    if (atomic_load(&c->out_pending) == 0) {
        pattern_fill(atomic_load(&c->id), true, c->out_position, data, sizeof data);
        int n = send(slot->s, data, sizeof data, 0);
        DWORD code = n < 0 ? (DWORD)WSAGetLastError() : 0;
        atomic_fetch_add(&calls_made, 1);
        if (n > 0) {
            c->out_position += (uint64_t)n;
            atomic_fetch_add(&c->out_done, (uint64_t)n);
        }
        if (n < 0 && code != WSAEWOULDBLOCK)
            check_refusal(c, "send", code, true);
    }
    pthread_mutex_unlock(&c->out);
}

static void move_cancel(struct slot *slot, uint64_t *random)
{
    struct connection *c = slot->connection;

    /* The mark is there before the cut. */
    history_add(c, CANCELLED_IN | CANCELLED_OUT);
    pthread_mutex_lock(&c->in);
    OVERLAPPED *first = c->first ? &c->first->overlapped : NULL;
    OVERLAPPED *last = c->last ? &c->last->overlapped : NULL;
    pthread_mutex_unlock(&c->in);
    atomic_fetch_add(&calls_made, 1);
    switch (stress_random(random) % 8) {
    case 0:
        atomic_store(&c->torn, 1);
        CancelIoEx((HANDLE)slot->s, NULL);
        break;
    case 1:
        atomic_store(&c->torn, 1);
        CancelIo((HANDLE)slot->s);
        break;
    case 2:
    case 3:
    case 4:
        if (first)
            CancelIoEx((HANDLE)slot->s, first);
        break;
    default:
        if (last)
            CancelIoEx((HANDLE)slot->s, last);
    }
}

static void move_shut(struct slot *slot, uint64_t *random)
{
    struct connection *c = slot->connection;
    uint32_t choice = stress_random(random) % 4;
    int how = choice == 0 ? SD_RECEIVE : choice == 1 ? SD_BOTH : SD_SEND;
    static const uint32_t marks[] = {
        [SD_RECEIVE] = SHUT_IN, [SD_SEND] = SHUT_OUT, [SD_BOTH] = SHUT_IN | SHUT_OUT};

    history_add(c, marks[how]);
    int code = shutdown(slot->s, how) == SOCKET_ERROR ? WSAGetLastError() : 0;
    atomic_fetch_add(&calls_made, 1);
    if (code && !history_has(c, CLOSED | PEER_RESET))
        FAIL("shutdown %d: %d, history %x", how, code, atomic_load(&c->history));
}

static LPFN_DISCONNECTEX disconnect_ex;

static void move_disconnect(struct slot *slot)
{
    struct connection *c = slot->connection;
    struct operation *o = operation_new(DISCONNECT, c, 0);
    GUID id = WSAID_DISCONNECTEX;
    DWORD bytes;

    if (!o)
        return;
    history_add(c, SHUT_OUT);
    if (!disconnect_ex)
        WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &disconnect_ex,
                 sizeof disconnect_ex, &bytes, NULL, NULL);
    BOOL ok = disconnect_ex(slot->s, &o->overlapped, 0, 0);
    DWORD code = ok ? 0 : (DWORD)WSAGetLastError();
    if (!operation_started(o, code, false, 0))
        check_refusal(c, "DisconnectEx", code, true);
}

static void move_post(uint64_t *random)
{
    struct operation *o = operation_new(POST, NULL, 0);

    if (!o)
        return;
    BOOL ok = PostQueuedCompletionStatus(port, stress_random(random), 77, &o->overlapped);
    if (!operation_started(o, ok ? 0 : GetLastError(), false, 0))
        FAIL("PostQueuedCompletionStatus: %u", (unsigned)GetLastError());
}

/* Modes and options, in the middle of everything. */
static void move_adjust(struct slot *slot, uint64_t *random)
{
    struct connection *c = slot->connection;
    int value = (int)(stress_random(random) % 2), size = 1 << (8 + stress_random(random) % 10);

    atomic_fetch_add(&calls_made, 1);
    if (stress_random(random) % 8 == 0) {
        pthread_mutex_lock(&c->in);
        pthread_mutex_lock(&c->out);
        if (SetFileCompletionNotificationModes((HANDLE)slot->s,
                                               FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
            slot->skips = true;
        else
            check_refusal(c, "SetFileCompletionNotificationModes", GetLastError(), false);
        pthread_mutex_unlock(&c->out);
        pthread_mutex_unlock(&c->in);
    } else if (value) {
        setsockopt(slot->s, SOL_SOCKET, SO_RCVBUF, (char *)&size, sizeof size);
    } else {
        setsockopt(slot->s, IPPROTO_TCP, TCP_NODELAY, (char *)&value, sizeof value);
    }
}

static void expect_code(struct connection *c, const char *what, DWORD code, DWORD expected)
{
    atomic_fetch_add(&calls_made, 1);
    if (code != expected &&
        !((code == WSAENOTSOCK || code == ERROR_INVALID_HANDLE) && history_has(c, CLOSED)))
        FAIL("%s: %u, not %u, history %x", what, (unsigned)code, (unsigned)expected,
             atomic_load(&c->history));
}

/* What must be refused, and then leaves no trace. */
static void move_nearly_legal(struct slot *slot, uint64_t *random)
{
    struct connection *c = slot->connection;
    static _Thread_local char data[4 + 2 * STRESS_BLOCK];
    static _Thread_local OVERLAPPED ov;
    WSABUF buffer = {4, data};
    DWORD bytes, flags = 0;
    struct sockaddr_in any = stress_loopback(0);
    int n;

    memset(&ov, 0, sizeof ov);
    switch (stress_random(random) % 7) {
    case 0:
        n = WSARecv(slot->s, &buffer, 0, &bytes, &flags, &ov, NULL);
        expect_code(c, "WSARecv of no buffers", n ? (DWORD)WSAGetLastError() : 0, WSAEINVAL);
        break;
    case 1:
        n = WSARecv(slot->s, &buffer, 1, &bytes, NULL, &ov, NULL);
        expect_code(c, "WSARecv without flags", n ? (DWORD)WSAGetLastError() : 0, WSAEFAULT);
        break;
    case 2:
        n = WSASend(slot->s, &buffer, 1, NULL, 0, NULL, NULL);
        expect_code(c, "WSASend without a count", n ? (DWORD)WSAGetLastError() : 0, WSAEFAULT);
        break;
    case 3:
        n = AcceptEx(listener, slot->s, data, 4, STRESS_BLOCK, STRESS_BLOCK, &bytes, &ov);
        expect_code(c, "AcceptEx on a connection", n ? 0 : (DWORD)WSAGetLastError(), WSAEINVAL);
        break;
    case 4:
        n = CreateIoCompletionPort((HANDLE)slot->s, port, 5, 0) != NULL;
        expect_code(c, "a second association", n ? 0 : GetLastError(), ERROR_INVALID_PARAMETER);
        break;
    case 5:
        n = bind(slot->s, (struct sockaddr *)&any, sizeof any);
        expect_code(c, "bind of a connection", n ? (DWORD)WSAGetLastError() : 0, WSAEINVAL);
        break;
    default:
        n = connect(slot->s, (struct sockaddr *)&plain_address, sizeof plain_address);
        expect_code(c, "connect of a connection",
                    n && WSAGetLastError() != WSAEINVAL ? (DWORD)WSAGetLastError() : WSAEISCONN,
                    WSAEISCONN);
    }
}

static void move_look(struct slot *slot)
{
    WSAPOLLFD polled = {slot->s, POLLIN | POLLOUT, 0};
    struct sockaddr_in name;
    int length = sizeof name, error = 0, size = sizeof error;
    u_long there;

    atomic_fetch_add(&calls_made, 4);
    WSAPoll(&polled, 1, 0);
    getsockname(slot->s, (struct sockaddr *)&name, &length);
    getsockopt(slot->s, SOL_SOCKET, SO_ERROR, (char *)&error, &size);
    ioctlsocket(slot->s, FIONREAD, &there);
}

void slot_move(struct slot *slot, uint64_t *random)
{
    uint32_t choice = stress_random(random) % 1000;

    atomic_fetch_add(&slot->calls, 1);
    if (atomic_load(&slot->state) == OPEN) {
        if (choice < 400)
            move_receive(slot, random);
        else if (choice < 720)
            move_send(slot, random);
        else if (choice < 770)
            move_plain_receive(slot);
        else if (choice < 820)
            move_plain_send(slot);
        else if (choice < 860)
            move_cancel(slot, random);
        else if (choice < 900)
            move_nearly_legal(slot, random);
        else if (choice < 950)
            move_post(random);
        else if (choice < 970)
            move_adjust(slot, random);
        else if (choice < 990)
            move_look(slot);
        else if (choice < 996)
            move_shut(slot, random);
        else
            move_disconnect(slot);
    }
    atomic_fetch_sub(&slot->calls, 1);
}
