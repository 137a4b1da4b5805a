/* SPDX-License-Identifier: MIT
 *
 * ReadFile and WriteFile on sockets: as WSARecv and WSASend with one buffer, but with Win32 error
 * codes and a byte count that is cleared first.
 */
#include "sockets.h"

static DWORD read_start(SOCKET s, void *data, DWORD length, DWORD *bytes, OVERLAPPED *ov)
{
    return ReadFile((HANDLE)s, data, length, bytes, ov) ? 0 : GetLastError();
}

static DWORD write_start(SOCKET s, const void *data, DWORD length, DWORD *bytes, OVERLAPPED *ov)
{
    return WriteFile((HANDLE)s, data, length, bytes, ov) ? 0 : GetLastError();
}

static void read_pends(void)
{
    struct pair p;
    char text[8] = "";
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    ov.Offset = 12345; /* means nothing to a socket */
    DWORD code = read_start(p.ours, text, sizeof text, &bytes, &ov);
    CHECK("RECV-19", code == ERROR_IO_PENDING, "code %u", (unsigned)code);
    CHECK("OVL-6", bytes == 0, "the byte count is cleared first (%u)", (unsigned)bytes);
    bytes = UNTOUCHED;
    send_all(p.peer, "data", 4);
    EXPECT_PACKET("RECV-19", p.port, KEY, &ov, NT_SUCCESS_0, 4);
    CHECK("RECV-19", !memcmp(text, "data", 4), "the data");
    CHECK("OVL-6", bytes == UNTOUCHED, "not written later (%u)", (unsigned)bytes);
    pair_close(&p);
}

