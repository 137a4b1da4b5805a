/* SPDX-License-Identifier: MIT
 *
 * What startup.c starts: posts a packet, takes it, and tells on standard output when that was, in
 * nanoseconds of CLOCK_MONOTONIC. Made three times: with the shared library, with the static one,
 * and (BARE) without, to tell what any program takes. */
#ifndef BARE
#include <windows.h>
#endif

#include <stdio.h>
#include <time.h>

int main(void)
{
    struct timespec now;

#ifndef BARE
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (!port || !PostQueuedCompletionStatus(port, 1, 2, NULL) ||
        !GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE) || bytes != 1 ||
        key != 2)
        return 1;
#endif
    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
    return 0;
}
