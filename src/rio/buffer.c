/* SPDX-License-Identifier: MIT
 *
 * Registered buffers are names and nothing more: the kernel is not told of them. (Fixed buffers of
 * io_uring spare the pinning of pages in transfers past the cache; sockets copy either way.) What a
 * request uses is looked up when it is started, so taking a buffer's name away does not disturb
 * requests under way.
 */
#include "rio/buffer.h"

#include "rio/id.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whether there is memory from first to last byte. Linux' answer covers the pages, not the rights
 * to them. */
static bool buffer__is_mapped(void *data, uint32_t length)
{
    static _Atomic long page_size;
    long size = page_size;

    if (!size)
        page_size = size = sysconf(_SC_PAGESIZE);
    uintptr_t first = (uintptr_t)data & ~((uintptr_t)size - 1);
    uintptr_t end = (uintptr_t)data + length;
    if (end < (uintptr_t)data)
        return false;
    /* Writes nothing, and fails where nothing is mapped. */
    return msync((void *)first, end - first, MS_ASYNC) == 0 || errno != ENOMEM;
}

NTSTATUS rio_buffer_register(void *data, uint32_t length, uintptr_t *id)
{
    struct rio_named named = {.value = data, .length = length};

    if (!data || length == 0 || !buffer__is_mapped(data, length))
        return STATUS_ACCESS_VIOLATION;
    *id = rio_id_open(RIO_ID_BUFFER, &named);
    return *id ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

void rio_buffer_deregister(uintptr_t id)
{
    rio_id_close(id, RIO_ID_BUFFER, NULL);
}

NTSTATUS rio_buffer_find(const struct rio_slice *slice, void **data)
{
    struct rio_named named;

    if (!rio_id_find(slice->buffer, RIO_ID_BUFFER, &named))
        return STATUS_ACCESS_VIOLATION;
    if ((uint64_t)slice->offset + slice->length > named.length)
        return STATUS_INVALID_PARAMETER;
    *data = (char *)named.value + slice->offset;
    return STATUS_SUCCESS;
}
