/* SPDX-License-Identifier: MIT
 *
 * The few compiler facts that every room leans on. No types, no state.
 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#include <stdatomic.h>
#include <stddef.h>

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* What seldom happens stays out of the functions that it is called from, whose frames would have to
 * be made for it each time. COLD: hardly ever; it is also laid elsewhere. */
#define OUT_OF_LINE __attribute__((noinline))
#define COLD __attribute__((cold, noinline))

#define CACHE_LINE 64

/* The structure that holds this member. */
#define CONTAINER_OF(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* A thread-local variable of the library: it is loaded with the program, so that the address costs
 * one add. */
#define THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))

/* A full fence for who has just done an atomic read-modify-write, a lock's dropping say. On x86-64
 * that was one already, and only the compiler has to be told. (The thread sanitizer knows no
 * fences.) */
static inline void fence_after_exchange(void)
{
#if defined(__x86_64__) || defined(__SANITIZE_THREAD__)
    atomic_signal_fence(memory_order_seq_cst);
#else
    atomic_thread_fence(memory_order_seq_cst);
#endif
}

/* What is written before something is given to the kernel is read after the kernel gave it back: it
 * sees to that itself, and only the thread sanitizer has to be told. */
#if defined(__SANITIZE_THREAD__)
void __tsan_release(void *address);
void __tsan_acquire(void *address);
#define KERNEL_TAKES(address) __tsan_release(address)
#define KERNEL_GAVE(address) __tsan_acquire(address)
#else
#define KERNEL_TAKES(address) ((void)(address))
#define KERNEL_GAVE(address) ((void)(address))
#endif

/* What a spinning thread tells the processor. */
static inline void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

#endif
