/* SPDX-License-Identifier: MIT
 *
 * One status, three names: the NTSTATUS in Internal, the Win32 code and the Winsock code. The
 * whole table is checked on hand-made OVERLAPPED structures, then some of it on real operations.
 */
#include "sockets.h"

/* A Winsock code of 0 in this table stands for WSAEINVAL: what has no code of its own (ERR-2). */
static const struct row {
    const char *name;
    DWORD status, win32, winsock;
} table[] = {
    {"BUFFER_OVERFLOW", 0x80000005, 234, 10040},
    {"UNSUCCESSFUL", 0xC0000001, 31, 0},
    {"NOT_IMPLEMENTED", 0xC0000002, 1, 10045},
    {"ACCESS_VIOLATION", 0xC0000005, 998, 10014},
    {"INVALID_HANDLE", 0xC0000008, 6, 10038},
    {"INVALID_PARAMETER", 0xC000000D, 87, 10022},
    {"NO_SUCH_FILE", 0xC000000F, 2, 10050},
    {"INVALID_DEVICE_REQUEST", 0xC0000010, 1, 0},
    {"END_OF_FILE", 0xC0000011, 38, 0},
    {"NO_MEMORY", 0xC0000017, 8, 10055},
    {"ACCESS_DENIED", 0xC0000022, 5, 10013},
    {"BUFFER_TOO_SMALL", 0xC0000023, 122, 10014},
    {"OBJECT_TYPE_MISMATCH", 0xC0000024, 6, 10038},
    {"OBJECT_NAME_INVALID", 0xC0000033, 123, 0},
    {"OBJECT_NAME_NOT_FOUND", 0xC0000034, 2, 10050},
    {"OBJECT_NAME_COLLISION", 0xC0000035, 183, 0},
    {"OBJECT_PATH_NOT_FOUND", 0xC000003A, 3, 10050},
    {"SHARING_VIOLATION", 0xC0000043, 32, 10048},
    {"QUOTA_EXCEEDED", 0xC0000044, 1816, 10055},
    {"MUTANT_NOT_OWNED", 0xC0000046, 288, 0},
    {"SEMAPHORE_LIMIT_EXCEEDED", 0xC0000047, 298, 0},
    {"FILE_LOCK_CONFLICT", 0xC0000054, 33, 0},
    {"LOCK_NOT_GRANTED", 0xC0000055, 33, 0},
    {"RANGE_NOT_LOCKED", 0xC000007E, 158, 0},
    {"DISK_FULL", 0xC000007F, 112, 0},
    {"INSUFFICIENT_RESOURCES", 0xC000009A, 1450, 10055},
    {"DEVICE_NOT_READY", 0xC00000A3, 21, 10035},
    {"INSTANCE_NOT_AVAILABLE", 0xC00000AB, 231, 0},
    {"PIPE_NOT_AVAILABLE", 0xC00000AC, 231, 0},
    {"INVALID_PIPE_STATE", 0xC00000AD, 230, 0},
    {"PIPE_BUSY", 0xC00000AE, 231, 0},
    {"PIPE_DISCONNECTED", 0xC00000B0, 233, 10058},
    {"PIPE_CLOSING", 0xC00000B1, 232, 0},
    {"PIPE_CONNECTED", 0xC00000B2, 535, 0},
    {"PIPE_LISTENING", 0xC00000B3, 536, 0},
    {"INVALID_READ_MODE", 0xC00000B4, 230, 0},
    {"IO_TIMEOUT", 0xC00000B5, 121, 10060},
    {"NOT_SUPPORTED", 0xC00000BB, 50, 10045},
    {"REMOTE_NOT_LISTENING", 0xC00000BC, 51, 10061},
    {"NETWORK_BUSY", 0xC00000BF, 54, 10050},
    {"REQUEST_NOT_ACCEPTED", 0xC00000D0, 71, 10035},
    {"PIPE_EMPTY", 0xC00000D9, 232, 0},
    {"INVALID_USER_BUFFER", 0xC00000E8, 1784, 0},
    {"TOO_MANY_OPENED_FILES", 0xC000011F, 4, 10022},
    {"CANCELLED", 0xC0000120, 995, 995},
    {"LOCAL_DISCONNECT", 0xC000013B, 64, 10053},
    {"REMOTE_DISCONNECT", 0xC000013C, 64, 10054},
    {"REMOTE_RESOURCES", 0xC000013D, 51, 10055},
    {"LINK_FAILED", 0xC000013E, 59, 10054},
    {"LINK_TIMEOUT", 0xC000013F, 59, 10060},
    {"INVALID_CONNECTION", 0xC0000140, 59, 10057},
    {"INVALID_ADDRESS", 0xC0000141, 59, 10049},
    {"PIPE_BROKEN", 0xC000014B, 109, 0},
    {"INVALID_BUFFER_SIZE", 0xC0000206, 1784, 10040},
    {"INVALID_ADDRESS_COMPONENT", 0xC0000207, 1214, 10049},
    {"TOO_MANY_ADDRESSES", 0xC0000209, 68, 10055},
    {"ADDRESS_ALREADY_EXISTS", 0xC000020A, 52, 10048},
    {"CONNECTION_DISCONNECTED", 0xC000020C, 64, 10054},
    {"CONNECTION_RESET", 0xC000020D, 64, 10054},
    {"TRANSACTION_ABORTED", 0xC000020F, 59, 10053},
    {"NOT_FOUND", 0xC0000225, 1168, 0},
    {"CONNECTION_REFUSED", 0xC0000236, 1225, 10061},
    {"GRACEFUL_DISCONNECT", 0xC0000237, 1226, 10101},
    {"ADDRESS_ALREADY_ASSOCIATED", 0xC0000238, 1227, 0},
    {"CONNECTION_INVALID", 0xC000023A, 1229, 0},
    {"CONNECTION_ACTIVE", 0xC000023B, 1230, 10056},
    {"NETWORK_UNREACHABLE", 0xC000023C, 1231, 10051},
    {"HOST_UNREACHABLE", 0xC000023D, 1232, 10065},
    {"PROTOCOL_UNREACHABLE", 0xC000023E, 1233, 10051},
    {"PORT_UNREACHABLE", 0xC000023F, 1234, 10054},
    {"REQUEST_ABORTED", 0xC0000240, 1235, 10004},
    {"CONNECTION_ABORTED", 0xC0000241, 1236, 10053},
};

