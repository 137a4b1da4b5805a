/* SPDX-License-Identifier: MIT
 *
 * Addresses as text and names as addresses, in both widths; texts of errors.
 */
#include "datagrams.h"

static WCHAR *wide(const char *text)
{
    static WCHAR buffer[4][64];
    static int next;
    WCHAR *to = buffer[next++ % 4];
    int i = 0;
    do
        to[i] = (WCHAR)(unsigned char)text[i];
    while (text[i++]);
    return to;
}

static int same(const WCHAR *text, const char *expected)
{
    while (*expected && *text == (WCHAR)(unsigned char)*expected)
        text++, expected++;
    return *text == 0 && *expected == 0;
}

static void address_to_text(void)
{
    struct sockaddr_in name = loopback(80);
    struct sockaddr_in6 name6;
    char text[64];
    WCHAR text_w[64];
    DWORD length = sizeof text;

    int code = ERROR_OF(WSAAddressToStringA((LPSOCKADDR)&name, sizeof name, NULL, text, &length));
    CHECK("NAME-1", code == 0 && !strcmp(text, "127.0.0.1:80") && length == 13, "%s, %u", text,
          (unsigned)length);
    name.sin_port = 0;
    length = 64;
    code = ERROR_OF(WSAAddressToStringW((LPSOCKADDR)&name, sizeof name, NULL, text_w, &length));
    CHECK("NAME-1", code == 0 && same(text_w, "127.0.0.1") && length == 10, "wide: %d", code);
    length = 5;
    code = ERROR_OF(WSAAddressToStringA((LPSOCKADDR)&name, sizeof name, NULL, text, &length));
    CHECK("NAME-1", code == WSAEFAULT && length == 10, "too short: %d, %u", code, (unsigned)length);
    memset(&name6, 0, sizeof name6);
    name6.sin6_family = AF_INET6;
    name6.sin6_addr = in6addr_loopback;
    name6.sin6_port = htons(80);
    name6.sin6_scope_id = 2;
    length = sizeof text;
    code = ERROR_OF(WSAAddressToStringA((LPSOCKADDR)&name6, sizeof name6, NULL, text, &length));
    CHECK("NAME-1", code == 0 && !strcmp(text, "[::1%2]:80"), "%s", text);
    code = ERROR_OF(WSAAddressToStringA((LPSOCKADDR)&name6, 5, NULL, text, &length));
    CHECK("BAD-2", code == WSAEFAULT || code == WSAEINVAL, "a truncated address: %d", code);
}

static void text_to_address(void)
{
    static const struct {
        const char *text;
        int family, good;
    } cases[] = {{"127.0.0.1:80", AF_INET, 1},    {"127.0.0.1", AF_INET, 1},
                 {"[::1]:80", AF_INET6, 1},       {"::1", AF_INET6, 1},
                 {"127.0.0.1:70000", AF_INET, 0}, {"127.0.0.300", AF_INET, 0},
                 {"[::1", AF_INET6, 0},           {"", AF_INET6, 0},
                 {"127.0.0.1", AF_INET6, 0},      {"1:2:3:4:5:6:7:8:9", AF_INET6, 0}};
    union {
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
    } name;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        snprintf(text, sizeof text, "%s", cases[i].text);
        int length = sizeof name;
        int code =
            ERROR_OF(WSAStringToAddressA(text, cases[i].family, NULL, (LPSOCKADDR)&name, &length));
        CHECK("NAME-1", code == (cases[i].good ? 0 : WSAEINVAL), "'%s': %d", text, code);
        length = sizeof name;
        code = ERROR_OF(
            WSAStringToAddressW(wide(text), cases[i].family, NULL, (LPSOCKADDR)&name, &length));
        CHECK("NAME-1", code == (cases[i].good ? 0 : WSAEINVAL), "'%s', wide: %d", text, code);
    }
    char text[] = "127.0.0.1:80";
    int length = sizeof name;
    REQUIRE(WSAStringToAddressA(text, AF_INET, NULL, (LPSOCKADDR)&name, &length) == 0);
    CHECK("NAME-1", name.ipv4.sin_port == htons(80) && length == sizeof name.ipv4, "the port");
    length = 4;
    int code = ERROR_OF(WSAStringToAddressA(text, AF_INET, NULL, (LPSOCKADDR)&name, &length));
    CHECK("NAME-1", code == WSAEFAULT && length == sizeof name.ipv4, "no room: %d", code);
}

#ifdef __MINGW32__
#define NARROW_PTON InetPtonA
#define NARROW_NTOP InetNtopA
#else
#define NARROW_PTON inet_pton
#define NARROW_NTOP inet_ntop
#endif

