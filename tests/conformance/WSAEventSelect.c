/* SPDX-License-Identifier: MIT
 *
 * WSAEventSelect and WSAEnumNetworkEvents: events recorded once and enabled again (rules NETEV).
 */
#include "datagrams.h"

#define MOST (FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE)

static HANDLE event;

static void select_events(SOCKET s, LONG mask)
{
    REQUIRE(WSAEventSelect(s, event, mask) == 0);
}

/* What is recorded, without waiting; forgets it and resets the event. */
static LONG taken(SOCKET s)
{
    WSANETWORKEVENTS found;
    REQUIRE(WSAEnumNetworkEvents(s, event, &found) == 0);
    return found.lNetworkEvents;
}

static int wait_event(DWORD milliseconds)
{
    return WSAWaitForMultipleEvents(1, &event, FALSE, milliseconds, FALSE) == WSA_WAIT_EVENT_0;
}

struct error {
    int bit;
    int value;
    const char *reason; /* Wine's departure, or NULL */
};

/* The event is set within the deadline (or not at all), and then exactly this is recorded, with no
 * other error than this one. */
static void expect_error(const char *rule, SOCKET s, LONG mask, struct error error,
                         const char *what)
{
    WSANETWORKEVENTS found = {0, {0}};
    LONG all = 0;
    int errors = 0;
    int set = mask == 0 ? wait_event(QUIET) : wait_event(DEADLINE);

    /* Conditions that arise together may be recorded one by one. */
    for (int i = 0; i < 20 && (i == 0 || (all & mask) != mask); i++) {
        if (i)
            Sleep(10);
        REQUIRE(WSAEnumNetworkEvents(s, event, &found) == 0);
        all |= found.lNetworkEvents;
        for (int each = 0; each < 6; each++)
            if (found.lNetworkEvents & 1 << each)
                errors += found.iErrorCode[each] != (each == error.bit ? error.value : 0);
    }
    check_one(set == (mask != 0) && all == mask && errors == 0, rule, error.reason, __FILE__,
              __LINE__, "%s: event %d, recorded %#lx, %d wrong errors", what, set,
              (unsigned long)all, errors);
}

static void expect(const char *rule, SOCKET s, LONG mask, const char *what)
{
    expect_error(rule, s, mask, (struct error){-1, 0, NULL}, what);
}

static void reading(void)
{
    SOCKET ours, peer;
    char text[8];

    tcp_pair(&ours, &peer);
    select_events(ours, MOST);
    expect("NETEV-4", ours, FD_WRITE, "a connection can be written to");
    expect("NETEV-3", ours, 0, "which is told once");
    send_all(peer, "data", 4);
    expect("NETEV-3", ours, FD_READ, "data");
    send_all(peer, "more", 4);
    expect("NETEV-3", ours, 0, "more of it before the receive is no news");
    REQUIRE(recv(ours, text, 3, 0) == 3);
    expect("NETEV-3", ours, FD_READ, "after a part was received");
    REQUIRE(recv(ours, text, 5, 0) == 5);
    expect("NETEV-3", ours, 0, "after the rest was");
    int code = ERROR_OF(recv(ours, text, 5, 0));
    CHECK("NETEV-1", code == WSAEWOULDBLOCK, "the socket does not block: %d", code);
    send_all(peer, "x", 1);
    expect("NETEV-3", ours, FD_READ, "and again data");
    closesocket(ours);
    closesocket(peer);
}

static void mode(void)
{
    SOCKET ours, peer;
    u_long on = 1, off = 0;

    tcp_pair(&ours, &peer);
    select_events(ours, FD_READ);
    int code = ERROR_OF(ioctlsocket(ours, FIONBIO, &off));
    CHECK("NETEV-1", code == WSAEINVAL, "FIONBIO 0 while selected: %d", code);
    code = ERROR_OF(ioctlsocket(ours, FIONBIO, &on));
    CHECK("NETEV-1", code == 0, "FIONBIO 1: %d", code);
    code = ERROR_OF(WSAEventSelect(ours, NULL, 0));
    CHECK("NETEV-1", code == 0, "cleared: %d", code);
    code = ERROR_OF(ioctlsocket(ours, FIONBIO, &off));
    CHECK("NETEV-1", code == 0, "then FIONBIO 0: %d", code);
    ResetEvent(event);
    send_all(peer, "data", 4);
    CHECK("NETEV-1", !wait_event(QUIET), "and nothing is told any more");
    code = ERROR_OF(WSAEventSelect(INVALID_SOCKET, event, FD_READ));
    CHECK("SOCK-6", code == WSAENOTSOCK, "no socket: %d", code);
    WSANETWORKEVENTS found;
    code = ERROR_OF(WSAEnumNetworkEvents(INVALID_SOCKET, event, &found));
    CHECK("SOCK-6", code == WSAENOTSOCK, "no socket: %d", code);
    closesocket(ours);
    closesocket(peer);
}

