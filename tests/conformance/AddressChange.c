/* SPDX-License-Identifier: MIT
 *
 * SIO_ADDRESS_LIST_CHANGE and SIO_ROUTING_INTERFACE_CHANGE: pending until an address comes or goes,
 * cancelled, closed; waiting in the call. Addresses are added in a network namespace of the test's
 * own; where none can be had that part is skipped (exit 77).
 */
#ifndef __MINGW32__
#define _GNU_SOURCE 1
#endif
#include "datagrams.h"
#ifndef __MINGW32__
#include <sched.h>
#endif

static int own_network;

/* Changes the test's own network; 0 if it went well. */
static int ip(const char *command)
{
#ifdef __MINGW32__
    (void)command;
    return -1;
#else
    char line[128];
    snprintf(line, sizeof line, "ip %s >/dev/null 2>&1", command);
    return system(line);
#endif
}

/* Before the library has threads, which would stay behind. */
static void network_of_ones_own(void)
{
#ifndef __MINGW32__
    if (unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
        own_network = ip("link set lo up") == 0;
#endif
}

static SOCKET udp_socket(int family)
{
    SOCKET s = socket(family, SOCK_DGRAM, 0);
    REQUIRE(s != INVALID_SOCKET);
    return s;
}

static int await_change(SOCKET s, OVERLAPPED *ov)
{
    DWORD bytes = 0;
    return ERROR_OF(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &bytes, ov, NULL));
}

static int addresses_of(SOCKET s)
{
    static char room[8192];
    DWORD bytes = 0;
    REQUIRE(WSAIoctl(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, room, sizeof room, &bytes, NULL, NULL) ==
            0);
    return ((SOCKET_ADDRESS_LIST *)(void *)room)->iAddressCount;
}

static void comes_and_goes(void)
{
    SOCKET s = udp_socket(AF_INET);
    HANDLE port = port_for(s, KEY);
    OVERLAPPED ov[2];
    int before = addresses_of(s);

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2; i++) {
            overlapped_clear(&ov[i]);
            int code = await_change(s, &ov[i]);
            CHECK("IOCTL-10", code == WSA_IO_PENDING, "pends: %d", code);
        }
        EXPECT_NO_PACKET("IOCTL-10", port);
        REQUIRE(ip(round ? "addr del 10.77.0.1/32 dev lo" : "addr add 10.77.0.1/32 dev lo") == 0);
        struct packet k[2] = {packet_take(port, DEADLINE), packet_take(port, DEADLINE)};
        for (int i = 0; i < 2; i++)
            CHECK("IOCTL-10", k[i].ov && k[i].error == 0 && k[i].bytes == 0 && k[i].key == KEY,
                  "round %d: told, error %u", round, (unsigned)k[i].error);
        CHECK("PKT-6", k[0].ov != k[1].ov, "each once");
        CHECK("IOCTL-5", addresses_of(s) == before + !round, "%d addresses", addresses_of(s));
    }
    EXPECT_NO_PACKET("PKT-6", port);
    closesocket(s);
    CloseHandle(port);
}

static void of_the_family_only(void)
{
    SOCKET s = udp_socket(AF_INET), six = socket(AF_INET6, SOCK_DGRAM, 0);
    HANDLE port = port_for(s, KEY);
    OVERLAPPED ov[2];

    if (six == INVALID_SOCKET || ip("-6 addr add fd77::1/128 dev lo nodad") != 0) {
        printf("skipped: no IPv6 here\n");
    } else {
        REQUIRE(CreateIoCompletionPort((HANDLE)six, port, KEY + 1, 0) == port);
        overlapped_clear(&ov[0]);
        overlapped_clear(&ov[1]);
        REQUIRE(await_change(s, &ov[0]) == WSA_IO_PENDING);
        REQUIRE(await_change(six, &ov[1]) == WSA_IO_PENDING);
        REQUIRE(ip("-6 addr del fd77::1/128 dev lo") == 0);
        EXPECT_PACKET("IOCTL-10", port, KEY + 1, &ov[1], NT_SUCCESS_0, 0);
        EXPECT_NO_PACKET("IOCTL-10", port);
        CancelIoEx((HANDLE)s, NULL);
        EXPECT_PACKET("CANC-1", port, KEY, &ov[0], NT_CANCELLED, 0);
    }
    close_if_open(&six);
    closesocket(s);
    CloseHandle(port);
}

