/* SPDX-License-Identifier: MIT
 *
 * The one table of errors, one row per status in the order of their unsigned values, and the look-
 * ups in it. Rows and columns are rule ERR-1; what has no row follows ERR-2 and ERR-3.
 */
#include "status/status.h"

#include <stddef.h>

#define WINSOCK_INVALID_ARGUMENT 10022
#define WIN32_NO_MESSAGE 317
#define WIN32_WAIT_ABANDONED 128
#define WIN32_USER_APC 737
#define WIN32_TIMEOUT 1460

struct status_row {
    NTSTATUS status;
    uint16_t win32;  /* a Win32 call that fails, GetQueuedCompletionStatus, a wait */
    uint16_t call;   /* a Winsock call that fails at once */
    uint16_t result; /* WSAGetOverlappedResult, Winsock completion routines */
};

/* Winsock has one word for everything it does not know. */
#define ELSE WINSOCK_INVALID_ARGUMENT

/* clang-format off */
static const struct status_row status_rows[] = {
    {STATUS_SUCCESS, 0, 0, 0},
    {STATUS_ABANDONED, 735, 735, 735},
    {STATUS_USER_APC, 192, 192, 192},
    {STATUS_TIMEOUT, 258, 258, 258},
    {STATUS_PENDING, 997, 997, 996},
    {STATUS_NOTIFY_CLEANUP, 745, 745, 745},
    {STATUS_NOTIFY_ENUM_DIR, 1022, 1022, 1022},
    {STATUS_DATATYPE_MISALIGNMENT, 998, ELSE, ELSE},
    {STATUS_BUFFER_OVERFLOW, 234, 10040, 10040},
    {STATUS_NO_MORE_FILES, 18, ELSE, ELSE},
    {STATUS_DEVICE_BUSY, 170, ELSE, ELSE},
    {STATUS_NO_MORE_ENTRIES, 259, ELSE, ELSE},
    {STATUS_UNSUCCESSFUL, 31, ELSE, ELSE},
    {STATUS_NOT_IMPLEMENTED, 1, 10045, 10045},
    {STATUS_INVALID_INFO_CLASS, 87, ELSE, ELSE},
    {STATUS_INFO_LENGTH_MISMATCH, 24, ELSE, ELSE},
    {STATUS_ACCESS_VIOLATION, 998, 10014, 10014},
    {STATUS_PAGEFILE_QUOTA, 1454, 10055, 10055},
    {STATUS_INVALID_HANDLE, 6, 10038, 10038},
    {STATUS_INVALID_PARAMETER, 87, 10022, 10022},
    {STATUS_NO_SUCH_DEVICE, 433, 10050, 10050},
    {STATUS_NO_SUCH_FILE, 2, 10050, 10050},
    {STATUS_INVALID_DEVICE_REQUEST, 1, ELSE, ELSE},
    {STATUS_END_OF_FILE, 38, ELSE, ELSE},
    {STATUS_NO_MEMORY, 8, 10055, 10055},
    {STATUS_CONFLICTING_ADDRESSES, 487, 10055, 10055},
    {STATUS_ACCESS_DENIED, 5, 10013, 10013},
    {STATUS_BUFFER_TOO_SMALL, 122, 10014, 10014},
    {STATUS_OBJECT_TYPE_MISMATCH, 6, 10038, 10038},
    {STATUS_OBJECT_NAME_INVALID, 123, ELSE, ELSE},
    {STATUS_OBJECT_NAME_NOT_FOUND, 2, 10050, 10050},
    {STATUS_OBJECT_NAME_COLLISION, 183, ELSE, ELSE},
    {STATUS_OBJECT_PATH_INVALID, 161, ELSE, ELSE},
    {STATUS_OBJECT_PATH_NOT_FOUND, 3, 10050, 10050},
    {STATUS_OBJECT_PATH_SYNTAX_BAD, 161, ELSE, ELSE},
    {STATUS_SHARING_VIOLATION, 32, 10048, 10048},
    {STATUS_QUOTA_EXCEEDED, 1816, 10055, 10055},
    {STATUS_MUTANT_NOT_OWNED, 288, ELSE, ELSE},
    {STATUS_SEMAPHORE_LIMIT_EXCEEDED, 298, ELSE, ELSE},
    {STATUS_SUSPEND_COUNT_EXCEEDED, 156, ELSE, ELSE},
    {STATUS_THREAD_IS_TERMINATING, 5, ELSE, ELSE},
    {STATUS_FILE_LOCK_CONFLICT, 33, ELSE, ELSE},
    {STATUS_LOCK_NOT_GRANTED, 33, ELSE, ELSE},
    {STATUS_DELETE_PENDING, 5, ELSE, ELSE},
    {STATUS_PRIVILEGE_NOT_HELD, 1314, ELSE, ELSE},
    {STATUS_RANGE_NOT_LOCKED, 158, ELSE, ELSE},
    {STATUS_DISK_FULL, 112, ELSE, ELSE},
    {STATUS_TOO_MANY_PAGING_FILES, 8, 10055, 10055},
    {STATUS_INSUFFICIENT_RESOURCES, 1450, 10055, 10055},
    {STATUS_WORKING_SET_QUOTA, 1453, 10055, 10055},
    {STATUS_MEDIA_WRITE_PROTECTED, 19, ELSE, ELSE},
    {STATUS_DEVICE_NOT_READY, 21, 10035, 10035},
    {STATUS_INSTANCE_NOT_AVAILABLE, 231, ELSE, ELSE},
    {STATUS_PIPE_NOT_AVAILABLE, 231, ELSE, ELSE},
    {STATUS_INVALID_PIPE_STATE, 230, ELSE, ELSE},
    {STATUS_PIPE_BUSY, 231, ELSE, ELSE},
    {STATUS_PIPE_DISCONNECTED, 233, 10058, 10058},
    {STATUS_PIPE_CLOSING, 232, ELSE, ELSE},
    {STATUS_PIPE_CONNECTED, 535, ELSE, ELSE},
    {STATUS_PIPE_LISTENING, 536, ELSE, ELSE},
    {STATUS_INVALID_READ_MODE, 230, ELSE, ELSE},
    {STATUS_IO_TIMEOUT, 121, 10060, 10060},
    {STATUS_FILE_FORCED_CLOSED, 38, ELSE, ELSE},
    {STATUS_FILE_IS_A_DIRECTORY, 5, ELSE, ELSE},
    {STATUS_NOT_SUPPORTED, 50, 10045, 10045},
    {STATUS_REMOTE_NOT_LISTENING, 51, 10061, 10061},
    {STATUS_BAD_NETWORK_PATH, 53, 10050, 10050},
    {STATUS_NETWORK_BUSY, 54, 10050, 10050},
    {STATUS_INVALID_NETWORK_RESPONSE, 58, 10050, 10050},
    {STATUS_UNEXPECTED_NETWORK_ERROR, 59, 10050, 10050},
    {STATUS_REQUEST_NOT_ACCEPTED, 71, 10035, 10035},
    {STATUS_NOT_SAME_DEVICE, 17, ELSE, ELSE},
    {STATUS_PIPE_EMPTY, 232, ELSE, ELSE},
    {STATUS_INVALID_USER_BUFFER, 1784, ELSE, ELSE},
    {STATUS_INVALID_PARAMETER_1, 87, ELSE, ELSE},
    {STATUS_INVALID_PARAMETER_2, 87, ELSE, ELSE},
    {STATUS_INVALID_PARAMETER_3, 87, ELSE, ELSE},
    {STATUS_DIRECTORY_NOT_EMPTY, 145, ELSE, ELSE},
    {STATUS_NOT_A_DIRECTORY, 267, ELSE, ELSE},
    {STATUS_NAME_TOO_LONG, 206, ELSE, ELSE},
    {STATUS_PROCESS_IS_TERMINATING, 5, ELSE, ELSE},
    {STATUS_TOO_MANY_OPENED_FILES, 4, 10024, ELSE},
    {STATUS_CANCELLED, 995, 995, 995},
    {STATUS_CANNOT_DELETE, 5, ELSE, ELSE},
    {STATUS_FILE_CLOSED, 6, ELSE, ELSE},
    {STATUS_TOO_MANY_THREADS, 565, ELSE, ELSE},
    {STATUS_COMMITMENT_LIMIT, 1455, 10055, 10055},
    {STATUS_ENTRYPOINT_NOT_FOUND, 127, ELSE, ELSE},
    {STATUS_CONTROL_C_EXIT, 572, ELSE, ELSE},
    {STATUS_LOCAL_DISCONNECT, 64, 10053, 10053},
    {STATUS_REMOTE_DISCONNECT, 64, 10054, 10054},
    {STATUS_REMOTE_RESOURCES, 51, 10055, 10055},
    {STATUS_LINK_FAILED, 59, 10054, 10054},
    {STATUS_LINK_TIMEOUT, 59, 10060, 10060},
    {STATUS_INVALID_CONNECTION, 59, 10057, 10057},
    {STATUS_INVALID_ADDRESS, 59, 10049, 10049},
    {STATUS_PIPE_BROKEN, 109, ELSE, ELSE},
    {STATUS_IO_DEVICE_ERROR, 1117, ELSE, ELSE},
    {STATUS_INVALID_BUFFER_SIZE, 1784, 10040, 10040},
    {STATUS_INVALID_ADDRESS_COMPONENT, 1214, 10049, 10049},
    {STATUS_TOO_MANY_ADDRESSES, 68, 10055, 10055},
    {STATUS_ADDRESS_ALREADY_EXISTS, 52, 10048, 10048},
    {STATUS_CONNECTION_DISCONNECTED, 64, 10054, 10054},
    {STATUS_CONNECTION_RESET, 64, 10054, 10054},
    {STATUS_TRANSACTION_ABORTED, 59, 10053, 10053},
    {STATUS_NOT_FOUND, 1168, ELSE, ELSE},
    {STATUS_HANDLE_NOT_CLOSABLE, 6, ELSE, ELSE},
    {STATUS_CONNECTION_REFUSED, 1225, 10061, 10061},
    {STATUS_GRACEFUL_DISCONNECT, 1226, 10101, 10101},
    {STATUS_ADDRESS_ALREADY_ASSOCIATED, 1227, 10037, ELSE},
    {STATUS_CONNECTION_INVALID, 1229, ELSE, ELSE},
    {STATUS_CONNECTION_ACTIVE, 1230, 10056, 10056},
    {STATUS_NETWORK_UNREACHABLE, 1231, 10051, 10051},
    {STATUS_HOST_UNREACHABLE, 1232, 10065, 10065},
    {STATUS_PROTOCOL_UNREACHABLE, 1233, 10051, 10051},
    {STATUS_PORT_UNREACHABLE, 1234, 10054, 10054},
    {STATUS_REQUEST_ABORTED, 1235, 10004, 10004},
    {STATUS_CONNECTION_ABORTED, 1236, 10053, 10053},
    {STATUS_USER_MAPPED_FILE, 1224, ELSE, ELSE},
    {STATUS_REPARSE_POINT_NOT_RESOLVED, 1921, ELSE, ELSE},
    {STATUS_DATATYPE_MISALIGNMENT_ERROR, 998, 10014, 10014},
    {STATUS_HOST_DOWN, 1256, 10064, 10064},
};
/* clang-format on */

