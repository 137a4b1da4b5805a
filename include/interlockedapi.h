/* SPDX-License-Identifier: MIT
 *
 * The Interlocked functions, all of them full barriers (sequentially consistent), all inline.
 *
 * Windows programs call them on LONG and on `long` alike; here the first has 32 bits and the second
 * 64. In C they are macros that go by the size of what the pointer names; in C++ templates of that
 * type. The names with 16, 64 or Pointer go by the pointer as well. What each returns, with `old`
 * and `new` being the value before and after the operation:
 *   Increment, Decrement, Add          new
 *   Exchange, ExchangeAdd, CompareExchange, And, Or, Xor   old
 *   BitTestAndSet, ...Reset, ...Complement   the bit as it was (0 or 1)
 * CompareExchange(target, exchange, comparand) stores `exchange` only if old equals `comparand`.
 * Source pages: sdk:interlockedincrement, sdk:interlockedcompareexchange, sdk:interlockedexchange,
 * sdk:interlockedexchangeadd, sdk:interlockedand, sdk:interlockedadd.
 */
#ifndef _APISET_INTERLOCKED_
#define _APISET_INTERLOCKED_

#include "basetsd.h"

#ifdef __cplusplus

extern "C++" {
/* The second parameter takes no part in deduction, so that any integer may be given. */
template <class T> struct iocp_same {
    typedef T type;
};
template <class T> inline T InterlockedIncrement(T volatile *target)
{
    return __atomic_add_fetch(target, 1, __ATOMIC_SEQ_CST);
}
template <class T> inline T InterlockedDecrement(T volatile *target)
{
    return __atomic_sub_fetch(target, 1, __ATOMIC_SEQ_CST);
}
template <class T> inline T InterlockedAdd(T volatile *target, typename iocp_same<T>::type value)
{
    return __atomic_add_fetch(target, value, __ATOMIC_SEQ_CST);
}
template <class T>
inline T InterlockedExchange(T volatile *target, typename iocp_same<T>::type value)
{
    return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}
template <class T>
inline T InterlockedExchangeAdd(T volatile *target, typename iocp_same<T>::type value)
{
    return __atomic_fetch_add(target, value, __ATOMIC_SEQ_CST);
}
template <class T>
inline T InterlockedCompareExchange(T volatile *target, typename iocp_same<T>::type exchange,
                                    typename iocp_same<T>::type comparand)
{
    __atomic_compare_exchange_n(target, &comparand, exchange, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return comparand;
}
template <class T> inline T InterlockedAnd(T volatile *target, typename iocp_same<T>::type value)
{
    return __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST);
}
template <class T> inline T InterlockedOr(T volatile *target, typename iocp_same<T>::type value)
{
    return __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST);
}
template <class T> inline T InterlockedXor(T volatile *target, typename iocp_same<T>::type value)
{
    return __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST);
}
template <class T> inline unsigned char InterlockedBitTestAndSet(T volatile *target, LONG bit)
{
    return (__atomic_fetch_or(target, (T)1 << bit, __ATOMIC_SEQ_CST) >> bit) & 1;
}
template <class T>
inline unsigned char InterlockedBitTestAndComplement(T volatile *target, LONG bit)
{
    return (__atomic_fetch_xor(target, (T)1 << bit, __ATOMIC_SEQ_CST) >> bit) & 1;
}
template <class T> inline unsigned char InterlockedBitTestAndReset(T volatile *target, LONG bit)
{
    return (__atomic_fetch_and(target, ~((T)1 << bit), __ATOMIC_SEQ_CST) >> bit) & 1;
}
inline PVOID InterlockedExchangePointer(PVOID volatile *target, PVOID value)
{
    return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}
inline PVOID InterlockedCompareExchangePointer(PVOID volatile *target, PVOID exchange,
                                               PVOID comparand)
{
    __atomic_compare_exchange_n(target, &comparand, exchange, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return comparand;
}
}

