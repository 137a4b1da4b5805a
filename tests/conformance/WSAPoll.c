/* SPDX-License-Identifier: MIT
 *
 * WSAPoll: readiness socket by socket (sdk:wsapoll).
 */
#include "datagrams.h"

static SHORT poll_once(SOCKET s, SHORT events, int *result)
{
    WSAPOLLFD entry = {.fd = s, .events = events, .revents = -1};
    *result = WSAPoll(&entry, 1, 0);
    return entry.revents;
}

/* Within the deadline the socket shows exactly this. */
static void expect(SOCKET s, SHORT events, SHORT wanted, const char *reason, const char *what)
{
    int result = 0;
    SHORT found = 0;
    for (int i = 0; i < (reason && check_on_wine() ? 20 : DEADLINE / 10); i++) {
        found = poll_once(s, events, &result);
        if (found == wanted)
            break;
        Sleep(10);
    }
    int held = found == wanted && result == (wanted != 0);
    check_one(held, "sdk:wsapoll", reason, __FILE__, __LINE__, "%s: %#x (%d)", what,
              (unsigned)(unsigned short)found, result);
}

static void streams(void)
{
    SHORT both = POLLRDNORM | POLLWRNORM;
    SOCKET ours, peer;
    char text[8];

    tcp_pair(&ours, &peer);
    expect(ours, both, POLLWRNORM, NULL, "connected");
    expect(ours, POLLRDNORM, 0, NULL, "asked for input only");
    send_all(peer, "data", 4);
    expect(ours, both, both, NULL, "with data");
    expect(ours, POLLWRNORM, POLLWRNORM, NULL, "asked for output only");
    REQUIRE(recv_all(ours, text, 4) == 4);
    closesocket(peer);
    expect(ours, POLLRDNORM, POLLHUP, NULL, "the peer has finished");
    expect(ours, both, POLLHUP | POLLWRNORM, NULL, "the peer has finished; room to send");
    closesocket(ours);

    tcp_pair(&ours, &peer);
    send_all(peer, "data", 4);
    shutdown(peer, SD_SEND);
    settle();
    int result;
    SHORT found = poll_once(ours, POLLRDNORM, &result);
    CHECK("sdk:wsapoll", found & POLLRDNORM, "finished with data left: %#x", (unsigned)found);
    closesocket(ours);
    closesocket(peer);

    tcp_pair(&ours, &peer);
    shutdown(ours, SD_SEND);
    expect(ours, both, POLLWRNORM, NULL, "own end finished");
    closesocket(peer);
    expect(ours, both, POLLWRNORM | POLLHUP, NULL, "both ends");
    closesocket(ours);
}

static void broken(void)
{
    SOCKET ours, peer;

    tcp_pair(&ours, &peer);
    tcp_reset(&peer);
    expect(ours, POLLRDNORM, POLLERR | POLLHUP, NULL, "reset by the peer, in");
    expect(ours, POLLWRNORM, POLLERR | POLLHUP | POLLWRNORM, NULL, "reset by the peer, out");
    closesocket(ours);

    tcp_pair(&ours, &peer);
    send_all(peer, "data", 4);
    settle();
    tcp_reset(&peer);
    expect(ours, POLLRDNORM, POLLERR | POLLHUP, NULL, "reset by the peer with data");
    closesocket(ours);
}

static void urgent(void)
{
    SOCKET ours, peer;
    tcp_pair(&ours, &peer);
    REQUIRE(send(peer, "!", 1, MSG_OOB) == 1);
    expect(ours, POLLRDBAND, POLLRDBAND, NULL, "urgent data");
    expect(ours, POLLRDNORM, 0, NULL, "not asked for");
    closesocket(ours);
    closesocket(peer);
}

static void listening(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address);
    expect(listener, POLLRDNORM | POLLWRNORM, 0, NULL, "nobody has called");
    SOCKET client = tcp_connect(&address);
    expect(listener, POLLRDNORM | POLLWRNORM, POLLRDNORM, NULL, "a connection waits");
    closesocket(client);
    closesocket(listener);
}

