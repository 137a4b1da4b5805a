/* SPDX-License-Identifier: MIT
 *
 * io.h: between handles and descriptors of the C library.
 */
#include "file/file.h"
#include "object/handle.h"

#include <io.h>

#include <errno.h>

intptr_t _get_osfhandle(int descriptor)
{
    if (file_adopt(descriptor) == STATUS_SUCCESS)
        return descriptor;
    errno = EBADF;
    return -1;
}

int _open_osfhandle(intptr_t handle, int flags)
{
    int descriptor = -1;

    (void)flags; /* there is no text mode */
    if (handle >= 0 && (uintptr_t)handle < HANDLE_DESCRIPTORS)
        return _get_osfhandle((int)handle) == handle ? (int)handle : -1;
    if (file_give((uintptr_t)handle, &descriptor) == STATUS_SUCCESS)
        return descriptor;
    errno = EBADF;
    return -1;
}

int _close(int descriptor)
{
    return file_close_descriptor(descriptor);
}
