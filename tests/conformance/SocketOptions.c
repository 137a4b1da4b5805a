/* SPDX-License-Identifier: MIT
 *
 * getsockopt and setsockopt as programs meet them: sizes, units, what an accepted socket begins
 * with, sharing of addresses, refusals.
 */
#include "datagrams.h"

#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE 3
#endif

static int set(SOCKET s, int level, int name, DWORD value)
{
    return ERROR_OF(setsockopt(s, level, name, (char *)&value, sizeof value));
}

static int get(SOCKET s, int level, int name, DWORD *value)
{
    int length = sizeof *value;
    *value = UNTOUCHED;
    return ERROR_OF(getsockopt(s, level, name, (char *)value, &length));
}

static void sizes_and_units(void)
{
    struct linger linger = {1, 7}, got = {0, 0};
    char byte = 1;
    int length = 1;
    DWORD value;
    SOCKET s = tcp_socket(), datagrams = socket(AF_INET, SOCK_DGRAM, 0);

    int code = ERROR_OF(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &byte, 1));
    CHECK("OPT-1",
          code == 0 && get(s, SOL_SOCKET, SO_KEEPALIVE, &value) == 0 && (value & 0xFF) == 1,
          "a boolean of one byte: %d", code);
    byte = 0;
    code = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &byte, &length));
    CHECK("OPT-1", code == 0 && byte == 1 && length == 1, "and back: %d", code);
    CHECK("OPT-1",
          set(s, SOL_SOCKET, SO_RCVTIMEO, 1234) == 0 &&
              get(s, SOL_SOCKET, SO_RCVTIMEO, &value) == 0 && value == 1234,
          "milliseconds: %u", (unsigned)value);
    length = sizeof got;
    code = ERROR_OF(setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger));
    CHECK("OPT-1",
          code == 0 && getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&got, &length) == 0 &&
              got.l_onoff == 1 && got.l_linger == 7 && length == 4,
          "linger: %d", code);
    code = set(s, IPPROTO_TCP, TCP_KEEPIDLE, 45);
    CHECK_WINE_DEPARTS("OPT-9",
                       code == 0 && get(s, IPPROTO_TCP, TCP_KEEPIDLE, &value) == 0 && value == 45,
                       "Wine 8 does not know it", "seconds: %d", code);
    code = get(datagrams, SOL_SOCKET, SO_MAX_MSG_SIZE, &value);
    CHECK("OPT-7", code == 0 && value >= 65507 && value < 65536, "SO_MAX_MSG_SIZE %u",
          (unsigned)value);
    code = set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1);
    CHECK_WINE_DEPARTS("OPT-8", code == 0, "Wine does not know it", "conditional accept: %d", code);
    closesocket(s);
    closesocket(datagrams);
}

static void refusals(void)
{
    DWORD value = 1;
    int length = 2;
    SOCKET s = tcp_socket();

    int code = set(s, SOL_SOCKET, 0x7ABC, 1);
    CHECK("OPT-2", code == WSAENOPROTOOPT, "no such option: %d", code);
    code = set(s, 0x7777, 1, 1);
    CHECK("OPT-2", code == WSAEINVAL || code == WSAENOPROTOOPT, "no such level: %d", code);
    code = ERROR_OF(setsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, -4));
    CHECK_WINE_DEPARTS("OPT-2", code == WSAEFAULT, "Wine takes it", "a negative length: %d", code);
    code = ERROR_OF(setsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, 2));
    CHECK("OPT-2", code == WSAEFAULT, "too short: %d", code);
    code = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, &length));
    CHECK("OPT-2", code == WSAEFAULT, "no room: %d", code);
    length = -1;
    code = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, &length));
    CHECK("OPT-2", code == WSAEFAULT, "negative room: %d", code);
    code = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_RCVBUF, NULL, &length));
    CHECK("OPT-2", code == WSAEFAULT, "nowhere: %d", code);
    closesocket(s);
}

