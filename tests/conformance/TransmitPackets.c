/* SPDX-License-Identifier: MIT
 *
 * TransmitPackets: a row of pieces of memory and of a file as one send, or as datagrams;
 * refusals.
 */
#include "datagrams.h"
#include "files.h"

enum { LENGTH = 10000 };

static LPFN_TRANSMITPACKETS transmit_packets;

static void find_function(void)
{
    GUID id = WSAID_TRANSMITPACKETS;
    DWORD bytes = 0;
    SOCKET s = tcp_socket();
    int result = WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &transmit_packets,
                          sizeof transmit_packets, &bytes, NULL, NULL);
    closesocket(s);
    CHECK_WINE_DEPARTS("EXT-4", result == 0 && transmit_packets, "Wine has no TransmitPackets",
                       "obtained");
}

static void memory_piece(TRANSMIT_PACKETS_ELEMENT *element, const char *text)
{
    memset(element, 0, sizeof *element);
    element->dwElFlags = TP_ELEMENT_MEMORY;
    element->cLength = (ULONG)strlen(text);
    element->pBuffer = (PVOID)(ULONG_PTR)text;
}

static void file_piece(TRANSMIT_PACKETS_ELEMENT *element, HANDLE file, LONGLONG offset,
                       ULONG length)
{
    memset(element, 0, sizeof *element);
    element->dwElFlags = TP_ELEMENT_FILE;
    element->cLength = length;
    element->nFileOffset.QuadPart = offset;
    element->hFile = file;
}

static int expect_text(SOCKET s, const char *text)
{
    char got[16] = "";
    int length = (int)strlen(text);
    return recv_all(s, got, length) == length && !memcmp(got, text, (size_t)length);
}

static void pieces_in_order(void)
{
    struct file file;
    struct pair p;
    OVERLAPPED ov;
    TRANSMIT_PACKETS_ELEMENT all[6];

    file_make(&file, LENGTH);
    for (int with_overlapped = 0; with_overlapped < 2; with_overlapped++) {
        pair_open(&p);
        REQUIRE(_lseek(file.descriptor, 700, SEEK_SET) == 700);
        memory_piece(&all[0], "first");
        file_piece(&all[1], file.handle, 50, 1000);
        memory_piece(&all[2], "second");
        all[2].dwElFlags |= TP_ELEMENT_EOP;
        file_piece(&all[3], file.handle, 0, 0);
        file_piece(&all[4], file.handle, -1, 300);
        memory_piece(&all[5], "third");
        overlapped_clear(&ov);
        BOOL done = transmit_packets(p.ours, all, 6, 0, with_overlapped ? &ov : NULL, 0);
        DWORD code = done ? 0 : (DWORD)WSAGetLastError();
        CHECK("TF-8", with_overlapped ? started(code) : code == 0, "started: %u", (unsigned)code);
        memset(all, 0xEE, sizeof all);
        if (with_overlapped)
            EXPECT_PACKET("TF-8", p.port, KEY, &ov, NT_SUCCESS_0, 5 + 1000 + 6 + LENGTH + 300 + 5);
        CHECK("TF-8", expect_text(p.peer, "first") && file_expect(p.peer, 50, 1000) == 0,
              "first, part of the file");
        CHECK("TF-8", expect_text(p.peer, "second") && file_expect(p.peer, 0, LENGTH) == 0,
              "second, all of the file");
        CHECK("TF-8", file_expect(p.peer, 700, 300) == 0 && expect_text(p.peer, "third"),
              "from its position, third");
        EXPECT_NO_PACKET("PKT-6", p.port);
        pair_close(&p);
    }
    file_remove(&file);
}

static void disconnecting(void)
{
    struct pair p;
    OVERLAPPED ov;
    TRANSMIT_PACKETS_ELEMENT one;
    char text[8];

    pair_open(&p);
    memory_piece(&one, "last");
    overlapped_clear(&ov);
    BOOL done = transmit_packets(p.ours, &one, 1, 0, &ov, TP_DISCONNECT);
    CHECK("TF-8", done || WSAGetLastError() == WSA_IO_PENDING, "started");
    EXPECT_PACKET("TF-8", p.port, KEY, &ov, NT_SUCCESS_0, 4);
    CHECK("TF-8", recv_all(p.peer, text, sizeof text) == 4, "the end of the stream behind it");
    pair_close(&p);
}