static void read_finds_data(void)
{
    struct pair p;
    char text[8];
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    send_all(p.peer, "data", 4);
    await_bytes(p.ours, 4);
    overlapped_clear(&ov);
    ov.Offset = ov.OffsetHigh = 0;
    DWORD code = read_start(p.ours, text, sizeof text, &bytes, &ov);
    CHECK("RECV-19", code == 0 || code == ERROR_IO_PENDING, "code %u", (unsigned)code);
    CHECK("OVL-6", bytes == (code == 0 ? 4 : 0), "%u bytes", (unsigned)bytes);
    EXPECT_PACKET("PKT-1", p.port, KEY, &ov, NT_SUCCESS_0, 4);
    overlapped_clear(&ov);
    code = read_start(p.ours, text, sizeof text, NULL, &ov);
    CHECK("RECV-19", code == ERROR_IO_PENDING, "no byte count is needed, code %u", (unsigned)code);
    shutdown(p.peer, SD_SEND);
    EXPECT_PACKET("RECV-19", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    overlapped_clear(&ov);
    bytes = UNTOUCHED;
    code = read_start(p.ours, text, sizeof text, &bytes, &ov);
    CHECK("RECV-19", code == 0 || code == ERROR_IO_PENDING, "end of stream is success, code %u",
          (unsigned)code);
    CHECK("RECV-19", bytes == 0, "0 bytes (%u)", (unsigned)bytes);
    EXPECT_PACKET("RECV-19", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    pair_close(&p);
}

static void write_sends(void)
{
    struct pair p;
    char text[8];
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    DWORD code = write_start(p.ours, "written", 7, &bytes, &ov);
    CHECK("SEND-10", code == 0 || code == ERROR_IO_PENDING, "code %u", (unsigned)code);
    CHECK("OVL-6", bytes == (code == 0 ? 7 : 0), "%u bytes", (unsigned)bytes);
    EXPECT_PACKET("SEND-10", p.port, KEY, &ov, NT_SUCCESS_0, 7);
    CHECK("SEND-10", recv_all(p.peer, text, 7) == 7 && !memcmp(text, "written", 7), "arrives");
    overlapped_clear(&ov);
    code = write_start(p.ours, "", 0, &bytes, &ov);
    CHECK("PKT-15", code == 0 || code == ERROR_IO_PENDING, "zero length, code %u", (unsigned)code);
    EXPECT_PACKET("PKT-15", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    pair_close(&p);
}

static void overlapped_is_required(void)
{
    static const char reason[] = "Wine makes a blocking call of it";
    struct pair p;
    char text[8];
    DWORD bytes = UNTOUCHED;

    pair_open(&p);
    send_all(p.peer, "data", 4);
    await_bytes(p.ours, 4);
    DWORD code = read_start(p.ours, text, sizeof text, &bytes, NULL);
    CHECK_WINE_DEPARTS("RECV-19", code == ERROR_INVALID_PARAMETER, reason, "ReadFile: code %u",
                       (unsigned)code);
    CHECK_WINE_DEPARTS("OVL-6", bytes == 0, reason, "%u bytes", (unsigned)bytes);
    bytes = UNTOUCHED;
    code = write_start(p.ours, "x", 1, &bytes, NULL);
    CHECK_WINE_DEPARTS("SEND-10", code == ERROR_INVALID_PARAMETER, reason, "WriteFile: code %u",
                       (unsigned)code);
    CHECK_WINE_DEPARTS("OVL-6", bytes == 0, reason, "%u bytes", (unsigned)bytes);
    EXPECT_NO_PACKET("PKT-5", p.port);
    pair_close(&p);
}

static void negative_offset(void)
{
    struct pair p;
    char text[8];
    DWORD bytes;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    ov.Offset = 0xFFFFFFFD;
    ov.OffsetHigh = 0xFFFFFFFF;
    DWORD code = read_start(p.ours, text, sizeof text, &bytes, &ov);
    CHECK_WINE_DEPARTS("RECV-19", code == ERROR_INVALID_PARAMETER,
                       "Wine ignores the offset of a socket read", "code %u", (unsigned)code);
    retract(code == ERROR_IO_PENDING ? code : 1, p.ours, p.port, &ov);
    EXPECT_NO_PACKET("PKT-2", p.port);
    pair_close(&p);
}

static void errors_are_win32(void)
{
    struct pair p;
    char text[8];
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    tcp_reset(&p.peer);
    settle();
    overlapped_clear(&ov);
    DWORD code = write_start(p.ours, "x", 1, &bytes, &ov);
    CHECK("ERR-5", code == ERROR_NETNAME_DELETED || code == ERROR_CONNECTION_ABORTED,
          "WriteFile after a reset: code %u", (unsigned)code);
    CHECK("OVL-6", bytes == 0, "0 bytes (%u)", (unsigned)bytes);
    overlapped_clear(&ov);
    code = read_start(p.ours, text, sizeof text, &bytes, &ov);
    CHECK_WINE_DEPARTS("ERR-5", code == ERROR_NETNAME_DELETED || code == ERROR_CONNECTION_ABORTED,
                       "Wine makes an end of stream of a reset that came before the call",
                       "ReadFile after a reset: code %u", (unsigned)code);
    retract(code ? 1 : 0, p.ours, p.port, &ov);
    EXPECT_NO_PACKET("PKT-2", p.port);
    pair_close(&p);

    pair_open(&p);
    shutdown(p.ours, SD_BOTH);
    overlapped_clear(&ov);
    code = write_start(p.ours, "x", 1, &bytes, &ov);
    CHECK("ERR-5", code == ERROR_PIPE_NOT_CONNECTED, "WriteFile after SD_BOTH: code %u",
          (unsigned)code);
    code = read_start(p.ours, text, sizeof text, &bytes, &ov);
    CHECK("ERR-5", code == ERROR_PIPE_NOT_CONNECTED, "ReadFile after SD_BOTH: code %u",
          (unsigned)code);
    EXPECT_NO_PACKET("PKT-2", p.port);
    pair_close(&p);
}

static void reset_while_pending(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("ERR-5", read_start(p.ours, text, 8, NULL, &ov) == ERROR_IO_PENDING, "pends");
    tcp_reset(&p.peer);
    EXPECT_PACKET("ERR-5", p.port, KEY, &ov, NT_CONNECTION_RESET, 0);
    pair_close(&p);
}

static void not_a_live_handle(void)
{
    struct pair p;
    char text[8];
    DWORD bytes;
    OVERLAPPED ov;

    pair_open(&p);
    SOCKET closed = p.ours;
    close_if_open(&p.ours);
    overlapped_clear(&ov);
    DWORD code = read_start(closed, text, sizeof text, &bytes, &ov);
    CHECK("ERR-5", code == ERROR_INVALID_HANDLE, "ReadFile, closed: code %u", (unsigned)code);
    code = write_start(closed, "x", 1, &bytes, &ov);
    CHECK("ERR-5", code == ERROR_INVALID_HANDLE, "WriteFile, closed: code %u", (unsigned)code);
    EXPECT_NO_PACKET("PKT-2", p.port);
    pair_close(&p);
}

static void CALLBACK never(DWORD error, DWORD bytes, OVERLAPPED *ov)
{
    (void)error;
    (void)bytes;
    (void)ov;
    CHECK("PKT-12", 0, "the routine of a refused operation ran");
}

static void routines_and_ports_exclude_each_other(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    ov.Offset = ov.OffsetHigh = 0;
    CHECK("PKT-12", !ReadFileEx((HANDLE)p.ours, text, sizeof text, &ov, never), "ReadFileEx");
    CHECK("PKT-12", GetLastError() == ERROR_INVALID_PARAMETER, "GLE %u", (unsigned)GetLastError());
    CHECK("PKT-12", !WriteFileEx((HANDLE)p.ours, "x", 1, &ov, never), "WriteFileEx");
    CHECK("PKT-12", GetLastError() == ERROR_INVALID_PARAMETER, "GLE %u", (unsigned)GetLastError());
    SleepEx(20, TRUE);
    EXPECT_NO_PACKET("PKT-12", p.port);
    pair_close(&p);
}

static void synchronous_socket(void)
{
    struct sockaddr_in address;
    char text[8];
    DWORD bytes = UNTOUCHED;
    SOCKET listener = tcp_listener(&address);
    SOCKET s = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);

    REQUIRE(s != INVALID_SOCKET);
    REQUIRE(connect(s, (struct sockaddr *)&address, sizeof address) == 0);
    SOCKET peer = accept(listener, NULL, NULL);
    REQUIRE(peer != INVALID_SOCKET);
    DWORD code = write_start(s, "sync", 4, &bytes, NULL);
    CHECK("SOCK-1", code == 0 && bytes == 4, "WriteFile, code %u", (unsigned)code);
    CHECK("SOCK-1", recv_all(peer, text, 4) == 4, "arrives");
    send_all(peer, "back", 4);
    code = read_start(s, text, sizeof text, &bytes, NULL);
    CHECK("SOCK-1", code == 0 && bytes == 4, "ReadFile, code %u", (unsigned)code);
    closesocket(s);
    closesocket(peer);
    closesocket(listener);
}

int main(void)
{
    sockets_start();
    RUN(read_pends);
    RUN(read_finds_data);
    RUN(write_sends);
    RUN(overlapped_is_required);
    RUN(negative_offset);
    RUN(errors_are_win32);
    RUN(reset_while_pending);
    RUN(not_a_live_handle);
    RUN(routines_and_ports_exclude_each_other);
    RUN(synchronous_socket);
    WSACleanup();
    return check_report();
}