static void routes(void)
{
    SOCKET s = udp_socket(AF_INET);
    struct sockaddr_in to = loopback(1);
    HANDLE port = port_for(s, KEY);
    OVERLAPPED ov;
    DWORD bytes = 0;

    overlapped_clear(&ov);
    int code = ERROR_OF(
        WSAIoctl(s, SIO_ROUTING_INTERFACE_CHANGE, &to, sizeof to, NULL, 0, &bytes, &ov, NULL));
    CHECK("IOCTL-10", code == WSA_IO_PENDING, "pends: %d", code);
    REQUIRE(ip("route add 10.99.0.0/16 dev lo") == 0);
    EXPECT_PACKET("IOCTL-10", port, KEY, &ov, NT_SUCCESS_0, 0);
    code = ERROR_OF(WSAIoctl(s, SIO_ROUTING_INTERFACE_CHANGE, &to, 2, NULL, 0, &bytes, &ov, NULL));
    CHECK("IOCTL-7", code == WSAEFAULT, "an address that is too short: %d", code);
    closesocket(s);
    CloseHandle(port);
}

static DWORD WINAPI adds_later(LPVOID unused)
{
    (void)unused;
    Sleep(100);
    return (DWORD)ip("addr add 10.77.0.2/32 dev lo");
}

static void waits_in_the_call(void)
{
    SOCKET s = udp_socket(AF_INET);
    u_long on = 1;
    HANDLE thread = CreateThread(NULL, 0, adds_later, NULL, 0, NULL);

    int code = await_change(s, NULL);
    CHECK("IOCTL-10", code == 0, "returns with the change: %d", code);
    REQUIRE(WaitForSingleObject(thread, DEADLINE) == WAIT_OBJECT_0);
    CloseHandle(thread);
    REQUIRE(ioctlsocket(s, FIONBIO, &on) == 0);
    code = await_change(s, NULL);
    CHECK("IOCTL-10", code == WSAEWOULDBLOCK, "not in this mode: %d", code);
    closesocket(s);
}

static DWORD WINAPI closes_later(LPVOID s)
{
    Sleep(100);
    return (DWORD)closesocket((SOCKET)s);
}

static void closed_under_the_call(void)
{
    SOCKET s = udp_socket(AF_INET);
    HANDLE thread = CreateThread(NULL, 0, closes_later, (LPVOID)s, 0, NULL);

    int code = await_change(s, NULL);
    CHECK("CALL-5", code == WSAEINTR, "ended: %d", code);
    WaitForSingleObject(thread, DEADLINE);
    CloseHandle(thread);
}

static unsigned routine_calls;
static DWORD routine_error;
static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED ov, DWORD flags)
{
    (void)bytes, (void)ov, (void)flags;
    routine_calls++;
    routine_error = error;
}

static void completion_routine(void)
{
    SOCKET s = udp_socket(AF_INET);
    OVERLAPPED ov;
    DWORD bytes = 0;

    overlapped_clear(&ov);
    int code =
        ERROR_OF(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &bytes, &ov, routine));
    CHECK("IOCTL-10", code == WSA_IO_PENDING, "pends: %d", code);
    REQUIRE(ip("addr add 10.77.0.3/32 dev lo") == 0);
    CHECK("IOCTL-10", SleepEx(DEADLINE, TRUE) == WAIT_IO_COMPLETION && routine_calls == 1,
          "%u calls", routine_calls);
    CHECK("IOCTL-10", routine_error == 0, "error %u", (unsigned)routine_error);
    closesocket(s);
}

