/* SPDX-License-Identifier: MIT
 *
 * More clients than instances: every client gets an instance for itself, everything that is written
 * is read once and in order, and who waits is served.
 */
#include "pipes.h"

enum { SERVERS = 4, CLIENTS = 8, VISITS = 25, MESSAGES = 8, LONGEST = 5000 };

static char crowd_name[128];
static _Atomic int crowd_visits, crowd_left;

/* A server's thread: takes clients in, one after the other, until all have been. */
static void *crowd_serve(void *argument)
{
    HANDLE end = argument;
    static __thread char data[LONGEST];
    DWORD bytes;

    for (;;) {
        BOOL connected = ConnectNamedPipe(end, NULL) || GetLastError() == ERROR_PIPE_CONNECTED;
        if (atomic_load(&crowd_left) == 0)
            return NULL;
        if (!connected)
            EXPECT_EQUAL(GetLastError(), ERROR_NO_DATA);
        while (connected && ReadFile(end, data, sizeof data, &bytes, NULL))
            if (!WriteFile(end, data, bytes, &bytes, NULL))
                break;
        EXPECT(DisconnectNamedPipe(end));
    }
}

static HANDLE crowd_enter(void)
{
    for (;;) {
        HANDLE end = pipes_open(crowd_name, 0);
        if (end != INVALID_HANDLE_VALUE)
            return end;
        EXPECT_EQUAL(GetLastError(), ERROR_PIPE_BUSY);
        if (!WaitNamedPipeA(crowd_name, 20000))
            EXPECT_EQUAL(GetLastError(), 0);
    }
}

static void crowd_visit(uint64_t *random)
{
    static __thread char out[LONGEST], in[LONGEST];
    HANDLE end = crowd_enter();
    DWORD mode = PIPE_READMODE_MESSAGE, bytes;

    EXPECT(SetNamedPipeHandleState(end, &mode, NULL, NULL));
    for (int i = 0; i < MESSAGES; i++) {
        DWORD length = stress_random(random) % LONGEST;
        memset(out, (int)stress_random(random), length);
        memset(in, 0, length);
        if (!TransactNamedPipe(end, out, length, in, sizeof in, &bytes, NULL))
            EXPECT_EQUAL(GetLastError(), 0);
        EXPECT_EQUAL(bytes, length);
        EXPECT(memcmp(in, out, length) == 0);
    }
    EXPECT(CloseHandle(end));
    atomic_fetch_add(&crowd_visits, 1);
}

static void *crowd_client(void *argument)
{
    uint64_t random = (uint64_t)(uintptr_t)argument;

    for (int i = 0; i < VISITS; i++)
        crowd_visit(&random);
    atomic_fetch_sub(&crowd_left, 1);
    return NULL;
}

unsigned pipes_crowd(void)
{
    pthread_t servers[SERVERS], clients[CLIENTS];
    HANDLE ends[SERVERS];

    snprintf(crowd_name, sizeof crowd_name, "%s", pipes_name("crowd"));
    atomic_store(&crowd_visits, 0);
    atomic_store(&crowd_left, CLIENTS);
    for (int i = 0; i < SERVERS; i++) {
        ends[i] = pipes_serve(crowd_name, 0, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, SERVERS);
        EXPECT(ends[i] != INVALID_HANDLE_VALUE);
        pthread_create(&servers[i], NULL, crowd_serve, ends[i]);
    }
    for (uintptr_t i = 0; i < CLIENTS; i++)
        pthread_create(&clients[i], NULL, crowd_client, (void *)(i + 1));
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(clients[i], NULL);
    EXPECT_EQUAL(atomic_load(&crowd_visits), CLIENTS * VISITS);
    /* The servers wait for clients who only tell them to go. */
    for (int i = 0; i < SERVERS; i++)
        EXPECT(CloseHandle(crowd_enter()));
    for (int i = 0; i < SERVERS; i++) {
        pthread_join(servers[i], NULL);
        EXPECT(CloseHandle(ends[i]));
    }
    return atomic_load(&expect_failures);
}