static void inherited(void)
{
    struct sockaddr_in address;
    char buffer[64];
    DWORD value, bytes;
    OVERLAPPED ov;
    SOCKET listener = tcp_listener(&address);

    REQUIRE(set(listener, SOL_SOCKET, SO_RCVTIMEO, 150) == 0);
    REQUIRE(set(listener, SOL_SOCKET, SO_KEEPALIVE, 1) == 0);
    SOCKET client = tcp_connect(&address), ours = accept(listener, NULL, NULL);
    REQUIRE(get(ours, SOL_SOCKET, SO_KEEPALIVE, &value) == 0);
    CHECK("OPT-3", (value & 0xFF) == 1, "SO_KEEPALIVE");
    REQUIRE(get(ours, SOL_SOCKET, SO_RCVTIMEO, &value) == 0);
    CHECK_WINE_DEPARTS("OPT-3", value == 150, "Wine does not hand it on", "SO_RCVTIMEO %u",
                       (unsigned)value);
    int code = ERROR_OF(value == 150 ? recv(ours, buffer, 1, 0) : SOCKET_ERROR);
    CHECK_WINE_DEPARTS("OPT-3", code == WSAETIMEDOUT, "Wine does not hand it on",
                       "which is in force: %d", code);
    closesocket(client);
    closesocket(ours);
    ours = tcp_socket();
    HANDLE port = port_for(listener, KEY);
    overlapped_clear(&ov);
    REQUIRE(!AcceptEx(listener, ours, buffer, 0, 32, 32, &bytes, &ov));
    client = tcp_connect(&address);
    EXPECT_PACKET("ACC-5", port, KEY, &ov, NT_SUCCESS_0, 0);
    code = ERROR_OF(
        setsockopt(ours, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener));
    CHECK("ACC-15", code == 0, "SO_UPDATE_ACCEPT_CONTEXT: %d", code);
    REQUIRE(get(ours, SOL_SOCKET, SO_RCVTIMEO, &value) == 0);
    CHECK_WINE_DEPARTS("OPT-3", value == 150, "Wine does not hand it on", "after AcceptEx: %u",
                       (unsigned)value);
    CHECK("ACC-16", get(ours, SOL_SOCKET, SO_CONNECT_TIME, &value) == 0 && value < 5,
          "SO_CONNECT_TIME %u", (unsigned)value);
    CHECK("ACC-16", get(listener, SOL_SOCKET, SO_CONNECT_TIME, &value) == 0 && value == 0xFFFFFFFFu,
          "of a listener %x", (unsigned)value);
    closesocket(client);
    closesocket(ours);
    closesocket(listener);
    CloseHandle(port);
}

static void sharing(void)
{
    struct sockaddr_in address;
    SOCKET one = tcp_socket(), two = tcp_socket();

    CHECK("OPT-6", set(one, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1) == 0, "exclusive");
    int code = set(one, SOL_SOCKET, SO_REUSEADDR, 1);
    CHECK("OPT-6", code == WSAEINVAL, "not both: %d", code);
    address = tcp_bind(one);
    REQUIRE(listen(one, 5) == 0);
    REQUIRE(set(two, SOL_SOCKET, SO_REUSEADDR, 1) == 0);
    code = ERROR_OF(bind(two, (struct sockaddr *)&address, sizeof address));
    if (code == 0)
        code = ERROR_OF(listen(two, 5));
    CHECK("OPT-6", code == WSAEADDRINUSE || code == WSAEACCES, "exclusive means that: %d", code);
    closesocket(one);
    closesocket(two);
    one = socket(AF_INET, SOCK_DGRAM, 0);
    two = socket(AF_INET, SOCK_DGRAM, 0);
    REQUIRE(set(one, SOL_SOCKET, SO_REUSEADDR, 1) == 0 &&
            set(two, SOL_SOCKET, SO_REUSEADDR, 1) == 0);
    address = tcp_bind(one);
    code = ERROR_OF(bind(two, (struct sockaddr *)&address, sizeof address));
    CHECK("OPT-6", code == 0, "datagram sockets share: %d", code);
    closesocket(one);
    closesocket(two);
}

int main(void)
{
    sockets_start();
    RUN(sizes_and_units);
    RUN(refusals);
    RUN(inherited);
    RUN(sharing);
    WSACleanup();
    return check_report();
}