/* 0xC007xxxx and 0x8007xxxx carry another code space's error in their low half. */
static bool status__is_wrapped(NTSTATUS status)
{
    uint32_t facility = (uint32_t)status & 0xFFFF0000u;
    return facility == 0xC0070000u || facility == 0x80070000u;
}

static const struct status_row *status__find(NTSTATUS status)
{
    size_t low = 0;
    size_t high = sizeof status_rows / sizeof status_rows[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (status_rows[middle].status == status)
            return &status_rows[middle];
        if ((uint32_t)status_rows[middle].status < (uint32_t)status)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

uint32_t status_win32(int32_t status)
{
    if (status__is_wrapped(status))
        return (uint32_t)status & 0xFFFF;
    const struct status_row *row = status__find(status);
    return row ? row->win32 : WIN32_NO_MESSAGE;
}

uint32_t status_dos_error(int32_t status)
{
    switch (status) {
    case STATUS_ABANDONED:
        return WIN32_WAIT_ABANDONED;
    case STATUS_USER_APC:
        return WIN32_USER_APC;
    case STATUS_TIMEOUT:
        return WIN32_TIMEOUT;
    default:
        return status_win32(status);
    }
}

/* What has no row: success and information keep their plain code, all else is a bad argument. */
static int status__winsock_unlisted(int32_t status)
{
    if (status__is_wrapped(status))
        return status & 0xFFFF;
    return status >= 0 ? (int)status_win32(status) : WINSOCK_INVALID_ARGUMENT;
}

int status_winsock(int32_t status)
{
    const struct status_row *row = status__find(status);
    return row ? row->call : status__winsock_unlisted(status);
}

int status_winsock_result(int32_t status)
{
    const struct status_row *row = status__find(status);
    return row ? row->result : status__winsock_unlisted(status);
}