static void selecting_again(void)
{
    SOCKET ours, peer;
    HANDLE other = event_new(TRUE, FALSE);
    char text[8];

    tcp_pair(&ours, &peer);
    send_all(peer, "data", 4);
    await_bytes(ours, 4);
    select_events(ours, FD_READ);
    expect("NETEV-5", ours, FD_READ, "data that was there before");
    select_events(ours, FD_READ);
    expect("NETEV-5", ours, 0, "selecting again does not tell again");
    select_events(ours, FD_READ | FD_WRITE);
    expect("NETEV-5", ours, FD_WRITE, "but what was not selected before is told");
    REQUIRE(recv(ours, text, 2, 0) == 2);
    REQUIRE(wait_event(DEADLINE));
    select_events(ours, FD_CLOSE);
    CHECK("NETEV-7", taken(ours) == 0, "outside the mask");
    REQUIRE(WSAEventSelect(ours, other, FD_READ) == 0);
    CHECK("NETEV-7", WaitForSingleObject(other, DEADLINE) == WAIT_OBJECT_0,
          "what is still recorded sets the new event");
    ResetEvent(event);
    WSANETWORKEVENTS found;
    REQUIRE(WSAEnumNetworkEvents(ours, NULL, &found) == 0);
    CHECK("NETEV-7", found.lNetworkEvents == FD_READ, "kept while outside the mask: %#lx",
          (unsigned long)found.lNetworkEvents);
    CHECK("NETEV-7", WaitForSingleObject(other, 0) == WAIT_OBJECT_0,
          "an event that is not named is not reset");
    REQUIRE(recv(ours, text, 2, 0) == 2);
    send_all(peer, "x", 1);
    ResetEvent(other);
    send_all(peer, "x", 1);
    CHECK("NETEV-1", !wait_event(QUIET), "the old event is out of it");
    closesocket(ours);
    closesocket(peer);
    CloseHandle(other);
}

static void writing(void)
{
    static char block[65536];
    SOCKET ours, peer;

    tcp_pair(&ours, &peer);
    select_events(ours, FD_WRITE);
    expect("NETEV-4", ours, FD_WRITE, "at first");
    REQUIRE(send(ours, "x", 1, 0) == 1);
    expect("NETEV-4", ours, 0, "a send that succeeds enables nothing");
    int code = 0, calm = 0;
    while (calm < 5) {
        code = ERROR_OF(send(ours, block, sizeof block, 0));
        calm = code ? calm + 1 : 0;
        if (code)
            Sleep(20);
    }
    CHECK("NETEV-4", code == WSAEWOULDBLOCK, "no room: %d", code);
    taken(ours);
    expect("NETEV-4", ours, 0, "as long as there is none");
    for (long left = 2 << 20; left > 0;) {
        int n = recv(peer, block, sizeof block, 0);
        REQUIRE(n > 0);
        left -= n;
    }
    expect("NETEV-4", ours, FD_WRITE, "room came back");
    closesocket(ours);
    closesocket(peer);
}

static void closing(void)
{
    SOCKET ours, peer;
    char text[8];

    tcp_pair(&ours, &peer);
    select_events(ours, FD_READ | FD_CLOSE);
    shutdown(ours, SD_SEND);
    expect("NETEV-6", ours, 0, "own end");
    shutdown(peer, SD_SEND);
    expect("NETEV-6", ours, FD_CLOSE, "the peer's end");
    REQUIRE(recv(ours, text, sizeof text, 0) == 0);
    expect("NETEV-6", ours, 0, "told once");
    closesocket(ours);
    closesocket(peer);

    tcp_pair(&ours, &peer);
    select_events(ours, FD_READ | FD_CLOSE);
    tcp_reset(&peer);
    expect_error("NETEV-6", ours, FD_CLOSE,
                 (struct error){FD_CLOSE_BIT, WSAECONNABORTED, "Wine says no more than closed"},
                 "reset");
    int code = ERROR_OF(recv(ours, text, sizeof text, 0));
    CHECK_WINE_DEPARTS("RECV-7", code == WSAECONNRESET, "Wine has spent the error",
                       "a receive says so too: %d", code);
    closesocket(ours);

    tcp_pair(&ours, &peer);
    select_events(ours, FD_CLOSE);
    send_all(peer, "last", 4);
    closesocket(peer);
    Sleep(QUIET);
    int n = recv(ours, text, sizeof text, 0);
    CHECK("RECV-5", n == 4, "data before the end: %d", n);
    expect("NETEV-6", ours, FD_CLOSE, "the end behind data");
    closesocket(ours);
}

