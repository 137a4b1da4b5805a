/* SPDX-License-Identifier: MIT
 *
 * Every pointer of every socket call, one row each: NULL, memory that is not there, and memory that
 * ends before the structure does. WSAEFAULT each time (or what the rules say of NULL), and the
 * sockets go on.
 */
#include "datagrams.h"
#include "messages.h"

#include <mstcpip.h>
#ifndef __MINGW32__
#include <sys/mman.h>
#endif

/* The error of a call that returns a BOOL, or a socket. */
#define BOOL_ERROR(call) ((call) ? 0 : WSAGetLastError())
#define SOCKET_ERROR_OF(call) ((call) == INVALID_SOCKET ? WSAGetLastError() : 0)

struct world {
    struct pair tcp;
    SOCKET fresh, listener, udp, other;
    struct sockaddr_in listening, bound;
    HANDLE event;
    struct sockaddr_in name;
    struct sockaddr *address; /* of name, the listener's */
    int length;
    DWORD bytes, flags;
    char data[64], block[256];
    WSABUF buffer;
    OVERLAPPED ov;
};

static LPFN_CONNECTEX connect_ex;
static LPFN_TRANSMITPACKETS transmit_packets;

static void *extension(GUID id)
{
    DWORD bytes = 0;
    void *function = NULL;
    SOCKET s = tcp_socket();

    WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function, sizeof function,
             &bytes, NULL, NULL);
    closesocket(s);
    return function;
}

static void world_open(struct world *w)
{
    memset(w, 0, sizeof *w);
    pair_open(&w->tcp);
    w->listener = tcp_listener(&w->listening);
    w->fresh = tcp_socket();
    w->udp = udp_bound(&w->bound);
    w->other = udp_bound(&w->name);
    w->name = w->listening;
    w->address = (struct sockaddr *)&w->name;
    w->length = sizeof w->name;
    w->event = event_new(TRUE, FALSE);
    w->buffer = (WSABUF){4, w->data};
}

static void world_close(struct world *w)
{
    closesocket(w->listener);
    closesocket(w->fresh);
    closesocket(w->udp);
    closesocket(w->other);
    CloseHandle(w->event);
    pair_close(&w->tcp);
}

/* --- names ---------------------------------------------------------------------------------- */

static int bind_name(struct world *w, void *bad)
{
    return ERROR_OF(bind(w->fresh, bad, sizeof w->name));
}

static int connect_name(struct world *w, void *bad)
{
    return ERROR_OF(connect(w->fresh, bad, sizeof w->name));
}

static int connect_caller(struct world *w, void *bad)
{
    return ERROR_OF(
        WSAConnect(w->fresh, w->address, sizeof w->name, (LPWSABUF)bad, NULL, NULL, NULL));
}

static int connect_ex_name(struct world *w, void *bad)
{
    tcp_bind(w->fresh);
    return BOOL_ERROR(connect_ex(w->fresh, bad, sizeof w->name, NULL, 0, NULL, &w->ov));
}

static int connect_ex_data(struct world *w, void *bad)
{
    tcp_bind(w->fresh);
    return BOOL_ERROR(connect_ex(w->fresh, w->address, sizeof w->name, bad, 4, &w->bytes, &w->ov));
}

static int accept_name(struct world *w, void *bad)
{
    return SOCKET_ERROR_OF(accept(w->listener, bad, &w->length));
}

static int accept_length(struct world *w, void *bad)
{
    return SOCKET_ERROR_OF(accept(w->listener, w->address, bad));
}

