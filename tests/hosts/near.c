/* SPDX-License-Identifier: MIT
 *
 * This end of the cable: connects to the host at the other end while the cable delays, loses and is
 * pulled, and sees what the rules say. Arguments: the other host's address, an address that nobody
 * has, the cable's control.
 */
#include "../conformance/sockets.h"

#include <fcntl.h>
#include <unistd.h>

enum { ECHO = 7, SINK = 9, DEAF = 11, RESETTING = 13, PATIENCE = 30000 };

static unsigned long far_host, nobody;
static int control;
static LPFN_CONNECTEX connect_ex;

static void cable(const char *command)
{
    REQUIRE(write(control, command, strlen(command)) == (ssize_t)strlen(command));
    Sleep(50);
}

static struct sockaddr_in at(unsigned long host, int number)
{
    struct sockaddr_in address = loopback((unsigned short)number);
    address.sin_addr.s_addr = (u_long)host;
    return address;
}

static void open_to(struct pair *p, int number)
{
    struct sockaddr_in address = at(far_host, number);
    p->peer = INVALID_SOCKET;
    p->ours = tcp_connect(&address);
    p->port = port_for(p->ours, KEY);
}

static int is_timeout(DWORD error)
{
    return error == ERROR_SEM_TIMEOUT;
}

/* A connection that is given up: any failure (RECV-18), which then is a failure in all views. */
static void check_dead(const char *rule, struct packet k, const char *what)
{
    DWORD bytes, flags;

    CHECK(rule, k.ov && k.bytes == 0 && (is_timeout(k.error) || k.error == ERROR_NETNAME_DELETED),
          "%s: error %u, %u bytes", what, (unsigned)k.error, (unsigned)k.bytes);
    if (!k.ov)
        return;
    SOCKET any = tcp_socket();
    BOOL ok = WSAGetOverlappedResult(any, k.ov, &bytes, FALSE, &flags);
    CHECK(rule, !ok && WSAGetLastError() == (is_timeout(k.error) ? WSAETIMEDOUT : WSAECONNRESET),
          "%s: WSAGLE %d", what, WSAGetLastError());
    closesocket(any);
}

static void check_stays_dead(const char *rule, struct pair *p)
{
    char text[8];
    for (int again = 0; again < 2; again++)
        for (int send = 0; send < 2; send++) {
            OVERLAPPED ov;
            overlapped_clear(&ov);
            DWORD code =
                send ? send_start(p->ours, "x", 1, &ov) : recv_start(p->ours, text, 8, 0, &ov);
            CHECK(rule, code == WSAECONNRESET || code == WSAETIMEDOUT || code == WSAECONNABORTED,
                  "a later %s: %u", send ? "send" : "receive", (unsigned)code);
            retract(code, p->ours, p->port, &ov);
        }
}

/* A megabyte there and back over a slow line that loses every 25th frame. */
static void slow_and_lossy(void)
{
    enum { LENGTH = 1 << 20 };
    char *out = malloc(LENGTH), *in = malloc(LENGTH);
    struct pair p;
    OVERLAPPED ov[2];
    DWORD got = 0;

    REQUIRE(out && in);
    for (int i = 0; i < LENGTH; i++)
        out[i] = (char)(i * 7 + i / 251);
    open_to(&p, ECHO);
    cable("delay 5\nloss 4\n");
    overlapped_clear(&ov[0]);
    REQUIRE(started(send_start(p.ours, out, LENGTH, &ov[0])));
    int sent = 0;
    while (got < LENGTH) {
        overlapped_clear(&ov[1]);
        REQUIRE(started(recv_start(p.ours, in + got, LENGTH - got, 0, &ov[1])));
        struct packet k = packet_take(p.port, PATIENCE);
        if (k.ov == &ov[0]) {
            sent = k.error == 0 && k.bytes == LENGTH;
            k = packet_take(p.port, PATIENCE);
        }
        if (!CHECK("RECV-1", k.ov == &ov[1] && k.error == 0 && k.bytes > 0, "error %u",
                   (unsigned)k.error))
            break;
        got += k.bytes;
    }
    CHECK("SEND-2", sent, "the send was whole");
    CHECK("RECV-1", got == LENGTH && memcmp(out, in, LENGTH) == 0, "%u bytes are unharmed",
          (unsigned)got);
    cable("delay 0\nloss 0\n");
    pair_close(&p);
    free(out);
    free(in);
}