static DWORD refused(SOCKET s, TRANSMIT_PACKETS_ELEMENT *elements, DWORD count, OVERLAPPED *ov)
{
    return transmit_packets(s, elements, count, 0, ov, 0) ? 0 : (DWORD)WSAGetLastError();
}

static void refusals(void)
{
    struct file file;
    struct pair p;
    OVERLAPPED ov;
    TRANSMIT_PACKETS_ELEMENT one;
    SOCKET fresh = tcp_socket();

    file_make(&file, LENGTH);
    pair_open(&p);
    overlapped_clear(&ov);
    memory_piece(&one, "text");
    DWORD code = refused(INVALID_SOCKET, &one, 1, &ov);
    CHECK("SOCK-6", code == WSAENOTSOCK, "no socket: %u", (unsigned)code);
    code = refused(fresh, &one, 1, &ov);
    CHECK("TF-8", code == WSAENOTCONN, "not connected: %u", (unsigned)code);
    code = refused(p.ours, NULL, 1, &ov);
    CHECK("BAD-1", code == WSAEFAULT, "no array: %u", (unsigned)code);
    code = refused(p.ours, &one, 0xFFFFFFFFu, &ov);
    CHECK("BAD-3", code == WSAEINVAL, "far too many: %u", (unsigned)code);
    one.dwElFlags = 0;
    code = refused(p.ours, &one, 1, &ov);
    CHECK("TF-8", code == WSAEINVAL, "neither memory nor file: %u", (unsigned)code);
    one.dwElFlags = TP_ELEMENT_MEMORY | TP_ELEMENT_FILE;
    code = refused(p.ours, &one, 1, &ov);
    CHECK("TF-8", code == WSAEINVAL, "both: %u", (unsigned)code);
    file_piece(&one, file.handle, LENGTH + 1, 1);
    code = refused(p.ours, &one, 1, &ov);
    CHECK("TF-8", code == WSAEINVAL, "an offset behind the end: %u", (unsigned)code);
    file_piece(&one, file.handle, -2, 1);
    code = refused(p.ours, &one, 1, &ov);
    CHECK("TF-8", code == WSAEINVAL, "a negative offset: %u", (unsigned)code);
    file_piece(&one, NULL, 0, 1);
    code = refused(p.ours, &one, 1, &ov);
    CHECK("TF-9", code != 0 && code != WSA_IO_PENDING, "no file: %u", (unsigned)code);
    EXPECT_NO_PACKET("PKT-6", p.port);
    pair_close(&p);
    closesocket(fresh);
    file_remove(&file);
}

/* Two datagram sockets, the first connected to the second and in its port. */
struct two {
    SOCKET ours, peer;
    HANDLE port;
    struct sockaddr_in address;
};

static void two_open(struct two *two)
{
    struct sockaddr_in own;
    DWORD patience = DEADLINE;

    two->ours = udp_bound(&own);
    two->peer = udp_bound(&two->address);
    two->port = port_for(two->ours, KEY);
    REQUIRE(connect(two->ours, (struct sockaddr *)&two->address, sizeof two->address) == 0);
    REQUIRE(setsockopt(two->peer, SOL_SOCKET, SO_RCVTIMEO, (char *)&patience, sizeof patience) ==
            0);
}

static void two_close(struct two *two)
{
    closesocket(two->ours);
    closesocket(two->peer);
    CloseHandle(two->port);
}

/* The next datagram is `length` bytes, of the file from `offset` on if there is one. */
static int next_is(SOCKET s, const char *text, DWORD offset, int length)
{
    static char got[70000];
    int n = recv(s, got, sizeof got, 0), wrong = 0;
    for (int i = 0; i < n; i++)
        wrong += got[i] != (text ? text[i] : file_byte(offset + (DWORD)i));
    return n == length && wrong == 0;
}

