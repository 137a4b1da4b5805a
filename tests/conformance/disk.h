/* SPDX-License-Identifier: MIT
 *
 * What the tests of files share: a directory of their own, files with known contents, operations
 * at an offset and their outcome whichever way it comes.
 */
#ifndef IOCP_TESTS_DISK_H
#define IOCP_TESTS_DISK_H

#include "support.h"

#ifdef __MINGW32__
#include <process.h>
#define disk_process() ((unsigned)_getpid())
#else
#include <unistd.h>
#define disk_process() ((unsigned)getpid())
#endif

#define DISK_KEY ((ULONG_PTR)0xD15C)
#define DISK_PAGE 4096

/* STATUS_* as the OVERLAPPED holds them; windows.h has few of them. */
#define DISK_SUCCESS 0x00000000u
#define DISK_END_OF_FILE 0xC0000011u
#define DISK_CANCELLED 0xC0000120u

/* A name that no other run uses, in the current directory. */
static inline const char *disk_name(const char *stem)
{
    static char names[16][96];
    static int next;
    char *name = names[next++ % 16];
    static unsigned run; /* process numbers are used again */
    if (!run)
        run = (unsigned)GetTickCount() | 1;
    snprintf(name, 96, "iocp-%u-%u-%s.tmp", disk_process(), run, stem);
    return name;
}

static inline HANDLE disk_open(const char *name, DWORD access, DWORD share, DWORD disposition,
                               DWORD flags)
{
    return CreateFileA(name, access, share, NULL, disposition, flags, NULL);
}

/* Opened as most tests need it: new, deleted when closed, everything shared. */
static inline HANDLE disk_make(const char *stem, DWORD flags)
{
    HANDLE file = disk_open(disk_name(stem), GENERIC_READ | GENERIC_WRITE,
                            FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, CREATE_ALWAYS,
                            flags | FILE_FLAG_DELETE_ON_CLOSE);
    REQUIRE(file != INVALID_HANDLE_VALUE);
    return file;
}

static inline void disk_at(OVERLAPPED *ov, ULONGLONG offset)
{
    memset(ov, 0, sizeof *ov);
    ov->Offset = (DWORD)offset;
    ov->OffsetHigh = (DWORD)(offset >> 32);
}

/* How an operation ended: what the call said, then what the result says. */
struct disk_outcome {
    DWORD call;  /* 0: it finished at once; else the last error */
    DWORD error; /* of the result: 0 or the last error */
    DWORD bytes;
    DWORD status; /* Internal */
};

static inline struct disk_outcome disk_result(HANDLE file, OVERLAPPED *ov, BOOL finished)
{
    struct disk_outcome o = {finished ? 0 : GetLastError(), 0, UNTOUCHED_BYTES, 0};
    if (o.call == 0 || o.call == ERROR_IO_PENDING)
        o.error = GetOverlappedResult(file, ov, &o.bytes, TRUE) ? 0 : GetLastError();
    else
        o.error = o.call;
    o.status = (DWORD)ov->Internal;
    return o;
}

/* On an overlapped handle: with an event of its own, so that one waits for this operation. */
static inline struct disk_outcome disk_read(HANDLE file, ULONGLONG offset, void *data, DWORD length)
{
    OVERLAPPED ov;
    disk_at(&ov, offset);
    ov.hEvent = event_make(TRUE, FALSE);
    BOOL finished = ReadFile(file, data, length, NULL, &ov);
    struct disk_outcome o = disk_result(file, &ov, finished);
    CloseHandle(ov.hEvent);
    return o;
}

static inline struct disk_outcome disk_write(HANDLE file, ULONGLONG offset, const void *data,
                                             DWORD length)
{
    OVERLAPPED ov;
    disk_at(&ov, offset);
    ov.hEvent = event_make(TRUE, FALSE);
    BOOL finished = WriteFile(file, data, length, NULL, &ov);
    struct disk_outcome o = disk_result(file, &ov, finished);
    CloseHandle(ov.hEvent);
    return o;
}

/* Bytes whose value tells where they are. */
static inline void disk_pattern(unsigned char *data, ULONGLONG offset, DWORD length)
{
    for (DWORD i = 0; i < length; i++)
        data[i] = (unsigned char)((offset + i) * 31 + ((offset + i) >> 8));
}

static inline int disk_is_pattern(const unsigned char *data, ULONGLONG offset, DWORD length)
{
    for (DWORD i = 0; i < length; i++)
        if (data[i] != (unsigned char)((offset + i) * 31 + ((offset + i) >> 8)))
            return 0;
    return 1;
}

/* Memory on a page, for transfers past the cache; never given back. */
static inline unsigned char *disk_pages(DWORD length)
{
    static unsigned char arena[8 << 20] __attribute__((aligned(DISK_PAGE)));
    static DWORD used;
    unsigned char *memory = arena + used;
    used += (length + DISK_PAGE - 1) & ~(DWORD)(DISK_PAGE - 1);
    REQUIRE(used <= sizeof arena);
    return memory;
}

static inline void disk_fill(HANDLE overlapped_file, DWORD length)
{
    unsigned char *data = disk_pages(length);
    disk_pattern(data, 0, length);
    struct disk_outcome o = disk_write(overlapped_file, 0, data, length);
    REQUIRE(o.error == 0 && o.bytes == length);
}

#endif
