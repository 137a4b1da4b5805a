/* SPDX-License-Identifier: MIT
 *
 * Programs that were written as services, under a supervisor that this one plays: what it is told
 * and in which order, how its signals arrive, who counts as started by it (SVC). Each of them is
 * this program again, with a role.
 */
#include "unit/expect.h"

#define WIN32_LEAN_AND_MEAN /* the sockets here are the system's */
#include <windows.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 20000 };

/* ---- the services ---- */

static DWORD main_thread;
static HANDLE stop_event, reload_event;
static SERVICE_STATUS_HANDLE status_handle;
static SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS};
static int context_mark;

static BOOL report(SERVICE_STATUS_HANDLE handle, DWORD state, DWORD accepted, DWORD hint)
{
    status.dwCurrentState = state;
    status.dwControlsAccepted = accepted;
    status.dwWaitHint = hint;
    return SetServiceStatus(handle, &status);
}

static DWORD WINAPI handler_ex(DWORD control, DWORD type, LPVOID data, LPVOID context)
{
    EXPECT(GetCurrentThreadId() == main_thread && type == 0 && !data && context == &context_mark);
    if (control == SERVICE_CONTROL_STOP) {
        EXPECT(report(status_handle, SERVICE_STOP_PENDING, 0, 2000));
        SetEvent(stop_event);
    } else {
        EXPECT(control == SERVICE_CONTROL_PARAMCHANGE);
        SetEvent(reload_event);
    }
    return NO_ERROR;
}

/* Registers by any name, as its table has one service. */
static void WINAPI one_main(DWORD count, LPSTR *arguments)
{
    EXPECT(count == 1 && strcmp(arguments[0], "echo") == 0 && !arguments[1]);
    EXPECT(GetCurrentThreadId() != main_thread);
    status_handle = RegisterServiceCtrlHandlerExA("any", handler_ex, &context_mark);
    EXPECT(status_handle != NULL);
    EXPECT(report(status_handle, SERVICE_START_PENDING, 0, 3000));
    EXPECT(report(status_handle, SERVICE_RUNNING, SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PARAMCHANGE,
                  0));
    EXPECT(WaitForSingleObject(reload_event, WAIT_MS) == WAIT_OBJECT_0);
    EXPECT(WaitForSingleObject(stop_event, WAIT_MS) == WAIT_OBJECT_0);
    status.dwWin32ExitCode = 7;
    EXPECT(report(status_handle, SERVICE_STOPPED, 0, 0));
}

static void one(void)
{
    const SERVICE_TABLE_ENTRYA table[] = {{"echo", one_main}, {NULL, NULL}};

    EXPECT(StartServiceCtrlDispatcherA(table));
    EXPECT(!StartServiceCtrlDispatcherA(table) && GetLastError() == ERROR_SERVICE_ALREADY_RUNNING);
}

/* A stop that comes before the service takes any: held back until it does. */
static void WINAPI late_main(DWORD count, LPSTR *arguments)
{
    (void)count, (void)arguments;
    status_handle = RegisterServiceCtrlHandlerExA("", handler_ex, &context_mark);
    EXPECT(report(status_handle, SERVICE_START_PENDING, 0, 0));
    EXPECT(WaitForSingleObject(stop_event, 300) == WAIT_TIMEOUT);
    EXPECT(report(status_handle, SERVICE_RUNNING, SERVICE_ACCEPT_STOP, 0));
    EXPECT(WaitForSingleObject(stop_event, WAIT_MS) == WAIT_OBJECT_0);
    EXPECT(report(status_handle, SERVICE_STOPPED, 0, 0));
}

static void late(void)
{
    const SERVICE_TABLE_ENTRYA table[] = {{"late", late_main}, {NULL, NULL}};

    EXPECT(StartServiceCtrlDispatcherA(table));
}

/* Two in one process, with wide names: one takes SHUTDOWN only, with the plain kind of handler. */
static SERVICE_STATUS_HANDLE shared[2];
static _Atomic int both_stopped;

static void WINAPI shared_handler(DWORD control)
{
    EXPECT(control == SERVICE_CONTROL_SHUTDOWN && GetCurrentThreadId() == main_thread);
    status.dwServiceType = SERVICE_WIN32_SHARE_PROCESS;
    both_stopped++;
    EXPECT(report(shared[1], SERVICE_STOPPED, 0, 0));
}

static DWORD WINAPI shared_handler_ex(DWORD control, DWORD type, LPVOID data, LPVOID context)
{
    (void)type, (void)data, (void)context;
    EXPECT(control == SERVICE_CONTROL_STOP);
    both_stopped++;
    EXPECT(report(shared[0], SERVICE_STOPPED, 0, 0));
    return NO_ERROR;
}

