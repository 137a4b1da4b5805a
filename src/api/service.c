/* SPDX-License-Identifier: MIT
 *
 * winsvc.h: a program that was written as a service, under a supervisor of the system's
 * (api/supervisor.h). Its services run in threads of their own; the thread that has called
 * StartServiceCtrlDispatcher runs their handlers, one after the other, and returns when all of them
 * have stopped. The controls are the supervisor's signals. A stop that no service accepts yet waits
 * until one does, as the supervisor will not ask twice.
 *
 * Lock: service_lock guards the services and what is asked of them; a leaf, under which the
 * supervisor is told, so that it hears of the states in their order. The table of services is made
 * once and stays: handles are places in it.
 */
#include "api/console.h"
#include "api/last_error.h"
#include "api/supervisor.h"
#include "api/utf16.h"

#include "base/fault.h"
#include "base/lock.h"

#include <winbase.h>
#include <winsvc.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define SERVICE_ACCEPTS 0x7ffu
#define SERVICE_TYPES (SERVICE_WIN32 | 0xc0u /* a user's */ | SERVICE_INTERACTIVE_PROCESS)
#define SERVICE_HANDLE_BASE 0x53560000u

struct service {
    char *name;
    LPSERVICE_MAIN_FUNCTIONA main_a; /* one of the two */
    LPSERVICE_MAIN_FUNCTIONW main_w;
    LPHANDLER_FUNCTION handler; /* likewise; neither: not registered */
    LPHANDLER_FUNCTION_EX handler_ex;
    void *context;
    SERVICE_STATUS status;
    bool over;         /* has stopped, or has gone without having registered */
    bool stop_told;    /* has been asked to stop */
    uint32_t reloaded; /* the last reload that it was told of */
};

static struct lock service_lock;
static struct service *services; /* NULL: no dispatcher */
static size_t service_count;
static bool service_stop_wanted;
static bool service_ready_told;
static uint32_t service_reloads;
static HANDLE service_changed; /* an event for the dispatcher */

/* ---- what the supervisor is told ---- */

/* All of them have got through their start. */
static bool service__all_ready(void)
{
    for (size_t place = 0; place < service_count; place++)
        if (!services[place].over && services[place].status.dwCurrentState == SERVICE_START_PENDING)
            return false;
    return true;
}

static bool service__all_over(void)
{
    for (size_t place = 0; place < service_count; place++)
        if (!services[place].over)
            return false;
    return true;
}

/* A state that is pending asks for more time. */
static void service__tell(const struct service *service)
{
    static const char *const names[] = {[SERVICE_STOPPED] = "Stopped",
                                        [SERVICE_START_PENDING] = "Starting",
                                        [SERVICE_STOP_PENDING] = "Stopping",
                                        [SERVICE_RUNNING] = "Running",
                                        [SERVICE_CONTINUE_PENDING] = "Continuing",
                                        [SERVICE_PAUSE_PENDING] = "Pausing",
                                        [SERVICE_PAUSED] = "Paused"};
    const SERVICE_STATUS *status = &service->status;
    bool pends = status->dwCurrentState == SERVICE_START_PENDING ||
                 status->dwCurrentState == SERVICE_STOP_PENDING;
    bool ready = !service_ready_told && service__all_ready();
    bool stops = service__all_over() ||
                 (service_count == 1 && status->dwCurrentState == SERVICE_STOP_PENDING);
    char lines[256], more_time[64] = "", failed[32] = "";

    lock_assert_held(&service_lock);
    if (pends && status->dwWaitHint)
        snprintf(more_time, sizeof more_time, "EXTEND_TIMEOUT_USEC=%llu\n",
                 (unsigned long long)status->dwWaitHint * 1000);
    if (status->dwCurrentState == SERVICE_STOPPED && status->dwWin32ExitCode)
        snprintf(failed, sizeof failed, " with error %u", (unsigned)status->dwWin32ExitCode);
    snprintf(lines, sizeof lines, "%s%s%sSTATUS=%s%s\n", ready && !stops ? "READY=1\n" : "",
             stops ? "STOPPING=1\n" : "", more_time, names[status->dwCurrentState], failed);
    service_ready_told |= ready;
    supervisor_tell(lines);
}

