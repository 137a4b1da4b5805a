/* SPDX-License-Identifier: MIT
 *
 * The fault sweep over sockets and their operations. The other end of every connection is a plain
 * descriptor of the kernel's that the library never sees, so that only our side can fail.
 */
#include "sweep.h"

#include <mswsock.h>
#include <ws2tcpip.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/syscall.h>

enum { BLOCK = sizeof(struct sockaddr_in) + 16, OPERATIONS = 8 };

/* An operation and what became of it. */
struct operation {
    OVERLAPPED overlapped;
    bool accepted;
    int packets;
    DWORD error, bytes;
};

static struct operation operations[OPERATIONS];
static HANDLE port;

static struct operation *operation_new(int index)
{
    memset(&operations[index], 0, sizeof operations[index]);
    return &operations[index];
}

/* What a call that starts an operation answered: 0 or pending is accepted, anything else must be
 * the fault's. */
static bool operation_started(struct operation *operation, bool succeeded, int line)
{
    DWORD error = GetLastError();

    operation->accepted = succeeded || error == WSA_IO_PENDING;
    return operation->accepted ||
           sweep_judge(false, error, (const DWORD[]){10055, 10024, 1450, 8, 0}, "start", line);
}
#define STARTED(operation, call)                                                                   \
    ({                                                                                             \
        bool started_at_once = (call);                                                             \
        operation_started(operation, started_at_once, __LINE__);                                   \
    })

/* Takes the next packet, whosever it is. */
static bool packet_take(DWORD patience)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key = 0;
    DWORD bytes = 0;
    BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, patience);
    DWORD error = succeeded ? 0 : GetLastError();

    if (!overlapped)
        return false;
    struct operation *operation = (struct operation *)overlapped;
    operation->packets++;
    operation->error = error;
    operation->bytes = bytes;
    return true;
}

/* Waits for the operation's packet; an error in it must be the fault's. */
static bool operation_ended(struct operation *operation, DWORD bytes)
{
    while (!operation->packets && packet_take(SWEEP_PATIENCE))
        ;
    EXPECT_EQUAL(operation->packets, 1);
    if (!sweep_judge(operation->error == 0, operation->error, (const DWORD[]){1450, 8, 4, 0},
                     "packet", __LINE__))
        return false;
    EXPECT_EQUAL(operation->bytes, bytes);
    return true;
}

/* The end of a scenario: everything accepted has ended or ends now, once. */
static void port_finish(int used)
{
    for (int index = 0; index < used; index++)
        while (operations[index].accepted && !operations[index].packets)
            if (!packet_take(SWEEP_PATIENCE)) {
                EXPECT(!"an operation never ended");
                break;
            }
    while (packet_take(0))
        ;
    for (int index = 0; index < used; index++)
        EXPECT_EQUAL(operations[index].packets, operations[index].accepted ? 1 : 0);
    if (port)
        EXPECT(CloseHandle(port));
    port = NULL;
}

static bool port_make(void)
{
    for (int index = 0; index < OPERATIONS; index++)
        operation_new(index);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    return SWEEP_WIN32(port != NULL);
}

static bool port_add(SOCKET s)
{
    return SWEEP_WIN32(CreateIoCompletionPort((HANDLE)s, port, 1, 0) == port);
}

static struct sockaddr_in loopback(unsigned short number)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(number);
    return address;
}

static SOCKET stream(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);

    return SWEEP_WINSOCK(s != INVALID_SOCKET) ? s : INVALID_SOCKET;
}

/* A listening socket of the library's, and its address; INVALID_SOCKET after a fault. */
static SOCKET listener_make(struct sockaddr_in *address)
{
    SOCKET s = stream();
    int length = sizeof *address;

    if (s == INVALID_SOCKET)
        return s;
    *address = loopback(0);
    EXPECT_EQUAL(bind(s, (struct sockaddr *)address, sizeof *address), 0);
    EXPECT_EQUAL(getsockname(s, (struct sockaddr *)address, &length), 0);
    if (SWEEP_WINSOCK(listen(s, 5) == 0))
        return s;
    closesocket(s);
    return INVALID_SOCKET;
}

static void close_if_open(SOCKET s)
{
    if (s != INVALID_SOCKET)
        EXPECT_EQUAL(closesocket(s), 0);
}

/* ---- the kernel's end ---- */

