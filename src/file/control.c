/* SPDX-License-Identifier: MIT
 *
 * DeviceIoControl on files: the few codes that mean something here.
 */
#include "file/file_internal.h"

#include <string.h>

enum { CONTROL_SET_SPARSE = 0x900C4, CONTROL_SET_ZERO_DATA = 0x980C8 };

/* FILE_ZERO_DATA_INFORMATION. */
struct control_zero {
    int64_t first, beyond;
};

static NTSTATUS control__do(struct file *file, uint32_t code, const void *input, uint32_t length)
{
    struct control_zero zero;

    switch (code) {
    case CONTROL_SET_SPARSE: /* every file here may have holes */
        return file->access & (FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES) ? STATUS_SUCCESS
                                                                        : STATUS_ACCESS_DENIED;
    case CONTROL_SET_ZERO_DATA:
        if (!input || length < sizeof zero)
            return STATUS_INVALID_PARAMETER;
        memcpy(&zero, input, sizeof zero);
        return file_zero(file, zero.first, zero.beyond);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

NTSTATUS file_control(struct file *file, uint32_t code, const void *input, uint32_t length,
                      OVERLAPPED *overlapped)
{
    struct io_operation *operation;

    if (!overlapped)
        return file_has(file, IO_FILE_OVERLAPPED) ? STATUS_INVALID_PARAMETER
                                                  : control__do(file, code, input, length);
    NTSTATUS status = io_begin(&file->io, overlapped, NULL, NULL, &operation);
    if (status != STATUS_SUCCESS)
        return status;
    status = control__do(file, code, input, length);
    io_complete(operation, status, 0, true);
    return status;
}
