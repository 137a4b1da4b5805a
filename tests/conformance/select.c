/* SPDX-License-Identifier: MIT
 *
 * select: which sockets are ready for what (sdk:select; rules CALL-11, SOCK-6, SCHED-7a).
 */
#include "datagrams.h"

struct sets {
    fd_set read, write, except;
};

static int look(SOCKET s, struct sets *sets, int milliseconds)
{
    struct timeval timeout = {milliseconds / 1000, milliseconds % 1000 * 1000};
    FD_ZERO(&sets->read);
    FD_ZERO(&sets->write);
    FD_ZERO(&sets->except);
    FD_SET(s, &sets->read);
    FD_SET(s, &sets->write);
    FD_SET(s, &sets->except);
    return select(0, &sets->read, &sets->write, &sets->except, &timeout);
}

/* "r", "w", "x" for the sets the socket is in. */
static const char *kinds(SOCKET s, struct sets *sets)
{
    static char text[4];
    char *end = text;
    if (FD_ISSET(s, &sets->read))
        *end++ = 'r';
    if (FD_ISSET(s, &sets->write))
        *end++ = 'w';
    if (FD_ISSET(s, &sets->except))
        *end++ = 'x';
    *end = 0;
    return text;
}

/* The state that select reports within the deadline is this one. */
static void expect(SOCKET s, const char *wanted, const char *what)
{
    struct sets sets;
    int n = 0;
    const char *found = "";
    for (int i = 0; i < DEADLINE / 10; i++) {
        n = look(s, &sets, 0);
        found = n >= 0 ? kinds(s, &sets) : "?";
        if (strcmp(found, wanted) == 0)
            break;
        Sleep(10);
    }
    CHECK("sdk:select", strcmp(found, wanted) == 0 && n == (int)strlen(wanted), "%s: \"%s\" (%d)",
          what, found, n);
}

static void streams(void)
{
    SOCKET ours, peer;
    char text[8];

    tcp_pair(&ours, &peer);
    expect(ours, "w", "connected");
    send_all(peer, "data", 4);
    expect(ours, "rw", "with data");
    REQUIRE(recv(ours, text, 2, 0) == 2);
    expect(ours, "rw", "with some left");
    REQUIRE(recv(ours, text, 2, 0) == 2);
    expect(ours, "w", "drained");
    closesocket(peer);
    expect(ours, "rw", "at the end of the stream");
    closesocket(ours);

    tcp_pair(&ours, &peer);
    tcp_reset(&peer);
    expect(ours, "rw", "reset by the peer");
    closesocket(ours);
}

/* One set in several places: what is ready in any of them is left in it. */
static void one_set(SOCKET ours, SOCKET other, BOOL except, const char *wanted, const char *what)
{
    struct timeval timeout = {0, 200 * 1000};
    fd_set set;
    FD_ZERO(&set);
    FD_SET(other, &set);
    FD_SET(ours, &set);
    int n = select(0, &set, &set, except ? &set : NULL, &timeout);
    CHECK("CALL-11", n > 0, "%s: %d", what, n);
    CHECK("CALL-11", !FD_ISSET(ours, &set) == !strchr(wanted, 'o'), "%s: the one", what);
    CHECK("CALL-11", !FD_ISSET(other, &set) == !strchr(wanted, 'l'), "%s: the listener", what);
}

static void one_set_twice(void)
{
    SOCKET ours, peer, listener;
    struct sockaddr_in at;
    struct timeval timeout = {0, 10 * 1000};
    fd_set set, write;

    tcp_pair(&ours, &peer);
    listener = tcp_listener(&at);
    one_set(ours, listener, FALSE, "o", "writable only");
    one_set(ours, listener, TRUE, "o", "writable only, with the third set");
    send_all(peer, "data", 4);
    expect(ours, "rw", "with data");
    one_set(ours, listener, FALSE, "o", "readable and writable");
    one_set(ours, listener, TRUE, "o", "both, with the third set");
    SOCKET knocking = tcp_connect(&at);
    expect(listener, "r", "a connection to be accepted");
    one_set(ours, listener, FALSE, "ol", "one of each");

    /* Only two of three: the first and the last. */
    FD_ZERO(&set);
    FD_SET(listener, &set);
    FD_SET(ours, &set);
    FD_ZERO(&write);
    FD_SET(listener, &write);
    int n = select(0, &set, &write, &set, &timeout);
    CHECK("CALL-11", n == 2 && FD_ISSET(ours, &set) && FD_ISSET(listener, &set),
          "the set that is given twice: %d", n);
    CHECK("CALL-11", !FD_ISSET(listener, &write), "and the one between them");
    closesocket(knocking);
    closesocket(listener);
    closesocket(ours);
    closesocket(peer);
}

