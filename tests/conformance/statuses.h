/* SPDX-License-Identifier: MIT
 *
 * The NTSTATUS values that the socket tests meet and what GetQueuedCompletionStatus makes of them.
 * winnt.h has only a few of them and ntstatus.h cannot be included after it, hence a list of our
 * own. The whole table of the rules stands in Errors.c, which tests it.
 */
#ifndef IOCP_TESTS_STATUSES_H
#define IOCP_TESTS_STATUSES_H

#define NT_SUCCESS_0 0x00000000u
#define NT_PENDING 0x00000103u
#define NT_BUFFER_OVERFLOW 0x80000005u
#define NT_INVALID_PARAMETER 0xC000000Du
#define NT_BUFFER_TOO_SMALL 0xC0000023u
#define NT_CANCELLED 0xC0000120u
#define NT_CONNECTION_RESET 0xC000020Du
#define NT_CONNECTION_REFUSED 0xC0000236u
#define NT_CONNECTION_ABORTED 0xC0000241u

static inline DWORD win32_of(DWORD status)
{
    switch (status) {
    case NT_SUCCESS_0:
        return 0;
    case NT_BUFFER_OVERFLOW:
        return ERROR_MORE_DATA;
    case NT_BUFFER_TOO_SMALL:
        return ERROR_INSUFFICIENT_BUFFER;
    case NT_CANCELLED:
        return ERROR_OPERATION_ABORTED;
    case NT_CONNECTION_RESET:
        return ERROR_NETNAME_DELETED;
    case NT_CONNECTION_REFUSED:
        return ERROR_CONNECTION_REFUSED;
    case NT_CONNECTION_ABORTED:
        return ERROR_CONNECTION_ABORTED;
    default:
        return 0xFFFFFFFFu;
    }
}

#endif
