/* SPDX-License-Identifier: MIT
 *
 * An echo client that checks every byte that comes back, in two manners.
 *
 * Blocking (the default): a thread for each connection, with connect, send and recv.
 * Overlapped (--overlapped): one thread, one port, all connections: ConnectEx, WSASend and WSARecv
 * complete to the port, and each connection is a small machine that the packets drive.
 *
 * Shows: getaddrinfo; ConnectEx, which wants a bound socket, and SO_UPDATE_CONNECT_CONTEXT; a
 * receive repeated until the whole answer is in, since a stream knows no requests; what the same
 * exchange looks like from both sides of the choice.
 *
 * Ends with 0 only when each connection got each of its answers, whole and unchanged.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MOST 65536ul

struct settings {
    const char *host;
    const char *port;
    unsigned long connections;
    unsigned long requests;
    unsigned long size;
    int overlapped;
};

enum step { STEP_CONNECT, STEP_SEND, STEP_RECEIVE };

struct client {
    OVERLAPPED overlapped;
    SOCKET socket;
    HANDLE thread;
    const struct settings *settings;
    const struct addrinfo *server;
    enum step step;
    unsigned long number;      /* of this connection */
    unsigned long answered;    /* requests whose answer was right */
    unsigned long transferred; /* bytes of the present answer */
    char *question;
    char *answer;
    const char *failed_at;
    DWORD error;
};

static void report(const char *what, DWORD error)
{
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)error);
}

/* ---- what both manners share ------------------------------------------------------------- */

/* Each request differs from the one before and from its neighbours on other connections, so that
 * an answer that came late or to the wrong place does not pass for the right one. */
static void client_ask(struct client *client)
{
    unsigned long value = client->number * 2654435761u + client->answered * 40503u;

    for (unsigned long i = 0; i < client->settings->size; i++) {
        value = value * 1103515245u + 12345u;
        client->question[i] = (char)(value >> 16);
    }
    client->transferred = 0;
}

static int client_fail(struct client *client, const char *where, DWORD error)
{
    client->failed_at = where;
    client->error = error;
    return 0;
}

static int client_check(struct client *client)
{
    if (memcmp(client->question, client->answer, client->settings->size) != 0)
        return client_fail(client, "the answer differs from the question", 0);
    client->answered++;
    return 1;
}

static int client_open(struct client *client)
{
    BOOL no_delay = TRUE;

    client->socket =
        WSASocketW(client->server->ai_family, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (client->socket == INVALID_SOCKET)
        return client_fail(client, "WSASocket", (DWORD)WSAGetLastError());
    if (setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&no_delay,
                   sizeof(no_delay)) != 0)
        return client_fail(client, "TCP_NODELAY", (DWORD)WSAGetLastError());
    return 1;
}

static void client_close(struct client *client)
{
    if (client->socket != INVALID_SOCKET)
        closesocket(client->socket);
    client->socket = INVALID_SOCKET;
}

/* ---- the blocking manner ----------------------------------------------------------------- */

static int blocking_send(struct client *client)
{
    unsigned long sent = 0;

    while (sent < client->settings->size) {
        int now =
            send(client->socket, client->question + sent, (int)(client->settings->size - sent), 0);

        if (now == SOCKET_ERROR)
            return client_fail(client, "send", (DWORD)WSAGetLastError());
        sent += (unsigned long)now;
    }
    return 1;
}

static int blocking_receive(struct client *client)
{
    while (client->transferred < client->settings->size) {
        int now = recv(client->socket, client->answer + client->transferred,
                       (int)(client->settings->size - client->transferred), 0);

        if (now == SOCKET_ERROR)
            return client_fail(client, "recv", (DWORD)WSAGetLastError());
        if (now == 0)
            return client_fail(client, "the server closed the connection", 0);
        client->transferred += (unsigned long)now;
    }
    return 1;
}

static DWORD WINAPI blocking_run(LPVOID argument)
{
    struct client *client = argument;
    int ok = client_open(client);

    if (ok &&
        connect(client->socket, client->server->ai_addr, (int)client->server->ai_addrlen) != 0)
        ok = client_fail(client, "connect", (DWORD)WSAGetLastError());
    while (ok && client->answered < client->settings->requests) {
        client_ask(client);
        ok = blocking_send(client) && blocking_receive(client) && client_check(client);
    }
    client_close(client);
    return 0;
}

static int blocking_all(struct client *clients, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++) {
        clients[i].thread = CreateThread(NULL, 0, blocking_run, &clients[i], 0, NULL);
        if (clients[i].thread == NULL)
            client_fail(&clients[i], "CreateThread", GetLastError());
    }
    for (unsigned long i = 0; i < count; i++) {
        if (clients[i].thread == NULL)
            continue;
        WaitForSingleObject(clients[i].thread, INFINITE);
        CloseHandle(clients[i].thread);
    }
    return 1;
}

/* ---- the overlapped manner --------------------------------------------------------------- */

static LPFN_CONNECTEX connect_ex;