static int WSAAPI yes(LPWSABUF a, LPWSABUF b, LPQOS c, LPQOS d, LPWSABUF e, LPWSABUF f, GROUP *g,
                      DWORD_PTR h)
{
    (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
    return CF_ACCEPT;
}

static int condition_name(struct world *w, void *bad)
{
    return SOCKET_ERROR_OF(WSAAccept(w->listener, bad, &w->length, yes, 0));
}

static int accept_ex_buffer(struct world *w, void *bad)
{
    return BOOL_ERROR(AcceptEx(w->listener, w->fresh, bad, 0, 32, 32, &w->bytes, &w->ov));
}

static int own_name(struct world *w, void *bad)
{
    return ERROR_OF(getsockname(w->tcp.peer, bad, &w->length));
}

static int own_length(struct world *w, void *bad)
{
    return ERROR_OF(getsockname(w->tcp.peer, w->address, bad));
}

static int peer_name(struct world *w, void *bad)
{
    return ERROR_OF(getpeername(w->tcp.peer, bad, &w->length));
}

static int peer_length(struct world *w, void *bad)
{
    return ERROR_OF(getpeername(w->tcp.peer, w->address, bad));
}

/* --- moving data ---------------------------------------------------------------------------- */

static int recv_data(struct world *w, void *bad)
{
    send_all(w->tcp.peer, "four", 4);
    await_bytes(w->tcp.ours, 4);
    int code = ERROR_OF(recv(w->tcp.ours, bad, 4, 0));
    CHECK("BAD-1", recv(w->tcp.ours, w->data, 4, 0) == 4, "nothing was lost");
    return code;
}

static int send_data(struct world *w, void *bad)
{
    return ERROR_OF(send(w->tcp.ours, bad, 4, 0));
}

static int receive_array(struct world *w, void *bad)
{
    return ERROR_OF(WSARecv(w->tcp.ours, bad, 2, NULL, &w->flags, &w->ov, NULL));
}

static int receive_array_waiting(struct world *w, void *bad)
{
    return ERROR_OF(WSARecv(w->tcp.ours, bad, 1, &w->bytes, &w->flags, NULL, NULL));
}

static int receive_count(struct world *w, void *bad)
{
    return ERROR_OF(WSARecv(w->tcp.ours, &w->buffer, 1, bad, &w->flags, &w->ov, NULL));
}

static int receive_flags(struct world *w, void *bad)
{
    return ERROR_OF(WSARecv(w->tcp.ours, &w->buffer, 1, NULL, bad, &w->ov, NULL));
}

static int send_array(struct world *w, void *bad)
{
    return ERROR_OF(WSASend(w->tcp.ours, bad, 2, NULL, 0, &w->ov, NULL));
}

static int send_count(struct world *w, void *bad)
{
    return ERROR_OF(WSASend(w->tcp.ours, &w->buffer, 1, bad, 0, &w->ov, NULL));
}

static int from_array(struct world *w, void *bad)
{
    return ERROR_OF(
        WSARecvFrom(w->udp, bad, 1, NULL, &w->flags, w->address, &w->length, &w->ov, NULL));
}

static int from_name(struct world *w, void *bad)
{
    return ERROR_OF(
        WSARecvFrom(w->udp, &w->buffer, 1, NULL, &w->flags, bad, &w->length, &w->ov, NULL));
}

static int from_length(struct world *w, void *bad)
{
    return ERROR_OF(
        WSARecvFrom(w->udp, &w->buffer, 1, NULL, &w->flags, w->address, bad, &w->ov, NULL));
}

static int from_flags(struct world *w, void *bad)
{
    return ERROR_OF(
        WSARecvFrom(w->udp, &w->buffer, 1, NULL, bad, w->address, &w->length, &w->ov, NULL));
}

static int recvfrom_name(struct world *w, void *bad)
{
    return ERROR_OF(recvfrom(w->udp, w->data, 4, 0, bad, &w->length));
}

static int recvfrom_length(struct world *w, void *bad)
{
    return ERROR_OF(recvfrom(w->udp, w->data, 4, 0, w->address, bad));
}

static int to_name(struct world *w, void *bad)
{
    return ERROR_OF(WSASendTo(w->udp, &w->buffer, 1, NULL, 0, bad, sizeof w->name, &w->ov, NULL));
}

static int to_array(struct world *w, void *bad)
{
    return ERROR_OF(WSASendTo(w->udp, bad, 1, NULL, 0, w->address, sizeof w->name, &w->ov, NULL));
}

static int sendto_name(struct world *w, void *bad)
{
    return ERROR_OF(sendto(w->udp, "x", 1, 0, bad, sizeof w->name));
}

static int receive_message_itself(struct world *w, void *bad)
{
    return ERROR_OF(receive_message(w->udp, bad, NULL, &w->ov, NULL));
}

static int receive_message_with(struct world *w, const struct message *m)
{
    return ERROR_OF(receive_message(w->udp, (LPWSAMSG)&m->msg, NULL, &w->ov, NULL));
}

static int receive_message_array(struct world *w, void *bad)
{
    static struct message m;
    message_clear(&m);
    m.msg.lpBuffers = bad;
    return receive_message_with(w, &m);
}

static int receive_message_name(struct world *w, void *bad)
{
    static struct message m;
    message_clear(&m);
    m.msg.name = bad;
    return receive_message_with(w, &m);
}

static int receive_message_control(struct world *w, void *bad)
{
    static struct message m;
    message_clear(&m);
    m.msg.Control.buf = bad;
    return receive_message_with(w, &m);
}

static int send_message_itself(struct world *w, void *bad)
{
    return ERROR_OF(WSASendMsg(w->udp, bad, 0, NULL, &w->ov, NULL));
}

static int send_message_name(struct world *w, void *bad)
{
    static struct message m;
    message_fill(&m, "text", &w->bound, sizeof w->bound);
    m.msg.name = bad;
    return ERROR_OF(WSASendMsg(w->udp, &m.msg, 0, NULL, &w->ov, NULL));
}

static int send_message_control(struct world *w, void *bad)
{
    static struct message m;
    message_fill(&m, "text", &w->bound, sizeof w->bound);
    m.msg.Control.buf = bad;
    m.msg.Control.len = 32;
    return ERROR_OF(WSASendMsg(w->udp, &m.msg, 0, NULL, &w->ov, NULL));
}

static int transmit_buffers(struct world *w, void *bad)
{
    return BOOL_ERROR(TransmitFile(w->tcp.ours, NULL, 0, 0, &w->ov, bad, 0));
}

static int transmit_elements(struct world *w, void *bad)
{
    return transmit_packets ? BOOL_ERROR(transmit_packets(w->tcp.ours, bad, 2, 0, &w->ov, 0))
                            : WSAEFAULT;
}

static int result_bytes(struct world *w, void *bad)
{
    w->ov.Internal = 0;
    return BOOL_ERROR(WSAGetOverlappedResult(w->tcp.ours, &w->ov, bad, FALSE, &w->flags));
}

static int result_overlapped(struct world *w, void *bad)
{
    return BOOL_ERROR(WSAGetOverlappedResult(w->tcp.ours, bad, &w->bytes, FALSE, &w->flags));
}

static int result_flags(struct world *w, void *bad)
{
    w->ov.Internal = 0;
    return BOOL_ERROR(WSAGetOverlappedResult(w->tcp.ours, &w->ov, &w->bytes, FALSE, bad));
}

/* --- options and requests ------------------------------------------------------------------- */

static int set_number(struct world *w, void *bad)
{
    return ERROR_OF(setsockopt(w->udp, SOL_SOCKET, SO_RCVTIMEO, bad, sizeof(DWORD)));
}

static int set_context(struct world *w, void *bad)
{
    return ERROR_OF(
        setsockopt(w->tcp.ours, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, bad, sizeof(SOCKET)));
}

static int set_membership(struct world *w, void *bad)
{
    return ERROR_OF(setsockopt(w->udp, IPPROTO_IP, IP_ADD_MEMBERSHIP, bad, sizeof(struct ip_mreq)));
}

static int get_number(struct world *w, void *bad)
{
    w->length = sizeof(DWORD);
    return ERROR_OF(getsockopt(w->udp, SOL_SOCKET, SO_RCVBUF, bad, &w->length));
}

static int get_protocol(struct world *w, void *bad)
{
    w->length = sizeof(WSAPROTOCOL_INFOW);
    return ERROR_OF(getsockopt(w->udp, SOL_SOCKET, SO_PROTOCOL_INFOW, bad, &w->length));
}

static int get_length(struct world *w, void *bad)
{
    return ERROR_OF(getsockopt(w->udp, SOL_SOCKET, SO_RCVBUF, w->data, bad));
}

static int ioctl_mode(struct world *w, void *bad)
{
    return ERROR_OF(ioctlsocket(w->udp, FIONBIO, bad));
}

static int ioctl_available(struct world *w, void *bad)
{
    return ERROR_OF(ioctlsocket(w->udp, FIONREAD, bad));
}

static int request_in(struct world *w, void *bad)
{
    return ERROR_OF(
        WSAIoctl(w->tcp.ours, SIO_KEEPALIVE_VALS, bad, 12, NULL, 0, &w->bytes, NULL, NULL));
}

static int request_out(struct world *w, void *bad)
{
    GUID id = WSAID_ACCEPTEX;
    return ERROR_OF(WSAIoctl(w->udp, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, bad,
                             sizeof(void *), &w->bytes, NULL, NULL));
}

static int request_id(struct world *w, void *bad)
{
    return ERROR_OF(WSAIoctl(w->udp, SIO_GET_EXTENSION_FUNCTION_POINTER, bad, sizeof(GUID), w->data,
                             sizeof(void *), &w->bytes, NULL, NULL));
}

static int request_returned(struct world *w, void *bad)
{
    u_long on = 0;
    return ERROR_OF(WSAIoctl(w->udp, FIONBIO, &on, sizeof on, NULL, 0, bad, NULL, NULL));
}

static int request_addresses(struct world *w, void *bad)
{
    return ERROR_OF(
        WSAIoctl(w->udp, SIO_ADDRESS_LIST_QUERY, NULL, 0, bad, 4096, &w->bytes, NULL, NULL));
}

static int request_interfaces(struct world *w, void *bad)
{
    return ERROR_OF(
        WSAIoctl(w->udp, SIO_GET_INTERFACE_LIST, NULL, 0, bad, 8192, &w->bytes, NULL, NULL));
}

static int request_route(struct world *w, void *bad)
{
    struct sockaddr_in to = loopback(1);
    return ERROR_OF(WSAIoctl(w->udp, SIO_ROUTING_INTERFACE_QUERY, &to, sizeof to, bad, 16,
                             &w->bytes, NULL, NULL));
}

/* --- waiting, descriptions, text ------------------------------------------------------------ */

static int select_read(struct world *w, void *bad)
{
    struct timeval none = {0, 0};
    (void)w;
    return ERROR_OF(select(0, bad, NULL, NULL, &none));
}

static int select_timeout(struct world *w, void *bad)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(w->udp, &set);
    return ERROR_OF(select(0, &set, NULL, NULL, bad));
}