static void service__tell_reload(void)
{
    struct timespec now;
    char lines[64];

    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(lines, sizeof lines, "RELOADING=1\nMONOTONIC_USEC=%llu\n",
             (unsigned long long)now.tv_sec * 1000000 + (unsigned long long)now.tv_nsec / 1000);
    supervisor_tell(lines);
}

/* ---- the services' threads ---- */

static void service__run_wide(const struct service *service)
{
    size_t length;
    WCHAR *name = utf16_from_utf8(service->name, strlen(service->name), &length);
    WCHAR *arguments[] = {name, NULL};

    service->main_w(name ? 1 : 0, arguments);
    free(name);
}

static DWORD WINAPI service__run(void *argument)
{
    struct service *service = argument;
    char *arguments[] = {service->name, NULL};

    if (service->main_a)
        service->main_a(1, arguments);
    else
        service__run_wide(service);
    lock_take(&service_lock);
    if (!service->handler && !service->handler_ex)
        service->over = true;
    lock_drop(&service_lock);
    SetEvent(service_changed);
    return 0;
}

static bool service__start(struct service *service)
{
    HANDLE thread = CreateThread(NULL, 0, service__run, service, 0, NULL);

    if (thread)
        CloseHandle(thread);
    return thread != NULL;
}

/* ---- controls ---- */

/* In a thread of the signal's own. */
static bool service__take_signal(int number)
{
    bool taken = false;

    lock_take(&service_lock);
    if (!service__all_over() && (number == SIGTERM || number == SIGINT)) {
        service_stop_wanted = taken = true;
    } else if (!service__all_over() && number == SIGHUP) {
        service_reloads++;
        taken = true;
    }
    lock_drop(&service_lock);
    if (taken)
        SetEvent(service_changed);
    return taken;
}

/* What is due for a service now; 0: nothing. */
static DWORD service__due(struct service *service)
{
    DWORD accepted = service->status.dwControlsAccepted;

    lock_assert_held(&service_lock);
    if (service->over)
        return 0;
    if (service_stop_wanted && !service->stop_told &&
        (accepted & (SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN))) {
        service->stop_told = true;
        return accepted & SERVICE_ACCEPT_STOP ? SERVICE_CONTROL_STOP : SERVICE_CONTROL_SHUTDOWN;
    }
    if (service->reloaded == service_reloads)
        return 0;
    service->reloaded = service_reloads;
    return accepted & SERVICE_ACCEPT_PARAMCHANGE ? SERVICE_CONTROL_PARAMCHANGE : 0;
}

/* Runs one handler; false: nothing is due. */
static bool service__control(void)
{
    struct service service = {0};
    DWORD control = 0;

    lock_take(&service_lock);
    for (size_t place = 0; place < service_count && !control; place++) {
        control = service__due(&services[place]);
        service = services[place];
    }
    if (control == SERVICE_CONTROL_PARAMCHANGE)
        service__tell_reload();
    lock_drop(&service_lock);
    if (!control)
        return false;
    if (service.handler_ex)
        service.handler_ex(control, 0, NULL, service.context);
    else if (service.handler)
        service.handler(control);
    if (control == SERVICE_CONTROL_PARAMCHANGE)
        supervisor_tell("READY=1\n");
    return true;
}

static void service__dispatch(void)
{
    for (;;) {
        if (service__control())
            continue;
        lock_take(&service_lock);
        bool over = service__all_over();
        lock_drop(&service_lock);
        if (over)
            return;
        WaitForSingleObject(service_changed, INFINITE);
    }
}

/* ---- the calls ---- */

