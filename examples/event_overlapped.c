/* SPDX-License-Identifier: MIT
 *
 * Overlapped I/O without a port: each operation carries an event of its own, and one thread waits
 * for many of them.
 *
 * A sender thread writes to a handful of connections; the main thread keeps one WSARecv pending on
 * each, waits for any of their events, and asks WSAGetOverlappedResult what came of the operation.
 * At the end it answers on each connection with a WriteFile whose result it fetches by
 * GetOverlappedResult, waiting inside the call.
 *
 * Shows: hEvent in OVERLAPPED, set also by an operation that finished at once; an event that is
 * reset when the next operation begins; WSAWaitForMultipleEvents and its limit of 64; a connection
 * that ends by a receive of 0 bytes; a socket used as a file handle.
 *
 * Checks itself: ends with 0 when the bytes received are those sent.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANNELS 12
#define ROUNDS 400
#define CHUNK 333
#define VERDICT "received"

struct channel {
    SOCKET sender, receiver;
    WSAOVERLAPPED overlapped;
    uint32_t sent_sum, received_sum;
    unsigned long received;
    int verdict_right;
    char buffer[512];
};

static int complain(const char *what, DWORD error)
{
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)error);
    return 0;
}

/* Depends on the order of the bytes, not only on which they are. */
static uint32_t add_bytes(uint32_t sum, const char *bytes, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++)
        sum = sum * 31 + (unsigned char)bytes[i];
    return sum;
}

/* ---- the other side ---------------------------------------------------------------------- */

static int receive_verdict(struct channel *channel)
{
    char text[sizeof(VERDICT)];
    int have = 0;

    while (have < (int)sizeof(text)) {
        int now = recv(channel->sender, text + have, (int)sizeof(text) - have, 0);

        if (now <= 0)
            return complain("recv", (DWORD)WSAGetLastError());
        have += now;
    }
    return memcmp(text, VERDICT, sizeof(text)) == 0;
}

static DWORD WINAPI sender_run(LPVOID argument)
{
    struct channel *channels = argument;
    char chunk[CHUNK];

    for (unsigned long round = 0; round < ROUNDS; round++) {
        for (unsigned long i = 0; i < CHANNELS; i++) {
            for (unsigned long b = 0; b < CHUNK; b++)
                chunk[b] = (char)(round * 7 + i * 13 + b);
            channels[i].sent_sum = add_bytes(channels[i].sent_sum, chunk, CHUNK);
            if (send(channels[i].sender, chunk, CHUNK, 0) != CHUNK)
                return 1;
        }
    }
    for (unsigned long i = 0; i < CHANNELS; i++)
        shutdown(channels[i].sender, SD_SEND);
    for (unsigned long i = 0; i < CHANNELS; i++)
        channels[i].verdict_right = receive_verdict(&channels[i]);
    return 0;
}

/* ---- receiving by events ----------------------------------------------------------------- */

/* Whether it finished at once or is pending makes no difference: the event tells. */
static int channel_receive(struct channel *channel)
{
    WSABUF window = {sizeof(channel->buffer), channel->buffer};
    WSAEVENT event = channel->overlapped.hEvent;
    DWORD flags = 0;

    memset(&channel->overlapped, 0, sizeof(channel->overlapped));
    channel->overlapped.hEvent = event;
    if (WSARecv(channel->receiver, &window, 1, NULL, &flags, &channel->overlapped, NULL) == 0 ||
        WSAGetLastError() == WSA_IO_PENDING)
        return 1;
    return complain("WSARecv", (DWORD)WSAGetLastError());
}

/* More than 0: bytes taken; 0: the sender has ended; less: failed. */
static long channel_take(struct channel *channel)
{
    DWORD bytes = 0, flags = 0;

    if (!WSAGetOverlappedResult(channel->receiver, &channel->overlapped, &bytes, FALSE, &flags)) {
        complain("WSAGetOverlappedResult", (DWORD)WSAGetLastError());
        return -1;
    }
    channel->received_sum = add_bytes(channel->received_sum, channel->buffer, bytes);
    channel->received += bytes;
    return (long)bytes;
}

/* The index a wait returns is that of the first event that is set: a busy channel at the front
 * could hide the others for long. Swapping the ended one out keeps the array dense. */
static int receive_all(struct channel *channels)
{
    struct channel *open[CHANNELS];
    WSAEVENT events[CHANNELS];
    DWORD count = 0;

    for (; count < CHANNELS; count++) {
        open[count] = &channels[count];
        events[count] = channels[count].overlapped.hEvent;
        if (!channel_receive(open[count]))
            return 0;
    }
    while (count > 0) {
        DWORD which = WSAWaitForMultipleEvents(count, events, FALSE, WSA_INFINITE, FALSE);
        long bytes;

        if (which == WSA_WAIT_FAILED)
            return complain("WSAWaitForMultipleEvents", (DWORD)WSAGetLastError());
        which -= WSA_WAIT_EVENT_0;
        bytes = channel_take(open[which]);
        if (bytes < 0 || (bytes > 0 && !channel_receive(open[which])))
            return 0;
        if (bytes == 0) {
            count--;
            open[which] = open[count];
            events[which] = events[count];
        }
    }
    return 1;
}

