/* SPDX-License-Identifier: MIT
 *
 * TransmitFile: head, file and tail as one send, with and without an OVERLAPPED; offsets, lengths,
 * disconnecting, reuse, large files behind a slow reader; refusals, cancels, resets.
 */
#include "files.h"

enum { SMALL = 10000, LARGE = 6 * 1024 * 1024 };

static TRANSMIT_FILE_BUFFERS ends = {(LPVOID) "head", 4, (LPVOID) "tail!", 5};

static DWORD transmit(SOCKET s, HANDLE file, DWORD length, OVERLAPPED *ov,
                      TRANSMIT_FILE_BUFFERS *buffers, DWORD flags)
{
    return TransmitFile(s, file, length, 0, ov, buffers, flags) ? 0 : (DWORD)WSAGetLastError();
}

static int expect_text(SOCKET s, const char *text)
{
    char got[16] = "";
    int length = (int)strlen(text);
    return recv_all(s, got, length) == length && !memcmp(got, text, (size_t)length);
}

static void synchronous(void)
{
    struct file file;
    struct pair p;

    file_make(&file, SMALL);
    pair_open(&p);
    DWORD code = transmit(p.ours, NULL, 0, NULL, NULL, 0);
    CHECK("TF-1", code == 0, "nothing at all: %u", (unsigned)code);
    code = transmit(p.ours, NULL, 0, NULL, &ends, 0);
    CHECK("TF-1", code == 0 && expect_text(p.peer, "headtail!"), "no file: %u", (unsigned)code);
    code = transmit(p.ours, file.handle, 0, NULL, &ends, 0);
    CHECK("TF-1", code == 0, "head, file, tail: %u", (unsigned)code);
    CHECK("TF-1",
          expect_text(p.peer, "head") && file_expect(p.peer, 0, SMALL) == 0 &&
              expect_text(p.peer, "tail!"),
          "in this order");
    REQUIRE(_lseek(file.descriptor, 100, SEEK_SET) == 100);
    code = transmit(p.ours, file.handle, 50, NULL, NULL, 0);
    CHECK("TF-3", code == 0 && file_expect(p.peer, 100, 50) == 0, "from its position: %u",
          (unsigned)code);
    CHECK("TF-3", _lseek(file.descriptor, 0, SEEK_CUR) == 150, "which moves on");
    code = transmit(p.ours, file.handle, 0, NULL, NULL, 0);
    CHECK("TF-2", code == 0 && file_expect(p.peer, 150, SMALL - 150) == 0, "to the end: %u",
          (unsigned)code);
    EXPECT_NO_PACKET("PKT-5", p.port);
    pair_close(&p);
    file_remove(&file);
}

static void made_by_create_file(void)
{
    char name[L_tmpnam + 32];
    DWORD written;
    struct pair p;

    snprintf(name, sizeof name, "TransmitFile-%lu.tmp", (unsigned long)GetCurrentProcessId());
    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                              FILE_FLAG_DELETE_ON_CLOSE, NULL);
    REQUIRE(file != INVALID_HANDLE_VALUE);
    REQUIRE(WriteFile(file, "contents", 8, &written, NULL) && written == 8);
    REQUIRE(SetFilePointer(file, 3, NULL, FILE_BEGIN) == 3);
    pair_open(&p);
    DWORD code = transmit(p.ours, file, 0, NULL, &ends, 0);
    CHECK("TF-1", code == 0 && expect_text(p.peer, "headtentstail!"), "CreateFile's: %u",
          (unsigned)code);
    pair_close(&p);
    CloseHandle(file);
}

