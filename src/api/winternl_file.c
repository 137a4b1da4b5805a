/* SPDX-License-Identifier: MIT
 *
 * Files as the NT layer sets them up for ports (rule NT-7). Takes no lock of its own.
 */
#include "api/object.h"

#include "io/file.h"
#include "port/port.h"
#include "status/codes.h"

#include <string.h>
#include <windows.h>
#include <winternl.h>
#include <iocp_nt.h>

static NTSTATUS file__associate(struct io_file *file, const void *information)
{
    FILE_COMPLETION_INFORMATION wanted;

    memcpy(&wanted, information, sizeof wanted);
    struct port *port = (struct port *)api_object_of(wanted.Port, &port_ops);
    if (!port)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = io_file_associate(file, port, (uintptr_t)wanted.Key);
    object_unref(port_object(port), OBJ_REF_CALL);
    return status;
}

static NTSTATUS file__add_modes(struct io_file *file, const void *information)
{
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION wanted;

    memcpy(&wanted, information, sizeof wanted);
    /* Here programs also say that what ends at once need not set their event; it always does. */
    return io_file_add_modes(file, wanted.Flags & ~(ULONG)FILE_SKIP_SET_USER_EVENT_ON_FAST_IO);
}

static const struct file_class {
    FILE_INFORMATION_CLASS class;
    ULONG least; /* bytes */
    NTSTATUS (*set)(struct io_file *file, const void *information);
} file_classes[] = {
    {FileCompletionInformation, sizeof(FILE_COMPLETION_INFORMATION), file__associate},
    {FileIoCompletionNotificationInformation, sizeof(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION),
     file__add_modes},
};

static const struct file_class *file__class(FILE_INFORMATION_CLASS class)
{
    for (size_t index = 0; index < sizeof file_classes / sizeof file_classes[0]; index++)
        if (file_classes[index].class == class)
            return &file_classes[index];
    return NULL;
}

NTSTATUS NTAPI NtSetInformationFile(HANDLE handle, PIO_STATUS_BLOCK block, PVOID information,
                                    ULONG length, FILE_INFORMATION_CLASS class)
{
    const struct file_class *found = file__class(class);

    if (!found)
        return STATUS_INVALID_INFO_CLASS;
    if (length < found->least)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!information || !block)
        return STATUS_ACCESS_VIOLATION;
    struct io_file *file = api_file(handle);
    if (!file)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = found->set(file, information);
    api_file_unref(file);
    if (status == STATUS_SUCCESS)
        *block = (IO_STATUS_BLOCK){.Information = 0};
    return status;
}