static void cancelled(void)
{
    SOCKET s = udp_socket(AF_INET);
    HANDLE port = port_for(s, KEY);
    OVERLAPPED ov[3];

    for (int i = 0; i < 3; i++) {
        overlapped_clear(&ov[i]);
        REQUIRE(await_change(s, &ov[i]) == WSA_IO_PENDING);
    }
    CHECK("CANC-1", CancelIoEx((HANDLE)s, &ov[1]), "one");
    EXPECT_PACKET("CANC-1", port, KEY, &ov[1], NT_CANCELLED, 0);
    CHECK("CANC-2", !CancelIoEx((HANDLE)s, &ov[1]) && GetLastError() == ERROR_NOT_FOUND, "once");
    CHECK("CANC-1", CancelIo((HANDLE)s), "the others");
    struct packet k[2] = {packet_take(port, DEADLINE), packet_take(port, DEADLINE)};
    CHECK("CANC-1",
          k[0].ov && k[1].ov && k[0].ov != k[1].ov && k[0].error == ERROR_OPERATION_ABORTED &&
              k[1].error == ERROR_OPERATION_ABORTED,
          "both: %u, %u", (unsigned)k[0].error, (unsigned)k[1].error);
    EXPECT_NO_PACKET("PKT-6", port);
    closesocket(s);
    CloseHandle(port);
}

static void closed(void)
{
    SOCKET s = udp_socket(AF_INET);
    HANDLE port = port_for(s, KEY);
    OVERLAPPED ov;

    overlapped_clear(&ov);
    REQUIRE(await_change(s, &ov) == WSA_IO_PENDING);
    closesocket(s);
    EXPECT_PACKET("CLOSE-2", port, KEY, &ov, NT_CANCELLED, 0);
    EXPECT_NO_PACKET("PKT-6", port);
    CloseHandle(port);
}

/* Started and ended at once, by a cancel or a close that comes from another thread. */
static OVERLAPPED race_ov;
static DWORD WINAPI cancels(LPVOID s)
{
    while (!CancelIoEx((HANDLE)s, &race_ov))
        ;
    return 0;
}

static void cancelled_while_it_starts(void)
{
    enum { ROUNDS = 200 };
    HANDLE port = NULL;
    int right = 0;

    for (int i = 0; i < ROUNDS; i++) {
        SOCKET s = udp_socket(AF_INET);
        port = CreateIoCompletionPort((HANDLE)s, port, KEY, 0);
        REQUIRE(port != NULL);
        overlapped_clear(&race_ov);
        HANDLE thread = CreateThread(NULL, 0, cancels, (LPVOID)s, 0, NULL);
        REQUIRE(await_change(s, &race_ov) == WSA_IO_PENDING);
        /* Its packet comes because CancelIoEx has said so, and for no other reason. */
        struct packet k = packet_take(port, DEADLINE);
        right += k.ov == &race_ov && k.error == ERROR_OPERATION_ABORTED;
        WaitForSingleObject(thread, DEADLINE);
        CloseHandle(thread);
        closesocket(s);
        if (!k.ov)
            break;
    }
    CHECK("CANC-4", right == ROUNDS, "%d of %d cancelled", right, ROUNDS);
    CloseHandle(port);
}

int main(void)
{
    network_of_ones_own();
    sockets_start();
    RUN(cancelled);
    RUN(closed);
    RUN(cancelled_while_it_starts);
    if (!check_on_wine())
        RUN(closed_under_the_call);
    if (own_network) {
        RUN(comes_and_goes);
        RUN(of_the_family_only);
        RUN(routes);
        RUN(waits_in_the_call);
        RUN(completion_routine);
    }
    WSACleanup();
    int failed = check_report();
    if (failed || own_network || check_on_wine())
        return failed;
    printf("skipped: no network namespace of one's own, or no ip to change addresses with\n");
    return 77;
}
