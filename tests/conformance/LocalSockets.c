/* SPDX-License-Identifier: MIT
 *
 * AF_UNIX: streams named by a path, through every call that a server makes with them.
 */
#include "sockets.h"
#include <afunix.h>
#include <process.h>
#include <stdio.h>

#ifdef __MINGW32__
#include <io.h>
#define remove_path(path) _unlink(path)
#else
#include <unistd.h>
#define remove_path(path) unlink(path)
#endif

#define ERROR_OF(call) ((call) == SOCKET_ERROR ? WSAGetLastError() : 0)

static SOCKADDR_UN local_name(void)
{
    static int count;
    SOCKADDR_UN name;
    memset(&name, 0, sizeof name);
    name.sun_family = AF_UNIX;
    snprintf(name.sun_path, sizeof name.sun_path, "local_%d_%d.sock", (int)_getpid(), count++);
    remove_path(name.sun_path);
    return name;
}

static SOCKET local_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

static SOCKET local_listener(SOCKADDR_UN *name)
{
    SOCKET s = local_socket();
    REQUIRE(s != INVALID_SOCKET);
    *name = local_name();
    REQUIRE(bind(s, (struct sockaddr *)name, sizeof *name) == 0);
    REQUIRE(listen(s, SOMAXCONN) == 0);
    return s;
}

static SOCKET local_connect(const SOCKADDR_UN *name)
{
    SOCKET s = local_socket();
    REQUIRE(connect(s, (const struct sockaddr *)name, sizeof *name) == 0);
    return s;
}

static void names(void)
{
    SOCKADDR_UN name, got;
    int length = sizeof got;
    SOCKET listener = local_listener(&name);

    int code = ERROR_OF(getsockname(listener, (struct sockaddr *)&got, &length));
    CHECK("LOCAL-1", code == 0 && got.sun_family == AF_UNIX && !strcmp(got.sun_path, name.sun_path),
          "own name: %d", code);
    SOCKET client = local_connect(&name);
    length = sizeof got;
    code = ERROR_OF(getpeername(client, (struct sockaddr *)&got, &length));
    CHECK("LOCAL-1", code == 0 && !strcmp(got.sun_path, name.sun_path), "peer's name: %d", code);
    length = sizeof got;
    SOCKET ours = accept(listener, (struct sockaddr *)&got, &length);
    CHECK("LOCAL-1", ours != INVALID_SOCKET && got.sun_family == AF_UNIX && got.sun_path[0] == 0,
          "who connects has no name");
    closesocket(ours);
    closesocket(client);
    SOCKET second = local_socket();
    code = ERROR_OF(bind(second, (struct sockaddr *)&name, sizeof name));
    CHECK("LOCAL-2", code == WSAEADDRINUSE, "the name is taken: %d", code);
    closesocket(listener);
    code = ERROR_OF(bind(second, (struct sockaddr *)&name, sizeof name));
    CHECK("LOCAL-2", code == WSAEADDRINUSE, "and stays so until the file goes: %d", code);
    code = ERROR_OF(connect(second, (struct sockaddr *)&name, sizeof name));
    CHECK("LOCAL-3", code == WSAECONNREFUSED, "nobody listens: %d", code);
    CHECK("LOCAL-2", remove_path(name.sun_path) == 0, "the file can be removed");
    code = ERROR_OF(connect(second, (struct sockaddr *)&name, sizeof name));
    CHECK("LOCAL-3", code != 0, "nobody is there: %d", code);
    closesocket(second);
}