static int poll_array(struct world *w, void *bad)
{
    (void)w;
    return ERROR_OF(WSAPoll(bad, 1, 0));
}

static int events_found(struct world *w, void *bad)
{
    return ERROR_OF(WSAEnumNetworkEvents(w->udp, NULL, bad));
}

static int duplicate_info(struct world *w, void *bad)
{
    return ERROR_OF(WSADuplicateSocketW(w->udp, GetCurrentProcessId(), bad));
}

static int socket_info(struct world *w, void *bad)
{
    (void)w;
    return SOCKET_ERROR_OF(WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                      bad, 0, WSA_FLAG_OVERLAPPED));
}

static int protocols_length(struct world *w, void *bad)
{
    (void)w;
    return ERROR_OF(WSAEnumProtocolsA(NULL, NULL, bad));
}

static int startup_data(struct world *w, void *bad)
{
    (void)w;
    return WSAStartup(MAKEWORD(2, 2), bad);
}

static int text_of(struct world *w, void *bad)
{
    DWORD room = sizeof w->block;
    return ERROR_OF(WSAAddressToStringA(w->address, sizeof w->name, NULL, bad, &room));
}

static int text_room(struct world *w, void *bad)
{
    return ERROR_OF(WSAAddressToStringA(w->address, sizeof w->name, NULL, w->block, bad));
}