static int plain_socket(void)
{
    return (int)syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int plain_connect(const struct sockaddr_in *address)
{
    int descriptor = plain_socket();

    EXPECT_EQUAL(syscall(SYS_connect, descriptor, address, sizeof *address), 0);
    return descriptor;
}

static int plain_listen(struct sockaddr_in *address)
{
    int descriptor = plain_socket();
    unsigned length = sizeof *address;

    *address = loopback(0);
    EXPECT_EQUAL(syscall(SYS_bind, descriptor, address, sizeof *address), 0);
    EXPECT_EQUAL(syscall(SYS_listen, descriptor, 5), 0);
    EXPECT_EQUAL(syscall(SYS_getsockname, descriptor, address, &length), 0);
    return descriptor;
}

/* One connection of the backlog, or -1 if none comes within the milliseconds. */
static int plain_accept(int listener, int milliseconds)
{
    struct pollfd wanted = {.fd = listener, .events = POLLIN};

    return poll(&wanted, 1, milliseconds) > 0
               ? (int)syscall(SYS_accept4, listener, NULL, NULL, SOCK_CLOEXEC)
               : -1;
}

static void plain_close(int descriptor)
{
    if (descriptor >= 0)
        close(descriptor);
}

/* ---- scenarios ---- */

/* A connection: *ours the library's and associated, the result the kernel's; -1 after a fault. */
static int connection_make(SOCKET *ours)
{
    struct sockaddr_in address;
    int listener = plain_listen(&address);
    int theirs = -1;

    *ours = stream();
    if (*ours != INVALID_SOCKET &&
        SWEEP_WINSOCK(connect(*ours, (struct sockaddr *)&address, sizeof address) == 0)) {
        theirs = plain_accept(listener, SWEEP_PATIENCE);
        EXPECT(theirs >= 0);
        if (!port_add(*ours)) {
            close(theirs);
            theirs = -1;
        }
    }
    close(listener);
    return theirs;
}

static bool echo_once(SOCKET ours, int theirs, bool early)
{
    struct operation *receive = operation_new(0), *send = operation_new(1);
    char data[16], back[16];
    WSABUF buffer = {sizeof data, data};
    DWORD flags = 0;

    if (early)
        EXPECT_EQUAL(write(theirs, "hello", 5), 5);
    if (!STARTED(receive, WSARecv(ours, &buffer, 1, NULL, &flags, &receive->overlapped, NULL) == 0))
        return false;
    if (!early)
        EXPECT_EQUAL(write(theirs, "hello", 5), 5);
    if (!operation_ended(receive, 5))
        return false;
    buffer.len = 5;
    if (!STARTED(send, WSASend(ours, &buffer, 1, NULL, 0, &send->overlapped, NULL) == 0) ||
        !operation_ended(send, 5))
        return false;
    EXPECT_EQUAL(read(theirs, back, sizeof back), 5);
    EXPECT_EQUAL(memcmp(back, "hello", 5), 0);
    return true;
}

static bool with_connection(bool (*run)(SOCKET ours, int theirs))
{
    SOCKET ours = INVALID_SOCKET;
    bool passed = false;
    int theirs = -1;

    if (!port_make())
        return false;
    theirs = connection_make(&ours);
    if (theirs >= 0)
        passed = run(ours, theirs);
    close_if_open(ours);
    plain_close(theirs);
    port_finish(OPERATIONS);
    return passed;
}

static bool echo_late_run(SOCKET ours, int theirs)
{
    return echo_once(ours, theirs, false);
}

static bool echo_late(void)
{
    return with_connection(echo_late_run);
}

static bool echo_early_run(SOCKET ours, int theirs)
{
    return echo_once(ours, theirs, true);
}

static bool echo_early(void)
{
    return with_connection(echo_early_run);
}

static bool vectors_run(SOCKET ours, int theirs)
{
    struct operation *receive = operation_new(0), *send = operation_new(1);
    char one[3], two[3], data[8];
    WSABUF in[2] = {{sizeof one, one}, {sizeof two, two}};
    WSABUF out[3] = {{1, "a"}, {2, "bc"}, {3, "def"}};
    DWORD flags = 0;

    if (!STARTED(receive, WSARecv(ours, in, 2, NULL, &flags, &receive->overlapped, NULL) == 0))
        return false;
    EXPECT_EQUAL(write(theirs, "123456", 6), 6);
    if (!operation_ended(receive, 6))
        return false;
    EXPECT(memcmp(one, "123", 3) == 0 && memcmp(two, "456", 3) == 0);
    if (!STARTED(send, WSASend(ours, out, 3, NULL, 0, &send->overlapped, NULL) == 0) ||
        !operation_ended(send, 6))
        return false;
    EXPECT_EQUAL(read(theirs, data, sizeof data), 6);
    EXPECT_EQUAL(memcmp(data, "abcdef", 6), 0);
    return true;
}

static bool vectors(void)
{
    return with_connection(vectors_run);
}

/* Twelve buffers do not fit where a blocking call keeps a few. */
static bool blocking_run(SOCKET ours, int theirs)
{
    WSABUF pieces[12];
    char data[16], back[16];
    DWORD moved = 0, flags = 0;

    memset(back, 0, sizeof back);
    for (int index = 0; index < 12; index++)
        pieces[index] = (WSABUF){1, &back[index]};
    EXPECT_EQUAL(write(theirs, "hello, world", 12), 12);
    if (!SWEEP_WINSOCK(WSARecv(ours, pieces, 12, &moved, &flags, NULL, NULL) == 0))
        return false;
    EXPECT_EQUAL(moved, 12);
    EXPECT_EQUAL(memcmp(back, "hello, world", 12), 0);
    if (!SWEEP_WINSOCK(WSASend(ours, pieces, 12, &moved, 0, NULL, NULL) == 0))
        return false;
    EXPECT_EQUAL(read(theirs, data, sizeof data), 12);
    return true;
}

static bool blocking(void)
{
    return with_connection(blocking_run);
}

/* Sends that fill the kernel's buffers wait, and are whole in the end. */
static bool large_send_run(SOCKET ours, int theirs)
{
    enum { LARGE = 1 << 23 };
    struct operation *send = operation_new(0);
    static char data[LARGE], back[65536];
    WSABUF buffer = {LARGE, data};
    ssize_t got, total = 0;

    if (!STARTED(send, WSASend(ours, &buffer, 1, NULL, 0, &send->overlapped, NULL) == 0))
        return false;
    while (total < LARGE && !(sweep_was_hit() && send->packets)) {
        struct pollfd wanted = {.fd = theirs, .events = POLLIN};
        packet_take(0);
        if (poll(&wanted, 1, 1) > 0 && (got = read(theirs, back, sizeof back)) > 0)
            total += got;
    }
    if (!operation_ended(send, LARGE))
        return false;
    while (total < LARGE && (got = read(theirs, back, sizeof back)) > 0)
        total += got;
    EXPECT_EQUAL(total, LARGE);
    return true;
}

static bool large_send(void)
{
    return with_connection(large_send_run);
}

/* No port: the operation belongs to the service thread's source and sets its event. */
static bool events(void)
{
    struct operation *receive = operation_new(0);
    struct sockaddr_in address;
    SOCKET ours = stream();
    int listener = plain_listen(&address), theirs = -1;
    bool passed = false;
    char data[8];
    WSABUF buffer = {sizeof data, data};
    DWORD flags = 0, bytes = 0;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);

    if (ours == INVALID_SOCKET || !SWEEP_WIN32(event != NULL))
        goto end;
    if (!SWEEP_WINSOCK(connect(ours, (struct sockaddr *)&address, sizeof address) == 0))
        goto end;
    theirs = plain_accept(listener, SWEEP_PATIENCE);
    receive->overlapped.hEvent = event;
    if (!STARTED(receive, WSARecv(ours, &buffer, 1, NULL, &flags, &receive->overlapped, NULL) == 0))
        goto end;
    EXPECT_EQUAL(write(theirs, "hello", 5), 5);
    EXPECT_EQUAL(WaitForSingleObject(event, SWEEP_PATIENCE), WAIT_OBJECT_0);
    passed =
        SWEEP_WINSOCK(WSAGetOverlappedResult(ours, &receive->overlapped, &bytes, FALSE, &flags));
    if (passed)
        EXPECT_EQUAL(bytes, 5);
end:
    close_if_open(ours);
    if (event)
        EXPECT(CloseHandle(event));
    plain_close(theirs);
    plain_close(listener);
    return passed;
}

