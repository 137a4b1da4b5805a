/* SPDX-License-Identifier: MIT
 *
 * An echo server on a named pipe, with one completion port for all of its instances, and its
 * client.
 *
 *   pipe_echo [--name NAME] [--instances N] [--workers N]       the server; Ctrl-C ends it
 *   pipe_echo --client [--name NAME] [--requests N] [--size N]  a client that checks every echo
 *
 * Shows: an instance as a small machine (connecting, reading, writing) with its OVERLAPPED inside;
 * ConnectNamedPipe that pends, or says that the client is there already (ERROR_PIPE_CONNECTED,
 * which queues no packet); messages longer than the buffer (ERROR_MORE_DATA), put together in a
 * buffer that grows; a client's end noticed (ERROR_BROKEN_PIPE) and the instance used again after
 * DisconnectNamedPipe; a client that waits for a free instance with WaitNamedPipe.
 *
 * Each instance has one operation under way at any time, so whoever takes its packet owns it, and
 * no lock is needed.
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "\\\\.\\pipe\\"
#define FIRST_BYTES 4096
#define MOST_BYTES (1u << 20) /* of a message; a client that sends more is let go */
#define INSTANCES_MOST 64

enum state { CONNECTING, READING, WRITING };

struct instance {
    OVERLAPPED overlapped;
    HANDLE pipe;
    enum state state;
    char *data;
    DWORD room, length; /* of the message so far */
};

struct settings {
    char name[256];
    unsigned long instances, workers, requests, size;
    int client;
};

static HANDLE port;
static HANDLE stop_asked;
static struct instance instances[INSTANCES_MOST];
static volatile LONG clients, messages;