static int text_address(struct world *w, void *bad)
{
    DWORD room = sizeof w->block;
    return ERROR_OF(WSAAddressToStringA(bad, sizeof w->name, NULL, w->block, &room));
}

static int address_of(struct world *w, void *bad)
{
    char text[] = "127.0.0.1";
    return ERROR_OF(WSAStringToAddressA(text, AF_INET, NULL, bad, &w->length));
}

static int address_room(struct world *w, void *bad)
{
    char text[] = "127.0.0.1";
    return ERROR_OF(WSAStringToAddressA(text, AF_INET, NULL, w->address, bad));
}

static int connect_list(struct world *w, void *bad)
{
    return BOOL_ERROR(WSAConnectByList(w->fresh, bad, NULL, NULL, NULL, NULL, NULL, NULL));
}

static int connect_list_address(struct world *w, void *bad)
{
    SOCKET_ADDRESS_LIST list = {1, {{bad, sizeof w->name}}};
    return BOOL_ERROR(WSAConnectByList(w->fresh, &list, NULL, NULL, NULL, NULL, NULL, NULL));
}

static int connect_timeout(struct world *w, void *bad)
{
    char port[] = "1", host[] = "127.0.0.1";
    return BOOL_ERROR(WSAConnectByNameA(w->fresh, host, port, NULL, NULL, NULL, NULL, bad, NULL));
}