static void full(void)
{
    static char block[65536];
    SOCKET ours, peer;
    u_long on = 1;

    tcp_pair(&ours, &peer);
    REQUIRE(ioctlsocket(ours, FIONBIO, &on) == 0);
    int calm = 0;
    while (calm < 5) {
        if (send(ours, block, sizeof block, 0) > 0) {
            calm = 0;
        } else {
            calm++;
            Sleep(10);
        }
    }
    expect(ours, "", "no room to send");
    drain(peer);
    expect(ours, "w", "room again");
    closesocket(ours);
    closesocket(peer);
}

static void urgent(void)
{
    SOCKET ours, peer;
    tcp_pair(&ours, &peer);
    REQUIRE(send(peer, "!", 1, MSG_OOB) == 1);
    expect(ours, "wx", "with urgent data");
    closesocket(ours);
    closesocket(peer);
}

static void listening(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address);
    expect(listener, "", "nobody has called");
    SOCKET client = tcp_connect(&address);
    expect(listener, "r", "a connection waits");
    SOCKET accepted = accept(listener, NULL, NULL);
    expect(listener, "", "accepted");
    closesocket(accepted);
    closesocket(client);
    closesocket(listener);
}

static void connecting(void)
{
    struct sockaddr_in address;
    u_long on = 1;
    SOCKET listener = tcp_listener(&address);
    SOCKET s = tcp_socket();

    REQUIRE(ioctlsocket(s, FIONBIO, &on) == 0);
    int code = ERROR_OF(connect(s, (struct sockaddr *)&address, sizeof address));
    REQUIRE(code == 0 || code == WSAEWOULDBLOCK);
    expect(s, "w", "connected in the background");
    closesocket(s);
    closesocket(listener);
    s = tcp_socket();
    REQUIRE(ioctlsocket(s, FIONBIO, &on) == 0);
    code = ERROR_OF(connect(s, (struct sockaddr *)&address, sizeof address));
    CHECK("sdk:connect", code == WSAEWOULDBLOCK, "refused later, not at once: %d", code);
    expect(s, "x", "refused");
    int error = 0, length = sizeof error;
    REQUIRE(getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&error, &length) == 0);
    CHECK("sdk:select", error == WSAECONNREFUSED, "SO_ERROR says why: %d", error);
    listener = tcp_socket();
    REQUIRE(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    REQUIRE(listen(listener, 1) == 0);
    code = ERROR_OF(connect(s, (struct sockaddr *)&address, sizeof address));
    if (CHECK_WINE_DEPARTS("CONN-6", code == WSAEWOULDBLOCK, "Wine hands Linux' answer on",
                           "tried again: %d", code))
        expect(s, "w", "connected after all");
    closesocket(listener);
    closesocket(s);
}

static void datagrams(void)
{
    struct sockaddr_in address;
    SOCKET s = udp_bound(&address);
    char text[4];
    expect(s, "w", "a datagram socket");
    udp_send(s, "", 0, &address);
    expect(s, "rw", "an empty datagram counts");
    REQUIRE(recv(s, text, sizeof text, 0) == 0);
    expect(s, "w", "received");
    closesocket(s);
}

static void never_connected(void)
{
    struct sets sets;
    SOCKET s = tcp_socket();
    ULONGLONG before = GetTickCount64();
    int n = look(s, &sets, 150);
    ULONGLONG took = GetTickCount64() - before;
    CHECK("sdk:select", n == 0 && took >= 100, "a stream that is not connected: %d after %u ms", n,
          (unsigned)took);
    CHECK("sdk:select",
          sets.read.fd_count == 0 && sets.write.fd_count == 0 && sets.except.fd_count == 0,
          "all sets are empty when time is up");
    closesocket(s);
}

