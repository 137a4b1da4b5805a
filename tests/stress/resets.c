/* SPDX-License-Identifier: MIT
 *
 * Clients that reset in every state of a connection: before the accept, after it, while a receive
 * waits, in the middle of a large send, after half closing. Every accepted operation ends exactly
 * once, with a status that its history allows, and nothing is left.
 */
#include "stress.h"

enum { ROUNDS = 100, ROUNDS_LONG = 5000, LARGE = 8 << 20, OPERATIONS = 4 };

enum state { BEFORE_ACCEPT, AFTER_ACCEPT, MID_RECEIVE, MID_DATA, MID_SEND, HALF_CLOSED, STATES };

static const char *const state_names[STATES] = {"before the accept", "after the accept",
                                                "mid receive",       "first data missing",
                                                "mid send",          "half closed"};

struct operation {
    OVERLAPPED overlapped;
    bool accepted;
    _Atomic int ended;
    DWORD error, bytes;
};

static HANDLE port;
static SOCKET listener;
static struct sockaddr_in address;
static struct operation operations[OPERATIONS];
static char *large;

static void take(DWORD patience)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key;
    DWORD bytes = 0;
    BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, patience);

    if (!overlapped)
        return;
    struct operation *operation = (struct operation *)overlapped;
    operation->ended++;
    operation->error = succeeded ? 0 : GetLastError();
    operation->bytes = bytes;
}

/* Refused at once is allowed when the reset has come already. */
static struct operation *begun(int index, bool succeeded)
{
    DWORD error = GetLastError();
    struct operation *operation = &operations[index];

    operation->accepted = succeeded || error == WSA_IO_PENDING;
    EXPECT(operation->accepted || error == WSAECONNRESET || error == WSAECONNABORTED);
    return operation;
}

static struct operation *start_receive(int index, SOCKET s)
{
    static char byte[64];
    WSABUF buffer = {sizeof byte, byte};
    DWORD flags = 0;

    return begun(index,
                 WSARecv(s, &buffer, 1, NULL, &flags, &operations[index].overlapped, NULL) == 0);
}

static struct operation *start_send(int index, SOCKET s, DWORD length)
{
    WSABUF buffer = {length, large};

    return begun(index, WSASend(s, &buffer, 1, NULL, 0, &operations[index].overlapped, NULL) == 0);
}

static void expect_end(struct operation *operation, bool may_succeed)
{
    for (int tries = 0; tries < 50 && operation->accepted && !operation->ended; tries++)
        take(100);
    EXPECT_EQUAL(operation->ended, operation->accepted ? 1 : 0);
    if (!operation->ended)
        return;
    if (operation->error == 0)
        EXPECT(may_succeed);
    else
        EXPECT(operation->error == ERROR_NETNAME_DELETED ||
               operation->error == ERROR_CONNECTION_ABORTED);
}

static SOCKET accept_socket(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);

    EXPECT(s != INVALID_SOCKET);
    EXPECT(CreateIoCompletionPort((HANDLE)s, port, 1, 0) == port);
    return s;
}

static struct operation *start_accept(SOCKET s, DWORD data)
{
    static char block[64 + 2 * STRESS_BLOCK];

    return begun(0, AcceptEx(listener, s, block, data, STRESS_BLOCK, STRESS_BLOCK, NULL,
                             &operations[0].overlapped));
}

/* The connection is accepted; what the client still does decides the rest. */
static void connected(enum state state, SOCKET s, int client, uint64_t *random)
{
    struct operation *receive, *send;
    char byte;

    switch (state) {
    case AFTER_ACCEPT:
        plain_reset(client);
        if (stress_random(random) % 2)
            stress_nap(1);
        receive = start_receive(1, s);
        send = start_send(2, s, 100);
        expect_end(receive, false);
        expect_end(send, true);
        break;
    case MID_RECEIVE:
        receive = start_receive(1, s);
        if (stress_random(random) % 2)
            stress_nap(1);
        plain_reset(client);
        expect_end(receive, false);
        break;
    case MID_SEND:
        send = start_send(1, s, LARGE);
        EXPECT_EQUAL(read(client, &byte, 1), 1);
        plain_reset(client);
        expect_end(send, false);
        /* What is started behind it fails too, at once or with its packet. */
        receive = start_receive(2, s);
        expect_end(receive, false);
        break;
    default: /* HALF_CLOSED */
        plain_shutdown(client);
        receive = start_receive(1, s);
        expect_end(receive, true);
        EXPECT_EQUAL(receive->bytes, 0);
        send = start_send(2, s, LARGE);
        stress_nap((long)(stress_random(random) % 2));
        plain_reset(client);
        expect_end(send, false);
    }
}