static int host_name(struct world *w, void *bad)
{
    (void)w;
    return ERROR_OF(gethostname(bad, 256));
}

/* What NULL means where it is not WSAEFAULT: allowed, so it is not tried. */
enum { ALLOWED = 0 };

static const struct row {
    const char *name;
    int (*call)(struct world *w, void *bad);
    int null;
    const char *wine; /* why Wine's answer does not count, or NULL */
} rows[] = {
    {"bind name", bind_name, WSAEFAULT, NULL},
    {"connect name", connect_name, WSAEFAULT, "Wine ends the program, or waits"},
    {"WSAConnect caller", connect_caller, ALLOWED, NULL},
    {"ConnectEx name", connect_ex_name, WSAEFAULT, "Wine ends the program, or waits"},
    {"ConnectEx data", connect_ex_data, ALLOWED, NULL},
    {"accept name", accept_name, ALLOWED, NULL},
    {"accept length", accept_length, ALLOWED, NULL},
    {"WSAAccept name", condition_name, ALLOWED, NULL},
    {"AcceptEx buffer", accept_ex_buffer, WSAEFAULT, "Wine says otherwise"},
    {"getsockname name", own_name, WSAEFAULT, NULL},
    {"getsockname length", own_length, WSAEFAULT, "Wine ends the program, or waits"},
    {"getpeername name", peer_name, WSAEFAULT, NULL},
    {"getpeername length", peer_length, WSAEFAULT, NULL},
    {"recv data", recv_data, WSAEFAULT, NULL},
    {"send data", send_data, WSAEFAULT, NULL},
    {"WSARecv array", receive_array, WSAEFAULT, NULL},
    {"WSARecv array, blocking", receive_array_waiting, WSAEFAULT, NULL},
    {"WSARecv count", receive_count, ALLOWED, NULL},
    {"WSARecv flags", receive_flags, WSAEFAULT, NULL},
    {"WSASend array", send_array, WSAEFAULT, NULL},
    {"WSASend count", send_count, ALLOWED, NULL},
    {"WSARecvFrom array", from_array, WSAEFAULT, NULL},
    {"WSARecvFrom name", from_name, ALLOWED, NULL},
    {"WSARecvFrom length", from_length, WSAEFAULT, "Wine says otherwise"},
    {"WSARecvFrom flags", from_flags, WSAEFAULT, NULL},
    {"recvfrom name", recvfrom_name, ALLOWED, NULL},
    {"recvfrom length", recvfrom_length, WSAEFAULT, "Wine ends the program, or waits"},
    {"WSASendTo name", to_name, ALLOWED, NULL},
    {"WSASendTo array", to_array, WSAEFAULT, NULL},
    {"sendto name", sendto_name, ALLOWED, NULL},
    {"WSARecvMsg message", receive_message_itself, WSAEFAULT, NULL},
    {"WSARecvMsg array", receive_message_array, WSAEFAULT, NULL},
    {"WSARecvMsg name", receive_message_name, ALLOWED, NULL},
    {"WSARecvMsg control", receive_message_control, WSAEFAULT, "Wine says otherwise"},
    {"WSASendMsg message", send_message_itself, WSAEFAULT, NULL},
    {"WSASendMsg name", send_message_name, ALLOWED, NULL},
    {"WSASendMsg control", send_message_control, WSAEFAULT, "Wine says otherwise"},
    {"TransmitFile buffers", transmit_buffers, ALLOWED, NULL},
    {"TransmitPackets elements", transmit_elements, WSAEFAULT, NULL},
    {"WSAGetOverlappedResult overlapped", result_overlapped, WSAEFAULT, "Wine says otherwise"},
    {"WSAGetOverlappedResult bytes", result_bytes, WSAEFAULT, "Wine says otherwise"},
    {"WSAGetOverlappedResult flags", result_flags, WSAEFAULT, "Wine says otherwise"},
    {"setsockopt number", set_number, WSAEFAULT, NULL},
    {"setsockopt context", set_context, WSAEFAULT, NULL},
    {"setsockopt membership", set_membership, WSAEFAULT, NULL},
    {"getsockopt number", get_number, WSAEFAULT, NULL},
    {"getsockopt protocol", get_protocol, WSAEFAULT, NULL},
    {"getsockopt length", get_length, WSAEFAULT, NULL},
    {"ioctlsocket mode", ioctl_mode, WSAEFAULT, NULL},
    {"ioctlsocket available", ioctl_available, WSAEFAULT, NULL},
    {"WSAIoctl in", request_in, WSAEFAULT, NULL},
    {"WSAIoctl out", request_out, WSAEFAULT, "Wine ends the program, or waits"},
    {"WSAIoctl id", request_id, WSAEFAULT, "Wine ends the program, or waits"},
    {"WSAIoctl returned", request_returned, WSAEFAULT, NULL},
    {"SIO_ADDRESS_LIST_QUERY", request_addresses, WSAEFAULT, NULL},
    {"SIO_GET_INTERFACE_LIST", request_interfaces, WSAEFAULT, NULL},
    {"SIO_ROUTING_INTERFACE_QUERY", request_route, WSAEFAULT, NULL},
    {"select set", select_read, WSAEINVAL, NULL},
    {"select timeout", select_timeout, ALLOWED, NULL},
    {"WSAPoll array", poll_array, WSAEFAULT, NULL},
    {"WSAEnumNetworkEvents found", events_found, WSAEFAULT, "Wine ends the program, or waits"},
    {"WSADuplicateSocket info", duplicate_info, WSAEFAULT, NULL},
    {"WSASocket info", socket_info, ALLOWED, NULL},
    {"WSAEnumProtocols length", protocols_length, WSAEFAULT, "Wine ends the program, or waits"},
    {"WSAStartup data", startup_data, WSAEFAULT, NULL},
    {"WSAAddressToString text", text_of, WSAEFAULT, "Wine says otherwise"},
    {"WSAAddressToString room", text_room, WSAEFAULT, "Wine says otherwise"},
    {"WSAAddressToString address", text_address, WSAEFAULT, "Wine says otherwise"},
    {"WSAStringToAddress address", address_of, WSAEFAULT, "Wine says otherwise"},
    {"WSAStringToAddress room", address_room, WSAEFAULT, "Wine says otherwise"},
    {"WSAConnectByList list", connect_list, WSAEINVAL, "Wine ends the program, or waits"},
    {"WSAConnectByList address", connect_list_address, WSAEFAULT,
     "Wine ends the program, or waits"},
    {"WSAConnectByName timeout", connect_timeout, ALLOWED, NULL},
    {"gethostname name", host_name, WSAEFAULT, NULL},
};

