/* SPDX-License-Identifier: MIT
 *
 * The native calls of files as the tests use them: looked up by name, with structures of their own,
 * since headers differ in which of them they declare.
 */
#ifndef IOCP_TESTS_NATIVE_H
#define IOCP_TESTS_NATIVE_H

#include "disk.h"
#include "pipes.h"

struct native_block {
    union {
        LONG status;
        PVOID pointer;
    };
    ULONG_PTR information;
};

typedef VOID(NTAPI *native_routine)(PVOID context, struct native_block *block, ULONG reserved);

typedef LONG(NTAPI *native_transfer)(HANDLE file, HANDLE event, native_routine routine,
                                     PVOID context, struct native_block *block, PVOID data,
                                     ULONG length, LARGE_INTEGER *offset, ULONG *key);
typedef LONG(NTAPI *native_control)(HANDLE file, HANDLE event, native_routine routine,
                                    PVOID context, struct native_block *block, ULONG code,
                                    PVOID input, ULONG input_length, PVOID output,
                                    ULONG output_length);
typedef LONG(NTAPI *native_information)(HANDLE file, struct native_block *block, PVOID data,
                                        ULONG length, int class);

#define NATIVE_SUCCESS 0x00000000u
#define NATIVE_PENDING 0x00000103u
#define NATIVE_BUFFER_OVERFLOW 0x80000005u
#define NATIVE_INVALID_INFO_CLASS 0xC0000003u
#define NATIVE_LENGTH_MISMATCH 0xC0000004u
#define NATIVE_INVALID_HANDLE 0xC0000008u
#define NATIVE_INVALID_PARAMETER 0xC000000Du
#define NATIVE_INVALID_DEVICE_REQUEST 0xC0000010u
#define NATIVE_END_OF_FILE 0xC0000011u
#define NATIVE_ACCESS_DENIED 0xC0000022u
#define NATIVE_NAME_INVALID 0xC0000033u
#define NATIVE_NAME_NOT_FOUND 0xC0000034u
#define NATIVE_NAME_COLLISION 0xC0000035u
#define NATIVE_PATH_NOT_FOUND 0xC000003Au
#define NATIVE_PATH_SYNTAX_BAD 0xC000003Bu
#define NATIVE_PIPE_DISCONNECTED 0xC00000B0u
#define NATIVE_PIPE_CONNECTED 0xC00000B2u
#define NATIVE_IO_TIMEOUT 0xC00000B5u
#define NATIVE_IS_DIRECTORY 0xC00000BAu
#define NATIVE_NOT_A_DIRECTORY 0xC0000103u
#define NATIVE_CANCELLED 0xC0000120u
#define NATIVE_NOT_FOUND 0xC0000225u

/* What no operation writes. */
#define NATIVE_UNTOUCHED 0x5A5A5A5A

static inline void *native_find(const char *name)
{
    void *found = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
    REQUIRE(found != NULL);
    return found;
}

static inline struct native_block native_fresh(void)
{
    struct native_block block = {{NATIVE_UNTOUCHED}, NATIVE_UNTOUCHED};
    return block;
}

static inline int native_is(const struct native_block *block, DWORD status, ULONG_PTR information)
{
    return (DWORD)block->status == status && block->information == information;
}

static inline int native_started(DWORD status)
{
    return status == NATIVE_SUCCESS || status == NATIVE_PENDING;
}

#endif