static void bytes(void)
{
    unsigned char to[16];
    char text[64];
    WCHAR text_w[64];

    CHECK("NAME-2", NARROW_PTON(AF_INET, "1.2.3.4", to) == 1 && to[3] == 4, "inet_pton");
    CHECK("NAME-2", InetPtonW(AF_INET, wide("1.2.3.5"), to) == 1 && to[3] == 5, "wide");
    CHECK("NAME-2", InetPtonW(AF_INET6, wide("::2"), to) == 1 && to[15] == 2, "wide, IPv6");
    CHECK("NAME-2", NARROW_PTON(AF_INET, "1.2.3", to) == 0, "no address");
    CHECK("NAME-2", InetPtonW(AF_INET6, wide("::g"), to) == 0, "wide, no address");
    int result = InetPtonW(99, wide("::1"), to);
    CHECK("NAME-2", result == -1 && WSAGetLastError() == WSAEAFNOSUPPORT, "no family: %d", result);
    REQUIRE(InetPtonW(AF_INET6, wide("::2"), to) == 1);
    CHECK("NAME-2", InetNtopW(AF_INET6, to, text_w, 64) == text_w && same(text_w, "::2"), "back");
    CHECK("NAME-2", NARROW_NTOP(AF_INET6, to, text, sizeof text) && !strcmp(text, "::2"), "%s",
          text);
    const WCHAR *none = InetNtopW(AF_INET6, to, text_w, 2);
    CHECK("NAME-2", !none && WSAGetLastError() != 0, "no room: %d", WSAGetLastError());
    none = InetNtopW(99, to, text_w, 64);
    CHECK("NAME-2", !none && WSAGetLastError() == WSAEAFNOSUPPORT, "no family: %d",
          WSAGetLastError());
}

static void resolve(void)
{
    ADDRINFOW hints, *list = NULL;
    WCHAR host[64], service[16];

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_CANONNAME;
    int error = GetAddrInfoW(wide("127.0.0.1"), wide("8080"), &hints, &list);
    CHECK("NAME-3",
          error == 0 && list && list->ai_family == AF_INET && list->ai_addrlen == 16 &&
              ((struct sockaddr_in *)list->ai_addr)->sin_port == htons(8080),
          "an address: %d", error);
    CHECK("NAME-3", error == 0 && list->ai_canonname && same(list->ai_canonname, "127.0.0.1"),
          "its name");
    error = GetNameInfoW(list->ai_addr, (socklen_t)list->ai_addrlen, host, 64, service, 16,
                         NI_NUMERICHOST | NI_NUMERICSERV);
    CHECK("NAME-4", error == 0 && same(host, "127.0.0.1") && same(service, "8080"), "back: %d",
          error);
    error =
        GetNameInfoW(list->ai_addr, (socklen_t)list->ai_addrlen, host, 3, NULL, 0, NI_NUMERICHOST);
    CHECK("NAME-4", error != 0, "no room: %d", error);
    error = GetNameInfoW(list->ai_addr, (socklen_t)list->ai_addrlen, NULL, 0, NULL, 0, 0);
    CHECK_WINE_DEPARTS("NAME-4", error == WSAHOST_NOT_FOUND, "Wine succeeds",
                       "nothing asked for: %d", error);
#ifndef __MINGW32__
    error = GetNameInfoW(list->ai_addr, 3, host, 64, NULL, 0, NI_NUMERICHOST);
    CHECK("BAD-2", error == WSAEFAULT, "a truncated address: %d", error);
#endif
    FreeAddrInfoW(list);
    FreeAddrInfoW(NULL);
    list = (ADDRINFOW *)(ULONG_PTR)1;
    error = GetAddrInfoW(NULL, NULL, NULL, &list);
    CHECK("NAME-3", error == WSAHOST_NOT_FOUND, "neither host nor service: %d", error);
    hints.ai_flags = AI_NUMERICHOST;
    error = GetAddrInfoW(wide("no number"), NULL, &hints, &list);
    CHECK("NAME-3", error == WSAHOST_NOT_FOUND && WSAGetLastError() == error, "no number: %d",
          error);
    hints.ai_family = 99;
    error = GetAddrInfoW(wide("127.0.0.1"), NULL, &hints, &list);
    CHECK("NAME-3", error == WSAEAFNOSUPPORT, "no family: %d", error);
    CHECK("NAME-5", gai_strerrorW(WSAHOST_NOT_FOUND)[0] != 0, "a text");
}

static void texts(void)
{
    static const DWORD codes[] = {WSAECONNRESET,
                                  WSAEWOULDBLOCK,
                                  WSAENOPROTOOPT,
                                  WSAENOBUFS,
                                  WSAEFAULT,
                                  WSAHOST_NOT_FOUND,
                                  ERROR_INVALID_HANDLE,
                                  ERROR_OPERATION_ABORTED,
                                  ERROR_CONNECTION_ABORTED,
                                  ERROR_MORE_DATA,
                                  ERROR_PORT_UNREACHABLE,
                                  WAIT_TIMEOUT};
    char text[512];
    DWORD how = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        DWORD n = FormatMessageA(how, NULL, codes[i], 0, text, sizeof text, NULL);
        CHECK_WINE_DEPARTS("NAME-5", n > 3 && n == strlen(text), "Wine lacks some",
                           "%u: %u characters", (unsigned)codes[i], (unsigned)n);
    }
    DWORD n = FormatMessageA(how, NULL, 54321, 0, text, sizeof text, NULL);
    CHECK("NAME-5", n == 0 && GetLastError() == ERROR_MR_MID_NOT_FOUND, "unknown: %u",
          (unsigned)GetLastError());
}

int main(void)
{
    sockets_start();
    RUN(address_to_text);
    RUN(text_to_address);
    RUN(bytes);
    RUN(resolve);
    RUN(texts);
    WSACleanup();
    return check_report();
}