static void connecting(void)
{
    struct sockaddr_in address;
    u_long on = 1;
    SOCKET listener = tcp_listener(&address);
    SOCKET s = tcp_socket();

    expect(s, POLLRDNORM | POLLWRNORM, 0, NULL, "never connected");
    REQUIRE(ioctlsocket(s, FIONBIO, &on) == 0);
    connect(s, (struct sockaddr *)&address, sizeof address);
    expect(s, POLLRDNORM | POLLWRNORM, POLLWRNORM, NULL, "connected in the background");
    closesocket(s);
    closesocket(listener);
    s = tcp_socket();
    REQUIRE(ioctlsocket(s, FIONBIO, &on) == 0);
    connect(s, (struct sockaddr *)&address, sizeof address);
    expect(s, POLLWRNORM, POLLHUP | POLLERR | POLLWRNORM,
           "Wine reports the error alone, as Windows did before 2020", "refused");
    closesocket(s);
}

static void invalid(void)
{
    struct sockaddr_in address;
    SOCKET s = udp_bound(&address), gone = tcp_socket();
    closesocket(gone);
    WSAPOLLFD entries[3] = {
        {INVALID_SOCKET, POLLRDNORM, -1}, {s, POLLWRNORM, -1}, {gone, POLLRDNORM, -1}};

    int n = WSAPoll(entries, 3, 0);
    CHECK("sdk:wsapoll", entries[0].revents == POLLNVAL && entries[2].revents == POLLNVAL,
          "what is no socket: %#x, %#x", entries[0].revents, entries[2].revents);
    CHECK("sdk:wsapoll", n == 1 && entries[1].revents == POLLWRNORM,
          "what is one beside it: %d, %#x", n, entries[1].revents);
    entries[1].events = POLLRDNORM;
    ULONGLONG before = GetTickCount64();
    n = WSAPoll(entries, 3, 150);
    ULONGLONG took = GetTickCount64() - before;
    CHECK("sdk:wsapoll", n == 0 && took >= 100 && entries[0].revents == POLLNVAL,
          "the wait goes on beside them: %d after %u ms", n, (unsigned)took);
    int code = ERROR_OF(WSAPoll(entries, 1, 0));
    CHECK("sdk:wsapoll", code == WSAENOTSOCK && entries[0].revents == POLLNVAL,
          "nothing but no sockets: %d", code);
    code = ERROR_OF(WSAPoll(entries, 0, 0));
    CHECK("sdk:wsapoll", code == WSAEINVAL, "no entries: %d", code);
    code = ERROR_OF(WSAPoll(NULL, 1, 0));
    CHECK("sdk:wsapoll", code == WSAEFAULT, "no array: %d", code);
    closesocket(s);
}

static SOCKET wait_socket;
static struct sockaddr_in wait_address;

static DWORD WINAPI send_later(void *unused)
{
    (void)unused;
    Sleep(100);
    udp_send(wait_socket, "late", 4, &wait_address);
    return 0;
}

static DWORD WINAPI close_later(void *unused)
{
    (void)unused;
    Sleep(100);
    closesocket(wait_socket);
    return 0;
}

static void sleeping(void)
{
    wait_socket = udp_bound(&wait_address);
    WSAPOLLFD entry = {wait_socket, POLLRDNORM, 0};
    HANDLE thread = CreateThread(NULL, 0, send_later, NULL, 0, NULL);
    int n = WSAPoll(&entry, 1, -1);
    CHECK("sdk:wsapoll", n == 1 && entry.revents == POLLRDNORM, "woken by data: %d, %#x", n,
          entry.revents);
    WaitForSingleObject(thread, DEADLINE);
    CloseHandle(thread);
    char text[4];
    REQUIRE(recv(wait_socket, text, sizeof text, 0) == 4);

    ULONGLONG before = GetTickCount64();
    thread = CreateThread(NULL, 0, close_later, NULL, 0, NULL);
    n = WSAPoll(&entry, 1, DEADLINE);
    CHECK("sdk:wsapoll", n == 1 && entry.revents == POLLNVAL, "closed by another thread: %d, %#x",
          n, entry.revents);
    CHECK("sdk:wsapoll", GetTickCount64() - before < DEADLINE, "at once");
    WaitForSingleObject(thread, DEADLINE);
    CloseHandle(thread);
}

int main(void)
{
    sockets_start();
    RUN(streams);
    RUN(broken);
    RUN(urgent);
    RUN(listening);
    RUN(connecting);
    RUN(invalid);
    RUN(sleeping);
    return check_report();
}