/* AcceptEx of a connection that comes before or after the call, with or without first data. */
static bool acceptex_run(bool first, DWORD data)
{
    struct operation *accept = operation_new(0);
    static char buffer[64 + 2 * BLOCK];
    struct sockaddr_in address;
    SOCKET listener = INVALID_SOCKET, accepted = INVALID_SOCKET;
    bool passed = false;
    int client = -1;

    if (!port_make())
        return false;
    listener = listener_make(&address);
    if (listener == INVALID_SOCKET || !port_add(listener))
        goto end;
    accepted = stream();
    if (accepted == INVALID_SOCKET || !port_add(accepted))
        goto end;
    if (first)
        client = plain_connect(&address);
    if (!STARTED(accept, AcceptEx(listener, accepted, buffer, data, BLOCK, BLOCK, NULL,
                                  &accept->overlapped)))
        goto end;
    if (!first)
        client = plain_connect(&address);
    if (data)
        EXPECT_EQUAL(write(client, "hello", 5), 5);
    if (!operation_ended(accept, data ? 5 : 0))
        goto end;
    EXPECT_EQUAL(write(client, "x", 1), 1);
    EXPECT_EQUAL(recv(accepted, buffer, 1, 0), 1);
    passed = true;
end:
    close_if_open(accepted);
    close_if_open(listener);
    plain_close(client);
    port_finish(1);
    return passed;
}

