/* SPDX-License-Identifier: MIT
 *
 * Memory that is not there, lengths that cannot be, names that are cut short: each call says so,
 * and the next one works.
 */
#include "datagrams.h"
#ifndef __MINGW32__
#include <sys/mman.h>
#endif

/* A page that nobody may touch. */
static char *no_memory(void)
{
#ifdef __MINGW32__
    return (char *)(ULONG_PTR)0x1000;
#else
    static char *page;
    if (!page)
        page = mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(page != MAP_FAILED);
    return page;
#endif
}

static void blocking_calls(void)
{
    struct pair p;
    char *bad = no_memory(), text[8];

    pair_open(&p);
    send_all(p.peer, "data", 4);
    await_bytes(p.ours, 4);
    int code = ERROR_OF(recv(p.ours, bad, 4, 0));
    CHECK("BAD-1", code == WSAEFAULT, "recv: %d", code);
    CHECK("BAD-1", recv(p.ours, text, 4, 0) == 4 && !memcmp(text, "data", 4), "nothing was lost");
    code = ERROR_OF(send(p.ours, bad, 4, 0));
    CHECK("BAD-1", code == WSAEFAULT, "send: %d", code);
    CHECK("BAD-1", send(p.ours, "ok", 2, 0) == 2 && recv_all(p.peer, text, 2) == 2, "goes on");
    code = ERROR_OF(recv(p.ours, text, -1, 0));
    CHECK_WINE_DEPARTS("BAD-2", code == WSAEFAULT, "Wine reads on", "recv of -1: %d", code);
    code = ERROR_OF(send(p.ours, text, -1, 0));
    CHECK("BAD-2", code == WSAEFAULT, "send of -1: %d", code);
    pair_close(&p);
}

/* At once, or when the operation ends; once. */
static void overlapped_calls(void)
{
    struct pair p;
    OVERLAPPED ov;
    char *bad = no_memory(), text[8];

    for (int which = 0; which < 3; which++) {
        pair_open(&p);
        overlapped_clear(&ov);
        if (which == 1) {
            send_all(p.peer, "data", 4);
            await_bytes(p.ours, 4);
        }
        DWORD code =
            which == 2 ? send_start(p.ours, bad, 4, &ov) : recv_start(p.ours, bad, 4, 0, &ov);
        if (which == 0 && code == WSA_IO_PENDING)
            send_all(p.peer, "data", 4);
        if (code == WSA_IO_PENDING) {
            struct packet k = packet_take(p.port, DEADLINE);
            CHECK("BAD-1", k.ov == &ov && k.error == ERROR_NOACCESS, "case %d ends with %u", which,
                  (unsigned)k.error);
        } else {
            CHECK("BAD-1", code == WSAEFAULT, "case %d: %u", which, (unsigned)code);
        }
        EXPECT_NO_PACKET("PKT-6", p.port);
        if (which == 1)
            CHECK("BAD-1", recv(p.ours, text, 4, 0) == 4, "nothing was lost");
        pair_close(&p);
    }
}

static void scattered(void)
{
    struct pair p;
    OVERLAPPED ov;
    char good[4];
    WSABUF buffers[2] = {{4, good}, {4, no_memory()}};
    DWORD flags = 0;

    pair_open(&p);
    overlapped_clear(&ov);
    int code = ERROR_OF(WSASend(p.ours, buffers + 1, 1, NULL, 0, &ov, NULL));
    CHECK("BAD-1", code == WSAEFAULT || code == WSA_IO_PENDING, "WSASend: %d", code);
    if (code == WSA_IO_PENDING)
        CHECK("BAD-1", packet_take(p.port, DEADLINE).error == ERROR_NOACCESS, "ends");
    overlapped_clear(&ov);
    code = ERROR_OF(WSARecv(p.ours, buffers, 2, NULL, &flags, &ov, NULL));
    if (code == WSA_IO_PENDING) {
        send_all(p.peer, "12345678", 8);
        struct packet k = packet_take(p.port, DEADLINE);
        CHECK("BAD-1", k.ov == &ov && (k.error == 0 ? k.bytes <= 4 : k.error == ERROR_NOACCESS),
              "the second buffer is not there: error %u, %u bytes", (unsigned)k.error,
              (unsigned)k.bytes);
    } else {
        CHECK("BAD-1", code == WSAEFAULT, "WSARecv: %d", code);
    }
    pair_close(&p);
}

static void datagrams(void)
{
    struct sockaddr_in a, b;
    char *bad = no_memory(), text[8];
    OVERLAPPED ov;
    SOCKET one = udp_bound(&a), two = udp_bound(&b);
    HANDLE port = port_for(two, KEY);

    int code = ERROR_OF(sendto(one, bad, 4, 0, (struct sockaddr *)&b, sizeof b));
    CHECK("BAD-1", code == WSAEFAULT, "sendto: %d", code);
    overlapped_clear(&ov);
    DWORD started_with = recv_start(two, bad, 4, 0, &ov);
    udp_send(one, "data", 4, &b);
    if (started_with == WSA_IO_PENDING) {
        struct packet k = packet_take(port, DEADLINE);
        CHECK("BAD-1", k.ov == &ov && k.error == ERROR_NOACCESS, "ends with %u", (unsigned)k.error);
    } else {
        CHECK("BAD-1", started_with == WSAEFAULT, "WSARecv: %u", (unsigned)started_with);
    }
    drain(two);
    udp_send(one, "more", 4, &b);
    await_bytes(two, 1);
    CHECK("BAD-1", recv(two, text, 8, 0) == 4, "the next one comes");
    closesocket(one);
    closesocket(two);
    CloseHandle(port);
}

static void lengths_of_names(void)
{
    static const int lengths[] = {0, 1, 2, 8, 15, -1, -16, (int)0x80000000};
    struct sockaddr_in name = loopback(0), where;
    struct sockaddr *any = (struct sockaddr *)&name;
    SOCKET s = tcp_socket(), u = udp_bound(&where), listener = tcp_listener(&where);
    SOCKET client = tcp_connect(&where);

    name.sin_port = where.sin_port;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        if (!CHECK_WINE_DEPARTS("BAD-2", lengths[i] >= 0 || !check_on_wine(),
                                "Wine ends the program at a negative length", "can be tried"))
            continue;
        int code = ERROR_OF(bind(s, any, lengths[i]));
        CHECK_WINE_DEPARTS("BAD-2", code == WSAEFAULT, "Wine says otherwise", "bind, %d bytes: %d",
                           lengths[i], code);
        code = ERROR_OF(connect(s, any, lengths[i]));
        CHECK_WINE_DEPARTS("BAD-2", code == WSAEFAULT, "Wine says otherwise",
                           "connect, %d bytes: %d", lengths[i], code);
        code = ERROR_OF(sendto(u, "x", 1, 0, any, lengths[i]));
        CHECK_WINE_DEPARTS("BAD-2", code == WSAEFAULT, "Wine says otherwise",
                           "sendto, %d bytes: %d", lengths[i], code);
        int room = lengths[i];
        code = ERROR_OF(getpeername(client, any, &room));
        CHECK("BAD-2", code == WSAEFAULT, "getpeername, %d bytes: %d", lengths[i], code);
    }
    closesocket(s);
    closesocket(u);
    closesocket(client);
    closesocket(listener);
}

int main(void)
{
    sockets_start();
    RUN(blocking_calls);
    RUN(overlapped_calls);
    RUN(scattered);
    RUN(datagrams);
    RUN(lengths_of_names);
    WSACleanup();
    return check_report();
}
