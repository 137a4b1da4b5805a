/* SPDX-License-Identifier: MIT
 *
 * TransmitPackets: a row of pieces of memory and of a file as one send; refusals.
 */
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

int main(void)
{
    sockets_start();
    RUN(find_function);
    if (transmit_packets) {
        RUN(pieces_in_order);
        RUN(disconnecting);
        RUN(refusals);
    }
    WSACleanup();
    return check_report();
}