static void overlapped(void)
{
    struct file file;
    struct pair p;
    OVERLAPPED ov;

    file_make(&file, SMALL);
    pair_open(&p);
    overlapped_clear(&ov);
    TRANSMIT_FILE_BUFFERS buffers = ends;
    DWORD code = transmit(p.ours, file.handle, 0, &ov, &buffers, 0);
    CHECK("TF-4", code == WSA_IO_PENDING, "pends: %u", (unsigned)code);
    memset(&buffers, 0xEE, sizeof buffers); /* only what it points to has to stay */
    EXPECT_PACKET("TF-4", p.port, KEY, &ov, NT_SUCCESS_0, SMALL + 9);
    CHECK("TF-1",
          expect_text(p.peer, "head") && file_expect(p.peer, 0, SMALL) == 0 &&
              expect_text(p.peer, "tail!"),
          "head, file, tail");
    overlapped_clear(&ov);
    ov.Offset = 1234;
    REQUIRE(_lseek(file.descriptor, 5, SEEK_SET) == 5);
    code = transmit(p.ours, file.handle, 1000, &ov, NULL, TF_WRITE_BEHIND | TF_USE_KERNEL_APC);
    CHECK("TF-6", code == WSA_IO_PENDING, "hints are accepted: %u", (unsigned)code);
    EXPECT_PACKET("TF-4", p.port, KEY, &ov, NT_SUCCESS_0, 1000);
    CHECK("TF-3", file_expect(p.peer, 1234, 1000) == 0, "from the OVERLAPPED's offset");
    CHECK("TF-3", _lseek(file.descriptor, 0, SEEK_CUR) == 5, "the position stays");
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    code = transmit(p.ours, NULL, 0, &ov, &ends, 0);
    CHECK("TF-4", code == WSA_IO_PENDING || code == 0, "no file: %u", (unsigned)code);
    EXPECT_PACKET("TF-4", p.port, KEY, &ov, NT_SUCCESS_0, 9);
    CHECK("EVT-1", is_set(ov.hEvent), "the event is set");
    CHECK("TF-1", expect_text(p.peer, "headtail!"), "head and tail");
    overlapped_clear(&ov);
    ov.Offset = SMALL;
    code = transmit(p.ours, file.handle, 0, &ov, NULL, 0);
    CHECK("TF-5", started(code), "an offset at the end: %u", (unsigned)code);
    EXPECT_PACKET("TF-4", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    CloseHandle(ov.hEvent);
    pair_close(&p);
    file_remove(&file);
}

/* The reader is slow and the file closed meanwhile; sends before and behind keep their places. */
static void large_and_in_order(void)
{
    struct file file;
    struct pair p;
    OVERLAPPED ov[3];
    int seen = 0;

    if (!CHECK_WINE_DEPARTS("SEND-4", !check_on_wine(),
                            "Wine sends later sends first, and needs the file's handle",
                            "can be tried"))
        return;
    file_make(&file, LARGE);
    pair_open(&p);
    for (int i = 0; i < 3; i++)
        overlapped_clear(&ov[i]);
    CHECK("SEND-4", started(send_start(p.ours, "before", 6, &ov[0])), "a send before");
    EXPECT_PACKET("SEND-4", p.port, KEY, &ov[0], NT_SUCCESS_0, 6);
    DWORD code = transmit(p.ours, file.handle, 0, &ov[1], &ends, 0);
    CHECK("TF-4", code == WSA_IO_PENDING, "pends: %u", (unsigned)code);
    CHECK("SEND-4", started(send_start(p.ours, "behind", 6, &ov[2])), "a send behind");
    file_remove(&file);
    settle();
    CHECK("SEND-4", expect_text(p.peer, "before") && expect_text(p.peer, "head"), "first things");
    DWORD wrong = file_expect(p.peer, 0, LARGE);
    CHECK("TF-4", wrong == 0, "%u wrong bytes", (unsigned)wrong);
    CHECK("SEND-4", expect_text(p.peer, "tail!") && expect_text(p.peer, "behind"), "last things");
    for (int i = 1; i < 3; i++) {
        struct packet k = packet_take(p.port, DEADLINE);
        seen |= k.ov ? 1 << (k.ov - ov) : 0;
        CHECK("TF-4", k.ov && k.error == 0 && k.bytes == (k.ov == &ov[1] ? LARGE + 9u : 6u),
              "packet %d: error %u, %u bytes", i, (unsigned)k.error, (unsigned)k.bytes);
    }
    CHECK("PKT-6", seen == 6, "each once");
    pair_close(&p);
}

static void disconnecting(void)
{
    struct file file;
    struct pair p;
    OVERLAPPED ov, late;
    char text[8];

    if (!CHECK_WINE_DEPARTS("TF-6", !check_on_wine(), "Wine does not end the stream",
                            "can be tried"))
        return;
    file_make(&file, SMALL);
    for (int with_overlapped = 0; with_overlapped < 2; with_overlapped++) {
        pair_open(&p);
        overlapped_clear(&ov);
        DWORD code =
            transmit(p.ours, file.handle, 10, with_overlapped ? &ov : NULL, &ends, TF_DISCONNECT);
        CHECK("TF-6", with_overlapped ? started(code) : code == 0, "disconnect: %u",
              (unsigned)code);
        if (with_overlapped)
            EXPECT_PACKET("TF-6", p.port, KEY, &ov, NT_SUCCESS_0, 19);
        CHECK("TF-6",
              expect_text(p.peer, "head") && recv_all(p.peer, text, 8) == 8 &&
                  recv_all(p.peer, text, 8) == 7,
              "the data, then the end of the stream");
        overlapped_clear(&late);
        code = send_start(p.ours, "x", 1, &late);
        CHECK("TF-6", code == WSAESHUTDOWN, "sending: %u", (unsigned)code);
        retract(code, p.ours, p.port, &late);
        code = transmit(p.ours, NULL, 0, NULL, &ends, 0);
        CHECK("TF-5", code == WSAESHUTDOWN, "again: %u", (unsigned)code);
        pair_close(&p);
        REQUIRE(_lseek(file.descriptor, 0, SEEK_SET) == 0);
    }
    file_remove(&file);
}

static void reused(void)
{
    struct sockaddr_in address;
    char buffer[128];
    DWORD bytes;
    OVERLAPPED ov;
    SOCKET listener = tcp_listener(&address), s = tcp_socket();
    HANDLE port = port_for(listener, KEY);

    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 99, 0) == port);
    int usable = CHECK_WINE_DEPARTS("TF-6", !check_on_wine(),
                                    "Wine does not make the socket usable again", "can be tried");
    for (int round = 0; usable && round < 3; round++) {
        overlapped_clear(&ov);
        BOOL done = AcceptEx(listener, s, buffer, 0, 32, 32, &bytes, &ov);
        REQUIRE(done || WSAGetLastError() == WSA_IO_PENDING);
        SOCKET client = tcp_connect(&address);
        EXPECT_PACKET("ACC-17", port, KEY, &ov, NT_SUCCESS_0, 0);
        overlapped_clear(&ov);
        shutdown(client, SD_SEND);
        DWORD code = transmit(s, NULL, 0, &ov, &ends, TF_DISCONNECT | TF_REUSE_SOCKET);
        CHECK("TF-6", started(code), "round %d: %u", round, (unsigned)code);
        CHECK("TF-6", recv_all(client, buffer, 16) == 9, "all of it, then the end");
        closesocket(client);
        EXPECT_PACKET("TF-6", port, 99, &ov, NT_SUCCESS_0, 9);
    }
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
}

