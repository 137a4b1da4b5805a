/* SPDX-License-Identifier: MIT
 *
 * A program that was written as a service and is started by hand: it is told so, and goes on as
 * what it is. How services live under a supervisor is unit/api/service.c's.
 */
#include "support.h"

#include <winsvc.h>

static const char wine_differs[] = "Wine: another error";

static void WINAPI service_main(DWORD count, LPSTR *arguments)
{
    (void)count;
    (void)arguments;
}

static void WINAPI service_handler(DWORD control)
{
    (void)control;
}

static void no_service(void)
{
    SERVICE_TABLE_ENTRYA table[] = {{(LPSTR) "service", service_main}, {NULL, NULL}};
    SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS,
                             .dwCurrentState = SERVICE_RUNNING};

    SetLastError(0xbeef);
    BOOL ran = StartServiceCtrlDispatcherA(table);
    CHECK("SVC-1", !ran && GetLastError() == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT,
          "no service: %u", (unsigned)GetLastError());
    SERVICE_STATUS_HANDLE handle = RegisterServiceCtrlHandlerA("service", service_handler);
    CHECK_WINE_DEPARTS("SVC-3", !handle && GetLastError() == ERROR_SERVICE_NOT_IN_EXE, wine_differs,
                       "no dispatcher: %u", (unsigned)GetLastError());
    BOOL set = SetServiceStatus(NULL, &status);
    CHECK("SVC-4", !set && GetLastError() == ERROR_INVALID_HANDLE, "no handle: %u",
          (unsigned)GetLastError());
    CHECK("SVC-4", !CloseServiceHandle(NULL) && GetLastError() == ERROR_INVALID_HANDLE,
          "nothing to close: %u", (unsigned)GetLastError());
}

int main(void)
{
    RUN(no_service);
    return check_report();
}