static void accepting(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address);
    char text[8];

    select_events(listener, MOST);
    expect("NETEV-3", listener, 0, "nobody");
    SOCKET one = tcp_connect(&address);
    expect("NETEV-3", listener, FD_ACCEPT, "one");
    SOCKET two = tcp_connect(&address);
    expect("NETEV-3", listener, 0, "another before the accept is no news");
    SOCKET first = accept(listener, NULL, NULL);
    REQUIRE(first != INVALID_SOCKET);
    CHECK("NETEV-8", is_set(event), "the accepted socket has the listener's event");
    LONG found = taken(first);
    CHECK("NETEV-8", found == FD_WRITE, "and its selection: %#lx", (unsigned long)found);
    found = taken(listener);
    CHECK("NETEV-3", found == FD_ACCEPT, "accept enables, and one more waits: %#lx",
          (unsigned long)found);
    SOCKET second = accept(listener, NULL, NULL);
    REQUIRE(second != INVALID_SOCKET);
    taken(second);
    expect("NETEV-3", listener, 0, "no more");
    int code = ERROR_OF(recv(first, text, sizeof text, 0));
    CHECK("NETEV-8", code == WSAEWOULDBLOCK, "it does not block: %d", code);
    send_all(one, "x", 1);
    expect("NETEV-8", first, FD_READ, "it reports data");
    SOCKET none = accept(listener, NULL, NULL);
    CHECK("NETEV-1", none == INVALID_SOCKET && WSAGetLastError() == WSAEWOULDBLOCK,
          "accept does not block: %d", WSAGetLastError());
    SOCKET three = tcp_connect(&address);
    expect("NETEV-3", listener, FD_ACCEPT, "and again");
    closesocket(first);
    closesocket(second);
    closesocket(one);
    closesocket(two);
    closesocket(three);
    closesocket(listener);
}

static void connecting(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address);
    SOCKET s = tcp_socket();

    select_events(s, MOST);
    expect("NETEV-4", s, 0, "a stream that is not connected");
    int code = ERROR_OF(connect(s, (struct sockaddr *)&address, sizeof address));
    CHECK("NETEV-1", code == WSAEWOULDBLOCK, "connect does not block: %d", code);
    expect("NETEV-4", s, FD_CONNECT | FD_WRITE, "connected");
    expect_error("NETEV-3", s, 0, (struct error){-1, 0, "Wine sets the event once more"},
                 "told once");
    closesocket(s);
    closesocket(listener);

    s = tcp_socket();
    select_events(s, FD_CONNECT);
    code = ERROR_OF(connect(s, (struct sockaddr *)&address, sizeof address));
    CHECK("NETEV-1", code == WSAEWOULDBLOCK, "connect does not block: %d", code);
    expect_error("NETEV-2", s, FD_CONNECT, (struct error){FD_CONNECT_BIT, WSAECONNREFUSED, NULL},
                 "refused");
    closesocket(s);
}

static void overlapped(void)
{
    SOCKET ours, peer;
    char text[8];
    OVERLAPPED ov = {0};
    DWORD bytes, flags;

    tcp_pair(&ours, &peer);
    select_events(ours, FD_READ);
    ov.hEvent = event_new(TRUE, FALSE);
    REQUIRE(recv_start(ours, text, 4, 0, &ov) == WSA_IO_PENDING);
    send_all(peer, "data", 4);
    REQUIRE(WSAGetOverlappedResult(ours, &ov, &bytes, TRUE, &flags) && bytes == 4);
    expect("NETEV-9", ours, 0, "data that an overlapped receive took");
    REQUIRE(recv_start(ours, text, 4, 0, &ov) == WSA_IO_PENDING);
    send_all(peer, "data+", 5);
    REQUIRE(WSAGetOverlappedResult(ours, &ov, &bytes, TRUE, &flags) && bytes == 4);
    expect("NETEV-9", ours, FD_READ, "what it left");
    CloseHandle(ov.hEvent);
    closesocket(ours);
    closesocket(peer);
}