static void transfers(void)
{
    SOCKADDR_UN name;
    char text[16];
    OVERLAPPED ov[2];
    ULONG process = 0;
    DWORD bytes = 0;
    SOCKET listener = local_listener(&name), client = local_connect(&name);
    SOCKET ours = accept(listener, NULL, NULL);
    HANDLE port = port_for(ours, KEY);

    overlapped_clear(&ov[0]);
    CHECK("LOCAL-4", recv_start(ours, text, sizeof text, 0, &ov[0]) == WSA_IO_PENDING, "pends");
    send_all(client, "hello", 5);
    EXPECT_PACKET("LOCAL-4", port, KEY, &ov[0], NT_SUCCESS_0, 5);
    overlapped_clear(&ov[1]);
    CHECK("LOCAL-4", started(send_start(ours, "world!", 6, &ov[1])), "sends");
    EXPECT_PACKET("LOCAL-4", port, KEY, &ov[1], NT_SUCCESS_0, 6);
    CHECK("LOCAL-4", recv_all(client, text, 6) == 6 && !memcmp(text, "world!", 6), "arrives");
    int result = WSAIoctl(client, SIO_AF_UNIX_GETPEERPID, NULL, 0, &process, sizeof process, &bytes,
                          NULL, NULL);
    CHECK("LOCAL-5", result == 0 && process == GetCurrentProcessId(), "the peer's process: %u",
          (unsigned)process);
    overlapped_clear(&ov[0]);
    REQUIRE(recv_start(ours, text, sizeof text, 0, &ov[0]) == WSA_IO_PENDING);
    shutdown(client, SD_SEND);
    EXPECT_PACKET("RECV-4", port, KEY, &ov[0], NT_SUCCESS_0, 0);
    closesocket(client);
    closesocket(ours);
    closesocket(listener);
    CloseHandle(port);
    remove_path(name.sun_path);
}

static void accept_overlapped(void)
{
    SOCKADDR_UN name;
    char buffer[2 * (sizeof(SOCKADDR_UN) + 16) + 8], text[8];
    DWORD bytes, block = sizeof(SOCKADDR_UN) + 16;
    OVERLAPPED ov;
    SOCKET listener = local_listener(&name), s = local_socket();
    HANDLE port = port_for(listener, KEY);

    overlapped_clear(&ov);
    BOOL done = AcceptEx(listener, s, buffer, 8, block, block, &bytes, &ov);
    CHECK("LOCAL-4", !done && WSAGetLastError() == WSA_IO_PENDING, "AcceptEx pends");
    SOCKET client = local_connect(&name);
    send_all(client, "first", 5);
    EXPECT_PACKET("LOCAL-4", port, KEY, &ov, NT_SUCCESS_0, 5);
    REQUIRE(setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener,
                       sizeof listener) == 0);
    CHECK("LOCAL-4", send(s, "back", 4, 0) == 4 && recv_all(client, text, 4) == 4,
          "and sends back");
    closesocket(client);
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
    remove_path(name.sun_path);
}

static void refusals(void)
{
    SOCKADDR_UN name = local_name();
    SOCKET s = local_socket();

    int code = ERROR_OF(bind(s, (struct sockaddr *)&name, 1));
    CHECK("BAD-2", code == WSAEFAULT, "one byte of a name: %d", code);
    code = ERROR_OF(bind(s, (struct sockaddr *)&name, -1));
    CHECK("BAD-2", code == WSAEFAULT, "a negative length: %d", code);
    memset(name.sun_path, 'x', sizeof name.sun_path);
    code = ERROR_OF(connect(s, (struct sockaddr *)&name, sizeof name));
    CHECK("LOCAL-3", code != 0, "no zero at its end: %d", code);
    SOCKET other = socket(AF_UNIX, SOCK_STREAM, IPPROTO_TCP);
    CHECK("LOCAL-6", other == INVALID_SOCKET && WSAGetLastError() == WSAEPROTONOSUPPORT,
          "no protocol but 0: %d", WSAGetLastError());
    closesocket(s);
}

int main(void)
{
    sockets_start();
    SOCKET s = local_socket();
    if (s == INVALID_SOCKET) {
        CHECK_WINE_DEPARTS("LOCAL-1", 0, "Wine 8 has no AF_UNIX", "a socket");
        return check_report();
    }
    closesocket(s);
    RUN(names);
    RUN(transfers);
    RUN(accept_overlapped);
    RUN(refusals);
    WSACleanup();
    return check_report();
}