#else

/* A result that the program ignores shall not make the compiler warn. */
#define IOCP_RESULT_(expression)                                                                   \
    __extension__({                                                                                \
        __typeof__(expression) iocp_result_ = (expression);                                        \
        iocp_result_;                                                                              \
    })
#define InterlockedIncrement(target)                                                               \
    IOCP_RESULT_(__atomic_add_fetch((target), 1, __ATOMIC_SEQ_CST))
#define InterlockedDecrement(target)                                                               \
    IOCP_RESULT_(__atomic_sub_fetch((target), 1, __ATOMIC_SEQ_CST))
#define InterlockedAdd(target, value)                                                              \
    IOCP_RESULT_(__atomic_add_fetch((target), (value), __ATOMIC_SEQ_CST))
#define InterlockedExchange(target, value)                                                         \
    IOCP_RESULT_(__atomic_exchange_n((target), (value), __ATOMIC_SEQ_CST))
#define InterlockedExchangeAdd(target, value)                                                      \
    IOCP_RESULT_(__atomic_fetch_add((target), (value), __ATOMIC_SEQ_CST))
/* __sync: the one builtin that needs no place of the target's unqualified type for the old value;
 * it is a full barrier by definition. */
#define InterlockedCompareExchange(target, exchange, comparand)                                    \
    IOCP_RESULT_(__sync_val_compare_and_swap((target), (comparand), (exchange)))
#define InterlockedAnd(target, value)                                                              \
    IOCP_RESULT_(__atomic_fetch_and((target), (value), __ATOMIC_SEQ_CST))
#define InterlockedOr(target, value)                                                               \
    IOCP_RESULT_(__atomic_fetch_or((target), (value), __ATOMIC_SEQ_CST))
#define InterlockedXor(target, value)                                                              \
    IOCP_RESULT_(__atomic_fetch_xor((target), (value), __ATOMIC_SEQ_CST))
#define IOCP_BIT_OF_(target, bit) ((__typeof__(*(target) + 0))1 << (bit))
/* not by way of And, Or and Xor: a result within a result would shadow it */
#define IOCP_BIT_WAS_(old, bit) IOCP_RESULT_((unsigned char)(((old) >> (bit)) & 1))
#define InterlockedBitTestAndSet(target, bit)                                                      \
    IOCP_BIT_WAS_(__atomic_fetch_or((target), IOCP_BIT_OF_(target, bit), __ATOMIC_SEQ_CST), bit)
#define InterlockedBitTestAndReset(target, bit)                                                    \
    IOCP_BIT_WAS_(__atomic_fetch_and((target), ~IOCP_BIT_OF_(target, bit), __ATOMIC_SEQ_CST), bit)
#define InterlockedBitTestAndComplement(target, bit)                                               \
    IOCP_BIT_WAS_(__atomic_fetch_xor((target), IOCP_BIT_OF_(target, bit), __ATOMIC_SEQ_CST), bit)
#define InterlockedExchangePointer(target, value) InterlockedExchange(target, value)
#define InterlockedCompareExchangePointer(target, exchange, comparand)                             \
    InterlockedCompareExchange(target, exchange, comparand)

#endif

#define InterlockedIncrement16 InterlockedIncrement
#define InterlockedDecrement16 InterlockedDecrement
#define InterlockedCompareExchange16 InterlockedCompareExchange
#define InterlockedIncrement64 InterlockedIncrement
#define InterlockedDecrement64 InterlockedDecrement
#define InterlockedAdd64 InterlockedAdd
#define InterlockedExchange64 InterlockedExchange
#define InterlockedExchangeAdd64 InterlockedExchangeAdd
#define InterlockedCompareExchange64 InterlockedCompareExchange
#define InterlockedAnd64 InterlockedAnd
#define InterlockedOr64 InterlockedOr
#define InterlockedXor64 InterlockedXor
#define InterlockedExchange8 InterlockedExchange
#define InterlockedExchange16 InterlockedExchange

