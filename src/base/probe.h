/* SPDX-License-Identifier: MIT
 *
 * Is the memory there that a program's pointer names? For pointers that the library itself follows;
 * those that it hands on are judged by the kernel. The answer holds for the moment: memory that
 * another thread unmaps between the look and the use still faults, as in any other library.
 *
 * A look is a system call for each page (0.15 us to read, 0.4 us to write), and nothing for what
 * lies in the frames of the functions that called, where most arguments do. The functions named
 * `known` also believe what the calling thread has found before, for calls that come a million
 * times a second. No locks.
 */
#ifndef BASE_PROBE_H
#define BASE_PROBE_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    PROBE_PAGE = 4096,      /* the smallest there is */
    PROBE_NEAR = 16 * 1024, /* of a stack */
};

/* What each thread has found last: numbers of pages. */
struct probe_known {
    uintptr_t read, write;
};
extern THREAD_LOCAL struct probe_known probe_known;

bool probe__read(const void *memory, size_t length) COLD;
bool probe__write(const void *memory, size_t length) COLD;

/* In the stack above the calling function, not far. Where a stack ends sooner than that the memory
 * behind it is not looked at. */
static inline bool probe_in_frames(const void *memory, size_t length)
{
    return length <= PROBE_NEAR &&
           (uintptr_t)memory - (uintptr_t)__builtin_frame_address(0) < PROBE_NEAR - length;
}

static inline uintptr_t probe_page(const void *memory)
{
    return (uintptr_t)memory / PROBE_PAGE;
}

/* The whole of it on that page? Nothing is on page 0. */
static inline bool probe_on_page(const void *memory, size_t length, uintptr_t page)
{
    return length - 1 < PROBE_PAGE && page != 0 && probe_page(memory) == page &&
           probe_page((const char *)memory + length - 1) == page;
}

/* Can `length` bytes be read; written? No bytes can always be. */
static inline bool probe_readable(const void *memory, size_t length)
{
    return LIKELY(probe_in_frames(memory, length)) || probe__read(memory, length);
}

static inline bool probe_writable(const void *memory, size_t length)
{
    return LIKELY(probe_in_frames(memory, length)) || probe__write(memory, length);
}

/* The same, with what the thread has found last, and with the page of `beside`, memory of the
 * program's that the call writes to anyhow (its OVERLAPPED); NULL: none. */
static inline bool probe_known_readable(const void *memory, size_t length, const void *beside)
{
    if (LIKELY(probe_in_frames(memory, length) || length == 0 ||
               probe_on_page(memory, length, probe_page(beside)) ||
               probe_on_page(memory, length, probe_known.read)))
        return true;
    if (!probe__read(memory, length))
        return false;
    probe_known.read = probe_page(memory);
    return true;
}

static inline bool probe_known_writable(const void *memory, size_t length, const void *beside)
{
    if (LIKELY(probe_in_frames(memory, length) || length == 0 ||
               probe_on_page(memory, length, probe_page(beside)) ||
               probe_on_page(memory, length, probe_known.write)))
        return true;
    if (!probe__write(memory, length))
        return false;
    probe_known.write = probe_page(memory);
    return true;
}

#endif