static const size_t rows = sizeof table / sizeof table[0];

typedef ULONG(WINAPI *status_to_error)(LONG);

static void made(OVERLAPPED *ov, DWORD status)
{
    overlapped_clear(ov);
    ov->Internal = status;
    ov->InternalHigh = 42;
}

static void winsock_codes(void)
{
    SOCKET s = tcp_socket();

    for (size_t i = 0; i < rows; i++) {
        const struct row *row = &table[i];
        DWORD bytes = UNTOUCHED, flags = UNTOUCHED,
              expect = row->winsock ? row->winsock : WSAEINVAL;
        OVERLAPPED ov;
        made(&ov, row->status);
        BOOL done = WSAGetOverlappedResult(s, &ov, &bytes, FALSE, &flags);
        DWORD code = done ? 0 : (DWORD)WSAGetLastError();
        CHECK(row->winsock ? "ERR-1" : "ERR-2", code == expect, "%s: WSAGLE %u", row->name,
              (unsigned)code);
        CHECK("OVL-12", bytes == 42, "%s: %u bytes", row->name, (unsigned)bytes);
    }
    closesocket(s);
}

static void win32_codes(void)
{
    for (size_t i = 0; i < rows; i++) {
        const struct row *row = &table[i];
        DWORD bytes = UNTOUCHED;
        OVERLAPPED ov;
        made(&ov, row->status);
        BOOL done = GetOverlappedResult(NULL, &ov, &bytes, FALSE);
        DWORD code = done ? 0 : GetLastError();
        CHECK("ERR-1", code == row->win32, "%s: GLE %u", row->name, (unsigned)code);
    }
}

static void success_class(void)
{
    static const DWORD statuses[] = {0, 0x80, 0xC0, 0x102, 0x10B, 0x10C, 0x40000000};
    SOCKET s = tcp_socket();

    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        DWORD bytes = UNTOUCHED, flags;
        OVERLAPPED ov;
        made(&ov, statuses[i]);
        BOOL done = GetOverlappedResult(NULL, &ov, &bytes, FALSE);
        CHECK_WINE_DEPARTS("OVL-7", done && bytes == 42, "Wine only knows status 0 as a success",
                           "%08x is a success", (unsigned)statuses[i]);
        CHECK("OVL-12", WSAGetOverlappedResult(s, &ov, &bytes, FALSE, &flags), "%08x for WSA's too",
              (unsigned)statuses[i]);
    }
    for (int wsa = 0; wsa < 2; wsa++) {
        DWORD bytes = UNTOUCHED, flags;
        OVERLAPPED ov;
        made(&ov, NT_PENDING);
        BOOL done = wsa ? WSAGetOverlappedResult(s, &ov, &bytes, FALSE, &flags)
                        : GetOverlappedResult((HANDLE)s, &ov, &bytes, FALSE);
        CHECK("ERR-1", !done && GetLastError() == 996 && bytes == UNTOUCHED, "pending: GLE %u",
              (unsigned)GetLastError());
    }
    closesocket(s);
}