/* Wine follows many of these pointers itself and ends the program: only NULL is tried there. */
#ifdef __MINGW32__
enum { BAD_KINDS = 0 };
static void *bad_memory(int kind)
{
    (void)kind;
    return NULL;
}
#else
enum { BAD_KINDS = 2 };
/* 0: nobody may touch it; 1: the last two bytes of what one may: an address's family, no more. */
static void *bad_memory(int kind)
{
    enum { HALF = 65536 };
    static char *pages;

    if (!pages) {
        pages = mmap(NULL, 2 * HALF, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        REQUIRE(pages != MAP_FAILED && mprotect(pages + HALF, HALF, PROT_NONE) == 0);
    }
    memcpy(pages + HALF - 2, &(short){AF_INET}, 2);
    return pages + HALF - (kind == 1 ? 2 : 0);
}
#endif

static void no_memory(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int kind = 0; kind < BAD_KINDS; kind++) {
            static struct world w;
            world_open(&w);
            int code = rows[i].call(&w, bad_memory(kind));
            CHECK("BAD-1", code == WSAEFAULT, "%s, %s: %d", rows[i].name,
                  kind ? "cut short" : "not there", code);
            world_close(&w);
        }
}

static void null(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct world w;
        if (rows[i].null == ALLOWED)
            continue;
        if (!CHECK_WINE_DEPARTS("BAD-1", !rows[i].wine || !check_on_wine(), rows[i].wine,
                                "%s, NULL: can be tried", rows[i].name))
            continue;
        world_open(&w);
        int code = rows[i].call(&w, NULL);
        CHECK_WINE_DEPARTS("BAD-1", code == rows[i].null, rows[i].wine, "%s, NULL: %d",
                           rows[i].name, code);
        world_close(&w);
    }
}

int main(void)
{
    sockets_start();
    find_functions();
    connect_ex = (LPFN_CONNECTEX)extension((GUID)WSAID_CONNECTEX);
    transmit_packets = (LPFN_TRANSMITPACKETS)extension((GUID)WSAID_TRANSMITPACKETS);
    RUN(no_memory);
    RUN(null);
    WSACleanup();
    return check_report();
}