static void WINAPI shared_main(DWORD count, LPWSTR *arguments)
{
    SERVICE_STATUS own = {.dwServiceType = SERVICE_WIN32_SHARE_PROCESS,
                          .dwCurrentState = SERVICE_RUNNING};
    bool first = arguments[0][0] == 'a';

    EXPECT(count == 1);
    EXPECT(!RegisterServiceCtrlHandlerA("third", shared_handler) &&
           GetLastError() == ERROR_SERVICE_NOT_IN_EXE);
    shared[first ? 0 : 1] =
        first ? RegisterServiceCtrlHandlerExW(arguments[0], shared_handler_ex, NULL)
              : RegisterServiceCtrlHandlerA("BETA", shared_handler); /* case does not count */
    own.dwControlsAccepted = first ? SERVICE_ACCEPT_STOP : SERVICE_ACCEPT_SHUTDOWN;
    EXPECT(SetServiceStatus(shared[first ? 0 : 1], &own));
}

static void two(void)
{
    WCHAR alpha[] = {'a', 'l', 'p', 'h', 'a', 0}, beta[] = {'b', 'e', 't', 'a', 0};
    const SERVICE_TABLE_ENTRYW table[] = {{alpha, shared_main}, {beta, shared_main}, {NULL, NULL}};

    EXPECT(StartServiceCtrlDispatcherW(table));
    EXPECT(both_stopped == 2);
}

/* Comes to nothing, and says so by its return. */
static void WINAPI gone_main(DWORD count, LPSTR *arguments)
{
    SERVICE_STATUS bad = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS};

    (void)count, (void)arguments;
    EXPECT(!SetServiceStatus(NULL, &bad) && GetLastError() == ERROR_INVALID_HANDLE);
    EXPECT(!RegisterServiceCtrlHandlerA(NULL, shared_handler) &&
           GetLastError() == ERROR_INVALID_NAME);
    EXPECT(!RegisterServiceCtrlHandlerA("gone", NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
}

static void gone(void)
{
    const SERVICE_TABLE_ENTRYA table[] = {{"gone", gone_main}, {NULL, NULL}}, none[] = {{0}};

    EXPECT(!StartServiceCtrlDispatcherA(none) && GetLastError() == ERROR_INVALID_DATA);
    EXPECT(!StartServiceCtrlDispatcherA(NULL) && GetLastError() == ERROR_INVALID_DATA);
    EXPECT(StartServiceCtrlDispatcherA(table));
}

static void WINAPI invalid_main(DWORD count, LPSTR *arguments)
{
    SERVICE_STATUS_HANDLE handle = RegisterServiceCtrlHandlerA("x", shared_handler);
    SERVICE_STATUS bad = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS, .dwCurrentState = 8};

    (void)count, (void)arguments;
    EXPECT(!SetServiceStatus(handle, &bad) && GetLastError() == ERROR_INVALID_DATA);
    bad = (SERVICE_STATUS){.dwServiceType = 0, .dwCurrentState = SERVICE_RUNNING};
    EXPECT(!SetServiceStatus(handle, &bad) && GetLastError() == ERROR_INVALID_DATA);
    bad = (SERVICE_STATUS){.dwServiceType = SERVICE_WIN32_OWN_PROCESS,
                           .dwCurrentState = SERVICE_RUNNING,
                           .dwControlsAccepted = 0x80000000};
    EXPECT(!SetServiceStatus(handle, &bad) && GetLastError() == ERROR_INVALID_DATA);
    EXPECT(!SetServiceStatus(handle, NULL) && GetLastError() == ERROR_INVALID_DATA);
    EXPECT(report(handle, SERVICE_STOPPED, 0, 0));
}

static void invalid(void)
{
    const SERVICE_TABLE_ENTRYA table[] = {{"x", invalid_main}, {NULL, NULL}};

    EXPECT(StartServiceCtrlDispatcherA(table));
}

static void not_one(void)
{
    const SERVICE_TABLE_ENTRYA table[] = {{"x", invalid_main}, {NULL, NULL}};

    EXPECT(!StartServiceCtrlDispatcherA(table) &&
           GetLastError() == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    EXPECT(!RegisterServiceCtrlHandlerA("x", shared_handler) &&
           GetLastError() == ERROR_SERVICE_NOT_IN_EXE);
    EXPECT(!OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS) &&
           GetLastError() == ERROR_DATABASE_DOES_NOT_EXIST);
    EXPECT(!OpenServiceA(NULL, "x", SERVICE_ALL_ACCESS) && GetLastError() == ERROR_INVALID_HANDLE);
    EXPECT(!CloseServiceHandle(NULL) && GetLastError() == ERROR_INVALID_HANDLE);
}

static const struct role {
    const char *name;
    void (*run)(void);
} roles[] = {{"one", one},   {"late", late},       {"two", two},
             {"gone", gone}, {"invalid", invalid}, {"not_one", not_one}};

/* The thread sanitizer holds a signal back until its thread comes by one of its interceptors, which
 * one that sleeps in the library never does: so signals find a thread that waits for them. */