static void many(void)
{
    enum { PAIRS = 20 };
    SOCKET ours[PAIRS], peer[PAIRS];
    fd_set read, write;
    struct timeval second = {1, 0};

    FD_ZERO(&read);
    FD_ZERO(&write);
    for (int i = 0; i < PAIRS; i++) {
        tcp_pair(&ours[i], &peer[i]);
        FD_SET(ours[i], &read);
        FD_SET(ours[i], &write);
    }
    send_all(peer[3], "x", 1);
    send_all(peer[17], "x", 1);
    await_bytes(ours[3], 1);
    await_bytes(ours[17], 1);
    int n = select(0, &read, NULL, NULL, &second);
    CHECK("sdk:select", n == 2 && read.fd_count == 2, "two of twenty: %d", n);
    CHECK("sdk:select", FD_ISSET(ours[3], &read) && FD_ISSET(ours[17], &read), "the right ones");
    CHECK("sdk:select", __WSAFDIsSet(ours[3], &read) && !__WSAFDIsSet(ours[4], &read),
          "by the function behind the macro");
    n = select(0, &read, &write, NULL, &second);
    CHECK("sdk:select", n == 2 + PAIRS, "the sum over the sets: %d", n);
    for (int i = 0; i < PAIRS; i++) {
        closesocket(ours[i]);
        closesocket(peer[i]);
    }
}

static void refused(void)
{
    struct timeval none = {0, 0};
    fd_set empty, wrong;

    FD_ZERO(&empty);
    FD_ZERO(&wrong);
    int code = ERROR_OF(select(0, NULL, NULL, NULL, &none));
    CHECK("sdk:select", code == WSAEINVAL, "no sets: %d", code);
    code = ERROR_OF(select(0, &empty, &empty, &empty, &none));
    CHECK("sdk:select", code == WSAEINVAL, "empty sets: %d", code);
    SOCKET s = tcp_socket();
    FD_SET(s, &wrong);
    closesocket(s);
    code = ERROR_OF(select(0, &wrong, NULL, NULL, &none));
    CHECK("SOCK-6", code == WSAENOTSOCK, "a closed socket: %d", code);
}

static SOCKET wait_peer, wait_ours;

static DWORD WINAPI send_later(void *unused)
{
    (void)unused;
    Sleep(100);
    send_all(wait_peer, "late", 4);
    return 0;
}

static DWORD WINAPI close_later(void *unused)
{
    (void)unused;
    Sleep(100);
    closesocket(wait_ours);
    return 0;
}

static void sleeping(void)
{
    fd_set read;
    HANDLE thread;

    tcp_pair(&wait_ours, &wait_peer);
    thread = CreateThread(NULL, 0, send_later, NULL, 0, NULL);
    FD_ZERO(&read);
    FD_SET(wait_ours, &read);
    int n = select(0, &read, NULL, NULL, NULL);
    CHECK("sdk:select", n == 1 && FD_ISSET(wait_ours, &read), "woken by data: %d", n);
    WaitForSingleObject(thread, DEADLINE);
    CloseHandle(thread);
    char text[4];
    REQUIRE(recv_all(wait_ours, text, 4) == 4);

    struct timeval limit = {DEADLINE / 1000, 0};
    ULONGLONG before = GetTickCount64();
    thread = CreateThread(NULL, 0, close_later, NULL, 0, NULL);
    FD_ZERO(&read);
    FD_SET(wait_ours, &read);
    n = select(0, &read, NULL, NULL, &limit);
    int code = n == SOCKET_ERROR ? WSAGetLastError() : 0;
    CHECK("SOCK-6", n == 1 || code == WSAENOTSOCK, "closed by another thread: %d, error %d", n,
          code);
    CHECK("SOCK-6", GetTickCount64() - before < DEADLINE, "and not slept on");
    WaitForSingleObject(thread, DEADLINE);
    CloseHandle(thread);
    closesocket(wait_peer);
}

int main(void)
{
    sockets_start();
    RUN(streams);
    RUN(one_set_twice);
    RUN(full);
    RUN(urgent);
    RUN(listening);
    RUN(connecting);
    RUN(datagrams);
    RUN(never_connected);
    RUN(many);
    RUN(refused);
    RUN(sleeping);
    return check_report();
}
