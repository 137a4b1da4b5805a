/* SPDX-License-Identifier: MIT
 *
 * Copies a file in the classic overlapped style: one thread, one port, eight pieces of 1 MiB in
 * flight. Each piece is an operation that is read and then written, and its packet says which of
 * the two has ended. Pieces end in any order; where each belongs is in its OVERLAPPED.
 *
 *   file_copy [--unbuffered] [--quiet] FROM TO
 *
 * --unbuffered goes past the system's cache on both sides (FILE_FLAG_NO_BUFFERING): positions,
 * lengths and buffers are whole sectors then, so the last piece is written rounded up and the file
 * is cut to its length afterwards.
 *
 * Ends with 0 when the copy is complete.
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECES 8
#define PIECE_BYTES (1u << 20)
#define SECTOR 4096u

enum key { KEY_SOURCE = 1, KEY_TARGET = 2 };

struct piece {
    OVERLAPPED overlapped; /* first: the packet's pointer is the piece's */
    char *data;
};

struct copy {
    HANDLE source, target, port;
    LONGLONG size;    /* of the source */
    LONGLONG started; /* where the next piece begins */
    LONGLONG written;
    int in_flight;
    int unbuffered;
    int quiet;
    struct piece pieces[PIECES];
};

static int complain(const char *what)
{
    fprintf(stderr, "file_copy: %s: error %lu\n", what, (unsigned long)GetLastError());
    return 0;
}

static DWORD rounded_up(DWORD bytes)
{
    return (bytes + SECTOR - 1) / SECTOR * SECTOR;
}

/* Both calls may finish at once; the packet comes all the same. */
static int accepted(BOOL result, const char *what)
{
    return result || GetLastError() == ERROR_IO_PENDING || complain(what);
}

static int start_read(struct copy *copy, struct piece *piece)
{
    LONGLONG left = copy->size - copy->started;
    DWORD bytes = left < PIECE_BYTES ? (DWORD)left : PIECE_BYTES;

    memset(&piece->overlapped, 0, sizeof piece->overlapped);
    piece->overlapped.Offset = (DWORD)copy->started;
    piece->overlapped.OffsetHigh = (DWORD)(copy->started >> 32);
    copy->started += bytes;
    copy->in_flight++;
    return accepted(ReadFile(copy->source, piece->data,
                             copy->unbuffered ? rounded_up(bytes) : bytes, NULL,
                             &piece->overlapped),
                    "ReadFile");
}

/* The OVERLAPPED still says where the piece belongs. */
static int start_write(struct copy *copy, struct piece *piece, DWORD bytes)
{
    if (copy->unbuffered && bytes % SECTOR) {
        memset(piece->data + bytes, 0, rounded_up(bytes) - bytes);
        bytes = rounded_up(bytes);
    }
    return accepted(WriteFile(copy->target, piece->data, bytes, NULL, &piece->overlapped),
                    "WriteFile");
}

static void show_progress(const struct copy *copy)
{
    static LONGLONG shown = -1;
    LONGLONG percent = copy->size ? copy->written * 100 / copy->size : 100;

    if (copy->quiet || percent == shown)
        return;
    shown = percent;
    printf("\r%3d %%", (int)(percent > 100 ? 100 : percent));
    fflush(stdout);
}

/* One packet: what was read is written, and where something was written the next is read. */
static int step(struct copy *copy)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key = 0;
    DWORD bytes = 0;

    if (!GetQueuedCompletionStatus(copy->port, &bytes, &key, &overlapped, INFINITE))
        return complain(key == KEY_SOURCE ? "reading" : "writing");
    struct piece *piece = CONTAINING_RECORD(overlapped, struct piece, overlapped);
    if (key == KEY_SOURCE)
        return start_write(copy, piece, bytes);
    copy->in_flight--;
    copy->written += bytes;
    show_progress(copy);
    return copy->started >= copy->size || start_read(copy, piece);
}

/* In order of the file, so that the target grows from its beginning. */
static int copy_all(struct copy *copy)
{
    for (int i = 0; i < PIECES && copy->started < copy->size; i++)
        if (!start_read(copy, &copy->pieces[i]))
            return 0;
    while (copy->in_flight)
        if (!step(copy))
            return 0;
    FILE_END_OF_FILE_INFO end;
    end.EndOfFile.QuadPart = copy->size;
    return SetFileInformationByHandle(copy->target, FileEndOfFileInfo, &end, sizeof end) ||
           complain("setting the length");
}

static int open_both(struct copy *copy, const char *from, const char *to)
{
    DWORD flags = FILE_FLAG_OVERLAPPED | FILE_FLAG_SEQUENTIAL_SCAN |
                  (copy->unbuffered ? FILE_FLAG_NO_BUFFERING : 0);
    LARGE_INTEGER size;

    copy->source =
        CreateFileA(from, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, flags, NULL);
    if (copy->source == INVALID_HANDLE_VALUE || !GetFileSizeEx(copy->source, &size))
        return complain(from);
    copy->size = size.QuadPart;
    copy->target = CreateFileA(to, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, flags, NULL);
    if (copy->target == INVALID_HANDLE_VALUE)
        return complain(to);
    copy->port = CreateIoCompletionPort(copy->source, NULL, KEY_SOURCE, 1);
    return (copy->port && CreateIoCompletionPort(copy->target, copy->port, KEY_TARGET, 0)) ||
           complain("CreateIoCompletionPort");
}

/* Buffers that begin on a sector. */
static int make_pieces(struct copy *copy)
{
    char *memory = malloc((size_t)PIECES * PIECE_BYTES + SECTOR);

    if (!memory)
        return 0;
    memory += SECTOR - (ULONG_PTR)memory % SECTOR;
    for (int i = 0; i < PIECES; i++)
        copy->pieces[i].data = memory + (size_t)i * PIECE_BYTES;
    return 1;
}

int main(int count, char **arguments)
{
    static struct copy copy;
    int at = 1;

    for (; at < count && arguments[at][0] == '-'; at++) {
        copy.unbuffered |= strcmp(arguments[at], "--unbuffered") == 0;
        copy.quiet |= strcmp(arguments[at], "--quiet") == 0;
    }
    if (count - at != 2) {
        fprintf(stderr, "usage: file_copy [--unbuffered] [--quiet] FROM TO\n");
        return 2;
    }
    if (!make_pieces(&copy) || !open_both(&copy, arguments[at], arguments[at + 1]) ||
        !copy_all(&copy))
        return 1;
    CloseHandle(copy.source);
    CloseHandle(copy.target);
    CloseHandle(copy.port);
    if (!copy.quiet)
        printf("\rcopied %lld bytes\n", (long long)copy.size);
    return 0;
}