#define InterlockedExchangeAdd8 InterlockedExchangeAdd
#define InterlockedExchangeAdd16 InterlockedExchangeAdd
#define InterlockedAnd8 InterlockedAnd
#define InterlockedAnd16 InterlockedAnd
#define InterlockedOr8 InterlockedOr
#define InterlockedOr16 InterlockedOr
#define InterlockedXor8 InterlockedXor
#define InterlockedXor16 InterlockedXor
#define InterlockedBitTestAndSet64 InterlockedBitTestAndSet
#define InterlockedBitTestAndReset64 InterlockedBitTestAndReset
#define InterlockedBitTestAndComplement64 InterlockedBitTestAndComplement
#define InterlockedIncrementSizeT InterlockedIncrement
#define InterlockedDecrementSizeT InterlockedDecrement
#define InterlockedExchangeAddSizeT InterlockedExchangeAdd
#define InterlockedExchangeSubtract(target, value) InterlockedExchangeAdd((target), 0 - (value))

#if defined(__x86_64__) || defined(__aarch64__)
/* InterlockedCompareExchange128: stores both halves if both equal those at ComparandResult, which
 * receives the old ones; 1 if it stored. The target is 16-byte aligned.
 * sdk:interlockedcompareexchange128 */
static __inline__ unsigned char InterlockedCompareExchange128(LONG64 volatile *Destination,
                                                              LONG64 ExchangeHigh,
                                                              LONG64 ExchangeLow,
                                                              LONG64 *ComparandResult)
{
#if defined(__x86_64__)
    unsigned char stored;
    __asm__ __volatile__("lock cmpxchg16b %1"
                         : "=@ccz"(stored), "+m"(*(LONG64 volatile(*)[2])Destination),
                           "+a"(ComparandResult[0]), "+d"(ComparandResult[1])
                         : "b"(ExchangeLow), "c"(ExchangeHigh)
                         : "memory");
    return stored;
#else
    LONG64 low, high, low_wanted = ComparandResult[0], high_wanted = ComparandResult[1];
    unsigned failed;
    do {
        __asm__ __volatile__("ldaxp %0, %1, %2"
                             : "=&r"(low), "=&r"(high)
                             : "Q"(*(LONG64 volatile(*)[2])Destination)
                             : "memory");
        int same = low == low_wanted && high == high_wanted;
        /* Stored back when they differ: only that tells that the two were read together. */
        __asm__ __volatile__("stlxp %w0, %2, %3, %1"
                             : "=&r"(failed), "=Q"(*(LONG64 volatile(*)[2])Destination)
                             : "r"(same ? ExchangeLow : low), "r"(same ? ExchangeHigh : high)
                             : "memory");
    } while (failed);
    __asm__ __volatile__("dmb ish" ::: "memory");
    ComparandResult[0] = low;
    ComparandResult[1] = high;
    return low == low_wanted && high == high_wanted;
#endif
}
#define _InterlockedCompareExchange128 InterlockedCompareExchange128
#endif

#include "iocp_interlocked_orders.h"

