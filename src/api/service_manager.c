/* SPDX-License-Identifier: MIT
 *
 * winsvc.h's list of services, which a Linux system does not have: what its supervisor starts is
 * written down in files of its own. So it cannot be opened, and nobody has a handle from it.
 */
#include "api/last_error.h"

#include <winsvc.h>

static BOOL manager__refuse(DWORD error)
{
    api_set_last_error(error);
    return FALSE;
}

static SC_HANDLE manager__none(DWORD error)
{
    api_set_last_error(error);
    return NULL;
}

SC_HANDLE WINAPI OpenSCManagerA(LPCSTR machine, LPCSTR database, DWORD access)
{
    (void)machine, (void)database, (void)access;
    return manager__none(ERROR_DATABASE_DOES_NOT_EXIST);
}

SC_HANDLE WINAPI OpenSCManagerW(LPCWSTR machine, LPCWSTR database, DWORD access)
{
    (void)machine, (void)database, (void)access;
    return manager__none(ERROR_DATABASE_DOES_NOT_EXIST);
}

SC_HANDLE WINAPI OpenServiceA(SC_HANDLE manager, LPCSTR name, DWORD access)
{
    (void)manager, (void)name, (void)access;
    return manager__none(ERROR_INVALID_HANDLE);
}

SC_HANDLE WINAPI OpenServiceW(SC_HANDLE manager, LPCWSTR name, DWORD access)
{
    (void)manager, (void)name, (void)access;
    return manager__none(ERROR_INVALID_HANDLE);
}

SC_HANDLE WINAPI CreateServiceA(SC_HANDLE manager, LPCSTR name, LPCSTR display, DWORD access,
                                DWORD type, DWORD start, DWORD error_control, LPCSTR path,
                                LPCSTR group, LPDWORD tag, LPCSTR dependencies, LPCSTR account,
                                LPCSTR password)
{
    (void)manager, (void)name, (void)display, (void)access, (void)type, (void)start;
    (void)error_control, (void)path, (void)group, (void)tag, (void)dependencies, (void)account;
    (void)password;
    return manager__none(ERROR_INVALID_HANDLE);
}

SC_HANDLE WINAPI CreateServiceW(SC_HANDLE manager, LPCWSTR name, LPCWSTR display, DWORD access,
                                DWORD type, DWORD start, DWORD error_control, LPCWSTR path,
                                LPCWSTR group, LPDWORD tag, LPCWSTR dependencies, LPCWSTR account,
                                LPCWSTR password)
{
    (void)manager, (void)name, (void)display, (void)access, (void)type, (void)start;
    (void)error_control, (void)path, (void)group, (void)tag, (void)dependencies, (void)account;
    (void)password;
    return manager__none(ERROR_INVALID_HANDLE);
}

BOOL WINAPI DeleteService(SC_HANDLE service)
{
    (void)service;
    return manager__refuse(ERROR_INVALID_HANDLE);
}

BOOL WINAPI StartServiceA(SC_HANDLE service, DWORD count, LPCSTR *arguments)
{
    (void)service, (void)count, (void)arguments;
    return manager__refuse(ERROR_INVALID_HANDLE);
}

BOOL WINAPI StartServiceW(SC_HANDLE service, DWORD count, LPCWSTR *arguments)
{
    (void)service, (void)count, (void)arguments;
    return manager__refuse(ERROR_INVALID_HANDLE);
}

BOOL WINAPI ControlService(SC_HANDLE service, DWORD control, LPSERVICE_STATUS status)
{
    (void)service, (void)control, (void)status;
    return manager__refuse(ERROR_INVALID_HANDLE);
}

BOOL WINAPI QueryServiceStatus(SC_HANDLE service, LPSERVICE_STATUS status)
{
    (void)service, (void)status;
    return manager__refuse(ERROR_INVALID_HANDLE);
}

BOOL WINAPI QueryServiceStatusEx(SC_HANDLE service, SC_STATUS_TYPE level, LPBYTE buffer, DWORD size,
                                 LPDWORD needed)
{
    (void)service, (void)level, (void)buffer, (void)size, (void)needed;
    return manager__refuse(ERROR_INVALID_HANDLE);
}

BOOL WINAPI ChangeServiceConfig2A(SC_HANDLE service, DWORD level, LPVOID info)
{
    (void)service, (void)level, (void)info;
    return manager__refuse(ERROR_INVALID_HANDLE);
}

BOOL WINAPI ChangeServiceConfig2W(SC_HANDLE service, DWORD level, LPVOID info)
{
    (void)service, (void)level, (void)info;
    return manager__refuse(ERROR_INVALID_HANDLE);
}

BOOL WINAPI CloseServiceHandle(SC_HANDLE handle)
{
    (void)handle;
    return manager__refuse(ERROR_INVALID_HANDLE);
}