static BOOL service__fail(DWORD error)
{
    api_set_last_error(error);
    return FALSE;
}

/* Takes the table over; what it is made of is freed if there is one already. */
static DWORD service__install(struct service *made, size_t count)
{
    HANDLE changed = CreateEventA(NULL, FALSE, FALSE, NULL);
    DWORD error = changed ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;

    lock_take(&service_lock);
    if (error == NO_ERROR && services)
        error = ERROR_SERVICE_ALREADY_RUNNING;
    if (error == NO_ERROR) {
        services = made;
        service_count = count;
        service_changed = changed;
    }
    lock_drop(&service_lock);
    if (error != NO_ERROR && changed)
        CloseHandle(changed);
    return error;
}

static void service__free(struct service *made, size_t count)
{
    for (size_t place = 0; place < count; place++)
        free(made[place].name);
    free(made);
}

static BOOL service__run_all(struct service *made, size_t count)
{
    DWORD error = service__install(made, count);

    if (error != NO_ERROR) {
        service__free(made, count);
        return service__fail(error);
    }
    bool offered = console_offer_signals(service__take_signal);
    for (size_t place = 0; place < count; place++) {
        if (offered && service__start(&made[place]))
            continue;
        lock_take(&service_lock);
        made[place].over = true;
        lock_drop(&service_lock);
        error = ERROR_NOT_ENOUGH_MEMORY;
    }
    service__dispatch();
    return error == NO_ERROR ? TRUE : service__fail(error);
}

/* Room for so many; NULL with the last error. */
static struct service *service__make(size_t count)
{
    struct service *made = NULL;

