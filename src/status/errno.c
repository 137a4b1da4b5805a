/* SPDX-License-Identifier: MIT
 *
 * From Linux' errno to NTSTATUS (ERR-4): what a place says otherwise first, then what holds
 * everywhere.
 */
#include "status/status.h"

#include <errno.h>

#define WSA_DESTINATION_REQUIRED 10039
#define WSA_WRONG_PROTOCOL_TYPE 10041
#define WSA_NO_PROTOCOL_OPTION 10042
#define WSA_PROTOCOL_NOT_SUPPORTED 10043
#define WSA_SOCKET_TYPE_NOT_SUPPORTED 10044
#define WSA_FAMILY_NOT_SUPPORTED 10047
#define WSA_NETWORK_RESET 10052

/* No status so far. No errno becomes STATUS_SUCCESS, so it can serve as the mark. */
#define UNDECIDED STATUS_SUCCESS

static NTSTATUS status__of_socket(int error)
{
    switch (error) {
    case ECONNRESET:
    case EPIPE:
        return STATUS_CONNECTION_RESET;
    case ECONNABORTED:
        return STATUS_CONNECTION_ABORTED;
    case ECONNREFUSED:
        return STATUS_CONNECTION_REFUSED;
    case ENETUNREACH:
    case ENETDOWN:
    case ENONET:
        return STATUS_NETWORK_UNREACHABLE;
    case EHOSTUNREACH:
    case EHOSTDOWN:
        return STATUS_HOST_UNREACHABLE;
    case ENOTCONN:
    case EDESTADDRREQ:
        return STATUS_INVALID_CONNECTION;
    case EISCONN:
        return STATUS_CONNECTION_ACTIVE;
    case EALREADY:
    case EINPROGRESS:
        return STATUS_ADDRESS_ALREADY_ASSOCIATED;
    case EADDRINUSE:
        return STATUS_ADDRESS_ALREADY_EXISTS;
    case EADDRNOTAVAIL:
        return STATUS_INVALID_ADDRESS_COMPONENT;
    case EMSGSIZE:
        return STATUS_INVALID_BUFFER_SIZE;
    case ENETRESET:
        return STATUS_OF_WINSOCK(WSA_NETWORK_RESET);
    default:
        return UNDECIDED;
    }
}

/* Errors with which Winsock refuses a call, and which no operation completes with. */
static NTSTATUS status__of_refusal(int error)
{
    switch (error) {
    case EAFNOSUPPORT:
        return STATUS_OF_WINSOCK(WSA_FAMILY_NOT_SUPPORTED);
    case EPROTONOSUPPORT:
        return STATUS_OF_WINSOCK(WSA_PROTOCOL_NOT_SUPPORTED);
    case ESOCKTNOSUPPORT:
        return STATUS_OF_WINSOCK(WSA_SOCKET_TYPE_NOT_SUPPORTED);
    case EPROTOTYPE:
        return STATUS_OF_WINSOCK(WSA_WRONG_PROTOCOL_TYPE);
    case ENOPROTOOPT:
        return STATUS_OF_WINSOCK(WSA_NO_PROTOCOL_OPTION);
    default:
        return UNDECIDED;
    }
}

/* The kernel hands accept() the troubles of the connection that was to be accepted: for a listener
 * that is a connection gone, not a network gone. */
static NTSTATUS status__of_accept(int error)
{
    switch (error) {
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EPROTO:
        return STATUS_CONNECTION_ABORTED;
    default:
        return UNDECIDED;
    }
}

static NTSTATUS status__of_file(int error)
{
    switch (error) {
    case ENOENT:
        return STATUS_OBJECT_NAME_NOT_FOUND;
    case ENOTDIR:
        return STATUS_OBJECT_PATH_NOT_FOUND;
    case EEXIST:
        return STATUS_OBJECT_NAME_COLLISION;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return STATUS_DISK_FULL;
    case EIO:
        return STATUS_IO_DEVICE_ERROR;
    case EROFS:
        return STATUS_MEDIA_WRITE_PROTECTED;
    case EISDIR:
        return STATUS_FILE_IS_A_DIRECTORY;
    case ENOTEMPTY:
        return STATUS_DIRECTORY_NOT_EMPTY;
    case ENAMETOOLONG:
        return STATUS_NAME_TOO_LONG;
    case ELOOP:
        return STATUS_REPARSE_POINT_NOT_RESOLVED;
    case ETXTBSY:
        return STATUS_SHARING_VIOLATION;
    case EXDEV:
        return STATUS_NOT_SAME_DEVICE;
    case ENODEV:
    case ENXIO:
        return STATUS_NO_SUCH_DEVICE;
    case ESPIPE:
    case ENOTTY:
        return STATUS_INVALID_DEVICE_REQUEST;
    case EBUSY:
        return STATUS_DEVICE_BUSY;
    default:
        return UNDECIDED;
    }
}

static NTSTATUS status__of_any(int error)
{
    switch (error) {
    case ETIMEDOUT:
        return STATUS_IO_TIMEOUT;
    case ENOBUFS:
    case ENOMEM:
        return STATUS_INSUFFICIENT_RESOURCES;
    case EMFILE:
    case ENFILE:
        return STATUS_TOO_MANY_OPENED_FILES;
    case EAGAIN:
        return STATUS_DEVICE_NOT_READY;
    case ECANCELED:
        return STATUS_CANCELLED;
    case EINTR:
        return STATUS_REQUEST_ABORTED;
    case EFAULT:
        return STATUS_ACCESS_VIOLATION;
    case EBADF:
        return STATUS_INVALID_HANDLE;
    case ENOTSOCK:
        return STATUS_OBJECT_TYPE_MISMATCH;
    case EINVAL:
        return STATUS_INVALID_PARAMETER;
    case EOPNOTSUPP:
        return STATUS_NOT_SUPPORTED;
    case ENOSYS:
        return STATUS_NOT_IMPLEMENTED;
    case EACCES:
    case EPERM:
        return STATUS_ACCESS_DENIED;
    default:
        return STATUS_UNSUCCESSFUL;
    }
}

static NTSTATUS status__of_place(int error, enum status_place place)
{
    switch (place) {
    case STATUS_PLACE_DATAGRAM:
        return error == ECONNREFUSED ? STATUS_PORT_UNREACHABLE : UNDECIDED;
    case STATUS_PLACE_CONNECT:
        /* What a local-domain socket without its name in the file system says. */
        return error == ENOENT ? STATUS_CONNECTION_REFUSED : UNDECIDED;
    case STATUS_PLACE_ACCEPT:
        return status__of_accept(error);
    case STATUS_PLACE_CALL:
        return error == EDESTADDRREQ ? STATUS_OF_WINSOCK(WSA_DESTINATION_REQUIRED) : UNDECIDED;
    case STATUS_PLACE_PIPE:
        return error == EPIPE ? STATUS_PIPE_CLOSING : UNDECIDED;
    default:
        return UNDECIDED;
    }
}

NTSTATUS status_of_errno(int error, enum status_place place)
{
    NTSTATUS (*const general[])(int) = {status__of_socket, status__of_refusal, status__of_file};

    if (error == 0)
        return STATUS_SUCCESS;
    NTSTATUS status = status__of_place(error, place);
    for (int i = 0; i < 3 && status == UNDECIDED; i++)
        status = general[i](error);
    return status == UNDECIDED ? status__of_any(error) : status;
}
