/* SPDX-License-Identifier: MIT
 *
 * A file for TransmitFile and TransmitPackets: known bytes, open by the C library, with its HANDLE.
 */
#ifndef IOCP_TESTS_FILES_H
#define IOCP_TESTS_FILES_H

#include "sockets.h"
#include <fcntl.h>
#include <io.h>
#include <process.h>

#ifndef _O_BINARY
#define _O_BINARY 0
#endif

struct file {
    char name[64];
    int descriptor;
    HANDLE handle;
    DWORD length;
};

static inline char file_byte(DWORD at)
{
    return (char)(at * 31 + (at >> 8));
}

static inline void file_make(struct file *file, DWORD length)
{
    static int count;
    static char block[4096];
    snprintf(file->name, sizeof file->name, "transmit_%d_%d.tmp", (int)_getpid(), count++);
    file->descriptor = _open(file->name, _O_CREAT | _O_TRUNC | _O_RDWR | _O_BINARY, 0600);
    REQUIRE(file->descriptor >= 0);
    file->length = length;
    for (DWORD done = 0; done < length; done += sizeof block) {
        DWORD part = length - done < sizeof block ? length - done : (DWORD)sizeof block;
        for (DWORD i = 0; i < part; i++)
            block[i] = file_byte(done + i);
        REQUIRE(_write(file->descriptor, block, part) == (int)part);
    }
    REQUIRE(_lseek(file->descriptor, 0, SEEK_SET) == 0);
    file->handle = (HANDLE)_get_osfhandle(file->descriptor);
    REQUIRE(file->handle != INVALID_HANDLE_VALUE);
}

static inline void file_remove(struct file *file)
{
    _close(file->descriptor);
    _unlink(file->name);
}

/* The next bytes of the stream are these of the file; how many of them are not. */
static inline DWORD file_expect(SOCKET s, DWORD offset, DWORD length)
{
    static char block[4096];
    DWORD wrong = 0;
    while (length) {
        int part = length < sizeof block ? (int)length : (int)sizeof block;
        int n = recv_all(s, block, part);
        for (int i = 0; i < n; i++)
            wrong += block[i] != file_byte(offset + (DWORD)i);
        if (n < part)
            return wrong + length - (DWORD)n;
        offset += (DWORD)n;
        length -= (DWORD)n;
    }
    return wrong;
}

#endif