static void refusals(void)
{
    struct file file;
    struct pair p;
    OVERLAPPED ov;
    SOCKET fresh = tcp_socket(), datagrams = socket(AF_INET, SOCK_DGRAM, 0);

    file_make(&file, SMALL);
    pair_open(&p);
    overlapped_clear(&ov);
    DWORD code = transmit(INVALID_SOCKET, file.handle, 0, &ov, NULL, 0);
    CHECK("TF-5", code == WSAENOTSOCK, "no socket: %u", (unsigned)code);
    code = transmit(fresh, file.handle, 0, &ov, NULL, 0);
    CHECK("TF-5", code == WSAENOTCONN, "not connected: %u", (unsigned)code);
    code = transmit(fresh, file.handle, 0, &ov, NULL, TF_REUSE_SOCKET);
    CHECK("TF-5", code == WSAENOTCONN, "which is looked at first: %u", (unsigned)code);
    code = transmit(datagrams, file.handle, 0, &ov, NULL, 0);
    CHECK("TF-5", code == WSAENOTCONN, "datagrams: %u", (unsigned)code);
    code = transmit(p.ours, file.handle, 0, &ov, NULL, TF_REUSE_SOCKET);
    CHECK_WINE_DEPARTS("TF-5", code == WSAEINVAL, "Wine starts it", "reuse without disconnect: %u",
                       (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    overlapped_clear(&ov);
    ov.Offset = SMALL + 1;
    code = transmit(p.ours, file.handle, 0, &ov, NULL, 0);
    CHECK_WINE_DEPARTS("TF-5", code == WSAEINVAL, "Wine starts it", "an offset behind the end: %u",
                       (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    overlapped_clear(&ov);
    ov.OffsetHigh = 0x80000000u;
    code = transmit(p.ours, file.handle, 0, &ov, NULL, 0);
    CHECK_WINE_DEPARTS("TF-5", code == WSAEINVAL, "Wine starts it", "a negative offset: %u",
                       (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    overlapped_clear(&ov);
    code = transmit(p.ours, file.handle, 2147483647u, &ov, NULL, 0);
    CHECK_WINE_DEPARTS("TF-2", code == WSAEINVAL, "Wine knows no limit", "too many bytes: %u",
                       (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    code = transmit(p.ours, (HANDLE)(ULONG_PTR)0x7FFFFFF0, 0, &ov, NULL, 0);
    CHECK_WINE_DEPARTS("TF-9", code == ERROR_INVALID_HANDLE, "Wine says otherwise", "no file: %u",
                       (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    EXPECT_NO_PACKET_WINE_DEPARTS("PKT-6", p.port, "Wine queues one for a failure");
    while (packet_take(p.port, 0).ov)
        ; /* Wine's */
    pair_close(&p);
    closesocket(fresh);
    closesocket(datagrams);
    file_remove(&file);
}

static void cancelled(void)
{
    struct file file;
    struct pair p;
    OVERLAPPED ov;

    file_make(&file, LARGE);
    pair_open(&p);
    overlapped_clear(&ov);
    DWORD code = transmit(p.ours, file.handle, 0, &ov, NULL, TF_DISCONNECT);
    REQUIRE(code == WSA_IO_PENDING);
    settle();
    CHECK("CANC-2", CancelIoEx((HANDLE)p.ours, &ov), "there is something to cancel");
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK("CANC-4", k.ov == &ov && k.error == ERROR_OPERATION_ABORTED, "error %u",
          (unsigned)k.error);
    CHECK_WINE_DEPARTS("OVL-5", k.bytes == 0, "Wine counts what was sent", "%u bytes",
                       (unsigned)k.bytes);
    pair_close(&p);
    file_remove(&file);
}

static void reset_meanwhile(void)
{
    struct file file;
    struct pair p;
    OVERLAPPED ov;

    file_make(&file, LARGE);
    pair_open(&p);
    overlapped_clear(&ov);
    REQUIRE(transmit(p.ours, file.handle, 0, &ov, &ends, 0) == WSA_IO_PENDING);
    settle();
    tcp_reset(&p.peer);
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK_WINE_DEPARTS("SEND-7", k.ov == &ov && k.error == ERROR_NETNAME_DELETED,
                       "Wine says otherwise", "error %u", (unsigned)k.error);
    overlapped_clear(&ov);
    DWORD code = transmit(p.ours, file.handle, 0, &ov, &ends, 0);
    CHECK_WINE_DEPARTS("SOCK-8", code == WSAECONNRESET, "Wine says otherwise",
                       "again, and no signal: %u", (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    pair_close(&p);
    file_remove(&file);
}

static void closed_meanwhile(void)
{
    struct file file;
    struct pair p;
    OVERLAPPED ov;

    file_make(&file, LARGE);
    pair_open(&p);
    overlapped_clear(&ov);
    REQUIRE(transmit(p.ours, file.handle, 0, &ov, &ends, 0) == WSA_IO_PENDING);
    close_if_open(&p.ours);
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK_WINE_DEPARTS(
        "CLOSE-1",
        k.ov == &ov && (k.error == ERROR_CONNECTION_ABORTED || k.error == ERROR_OPERATION_ABORTED),
        "Wine shows a closed handle", "error %u", (unsigned)k.error);
    pair_close(&p);
    file_remove(&file);
}

static void size_of_sends_is_a_hint(void)
{
    static const DWORD sizes[] = {1, 1000, SMALL, 0xFFFFFFFFu};
    struct file file;
    struct pair p;
    OVERLAPPED ov;

    file_make(&file, SMALL);
    pair_open(&p);
    for (int i = 0; i < 4; i++) {
        overlapped_clear(&ov);
        BOOL done = TransmitFile(p.ours, file.handle, 0, sizes[i], &ov, NULL, 0);
        CHECK("TF-7", done || WSAGetLastError() == WSA_IO_PENDING, "%u bytes", (unsigned)sizes[i]);
        EXPECT_PACKET("TF-7", p.port, KEY, &ov, NT_SUCCESS_0, SMALL);
        CHECK("TF-7", file_expect(p.peer, 0, SMALL) == 0, "all of it");
    }
    pair_close(&p);
    file_remove(&file);
}

static void obtained(void)
{
    GUID id = WSAID_TRANSMITFILE;
    LPFN_TRANSMITFILE function = NULL;
    DWORD bytes;
    struct pair p;

    pair_open(&p);
    REQUIRE(WSAIoctl(p.ours, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                     sizeof function, &bytes, NULL, NULL) == 0);
    CHECK("EXT-5", function(p.ours, NULL, 0, 0, NULL, &ends, 0), "the obtained one");
    CHECK("EXT-5", expect_text(p.peer, "headtail!"), "does the same");
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(synchronous);
    RUN(made_by_create_file);
    RUN(overlapped);
    RUN(large_and_in_order);
    RUN(disconnecting);
    RUN(reused);
    RUN(refusals);
    RUN(cancelled);
    RUN(reset_meanwhile);
    RUN(closed_meanwhile);
    RUN(size_of_sends_is_a_hint);
    RUN(obtained);
    WSACleanup();
    return check_report();
}
