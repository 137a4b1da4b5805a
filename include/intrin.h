/* SPDX-License-Identifier: MIT
 *
 * Compiler intrinsics: the interlocked family, barriers, bit scans. On x86 also the vector
 * intrinsics of the compiler in use.
 */
#ifndef IOCP_INTRIN_H
#define IOCP_INTRIN_H

#include "interlockedapi.h"
#include "iocp_crt.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#define _ReadBarrier() __atomic_signal_fence(__ATOMIC_ACQUIRE)
#define _WriteBarrier() __atomic_signal_fence(__ATOMIC_RELEASE)
#define _ReadWriteBarrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define __debugbreak() __builtin_trap()
#define __nop() __asm__ __volatile__("nop")

/* The index of the lowest or highest bit set; 0, with nothing stored, if there is none. */
static __inline__ unsigned char _BitScanForward(DWORD *index, DWORD mask)
{
    if (!mask)
        return 0;
    *index = (DWORD)__builtin_ctz(mask);
    return 1;
}
static __inline__ unsigned char _BitScanReverse(DWORD *index, DWORD mask)
{
    if (!mask)
        return 0;
    *index = 31u - (DWORD)__builtin_clz(mask);
    return 1;
}
static __inline__ unsigned char _BitScanForward64(DWORD *index, DWORD64 mask)
{
    if (!mask)
        return 0;
    *index = (DWORD)__builtin_ctzll(mask);
    return 1;
}
static __inline__ unsigned char _BitScanReverse64(DWORD *index, DWORD64 mask)
{
    if (!mask)
        return 0;
    *index = 63u - (DWORD)__builtin_clzll(mask);
    return 1;
}

#endif