static void plain_map(void)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    FARPROC found = ntdll ? GetProcAddress(ntdll, "RtlNtStatusToDosError") : NULL;
    status_to_error map = NULL;

    if (!CHECK("ERR-1", found != NULL, "RtlNtStatusToDosError is found by name"))
        return;
    memcpy(&map, &found, sizeof map);
    for (size_t i = 0; i < rows; i++) {
        ULONG code = map((LONG)table[i].status);
        CHECK("ERR-1", code == table[i].win32, "%s: %u", table[i].name, (unsigned)code);
    }
    CHECK("ERR-1", map(0) == 0, "success");
    CHECK("ERR-1", map(NT_PENDING) == ERROR_IO_PENDING, "pending");
    CHECK("ERR-1", map(0x10B) == 745 && map(0x10C) == 1022, "the success class has codes too");
    CHECK("ERR-3", map((LONG)0xC0E0FFFE) == 317, "unknown: %u", (unsigned)map((LONG)0xC0E0FFFE));
    CHECK("ERR-3", map((LONG)0xC0070005) == 5, "0xC0070005: %u", (unsigned)map((LONG)0xC0070005));
    CHECK("ERR-3", map((LONG)0x80070057) == 87, "0x80070057: %u", (unsigned)map((LONG)0x80070057));
}

static void three_views_of_a_reset(void)
{
    struct pair p;
    char text[8];
    DWORD bytes, flags;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("OVL-14", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    tcp_reset(&p.peer);
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK("OVL-14", k.ov == &ov && k.error == ERROR_NETNAME_DELETED, "packet: GLE %u",
          (unsigned)k.error);
    CHECK("OVL-14", (DWORD)ov.Internal == NT_CONNECTION_RESET, "Internal %x",
          (unsigned)ov.Internal);
    BOOL done = GetOverlappedResult((HANDLE)p.ours, &ov, &bytes, FALSE);
    CHECK("OVL-14", !done && GetLastError() == ERROR_NETNAME_DELETED, "GLE %u",
          (unsigned)GetLastError());
    done = WSAGetOverlappedResult(p.ours, &ov, &bytes, FALSE, &flags);
    CHECK("OVL-14", !done && WSAGetLastError() == WSAECONNRESET, "WSAGLE %d", WSAGetLastError());
    pair_close(&p);
}

static DWORD routine_error;

static void CALLBACK winsock_routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED ov, DWORD flags)
{
    (void)bytes;
    (void)ov;
    (void)flags;
    routine_error = error;
}

static void CALLBACK win32_routine(DWORD error, DWORD bytes, LPOVERLAPPED ov)
{
    (void)bytes;
    (void)ov;
    routine_error = error;
}

/* What a routine of either kind is told when a receive is reset or cancelled. */
static void views_of_routines(void)
{
    static const DWORD expect[2][2] = {{WSAECONNRESET, WSA_OPERATION_ABORTED},
                                       {ERROR_NETNAME_DELETED, ERROR_OPERATION_ABORTED}};
    for (int win32 = 0; win32 < 2; win32++)
        for (int cancel = 0; cancel < 2; cancel++) {
            SOCKET s, peer;
            char text[8];
            WSABUF buffer = {8, text};
            DWORD flags = 0;
            OVERLAPPED ov;
            tcp_pair(&s, &peer);
            memset(&ov, 0, sizeof ov);
            routine_error = UNTOUCHED;
            BOOL ok = win32 ? ReadFileEx((HANDLE)s, text, 8, &ov, win32_routine)
                            : WSARecv(s, &buffer, 1, NULL, &flags, &ov, winsock_routine) == -1 &&
                                  WSAGetLastError() == WSA_IO_PENDING;
            CHECK("OVL-14", ok, "pends, GLE %u", (unsigned)GetLastError());
            if (cancel)
                CHECK("CANC-4", CancelIoEx((HANDLE)s, &ov), "cancelled");
            else
                tcp_reset(&peer);
            SleepEx(DEADLINE, TRUE);
            CHECK("OVL-14", routine_error == expect[win32][cancel], "%s routine, %s: %u",
                  win32 ? "Win32" : "Winsock", cancel ? "cancel" : "reset",
                  (unsigned)routine_error);
            close_if_open(&peer);
            closesocket(s);
        }
}

int main(void)
{
    sockets_start();
    RUN(winsock_codes);
    RUN(win32_codes);
    RUN(success_class);
    RUN(plain_map);
    RUN(three_views_of_a_reset);
    RUN(views_of_routines);
    WSACleanup();
    return check_report();
}