    if (!count)
        api_set_last_error(ERROR_INVALID_DATA);
    else if (!supervisor_is_there())
        api_set_last_error(ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    else if (!(made = fault_calloc(count, sizeof *made)))
        api_set_last_error(ERROR_NOT_ENOUGH_MEMORY);
    for (size_t place = 0; made && place < count; place++)
        made[place].status.dwCurrentState = SERVICE_START_PENDING;
    return made;
}

static bool service__all_named(const struct service *made, size_t count)
{
    for (size_t place = 0; place < count; place++)
        if (!made[place].name)
            return false;
    return true;
}

static BOOL service__begin(struct service *made, size_t count)
{
    if (service__all_named(made, count))
        return service__run_all(made, count);
    service__free(made, count);
    return service__fail(ERROR_NOT_ENOUGH_MEMORY);
}

/* A table of either kind: the other is NULL. */
struct service_table {
    const SERVICE_TABLE_ENTRYA *a;
    const SERVICE_TABLE_ENTRYW *w;
};

static bool service__has(const struct service_table *table, size_t place)
{
    if (table->a)
        return table->a[place].lpServiceName && table->a[place].lpServiceProc;
    return table->w && table->w[place].lpServiceName && table->w[place].lpServiceProc;
}

static BOOL service__run_table(const struct service_table *table)
{
    size_t count = 0;

    while (service__has(table, count))
        count++;
    struct service *made = service__make(count);
    if (!made)
        return FALSE;
    for (size_t place = 0; place < count; place++) {
        if (table->a) {
            made[place].name = strdup(table->a[place].lpServiceName);
            made[place].main_a = table->a[place].lpServiceProc;
        } else {
            made[place].name = utf16_to_utf8(table->w[place].lpServiceName, (size_t)-1);
            made[place].main_w = table->w[place].lpServiceProc;
        }
    }
    return service__begin(made, count);
}

BOOL WINAPI StartServiceCtrlDispatcherA(const SERVICE_TABLE_ENTRYA *table)
{
    return service__run_table(&(struct service_table){.a = table});
}

BOOL WINAPI StartServiceCtrlDispatcherW(const SERVICE_TABLE_ENTRYW *table)
{
    return service__run_table(&(struct service_table){.w = table});
}

/* The service of that name; one alone has any. */
static struct service *service__find(const char *name)
{
    lock_assert_held(&service_lock);
    if (service_count == 1)
        return services;
    for (size_t place = 0; place < service_count; place++)
        if (strcasecmp(services[place].name, name) == 0)
            return &services[place];
    return NULL;
}

static SERVICE_STATUS_HANDLE service__register(const char *name, LPHANDLER_FUNCTION handler,
                                               LPHANDLER_FUNCTION_EX handler_ex, void *context)
{
    SERVICE_STATUS_HANDLE handle = NULL;

    if (!name || (!handler && !handler_ex)) {
        api_set_last_error(name ? ERROR_INVALID_PARAMETER : ERROR_INVALID_NAME);
        return NULL;
    }
    lock_take(&service_lock);
    struct service *service = service__find(name);
    if (service) {
        service->handler = handler;
        service->handler_ex = handler_ex;
        service->context = context;
        handle = (SERVICE_STATUS_HANDLE)(uintptr_t)(SERVICE_HANDLE_BASE +
                                                    (uintptr_t)(service - services));
    }
    lock_drop(&service_lock);
    if (!handle)
        api_set_last_error(ERROR_SERVICE_NOT_IN_EXE);
    return handle;
}

static SERVICE_STATUS_HANDLE service__register_wide(const WCHAR *name, LPHANDLER_FUNCTION handler,
                                                    LPHANDLER_FUNCTION_EX handler_ex, void *context)
{
    char *narrow = name ? utf16_to_utf8(name, (size_t)-1) : NULL;

    if (name && !narrow) {
        api_set_last_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    SERVICE_STATUS_HANDLE handle = service__register(narrow, handler, handler_ex, context);
    free(narrow);
    return handle;
}

SERVICE_STATUS_HANDLE WINAPI RegisterServiceCtrlHandlerA(LPCSTR name, LPHANDLER_FUNCTION handler)
{
    return service__register(name, handler, NULL, NULL);
}

SERVICE_STATUS_HANDLE WINAPI RegisterServiceCtrlHandlerW(LPCWSTR name, LPHANDLER_FUNCTION handler)
{
    return service__register_wide(name, handler, NULL, NULL);
}

SERVICE_STATUS_HANDLE WINAPI RegisterServiceCtrlHandlerExA(LPCSTR name,
                                                           LPHANDLER_FUNCTION_EX handler,
                                                           LPVOID context)
{
    return service__register(name, NULL, handler, context);
}

SERVICE_STATUS_HANDLE WINAPI RegisterServiceCtrlHandlerExW(LPCWSTR name,
                                                           LPHANDLER_FUNCTION_EX handler,
                                                           LPVOID context)
{
    return service__register_wide(name, NULL, handler, context);
}

static bool service__is_valid(const SERVICE_STATUS *status)
{
    return status && (status->dwServiceType & SERVICE_WIN32) &&
           !(status->dwServiceType & ~SERVICE_TYPES) && status->dwCurrentState >= SERVICE_STOPPED &&
           status->dwCurrentState <= SERVICE_PAUSED &&
           !(status->dwControlsAccepted & ~SERVICE_ACCEPTS);
}

BOOL WINAPI SetServiceStatus(SERVICE_STATUS_HANDLE handle, LPSERVICE_STATUS status)
{
    uintptr_t place = (uintptr_t)handle - SERVICE_HANDLE_BASE;

    lock_take(&service_lock);
    bool known = (uintptr_t)handle >= SERVICE_HANDLE_BASE && place < service_count;
    bool valid = service__is_valid(status);
    if (known && valid) {
        services[place].status = *status;
        services[place].over |= status->dwCurrentState == SERVICE_STOPPED;
        service__tell(&services[place]);
    }
    lock_drop(&service_lock);
    if (!known || !valid)
        return service__fail(known ? ERROR_INVALID_DATA : ERROR_INVALID_HANDLE);
    SetEvent(service_changed);
    return TRUE;
}