static void datagrams(void)
{
    struct sockaddr_in address;
    SOCKET s = udp_bound(&address);
    char text[8];

    select_events(s, MOST);
    expect("NETEV-4", s, FD_WRITE, "a datagram socket");
    udp_send(s, "one", 3, &address);
    udp_send(s, "two", 3, &address);
    expect("NETEV-3", s, FD_READ, "datagrams");
    REQUIRE(recvfrom(s, text, sizeof text, 0, NULL, NULL) == 3);
    expect("NETEV-3", s, FD_READ, "one of two was received");
    REQUIRE(recvfrom(s, text, sizeof text, 0, NULL, NULL) == 3);
    expect("NETEV-3", s, 0, "none is left");
    closesocket(s);
}

static void urgent(void)
{
    SOCKET ours, peer;
    char byte;

    tcp_pair(&ours, &peer);
    select_events(ours, FD_OOB);
    REQUIRE(send(peer, "!", 1, MSG_OOB) == 1);
    expect("NETEV-3", ours, FD_OOB, "urgent data");
    int n = recv(ours, &byte, 1, MSG_OOB);
    CHECK("RECV-16", n == 1 && byte == '!', "received: %d", n);
    expect("NETEV-3", ours, 0, "once");
    closesocket(ours);
    closesocket(peer);
}

/* An echo server of the old school: one thread, one event for each socket. */
static DWORD WINAPI echo_client(void *argument)
{
    struct sockaddr_in *address = argument;
    SOCKET s = tcp_connect(address);
    char text[64];
    DWORD echoed = 0;
    for (int i = 0; i < 300; i++) {
        int length = 1 + i % 64;
        memset(text, i, sizeof text);
        send_all(s, text, length);
        memset(text, ~i, sizeof text);
        if (recv_all(s, text, length) != length || text[length - 1] != (char)i)
            break;
        echoed++;
    }
    closesocket(s);
    return echoed;
}

static void echo_server(void)
{
    enum { CLIENTS = 4 };
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address), sockets[CLIENTS];
    HANDLE clients[CLIENTS];
    int open = 0, ended = 0;

    select_events(listener, FD_ACCEPT | FD_READ | FD_CLOSE);
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = CreateThread(NULL, 0, echo_client, &address, 0, NULL);
    while (ended < CLIENTS && wait_event(DEADLINE)) {
        ResetEvent(event);
        WSANETWORKEVENTS found;
        REQUIRE(WSAEnumNetworkEvents(listener, NULL, &found) == 0);
        if (found.lNetworkEvents & FD_ACCEPT && open < CLIENTS)
            sockets[open++] = accept(listener, NULL, NULL);
        for (int i = 0; i < open; i++) {
            char text[16];
            int n;
            if (sockets[i] == INVALID_SOCKET)
                continue;
            REQUIRE(WSAEnumNetworkEvents(sockets[i], NULL, &found) == 0);
            if (found.lNetworkEvents & FD_READ && (n = recv(sockets[i], text, sizeof text, 0)) > 0)
                send_all(sockets[i], text, n);
            if (found.lNetworkEvents & FD_CLOSE) {
                close_if_open(&sockets[i]);
                ended++;
            }
        }
    }
    CHECK("NETEV-3", ended == CLIENTS, "every connection was served to its end: %d", ended);
    for (int i = 0; i < CLIENTS; i++) {
        DWORD echoed = 0;
        WaitForSingleObject(clients[i], DEADLINE);
        GetExitCodeThread(clients[i], &echoed);
        CloseHandle(clients[i]);
        CHECK("NETEV-3", echoed == 300, "no event was lost: %u echoes", (unsigned)echoed);
    }
    closesocket(listener);
}

int main(void)
{
    sockets_start();
    event = WSACreateEvent();
    REQUIRE(event != WSA_INVALID_EVENT);
    CHECK("NETEV-10", !is_set(event), "WSACreateEvent: not set");
    RUN(reading);
    RUN(mode);
    RUN(selecting_again);
    RUN(writing);
    RUN(closing);
    RUN(accepting);
    RUN(connecting);
    RUN(overlapped);
    RUN(datagrams);
    RUN(urgent);
    RUN(echo_server);
    WSACloseEvent(event);
    return check_report();
}
