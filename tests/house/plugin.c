/* SPDX-License-Identifier: MIT
 *
 * The library in a program that was not linked with it: a plug-in, or a language that loads it by
 * name. The loader has little room for a late library's thread-local variables.
 */
#include <windows.h>

#include <dlfcn.h>
#include <stdio.h>

static void *library;

static void *function(const char *name)
{
    void *address = dlsym(library, name);

    if (!address)
        printf("FAIL %s: %s\n", name, dlerror());
    return address;
}

int main(int count, char **arguments)
{
    if (count != 2 || !(library = dlopen(arguments[1], RTLD_NOW))) {
        printf("FAIL %s\n", count == 2 ? dlerror() : "usage: plugin LIBRARY");
        return 1;
    }
    HANDLE(WINAPI * create)(HANDLE, HANDLE, ULONG_PTR, DWORD) = function("CreateIoCompletionPort");
    BOOL(WINAPI * post)
    (HANDLE, DWORD, ULONG_PTR, LPOVERLAPPED) = function("PostQueuedCompletionStatus");
    BOOL(WINAPI * get)
    (HANDLE, LPDWORD, PULONG_PTR, LPOVERLAPPED *, DWORD) = function("GetQueuedCompletionStatus");
    BOOL(WINAPI * close)(HANDLE) = function("CloseHandle");
    OVERLAPPED *overlapped;
    ULONG_PTR key = 0;
    DWORD bytes = 0;

    if (!create || !post || !get || !close)
        return 1;
    HANDLE port = create(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (!port || !post(port, 7, 42, NULL) || !get(port, &bytes, &key, &overlapped, 1000) ||
        bytes != 7 || key != 42 || !close(port)) {
        printf("FAIL a packet through a port\n");
        return 1;
    }
    return 0;
}