/* the compiler's spelling of the same */
#define _InterlockedIncrement InterlockedIncrement
#define _InterlockedDecrement InterlockedDecrement
#define _InterlockedExchange InterlockedExchange
#define _InterlockedExchangeAdd InterlockedExchangeAdd
#define _InterlockedCompareExchange InterlockedCompareExchange
#define _InterlockedAnd InterlockedAnd
#define _InterlockedOr InterlockedOr
#define _InterlockedXor InterlockedXor
#define _InterlockedIncrement16 InterlockedIncrement
#define _InterlockedDecrement16 InterlockedDecrement
#define _InterlockedIncrement64 InterlockedIncrement
#define _InterlockedDecrement64 InterlockedDecrement
#define _InterlockedExchange64 InterlockedExchange
#define _InterlockedExchangeAdd64 InterlockedExchangeAdd
#define _InterlockedCompareExchange64 InterlockedCompareExchange
#define _InterlockedAnd64 InterlockedAnd
#define _InterlockedOr64 InterlockedOr
#define _InterlockedXor64 InterlockedXor
#define _InterlockedExchangePointer InterlockedExchangePointer
#define _InterlockedCompareExchangePointer InterlockedCompareExchangePointer
#define _InterlockedExchange8 InterlockedExchange
#define _InterlockedExchange16 InterlockedExchange
#define _InterlockedExchangeAdd8 InterlockedExchangeAdd
#define _InterlockedExchangeAdd16 InterlockedExchangeAdd
#define _InterlockedCompareExchange8 InterlockedCompareExchange
#define _InterlockedCompareExchange16 InterlockedCompareExchange
#define _InterlockedAnd8 InterlockedAnd
#define _InterlockedAnd16 InterlockedAnd
#define _InterlockedOr8 InterlockedOr
#define _InterlockedOr16 InterlockedOr
#define _InterlockedXor8 InterlockedXor
#define _InterlockedXor16 InterlockedXor
#define _interlockedbittestandset64 InterlockedBitTestAndSet
#define _interlockedbittestandreset64 InterlockedBitTestAndReset
#define _interlockedbittestandset InterlockedBitTestAndSet
#define _interlockedbittestandreset InterlockedBitTestAndReset

/* MemoryBarrier: a full fence. YieldProcessor: a hint inside a spinning loop. */
#define MemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#if defined(__x86_64__)
#define YieldProcessor() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define YieldProcessor() __asm__ __volatile__("yield" ::: "memory")
#else
#define YieldProcessor() __asm__ __volatile__("" ::: "memory")
#endif

/* A singly linked list of entries that a program embeds, 16-byte aligned, in what it links: a stack
 * that any number of threads may use. The header's members belong to the library. */
typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
    struct _SLIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;
typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
    __extension__ struct {
        ULONGLONG Alignment;
        ULONGLONG Region;
    } DUMMYSTRUCTNAME;
} SLIST_HEADER, *PSLIST_HEADER;

IOCP_BEGIN_DECLS

/* InitializeSListHead: an empty list. Push returns the entry that was first, Pop the one taken off,
 * Flush the first of all, which it takes; NULL if there was none. QueryDepthSList: how many there
 * are, modulo 65536. sdk:initializeslisthead, sdk:interlockedpushentryslist,
 * sdk:interlockedpopentryslist, sdk:interlockedflushslist, sdk:querydepthslist */
WINBASEAPI VOID WINAPI InitializeSListHead(PSLIST_HEADER ListHead);
WINBASEAPI PSLIST_ENTRY WINAPI InterlockedPushEntrySList(PSLIST_HEADER ListHead,
                                                         PSLIST_ENTRY ListEntry);
WINBASEAPI PSLIST_ENTRY WINAPI InterlockedPopEntrySList(PSLIST_HEADER ListHead);
WINBASEAPI PSLIST_ENTRY WINAPI InterlockedFlushSList(PSLIST_HEADER ListHead);
WINBASEAPI USHORT WINAPI QueryDepthSList(PSLIST_HEADER ListHead);
/* InterlockedPushListSListEx: Count entries that are linked already, List to ListEnd.
 * RtlInterlockedPushListSListEx is the native name of the same.
 * sdk:interlockedpushlistslistex */
WINBASEAPI PSLIST_ENTRY WINAPI InterlockedPushListSListEx(PSLIST_HEADER ListHead,
                                                          PSLIST_ENTRY List, PSLIST_ENTRY ListEnd,
                                                          ULONG Count);
PSLIST_ENTRY NTAPI RtlInterlockedPushListSListEx(PSLIST_HEADER ListHead, PSLIST_ENTRY List,
                                                 PSLIST_ENTRY ListEnd, ULONG Count);

IOCP_END_DECLS

#endif