/* The post functions return whether a packet will come. */
static int overlapped_send(struct client *client)
{
    WSABUF window = {(ULONG)client->settings->size, client->question};

    client_ask(client);
    memset(&client->overlapped, 0, sizeof(client->overlapped));
    client->step = STEP_SEND;
    if (WSASend(client->socket, &window, 1, NULL, 0, &client->overlapped, NULL) == 0 ||
        WSAGetLastError() == WSA_IO_PENDING)
        return 1;
    return client_fail(client, "WSASend", (DWORD)WSAGetLastError());
}

static int overlapped_receive(struct client *client)
{
    WSABUF window = {(ULONG)(client->settings->size - client->transferred),
                     client->answer + client->transferred};
    DWORD flags = 0;

    memset(&client->overlapped, 0, sizeof(client->overlapped));
    client->step = STEP_RECEIVE;
    if (WSARecv(client->socket, &window, 1, NULL, &flags, &client->overlapped, NULL) == 0 ||
        WSAGetLastError() == WSA_IO_PENDING)
        return 1;
    return client_fail(client, "WSARecv", (DWORD)WSAGetLastError());
}

/* ConnectEx takes only a socket that is bound; the wildcard with port 0 is enough. */
static int overlapped_bind(struct client *client)
{
    struct sockaddr_storage any;

    memset(&any, 0, sizeof(any));
    any.ss_family = client->server->ai_family;
    if (bind(client->socket, (struct sockaddr *)&any, (int)client->server->ai_addrlen) != 0)
        return client_fail(client, "bind", (DWORD)WSAGetLastError());
    return 1;
}

static int overlapped_connect(struct client *client, HANDLE port)
{
    if (!client_open(client) || !overlapped_bind(client))
        return 0;
    if (CreateIoCompletionPort((HANDLE)client->socket, port, (ULONG_PTR)client, 0) == NULL)
        return client_fail(client, "CreateIoCompletionPort", GetLastError());
    memset(&client->overlapped, 0, sizeof(client->overlapped));
    client->step = STEP_CONNECT;
    if (connect_ex(client->socket, client->server->ai_addr, (int)client->server->ai_addrlen, NULL,
                   0, NULL, &client->overlapped) ||
        WSAGetLastError() == ERROR_IO_PENDING)
        return 1;
    return client_fail(client, "ConnectEx", (DWORD)WSAGetLastError());
}

/* One packet, one step; false when the connection has nothing more to wait for. */
static int overlapped_advance(struct client *client, DWORD bytes)
{
    switch (client->step) {
    case STEP_CONNECT:
        if (setsockopt(client->socket, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) != 0)
            return client_fail(client, "SO_UPDATE_CONNECT_CONTEXT", (DWORD)WSAGetLastError());
        break;
    case STEP_SEND:
        return overlapped_receive(client);
    case STEP_RECEIVE:
        if (bytes == 0)
            return client_fail(client, "the server closed the connection", 0);
        client->transferred += bytes;
        if (client->transferred < client->settings->size)
            return overlapped_receive(client);
        if (!client_check(client))
            return 0;
        break;
    }
    return client->answered < client->settings->requests && overlapped_send(client);
}

static const char *step_name(enum step step)
{
    static const char *const names[] = {"ConnectEx", "WSASend", "WSARecv"};

    return names[step];
}

/* Every client still counted has exactly one packet on its way. */
static int overlapped_drive(HANDLE port, unsigned long waiting)
{
    while (waiting > 0) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;
        BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);

        if (overlapped == NULL) {
            report("GetQueuedCompletionStatus", GetLastError());
            return 0;
        }
        struct client *client = (struct client *)key;

        if (succeeded && overlapped_advance(client, bytes))
            continue;
        if (!succeeded)
            client_fail(client, step_name(client->step), GetLastError());
        client_close(client);
        waiting--;
    }
    return 1;
}

static int fetch_connect_ex(int family)
{
    GUID id = WSAID_CONNECTEX;
    DWORD bytes = 0;
    SOCKET socket = WSASocketW(family, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    int ok;

    if (socket == INVALID_SOCKET)
        return 0;
    ok = WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &connect_ex,
                  sizeof(connect_ex), &bytes, NULL, NULL) == 0;
    closesocket(socket);
    return ok;
}

static int overlapped_all(struct client *clients, unsigned long count)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    unsigned long waiting = 0;
    int ok;

    if (port == NULL || !fetch_connect_ex(clients[0].server->ai_family)) {
        report("port, ConnectEx", GetLastError());
        return 0;
    }
    for (unsigned long i = 0; i < count; i++) {
        if (overlapped_connect(&clients[i], port))
            waiting++;
        else
            client_close(&clients[i]);
    }
    ok = overlapped_drive(port, waiting);
    CloseHandle(port);
    return ok;
}

/* ---- all connections --------------------------------------------------------------------- */

static struct client *clients_new(const struct settings *settings, const struct addrinfo *server)
{
    struct client *clients = calloc(settings->connections, sizeof(*clients));
    char *buffers = calloc(settings->connections, 2 * settings->size);