static void one(enum state state, uint64_t *random)
{
    SOCKET s = accept_socket();
    struct operation *accept;
    int client = -1;

    memset(operations, 0, sizeof operations);
    if (state == BEFORE_ACCEPT) {
        client = plain_connect(&address);
        plain_reset(client);
        accept = start_accept(s, 0);
        /* Windows may have dropped it from the backlog or not: then another client is needed. */
        take(20);
        client = accept->ended ? -1 : plain_connect(&address);
        expect_end(accept, true);
        if (client >= 0)
            close(client);
    } else if (state == MID_DATA) {
        accept = start_accept(s, 64);
        client = plain_connect(&address);
        if (stress_random(random) % 2)
            stress_nap(1);
        plain_reset(client);
        expect_end(accept, false);
    } else {
        accept = start_accept(s, 0);
        client = plain_connect(&address);
        expect_end(accept, true);
        connected(state, s, client, random);
    }
    EXPECT_EQUAL(closesocket(s), 0);
    take(0);
    for (int index = 0; index < OPERATIONS; index++)
        EXPECT_EQUAL(operations[index].ended, operations[index].accepted ? 1 : 0);
}

/* Takes packets while the other thread resets and closes. */
static DWORD WINAPI helper(LPVOID stop)
{
    while (!atomic_load((_Atomic bool *)stop))
        take(5);
    return 0;
}

/* Many accepts wait for first data while clients reset, send and stay away; then the listener is
 * closed: all of them end. */
static void close_with_accepts_waiting(uint64_t *random)
{
    enum { MANY = 24 };
    static struct operation accepts[MANY];
    static char blocks[MANY][64 + 2 * STRESS_BLOCK];
    SOCKET sockets[MANY];
    struct sockaddr_in own;
    SOCKET other = stress_listener(&own);
    int clients[MANY], ended = 0;
    _Atomic bool stop = false;

    memset(accepts, 0, sizeof accepts);
    HANDLE thread = CreateThread(NULL, 0, helper, &stop, 0, NULL);
    EXPECT(CreateIoCompletionPort((HANDLE)other, port, 3, 0) == port);
    for (int index = 0; index < MANY; index++) {
        sockets[index] = accept_socket();
        accepts[index].accepted = AcceptEx(other, sockets[index], blocks[index], 64, STRESS_BLOCK,
                                           STRESS_BLOCK, NULL, &accepts[index].overlapped) ||
                                  WSAGetLastError() == WSA_IO_PENDING;
        EXPECT(accepts[index].accepted);
    }
    for (int index = 0; index < MANY; index++)
        clients[index] = index % 6 == 5 ? -1 : plain_connect(&own);
    if (stress_random(random) % 2)
        stress_nap(1);
    for (int index = 0; index < MANY; index++) {
        uint32_t choice = stress_random(random) % 3;
        if (clients[index] >= 0 && choice == 0)
            EXPECT_EQUAL(write(clients[index], "x", 1), 1);
        if (clients[index] >= 0 && choice == 1) {
            plain_reset(clients[index]);
            clients[index] = -1;
        }
    }
    EXPECT_EQUAL(closesocket(other), 0);
    for (int tries = 0; tries < 400 && ended < MANY; tries++) {
        if (tries)
            stress_nap(5);
        ended = 0;
        for (int index = 0; index < MANY; index++)
            ended += accepts[index].ended;
    }
    EXPECT_EQUAL(ended, MANY);
    atomic_store(&stop, true);
    EXPECT_EQUAL(WaitForSingleObject(thread, 10000), WAIT_OBJECT_0);
    CloseHandle(thread);
    for (int index = 0; index < MANY; index++) {
        EXPECT_EQUAL(accepts[index].ended, 1);
        EXPECT_EQUAL(closesocket(sockets[index]), 0);
        if (clients[index] >= 0)
            close(clients[index]);
    }
}

static void all(int rounds, uint64_t *random)
{
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    listener = stress_listener(&address);
    EXPECT(CreateIoCompletionPort((HANDLE)listener, port, 2, 0) == port);
    for (int state = 0; state < STATES; state++) {
        unsigned before = atomic_load(&expect_failures);
        for (int round = 0; round < rounds && atomic_load(&expect_failures) == before; round++)
            one(state, random);
        if (atomic_load(&expect_failures) != before)
            printf("FAIL in state: %s\n", state_names[state]);
    }
    for (int round = 0; round < rounds && !atomic_load(&expect_failures); round++)
        close_with_accepts_waiting(random);
    EXPECT_EQUAL(closesocket(listener), 0);
    EXPECT(CloseHandle(port));
    stress_warm_up();
}

int main(void)
{
    uint64_t random = stress_seed();

    alarm(stress_long() ? 900 : 120);
    large = calloc(1, LARGE);
    stress_warm_up();
    all(2, &random);
    struct stress_balance balance = stress_baseline();
    all(stress_long() ? ROUNDS_LONG : ROUNDS, &random);
    stress_expect_balance(&balance);
    free(large);
    return expect_report();
}