static void die(const char *what)
{
    fprintf(stderr, "pipe_echo: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static void step(struct instance *instance, DWORD bytes, DWORD error);

/* Waits for the next client. */
static void listen_again(struct instance *instance)
{
    memset(&instance->overlapped, 0, sizeof instance->overlapped);
    instance->state = CONNECTING;
    instance->length = 0;
    if (ConnectNamedPipe(instance->pipe, &instance->overlapped))
        return; /* as documented this never happens; a packet would follow */
    switch (GetLastError()) {
    case ERROR_IO_PENDING:
        return;
    case ERROR_PIPE_CONNECTED: /* early: no packet */
        step(instance, 0, 0);
        return;
    case ERROR_NO_DATA: /* and gone already */
        DisconnectNamedPipe(instance->pipe);
        PostQueuedCompletionStatus(port, 0, (ULONG_PTR)instance, NULL);
        return;
    default: /* closed: the server ends */
        return;
    }
}

static void let_go(struct instance *instance)
{
    DisconnectNamedPipe(instance->pipe);
    listen_again(instance);
}

/* A call that succeeds at once queues its packet all the same. */
static int started(BOOL done)
{
    DWORD error = GetLastError();
    return done || error == ERROR_IO_PENDING || error == ERROR_MORE_DATA;
}

static void read_more(struct instance *instance)
{
    if (instance->length == instance->room) {
        DWORD room = instance->room * 2;
        char *larger = room > MOST_BYTES ? NULL : (char *)realloc(instance->data, room);
        if (!larger) {
            let_go(instance);
            return;
        }
        instance->data = larger;
        instance->room = room;
    }
    memset(&instance->overlapped, 0, sizeof instance->overlapped);
    instance->state = READING;
    if (!started(ReadFile(instance->pipe, instance->data + instance->length,
                          instance->room - instance->length, NULL, &instance->overlapped)))
        let_go(instance);
}

static void write_back(struct instance *instance)
{
    memset(&instance->overlapped, 0, sizeof instance->overlapped);
    instance->state = WRITING;
    if (!started(WriteFile(instance->pipe, instance->data, instance->length, NULL,
                           &instance->overlapped)))
        let_go(instance);
}

/* An operation of the instance has ended. */
static void step(struct instance *instance, DWORD bytes, DWORD error)
{
    if (error && !(instance->state == READING && error == ERROR_MORE_DATA)) {
        if (error != ERROR_OPERATION_ABORTED && WaitForSingleObject(stop_asked, 0) != WAIT_OBJECT_0)
            let_go(instance);
        return;
    }
    switch (instance->state) {
    case CONNECTING:
        InterlockedIncrement(&clients);
        read_more(instance);
        break;
    case READING:
        instance->length += bytes;
        if (error == ERROR_MORE_DATA)
            read_more(instance);
        else
            write_back(instance);
        break;
    case WRITING:
        InterlockedIncrement(&messages);
        instance->length = 0;
        read_more(instance);
        break;
    }
}

static DWORD WINAPI work(void *unused)
{
    (void)unused;
    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;
        BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
        DWORD error = ok ? 0 : GetLastError();
        if (!overlapped && (!ok || key == 0))
            return 0; /* told to leave, or the port is gone */
        if (!overlapped)
            listen_again((struct instance *)key);
        else
            step(CONTAINING_RECORD(overlapped, struct instance, overlapped), bytes, error);
    }
}

static BOOL WINAPI on_console(DWORD event)
{
    (void)event;
    SetEvent(stop_asked);
    return TRUE;
}

static void instance_make(struct instance *instance, const struct settings *settings, int first)
{
    instance->pipe = CreateNamedPipeA(
        settings->name,
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT, (DWORD)settings->instances,
        FIRST_BYTES, FIRST_BYTES, 0, NULL);
    if (instance->pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipe");
    if (!CreateIoCompletionPort(instance->pipe, port, (ULONG_PTR)instance, 0))
        die("CreateIoCompletionPort");
    instance->room = FIRST_BYTES;
    instance->data = (char *)malloc(instance->room);
    if (!instance->data)
        die("malloc");
}

static int serve(const struct settings *settings)
{
    HANDLE threads[MAXIMUM_WAIT_OBJECTS];
    unsigned long i;

    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    stop_asked = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (!port || !stop_asked)
        die("CreateIoCompletionPort");
    SetConsoleCtrlHandler(on_console, TRUE);
    for (i = 0; i < settings->instances; i++)
        instance_make(&instances[i], settings, i == 0);
    for (i = 0; i < settings->workers; i++) {
        threads[i] = CreateThread(NULL, 0, work, NULL, 0, NULL);
        if (!threads[i])
            die("CreateThread");
    }
    for (i = 0; i < settings->instances; i++)
        PostQueuedCompletionStatus(port, 0, (ULONG_PTR)&instances[i], NULL);
    printf("ready %s\n", settings->name);
    fflush(stdout);
    WaitForSingleObject(stop_asked, INFINITE);
    /* Closing ends what is pending; the workers leave when they have taken those packets. */
    for (i = 0; i < settings->instances; i++)
        CloseHandle(instances[i].pipe);
    for (i = 0; i < settings->workers; i++)
        PostQueuedCompletionStatus(port, 0, 0, NULL);
    WaitForMultipleObjects((DWORD)settings->workers, threads, TRUE, INFINITE);
    for (i = 0; i < settings->workers; i++)
        CloseHandle(threads[i]);
    for (i = 0; i < settings->instances; i++)
        free(instances[i].data);
    CloseHandle(port);
    CloseHandle(stop_asked);
    printf("%ld clients, %ld messages\n", (long)clients, (long)messages);
    return 0;
}

/* Waits for an instance that another client may snatch away: so again. */
static HANDLE connect_to(const char *name)
{
    for (;;) {
        HANDLE pipe =
            CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
        DWORD mode = PIPE_READMODE_MESSAGE;
        if (pipe != INVALID_HANDLE_VALUE) {
            if (!SetNamedPipeHandleState(pipe, &mode, NULL, NULL))
                die("SetNamedPipeHandleState");
            return pipe;
        }
        if (GetLastError() != ERROR_PIPE_BUSY || !WaitNamedPipeA(name, 5000))
            die(name);
    }
}

static int ask(const struct settings *settings)
{
    HANDLE pipe = connect_to(settings->name);
    char *out = (char *)malloc(settings->size + 1), *in = (char *)malloc(settings->size + 1);
    unsigned long i;
    DWORD bytes = 0;

    if (!out || !in)
        die("malloc");
    for (i = 0; i < settings->requests; i++) {
        memset(out, (int)('a' + i % 26), settings->size);
        if (!TransactNamedPipe(pipe, out, (DWORD)settings->size, in, (DWORD)settings->size + 1,
                               &bytes, NULL))
            die("TransactNamedPipe");
        if (bytes != settings->size || memcmp(in, out, settings->size) != 0) {
            fprintf(stderr, "pipe_echo: answer %lu is not what was sent\n", i);
            return 1;
        }
    }
    free(in);
    free(out);
    CloseHandle(pipe);
    printf("%lu answers of %lu bytes\n", settings->requests, settings->size);
    return 0;
}

static int usage(void)
{
    fprintf(stderr, "usage: pipe_echo [--name NAME] [--instances N] [--workers N]\n"
                    "       pipe_echo --client [--name NAME] [--requests N] [--size BYTES]\n");
    return 2;
}

int main(int count, char **arguments)
{
    struct settings settings = {PREFIX "pipe_echo", 4, 2, 1000, 64, 0};

    for (int i = 1; i < count; i++) {
        const char *option = arguments[i];
        unsigned long *number = NULL;
        if (strcmp(option, "--client") == 0) {
            settings.client = 1;
            continue;
        }
        if (i + 1 == count)
            return usage();
        if (strcmp(option, "--name") == 0)
            snprintf(settings.name, sizeof settings.name, PREFIX "%s", arguments[++i]);
        else if (strcmp(option, "--instances") == 0)
            number = &settings.instances;
        else if (strcmp(option, "--workers") == 0)
            number = &settings.workers;
        else if (strcmp(option, "--requests") == 0)
            number = &settings.requests;
        else if (strcmp(option, "--size") == 0)
            number = &settings.size;
        else
            return usage();
        if (number)
            *number = strtoul(arguments[++i], NULL, 10);
    }
    if (settings.instances < 1 || settings.instances > INSTANCES_MOST || settings.workers < 1 ||
        settings.workers > MAXIMUM_WAIT_OBJECTS || settings.size > MOST_BYTES / 2)
        return usage();
    return settings.client ? ask(&settings) : serve(&settings);
}