    if (clients == NULL || buffers == NULL) {
        free(clients);
        free(buffers);
        return NULL;
    }
    for (unsigned long i = 0; i < settings->connections; i++) {
        clients[i].socket = INVALID_SOCKET;
        clients[i].settings = settings;
        clients[i].server = server;
        clients[i].number = i;
        clients[i].question = buffers + 2 * settings->size * i;
        clients[i].answer = clients[i].question + settings->size;
    }
    return clients;
}

static int clients_summarize(const struct client *clients, const struct settings *settings,
                             double seconds)
{
    uint64_t answered = 0;
    unsigned long failed = 0;

    for (unsigned long i = 0; i < settings->connections; i++) {
        answered += clients[i].answered;
        if (clients[i].failed_at == NULL)
            continue;
        if (failed++ < 5)
            fprintf(stderr, "connection %lu, request %lu: %s (error %lu)\n", i, clients[i].answered,
                    clients[i].failed_at, (unsigned long)clients[i].error);
    }
    printf("%s: %lu connections, %" PRIu64 " requests of %lu bytes checked, %lu connections "
           "failed, %.3f s, %.0f requests/s\n",
           settings->overlapped ? "overlapped" : "blocking", settings->connections, answered,
           settings->size, failed, seconds, seconds > 0 ? (double)answered / seconds : 0.0);
    return failed == 0 && answered == (uint64_t)settings->connections * settings->requests;
}

static int clients_run(const struct settings *settings, const struct addrinfo *server)
{
    struct client *clients = clients_new(settings, server);
    LARGE_INTEGER begin, end, frequency;
    int ok;

    if (clients == NULL) {
        report("memory for the connections", ERROR_NOT_ENOUGH_MEMORY);
        return 0;
    }
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&begin);
    ok = settings->overlapped ? overlapped_all(clients, settings->connections)
                              : blocking_all(clients, settings->connections);
    QueryPerformanceCounter(&end);
    ok = clients_summarize(clients, settings,
                           (double)(end.QuadPart - begin.QuadPart) / (double)frequency.QuadPart) &&
         ok;
    free(clients[0].question);
    free(clients);
    return ok;
}

/* ---- settings ---------------------------------------------------------------------------- */

static void usage(void)
{
    printf("usage: echo_client --port P [options]\n"
           "  --host NAME        server (default 127.0.0.1)\n"
           "  --connections N    connections open at a time (default 10)\n"
           "  --requests N       requests on each connection (default 100)\n"
           "  --size BYTES       size of a request, at most 65536 (default 64)\n"
           "  --overlapped       one thread and a completion port instead of a thread for each\n");
}

static int parse_number(const char *text, unsigned long least, unsigned long most,
                        unsigned long *value)
{
    char *end;

    if (text == NULL || *text < '0' || *text > '9')
        return 0;
    *value = strtoul(text, &end, 10);
    return *end == '\0' && *value >= least && *value <= most;
}

static int settings_parse(struct settings *settings, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        int ok = 0;

        if (strcmp(argv[i], "--overlapped") == 0) {
            settings->overlapped = 1;
            continue;
        }
        if (strcmp(argv[i], "--host") == 0)
            ok = (settings->host = value) != NULL;
        else if (strcmp(argv[i], "--port") == 0)
            ok = (settings->port = value) != NULL;
        else if (strcmp(argv[i], "--connections") == 0)
            ok = parse_number(value, 1, 60000, &settings->connections);
        else if (strcmp(argv[i], "--requests") == 0)
            ok = parse_number(value, 1, 1000000000, &settings->requests);
        else if (strcmp(argv[i], "--size") == 0)
            ok = parse_number(value, 1, SIZE_MOST, &settings->size);
        if (!ok) {
            fprintf(stderr, "cannot use: %s\n", argv[i]);
            return 0;
        }
        i++;
    }
    return settings->port != NULL;
}

int main(int argc, char **argv)
{
    struct settings settings = {"127.0.0.1", NULL, 10, 100, 64, 0};
    struct addrinfo hints, *server = NULL;
    WSADATA winsock;
    int error, ok;

    if (!settings_parse(&settings, argc, argv)) {
        usage();
        return 2;
    }
    error = WSAStartup(MAKEWORD(2, 2), &winsock);
    if (error != 0) {
        report("WSAStartup", (DWORD)error);
        return 1;
    }
    memset(&hints, 0, sizeof(hints));
    /* The example servers speak IPv4; IPv6 is for a host given by its address. */
    hints.ai_family = strchr(settings.host, ':') != NULL ? AF_INET6 : AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    error = getaddrinfo(settings.host, settings.port, &hints, &server);
    if (error != 0) {
        report("getaddrinfo", (DWORD)error);
        WSACleanup();
        return 1;
    }
    ok = clients_run(&settings, server);
    freeaddrinfo(server);
    WSACleanup();
    return ok ? 0 : 1;
}