static void datagrams(void)
{
    struct file file;
    struct two t;
    OVERLAPPED ov;
    TRANSMIT_PACKETS_ELEMENT all[7];

    file_make(&file, LENGTH);
    for (int with_overlapped = 0; with_overlapped < 2; with_overlapped++) {
        two_open(&t);
        memory_piece(&all[0], "one");
        all[0].dwElFlags |= TP_ELEMENT_EOP;
        memory_piece(&all[1], "two, ");
        memory_piece(&all[2], "in pieces");
        all[2].dwElFlags |= TP_ELEMENT_EOP;
        file_piece(&all[3], file.handle, 100, 3000);
        all[3].dwElFlags |= TP_ELEMENT_EOP;
        file_piece(&all[4], file.handle, 5000, 1000);
        file_piece(&all[5], file.handle, 6000, 1000);
        memory_piece(&all[6], "");
        overlapped_clear(&ov);
        BOOL done = transmit_packets(t.ours, all, 7, 0, with_overlapped ? &ov : NULL, 0);
        DWORD code = done ? 0 : (DWORD)WSAGetLastError();
        CHECK("TF-10", with_overlapped ? started(code) : code == 0, "started: %u", (unsigned)code);
        memset(all, 0xEE, sizeof all);
        CHECK("TF-10", next_is(t.peer, "one", 0, 3), "one element");
        CHECK("TF-10", next_is(t.peer, "two, in pieces", 0, 14), "two of them");
        CHECK("TF-10", next_is(t.peer, NULL, 100, 3000), "of a file");
        CHECK("TF-10", next_is(t.peer, NULL, 5000, 2000), "of a file, twice; the last has no EOP");
        if (with_overlapped)
            EXPECT_PACKET("TF-10", t.port, KEY, &ov, NT_SUCCESS_0, 3 + 14 + 3000 + 2000);
        EXPECT_NO_PACKET("PKT-6", t.port);
        two_close(&t);
    }
    file_remove(&file);
}

static void datagrams_of_a_size(void)
{
    struct file file;
    struct two t;
    OVERLAPPED ov;
    TRANSMIT_PACKETS_ELEMENT all[2];

    file_make(&file, LENGTH);
    two_open(&t);
    file_piece(&all[0], file.handle, 0, 2500);
    all[0].dwElFlags |= TP_ELEMENT_EOP;
    memory_piece(&all[1], "end");
    overlapped_clear(&ov);
    BOOL done = transmit_packets(t.ours, all, 2, 1000, &ov, 0);
    DWORD code = done ? 0 : (DWORD)WSAGetLastError();
    CHECK("TF-10", started(code), "started: %u", (unsigned)code);
    CHECK("TF-10",
          next_is(t.peer, NULL, 0, 1000) && next_is(t.peer, NULL, 1000, 1000) &&
              next_is(t.peer, NULL, 2000, 500) && next_is(t.peer, "end", 0, 3),
          "cut to the size, and at EOP");
    EXPECT_PACKET("TF-10", t.port, KEY, &ov, NT_SUCCESS_0, 2503);
    two_close(&t);
    file_remove(&file);
}

static void datagrams_that_fail(void)
{
    struct file file;
    struct two t;
    OVERLAPPED ov;
    TRANSMIT_PACKETS_ELEMENT one;
    struct sockaddr_in address;
    SOCKET alone = udp_bound(&address);

    file_make(&file, 70000);
    two_open(&t);
    memory_piece(&one, "text");
    DWORD code = refused(alone, &one, 1, &ov);
    CHECK("TF-10", code == WSAENOTCONN, "not connected: %u", (unsigned)code);
    code = transmit_packets(t.ours, &one, 1, 0, &ov, TF_DISCONNECT) ? 0 : (DWORD)WSAGetLastError();
    CHECK("TF-10", code == WSAEINVAL, "there is nothing to disconnect: %u", (unsigned)code);
    file_piece(&one, file.handle, 0, 70000);
    overlapped_clear(&ov);
    code = refused(t.ours, &one, 1, &ov);
    if (code == WSA_IO_PENDING) {
        struct packet k = packet_take(t.port, DEADLINE);
        CHECK("TF-10", k.ov == &ov && k.error != 0 && k.bytes == 0, "too long: error %u",
              (unsigned)k.error);
    } else {
        CHECK("TF-10", code == WSAEMSGSIZE, "too long: %u", (unsigned)code);
    }
    code = refused(t.ours, &one, 1, NULL);
    CHECK("TF-10", code == WSAEMSGSIZE, "too long, in the call: %u", (unsigned)code);
    CHECK("TF-10", send(t.ours, "on", 2, 0) == 2 && next_is(t.peer, "on", 0, 2), "goes on");
    EXPECT_NO_PACKET("PKT-6", t.port);
    closesocket(alone);
    two_close(&t);
    file_remove(&file);
}

int main(void)
{
    sockets_start();
    RUN(find_function);
    if (transmit_packets) {
        RUN(pieces_in_order);
        RUN(disconnecting);
        RUN(refusals);
        RUN(datagrams);
        RUN(datagrams_of_a_size);
        RUN(datagrams_that_fail);
    }
    WSACleanup();
    return check_report();
}