static bool acceptex_early(void)
{
    return acceptex_run(true, 0);
}

static bool acceptex_late(void)
{
    return acceptex_run(false, 0);
}

static bool acceptex_data(void)
{
    return acceptex_run(false, 64);
}

/* Accepting twice on one listener, the first refused perhaps: the client stays in the backlog. */
static bool accept_plain(void)
{
    struct sockaddr_in address;
    SOCKET listener = listener_make(&address), accepted;
    bool passed = false;
    int client;
    char byte;

    if (listener == INVALID_SOCKET)
        return false;
    client = plain_connect(&address);
    accepted = accept(listener, NULL, NULL);
    if (SWEEP_WINSOCK(accepted != INVALID_SOCKET)) {
        EXPECT_EQUAL(write(client, "x", 1), 1);
        passed = SWEEP_WINSOCK(recv(accepted, &byte, 1, 0) == 1);
        close_if_open(accepted);
    }
    plain_close(client);
    close_if_open(listener);
    return passed;
}

static bool extension(SOCKET s, GUID id, void *function, DWORD size)
{
    DWORD bytes = 0;

    return SWEEP_WINSOCK(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, function,
                                  size, &bytes, NULL, NULL) == 0);
}

/* ConnectEx with data, then DisconnectEx with reuse, then the same again on the same socket. */
static bool connect_round(SOCKET s, const struct sockaddr_in *address, int listener, int base)
{
    GUID connect_id = WSAID_CONNECTEX, disconnect_id = WSAID_DISCONNECTEX;
    struct operation *connected = operation_new(base), *gone = operation_new(base + 1);
    LPFN_CONNECTEX connect_ex;
    LPFN_DISCONNECTEX disconnect_ex;
    bool passed = false;
    char data[8];

    if (!extension(s, connect_id, &connect_ex, sizeof connect_ex) ||
        !extension(s, disconnect_id, &disconnect_ex, sizeof disconnect_ex))
        return false;
    if (!STARTED(connected, connect_ex(s, (const struct sockaddr *)address, sizeof *address,
                                       "hello", 5, NULL, &connected->overlapped)) ||
        !operation_ended(connected, 5)) {
        plain_close(plain_accept(listener, 20));
        return false;
    }
    int theirs = plain_accept(listener, SWEEP_PATIENCE);
    EXPECT(theirs >= 0);
    EXPECT_EQUAL(read(theirs, data, sizeof data), 5);
    if (STARTED(gone, disconnect_ex(s, &gone->overlapped, TF_REUSE_SOCKET, 0)))
        passed = operation_ended(gone, 0);
    if (passed)
        EXPECT_EQUAL(read(theirs, data, sizeof data), 0);
    plain_close(theirs);
    return passed;
}

static bool connectex(void)
{
    struct sockaddr_in address, own = loopback(0);
    int listener = plain_listen(&address);
    SOCKET s = INVALID_SOCKET;
    bool passed = false;

    if (!port_make())
        goto no_port;
    s = stream();
    if (s == INVALID_SOCKET || !port_add(s))
        goto end;
    EXPECT_EQUAL(bind(s, (struct sockaddr *)&own, sizeof own), 0);
    passed = connect_round(s, &address, listener, 0) && connect_round(s, &address, listener, 2);
end:
    close_if_open(s);
    port_finish(4);
no_port:
    close(listener);
    return passed;
}

int main(int count, char **arguments)
{
    static const struct sweep_scenario scenarios[] = {
        {"echo_late", echo_late},
        {"echo_early", echo_early},
        {"vectors", vectors},
        {"blocking", blocking},
        {"large_send", large_send},
        {"events", events},
        {"acceptex_early", acceptex_early},
        {"acceptex_late", acceptex_late},
        {"acceptex_data", acceptex_data},
        {"accept_plain", accept_plain},
        {"connectex", connectex},
    };

    (void)count;
    return sweep_main(scenarios, sizeof scenarios / sizeof scenarios[0], arguments);
}