static DWORD connect_to(SOCKET s, HANDLE port, struct sockaddr_in to, OVERLAPPED *ov)
{
    overlapped_clear(ov);
    BOOL ok = connect_ex(s, (struct sockaddr *)&to, sizeof to, NULL, 0, NULL, ov);
    CHECK("CONN-2", !ok && WSAGetLastError() == WSA_IO_PENDING, "ConnectEx pends");
    struct packet k = packet_take(port, PATIENCE);
    CHECK("CONN-6", k.ov == ov && k.bytes == 0, "and ends");
    return k.error;
}

static SOCKET bound_anywhere(void)
{
    struct sockaddr_in any = at(0, 0);
    SOCKET s = tcp_socket();
    REQUIRE(bind(s, (struct sockaddr *)&any, sizeof any) == 0);
    return s;
}

static void connecting_without_a_cable(void)
{
    struct sockaddr_in to = at(far_host, ECHO);
    OVERLAPPED ov;
    DWORD bytes, flags;

    SOCKET s = bound_anywhere(), plain = tcp_socket();
    HANDLE port = port_for(s, KEY);
    cable("pull\n");
    DWORD error = connect_to(s, port, to, &ov);
    /* Who is not even known by his hardware address may be called unreachable. */
    CHECK("CONN-6", is_timeout(error) || error == ERROR_HOST_UNREACHABLE, "no answer: %u",
          (unsigned)error);
    BOOL ok = WSAGetOverlappedResult(s, &ov, &bytes, FALSE, &flags);
    CHECK("CONN-6",
          !ok && WSAGetLastError() == (is_timeout(error) ? WSAETIMEDOUT : WSAEHOSTUNREACH),
          "WSAGLE %d", WSAGetLastError());
    int code = connect(plain, (struct sockaddr *)&to, sizeof to) ? WSAGetLastError() : 0;
    CHECK("CONN-6", code == WSAETIMEDOUT || code == WSAEHOSTUNREACH, "connect: %d", code);
    cable("plug\n");
    CHECK("CONN-6", connect_to(s, port, to, &ov) == 0, "the socket can try again");
    CHECK("CONN-6", connect(plain, (struct sockaddr *)&to, sizeof to) == 0, "so can the other");
    closesocket(plain);
    closesocket(s);
    CloseHandle(port);
}

static void nobody_there(void)
{
    OVERLAPPED ov;
    SOCKET s = bound_anywhere();
    HANDLE port = port_for(s, KEY);

    DWORD error = connect_to(s, port, at(nobody, ECHO), &ov);
    CHECK("CONN-6", error == ERROR_HOST_UNREACHABLE || is_timeout(error), "an empty address: %u",
          (unsigned)error);
    error = connect_to(s, port, at(inet_addr("203.0.113.9"), ECHO), &ov);
    CHECK("CONN-6", error == ERROR_NETWORK_UNREACHABLE, "no way there: %u", (unsigned)error);
    error = connect_to(s, port, at(far_host, 4), &ov);
    CHECK("CONN-6", error == ERROR_CONNECTION_REFUSED, "nobody listens: %u", (unsigned)error);
    CHECK("CONN-6", connect_to(s, port, at(far_host, ECHO), &ov) == 0, "and again, for good");
    closesocket(s);
    CloseHandle(port);
}

static void pulled_for_good(int number, int receives, int sends)
{
    static char big[4 << 20];
    struct pair p;
    char text[4][8];
    OVERLAPPED ov[8];
    int timeouts = 0;

    open_to(&p, number);
    cable("pull\n");
    for (int i = 0; i < receives + sends; i++) {
        overlapped_clear(&ov[i]);
        REQUIRE(started(i < receives ? recv_start(p.ours, text[i], 8, 0, &ov[i])
                                     : send_start(p.ours, big, sizeof big, &ov[i])));
    }
    for (int i = 0; i < receives + sends; i++) {
        struct packet k = packet_take(p.port, PATIENCE);
        timeouts += is_timeout(k.error);
        check_dead("RECV-18", k, k.ov < ov + receives ? "a receive" : "a send");
    }
    CHECK("RECV-18", timeouts >= 1, "somebody is told of the timeout (%d)", timeouts);
    check_stays_dead("RECV-18", &p);
    cable("plug\n");
    pair_close(&p);
}

static void pulled_under_sends_and_receives(void)
{
    pulled_for_good(DEAF, 2, 2);
}

static void pulled_under_a_send(void)
{
    pulled_for_good(SINK, 0, 1);
}

