/* SPDX-License-Identifier: MIT
 *
 * Memory by the names of Windows' C library. _msize may tell more than was asked for.
 */
#ifndef IOCP_CRT_MEMORY_H
#define IOCP_CRT_MEMORY_H

#include "iocp_crt_base.h"

#ifndef _msize
static __inline__ size_t _msize(void *memory)
{
    return iocp_libc_usable_size(memory);
}
#endif

#ifndef _recalloc
/* What is new is zero; so is what libc gives beyond the size, because a later call that makes the
 * block larger sees only where libc's block ended. */
static __inline__ void *_recalloc(void *memory, size_t count, size_t size)
{
    size_t before = memory ? iocp_libc_usable_size(memory) : 0, now = count * size;
    char *moved;
    if (size > 0 && now / size != count) {
        errno = ENOMEM;
        return NULL;
    }
    if (!memory)
        return calloc(count, size);
    if (now == 0) {
        free(memory);
        return NULL;
    }
    moved = (char *)realloc(memory, now);
    if (!moved)
        return NULL;
    if (before > now)
        before = now;
    now = iocp_libc_usable_size(moved);
    __asm__("" : "+r"(moved)); /* the compiler would count from what was asked for */
    memset(moved + before, 0, now - before);
    return moved;
}
#endif

#ifndef _aligned_malloc
static __inline__ void *_aligned_malloc(size_t size, size_t alignment)
{
    void *memory = NULL;
    int error =
        iocp_libc_memalign(&memory, alignment < sizeof memory ? sizeof memory : alignment, size);
    if (error == 0)
        return memory;
    errno = error;
    return NULL;
}
static __inline__ void _aligned_free(void *memory)
{
    free(memory);
}
#endif

#ifndef _aligned_realloc
static __inline__ void *_aligned_realloc(void *memory, size_t size, size_t alignment)
{
    size_t before = memory ? iocp_libc_usable_size(memory) : 0;
    void *moved = size > 0 ? _aligned_malloc(size, alignment) : NULL;
    if (moved && memory)
        memcpy(moved, memory, before < size ? before : size);
    if (moved || size == 0)
        free(memory);
    return moved;
}
#endif

#ifndef _heapmin
static __inline__ int _heapmin(void)
{
    return 0;
}
#endif

#endif
