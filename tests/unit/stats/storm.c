/* SPDX-License-Identifier: MIT
 *
 * Snapshots while everything changes: ports and sockets come and go, packets and threads move. Each
 * snapshot must agree with itself, and nothing may be left of looking. Before that: what starting
 * does when a resource is missing.
 */
#include "unit/expect.h"

#include "base/fault.h"
#include "stats/stats.h"

#include <winsock2.h>
#include <windows.h>
#include <iocp.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, STORM_MS = 1500 };

static _Atomic bool stop;
static HANDLE busy;

static void refuse(enum fault_point point, int expected)
{
    atomic_store(&fault_countdown[point], 1);
    EXPECT_EQUAL(iocp_stats_start(), expected);
    EXPECT_EQUAL(atomic_load(&fault_countdown[point]), 0);
}

static void starting(void)
{
    refuse(FAULT_MEMORY, ERROR_NOT_ENOUGH_MEMORY);
    refuse(FAULT_DESCRIPTOR, ERROR_TOO_MANY_OPEN_FILES);
    refuse(FAULT_THREAD, ERROR_NOT_ENOUGH_MEMORY);
    EXPECT_EQUAL(iocp_stats_start(), 0);
    EXPECT_EQUAL(iocp_stats_start(), 0);
}

/* Takes and posts on one port, with waits of all kinds in between. */
static DWORD WINAPI work(void *argument)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    (void)argument;
    for (unsigned turn = 0; !atomic_load(&stop); turn++) {
        PostQueuedCompletionStatus(busy, 1, turn, NULL);
        if (turn % 3 == 0)
            PostQueuedCompletionStatus(busy, 1, turn, NULL);
        GetQueuedCompletionStatus(busy, &bytes, &key, &overlapped, turn % 16 ? 1 : 0);
        if (turn % 64 == 0)
            Sleep(1);
    }
    return 0;
}

/* Ports and sockets with pending receives that live briefly. */
static DWORD WINAPI churn(void *argument)
{
    (void)argument;
    while (!atomic_load(&stop)) {
        HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
        SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
        struct sockaddr_in address = {.sin_family = AF_INET};
        OVERLAPPED overlapped = {0}, *taken;
        WSABUF buffer = {1, (char[1]){0}};
        DWORD flags = 0, bytes;
        ULONG_PTR key;

        EXPECT(port && s != INVALID_SOCKET);
        EXPECT_EQUAL(bind(s, (struct sockaddr *)&address, sizeof address), 0);
        EXPECT(CreateIoCompletionPort((HANDLE)s, port, 3, 0) == port);
        WSARecv(s, &buffer, 1, NULL, &flags, &overlapped, NULL);
        closesocket(s);
        EXPECT(!GetQueuedCompletionStatus(port, &bytes, &key, &taken, INFINITE) && taken);
        CloseHandle(port);
    }
    return 0;
}

static void expect_sound(const struct stats_process *process, const struct stats_port *ports)
{
    EXPECT(process->ports_listed <= process->ports && process->ports_listed >= 1);
    for (uint32_t index = 0; index < process->ports_listed; index++) {
        const struct stats_port *port = &ports[index];
        EXPECT(port->handle != 0 && port->handle % 4 == 0);
        EXPECT_EQUAL(port->packets_in - port->packets_out, port->depth);
        EXPECT_EQUAL(port->waiting.listed, port->waiting.count);
        EXPECT_EQUAL(port->released.listed, port->released.count);
        EXPECT_EQUAL(port->paused.listed, port->paused.count);
        EXPECT(port->waiting.count + port->released.count + port->paused.count <= THREADS + 2);
        EXPECT(port->devices_listed <= port->devices);
        EXPECT(port->depth == 0 || port->head_age != STATS_AGE_UNKNOWN);
        EXPECT(port->depth == 0 || port->head_age < 60000000000u);
    }
}

static void storm(void)
{
    struct stats_process process = {0};
    struct stats_port *ports = calloc(STATS_PORTS, sizeof *ports);
    HANDLE threads[THREADS + 2];

    busy = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
    for (int index = 0; index < THREADS + 2; index++)
        threads[index] = CreateThread(NULL, 0, index < THREADS ? work : churn, NULL, 0, NULL);
    for (ULONGLONG end = GetTickCount64() + STORM_MS; GetTickCount64() < end;) {
        stats_take(&process, ports);
        expect_sound(&process, ports);
    }
    atomic_store(&stop, true);
    EXPECT_EQUAL(WaitForMultipleObjects(THREADS + 2, threads, TRUE, 20000), WAIT_OBJECT_0);
    for (int index = 0; index < THREADS + 2; index++)
        CloseHandle(threads[index]);
    CloseHandle(busy);
    stats_take(&process, ports);
    EXPECT_EQUAL(process.ports, 0);
    free(ports);
}

int main(void)
{
    WSADATA data;

    alarm(120);
    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    starting();
    storm();
    return expect_report();
}