/* Nothing is sent but keep-alives. */
static void pulled_under_an_idle_receive(void)
{
    struct pair p;
    char text[8];
    int on = 1, one = 1, two = 2;
    OVERLAPPED ov;

    open_to(&p, SINK);
    REQUIRE(setsockopt(p.ours, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on) == 0);
    REQUIRE(setsockopt(p.ours, IPPROTO_TCP, TCP_KEEPIDLE, (char *)&one, sizeof one) == 0);
    REQUIRE(setsockopt(p.ours, IPPROTO_TCP, TCP_KEEPINTVL, (char *)&one, sizeof one) == 0);
    REQUIRE(setsockopt(p.ours, IPPROTO_TCP, TCP_KEEPCNT, (char *)&two, sizeof two) == 0);
    overlapped_clear(&ov);
    REQUIRE(recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING);
    Sleep(2500);
    CHECK("RECV-18", !HasOverlappedIoCompleted(&ov), "keep-alives that are answered keep it alive");
    cable("pull\n");
    check_dead("RECV-18", packet_take(p.port, PATIENCE), "without an answer it is dead");
    check_stays_dead("RECV-18", &p);
    cable("plug\n");
    pair_close(&p);
}

static void pulled_for_a_moment(void)
{
    struct pair p;
    char text[16];
    OVERLAPPED ov[2];

    open_to(&p, ECHO);
    overlapped_clear(&ov[0]);
    overlapped_clear(&ov[1]);
    REQUIRE(recv_start(p.ours, text, 5, MSG_WAITALL, &ov[0]) == WSA_IO_PENDING);
    cable("pull\n");
    REQUIRE(started(send_start(p.ours, "alive", 5, &ov[1])));
    EXPECT_PACKET("SEND-1", p.port, KEY, &ov[1], NT_SUCCESS_0, 5);
    Sleep(400);
    CHECK("RECV-18", !HasOverlappedIoCompleted(&ov[0]), "nothing comes, nothing fails");
    cable("plug\n");
    struct packet k = packet_take(p.port, PATIENCE);
    CHECK("RECV-1", k.ov == &ov[0] && k.error == 0 && k.bytes == 5 && !memcmp(text, "alive", 5),
          "and it goes on where it was: error %u", (unsigned)k.error);
    pair_close(&p);
}

static void reset_from_afar(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    open_to(&p, RESETTING);
    overlapped_clear(&ov);
    REQUIRE(recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING);
    send_all(p.ours, "x", 1);
    EXPECT_PACKET("RECV-6", p.port, KEY, &ov, NT_CONNECTION_RESET, 0);
    check_stays_dead("RECV-7", &p);
    pair_close(&p);
}

static void datagrams_that_nobody_takes(void)
{
    struct sockaddr_in to = at(far_host, 4);
    char text[8];
    OVERLAPPED ov;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
    HANDLE port = port_for(s, KEY);

    REQUIRE(connect(s, (struct sockaddr *)&to, sizeof to) == 0);
    overlapped_clear(&ov);
    REQUIRE(recv_start(s, text, 8, 0, &ov) == WSA_IO_PENDING);
    CHECK("DGRAM-7", send(s, "x", 1, 0) == 1, "sent");
    struct packet k = packet_take(port, PATIENCE);
    CHECK("DGRAM-7", k.ov == &ov && k.error == ERROR_PORT_UNREACHABLE, "refused by ICMP: %u",
          (unsigned)k.error);
    closesocket(s);
    CloseHandle(port);
}

int main(int count, char **arguments)
{
    GUID id = WSAID_CONNECTEX;
    DWORD bytes;

    REQUIRE(count == 4);
    sockets_start();
    far_host = inet_addr(arguments[1]);
    nobody = inet_addr(arguments[2]);
    control = open(arguments[3], O_WRONLY);
    REQUIRE(control >= 0);
    SOCKET s = tcp_socket();
    REQUIRE(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &connect_ex,
                     sizeof connect_ex, &bytes, NULL, NULL) == 0);
    closesocket(s);
    RUN(slow_and_lossy);
    RUN(nobody_there);
    RUN(connecting_without_a_cable);
    RUN(pulled_for_a_moment);
    RUN(pulled_under_sends_and_receives);
    RUN(pulled_under_a_send);
    RUN(pulled_under_an_idle_receive);
    RUN(reset_from_afar);
    RUN(datagrams_that_nobody_takes);
    WSACleanup();
    return check_report();
}