static void *wait_for_signals(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static void leave_signals_to_a_thread(void)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
    pthread_t thread;
    sigset_t set;

    EXPECT(pthread_create(&thread, NULL, wait_for_signals, NULL) == 0);
    pthread_detach(thread);
    sigemptyset(&set);
    for (size_t place = 0; place < sizeof signals / sizeof *signals; place++)
        sigaddset(&set, signals[place]);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static int play(const char *name)
{
    leave_signals_to_a_thread();
    main_thread = GetCurrentThreadId();
    stop_event = CreateEventA(NULL, TRUE, FALSE, NULL);
    reload_event = CreateEventA(NULL, TRUE, FALSE, NULL);
    for (size_t place = 0; place < sizeof roles / sizeof *roles; place++)
        if (strcmp(roles[place].name, name) == 0)
            roles[place].run();
    return expect_report();
}

/* ---- the supervisor ---- */

static int heard = -1;
static char address[64];

static void listen_for_reports(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};

    snprintf(address, sizeof address, "@iocp-unit-service-%d", (int)getpid());
    memcpy(name.sun_path, address, strlen(address));
    name.sun_path[0] = '\0';
    heard = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    EXPECT(bind(heard, (struct sockaddr *)&name,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(address))) == 0);
}

/* The next report; empty: none came in time. */
static const char *report_heard(int milliseconds)
{
    static char text[512];
    struct pollfd polled = {.fd = heard, .events = POLLIN};

    text[0] = '\0';
    if (poll(&polled, 1, milliseconds) == 1) {
        ssize_t length = recv(heard, text, sizeof text - 1, 0);
        text[length < 0 ? 0 : length] = '\0';
    }
    return text;
}

static bool hears(const char *wanted)
{
    const char *text = report_heard(WAIT_MS);
    bool same = strcmp(text, wanted) == 0;

    if (!same)
        fprintf(stderr, "heard \"%s\", not \"%s\"\n", text, wanted);
    return same;
}

/* A variable with "=" and its value, or NULL. */
static pid_t started(const char *role, const char *variable)
{
    pid_t child = fork();

    if (child == 0) {
        unsetenv("SYSTEMD_EXEC_PID");
        unsetenv("IOCP_SERVICE");
        setenv("NOTIFY_SOCKET", address, 1);
        if (variable)
            putenv((char *)variable);
        execl("/proc/self/exe", "service", role, NULL);
        _exit(99);
    }
    return child;
}

static bool ends_well(pid_t child)
{
    int status_word = -1;

    return waitpid(child, &status_word, 0) == child && WIFEXITED(status_word) &&
           WEXITSTATUS(status_word) == 0;
}

static void a_whole_life(void)
{
    pid_t child = started("one", NULL);

    EXPECT(hears("EXTEND_TIMEOUT_USEC=3000000\nSTATUS=Starting\n"));
    EXPECT(hears("READY=1\nSTATUS=Running\n"));
    kill(child, SIGHUP);
    EXPECT(strncmp(report_heard(WAIT_MS), "RELOADING=1\nMONOTONIC_USEC=", 27) == 0);
    EXPECT(hears("READY=1\n"));
    kill(child, SIGTERM);
    EXPECT(hears("STOPPING=1\nEXTEND_TIMEOUT_USEC=2000000\nSTATUS=Stopping\n"));
    EXPECT(hears("STOPPING=1\nSTATUS=Stopped with error 7\n"));
    EXPECT(ends_well(child));
}

static void a_stop_that_comes_early(void)
{
    pid_t child = started("late", NULL);

    EXPECT(hears("STATUS=Starting\n"));
    kill(child, SIGINT);
    EXPECT(hears("READY=1\nSTATUS=Running\n"));
    EXPECT(hears("STOPPING=1\nEXTEND_TIMEOUT_USEC=2000000\nSTATUS=Stopping\n"));
    EXPECT(hears("STOPPING=1\nSTATUS=Stopped\n"));
    EXPECT(ends_well(child));
}

static void two_in_a_process(void)
{
    pid_t child = started("two", NULL);

    EXPECT(hears("STATUS=Running\n"));
    EXPECT(hears("READY=1\nSTATUS=Running\n"));
    kill(child, SIGTERM);
    EXPECT(hears("STATUS=Stopped\n"));
    EXPECT(hears("STOPPING=1\nSTATUS=Stopped\n"));
    EXPECT(ends_well(child));
}

static void what_is_refused(void)
{
    EXPECT(ends_well(started("gone", NULL)));
    EXPECT(ends_well(started("invalid", NULL)));
    EXPECT(hears("STOPPING=1\nSTATUS=Stopped\n"));
}

static void who_is_a_service(void)
{
    EXPECT(ends_well(started("not_one", "IOCP_SERVICE=0")));
    EXPECT(ends_well(started("not_one", "SYSTEMD_EXEC_PID=1"))); /* another one's */
    EXPECT(ends_well(started("not_one", "NOTIFY_SOCKET")));      /* takes it away */
    EXPECT(ends_well(started("gone", "IOCP_SERVICE=1")));
    EXPECT(*report_heard(0) == '\0');
}

int main(int count, char **arguments)
{
    if (count == 2)
        return play(arguments[1]);
    listen_for_reports();
    a_whole_life();
    a_stop_that_comes_early();
    two_in_a_process();
    what_is_refused();
    who_is_a_service();
    return expect_report();
}