/* A SOCKET is a HANDLE: what is written to a file in this manner is written to a socket so. */
static int answer_all(struct channel *channels)
{
    for (unsigned long i = 0; i < CHANNELS; i++) {
        HANDLE file = (HANDLE)channels[i].receiver;
        OVERLAPPED overlapped;
        DWORD bytes = 0;

        memset(&overlapped, 0, sizeof(overlapped));
        overlapped.hEvent = channels[i].overlapped.hEvent;
        if (!WriteFile(file, VERDICT, sizeof(VERDICT), NULL, &overlapped) &&
            GetLastError() != ERROR_IO_PENDING)
            return complain("WriteFile", GetLastError());
        if (!GetOverlappedResult(file, &overlapped, &bytes, TRUE) || bytes != sizeof(VERDICT))
            return complain("GetOverlappedResult", GetLastError());
    }
    return 1;
}

/* All at once, by the wait function of kernel objects: it takes the same events. Each is set,
 * since the last operation on each channel has been completed. */
static int all_are_set(struct channel *channels)
{
    HANDLE events[CHANNELS];

    for (unsigned long i = 0; i < CHANNELS; i++)
        events[i] = channels[i].overlapped.hEvent;
    if (WaitForMultipleObjects(CHANNELS, events, TRUE, 0) != WAIT_OBJECT_0)
        return complain("WaitForMultipleObjects: an event is not set", GetLastError());
    return 1;
}

/* ---- connections ------------------------------------------------------------------------- */

static int channel_open(struct channel *channel, SOCKET listener, const struct sockaddr_in *address)
{
    channel->overlapped.hEvent = WSACreateEvent();
    if (channel->overlapped.hEvent == WSA_INVALID_EVENT)
        return complain("WSACreateEvent", (DWORD)WSAGetLastError());
    channel->sender = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (channel->sender == INVALID_SOCKET ||
        connect(channel->sender, (const struct sockaddr *)address, sizeof(*address)) != 0)
        return complain("connect", (DWORD)WSAGetLastError());
    channel->receiver = accept(listener, NULL, NULL);
    if (channel->receiver == INVALID_SOCKET)
        return complain("accept", (DWORD)WSAGetLastError());
    return 1;
}

static int channels_open(struct channel *channels)
{
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    struct sockaddr_in address;
    int length = sizeof(address);
    int ok = 1;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener == INVALID_SOCKET ||
        bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return complain("listener", (DWORD)WSAGetLastError());
    for (unsigned long i = 0; ok && i < CHANNELS; i++)
        ok = channel_open(&channels[i], listener, &address);
    closesocket(listener);
    return ok;
}

static int channels_check(struct channel *channels)
{
    unsigned long total = 0;
    int ok = 1;

    for (unsigned long i = 0; i < CHANNELS; i++) {
        total += channels[i].received;
        ok = ok && channels[i].received_sum == channels[i].sent_sum && channels[i].verdict_right;
        closesocket(channels[i].sender);
        closesocket(channels[i].receiver);
        WSACloseEvent(channels[i].overlapped.hEvent);
    }
    ok = ok && total == (unsigned long)CHANNELS * ROUNDS * CHUNK;
    printf("%d channels, %lu bytes received by events: %s\n", CHANNELS, total,
           ok ? "right" : "WRONG");
    return ok;
}

static int exchange(struct channel *channels)
{
    HANDLE sender;
    DWORD code = 1;

    if (!channels_open(channels))
        return 0;
    sender = CreateThread(NULL, 0, sender_run, channels, 0, NULL);
    if (sender == NULL)
        return complain("CreateThread", GetLastError());
    if (!receive_all(channels) || !answer_all(channels) || !all_are_set(channels))
        return 0;
    WaitForSingleObject(sender, INFINITE);
    GetExitCodeThread(sender, &code);
    CloseHandle(sender);
    return channels_check(channels) && code == 0;
}

int main(void)
{
    static struct channel channels[CHANNELS];
    WSADATA winsock;
    int error = WSAStartup(MAKEWORD(2, 2), &winsock);
    int ok;

    if (error != 0) {
        complain("WSAStartup", (DWORD)error);
        return 1;
    }
    ok = exchange(channels);
    WSACleanup();
    return ok ? 0 : 1;
}
