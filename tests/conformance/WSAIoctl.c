/* SPDX-License-Identifier: MIT
 *
 * WSAIoctl as servers use it: obtaining the extension functions, by themselves and with an
 * OVERLAPPED. The functions themselves are tested in the files named after them.
 */
#include "sockets.h"

typedef void (*any_function)(void);

static int get(SOCKET s, const GUID *id, any_function *function, DWORD *bytes, OVERLAPPED *ov)
{
    GUID copy = *id;
    return WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &copy, sizeof copy, function,
                    sizeof *function, bytes, ov, NULL);
}

static void known_functions(void)
{
    static const struct {
        const char *name;
        GUID id;
    } known[] = {
        {"AcceptEx", WSAID_ACCEPTEX},         {"GetAcceptExSockaddrs", WSAID_GETACCEPTEXSOCKADDRS},
        {"ConnectEx", WSAID_CONNECTEX},       {"DisconnectEx", WSAID_DISCONNECTEX},
        {"TransmitFile", WSAID_TRANSMITFILE}, {"WSARecvMsg", WSAID_WSARECVMSG},
        {"WSASendMsg", WSAID_WSASENDMSG},
    };
    SOCKET s = tcp_socket();

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        any_function function = NULL;
        DWORD bytes = UNTOUCHED;
        int result = get(s, &known[i].id, &function, &bytes, NULL);
        CHECK("EXT-1", result == 0 && function, "%s, WSAGLE %d", known[i].name,
              result ? WSAGetLastError() : 0);
        CHECK("EXT-1", bytes == sizeof function, "%s: %u bytes", known[i].name, (unsigned)bytes);
    }
    CHECK("EXT-4", SIO_GET_EXTENSION_FUNCTION_POINTER == 0xC8000006, "the code");
    closesocket(s);
}

static void any_socket_will_do(void)
{
    GUID id = WSAID_ACCEPTEX;
    struct sockaddr_in address;
    any_function function = NULL;
    DWORD bytes = 0;
    SOCKET listener = tcp_listener(&address), client = tcp_connect(&address);
    SOCKET all[3] = {listener, client, socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)};

    for (int i = 0; i < 3; i++) {
        CHECK("EXT-1", get(all[i], &id, &function, &bytes, NULL) == 0, "socket %d", i);
        closesocket(all[i]);
    }
    CHECK("SOCK-6",
          get(INVALID_SOCKET, &id, &function, &bytes, NULL) && WSAGetLastError() == WSAENOTSOCK,
          "no socket: WSAGLE %d", WSAGetLastError());
    int result = get(client, &id, &function, &bytes, NULL);
    CHECK_WINE_DEPARTS("SOCK-6", result && WSAGetLastError() == WSAENOTSOCK,
                       "Wine does not notice that the socket is closed", "closed socket: WSAGLE %d",
                       WSAGetLastError());
}

static void failures_touch_nothing(void)
{
    GUID unknown = {0x01234567, 0x89ab, 0xcdef, {1, 2, 3, 4, 5, 6, 7, 8}}, id = WSAID_ACCEPTEX;
    struct pair p;
    any_function function = NULL;
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("EXT-2", get(p.ours, &id, &function, NULL, NULL) && WSAGetLastError() == WSAEFAULT,
          "no byte count: WSAGLE %d", WSAGetLastError());
    CHECK("EXT-2", get(p.ours, &id, &function, NULL, &ov) && WSAGetLastError() == WSAEFAULT,
          "not even with an OVERLAPPED: WSAGLE %d", WSAGetLastError());
    CHECK("EXT-2", get(p.ours, &unknown, &function, &bytes, &ov) && WSAGetLastError() == WSAEINVAL,
          "unknown GUID: WSAGLE %d", WSAGetLastError());
    CHECK("EXT-2", function == NULL, "the pointer is untouched");
    CHECK("EXT-2", bytes == UNTOUCHED, "the count is untouched (%u)", (unsigned)bytes);
    CHECK("EXT-2", ov.Internal == UNTOUCHED && ov.InternalHigh == UNTOUCHED,
          "the OVERLAPPED is untouched");
    EXPECT_NO_PACKET("EXT-2", p.port);
    pair_close(&p);
}

static void with_overlapped(void)
{
    GUID id = WSAID_CONNECTEX;
    struct pair p;
    any_function function = NULL;
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("EXT-3", get(p.ours, &id, &function, &bytes, &ov) == 0 && function, "done at once");
    CHECK("EXT-3", bytes == sizeof function, "%u bytes", (unsigned)bytes);
    EXPECT_PACKET("EXT-3", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    EXPECT_NO_PACKET("PKT-6", p.port);
    pair_close(&p);
}

static void obtained_and_exported_are_alike(void)
{
    GUID id = WSAID_ACCEPTEX;
    struct sockaddr_in address;
    LPFN_ACCEPTEX obtained = NULL;
    DWORD bytes = 0;
    char buffer[128];
    OVERLAPPED ov;
    SOCKET listener = tcp_listener(&address), s = tcp_socket();

    REQUIRE(WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &obtained,
                     sizeof obtained, &bytes, NULL, NULL) == 0);
    overlapped_clear(&ov);
    SetLastError(0);
    CHECK("EXT-5", !AcceptEx(INVALID_SOCKET, s, buffer, 0, 32, 32, &bytes, &ov), "exported");
    CHECK("EXT-6", GetLastError() == WSAENOTSOCK && WSAGetLastError() == WSAENOTSOCK,
          "GLE %u and WSAGLE %d", (unsigned)GetLastError(), WSAGetLastError());
    SetLastError(0);
    CHECK("EXT-5", !obtained(INVALID_SOCKET, s, buffer, 0, 32, 32, &bytes, &ov), "obtained");
    CHECK("EXT-6", GetLastError() == WSAENOTSOCK && WSAGetLastError() == WSAENOTSOCK,
          "GLE %u and WSAGLE %d", (unsigned)GetLastError(), WSAGetLastError());
    HANDLE port = port_for(listener, KEY);
    CHECK("EXT-5",
          !obtained(listener, s, buffer, 0, 32, 32, &bytes, &ov) &&
              WSAGetLastError() == WSA_IO_PENDING,
          "the obtained one pends");
    SOCKET client = tcp_connect(&address);
    EXPECT_PACKET("EXT-5", port, KEY, &ov, NT_SUCCESS_0, 0);
    closesocket(client);
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
}

static void unknown_code(void)
{
    SOCKET s = tcp_socket();
    DWORD in = 0, out = 0, bytes = 0;
    int result = WSAIoctl(s, 0x98765432, &in, sizeof in, &out, sizeof out, &bytes, NULL, NULL);
    CHECK("CALL-9", result == SOCKET_ERROR && WSAGetLastError() >= WSABASEERR,
          "an unknown code is a Winsock error: WSAGLE %d", WSAGetLastError());
    closesocket(s);
}

int main(void)
{
    sockets_start();
    RUN(known_functions);
    RUN(any_socket_will_do);
    RUN(failures_touch_nothing);
    RUN(with_overlapped);
    RUN(obtained_and_exported_are_alike);
    RUN(unknown_code);
    WSACleanup();
    return check_report();
}
