/* SPDX-License-Identifier: MIT
 *
 * Prints what changes in directories: one thread, one port, one call of ReadDirectoryChangesW for
 * each directory, asked again as soon as it has told something. The completion key is the
 * directory.
 *
 *   watch_directory [--flat] [--count N] DIRECTORY...
 *
 * --flat leaves out what is below the directories; --count ends after so many changes. Prints
 * "ready" when all are watched; Ctrl-C ends it. A line for each change:
 *
 *   added|removed|modified|renamed from|renamed to  DIRECTORY NAME
 *   lost DIRECTORY          more changed than could be kept: look for yourself
 *
 * Ends with 0, or with 1 when no directory is left to watch.
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES (32u << 10)
#define FILTER                                                                                     \
    (FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME | FILE_NOTIFY_CHANGE_SIZE |        \
     FILE_NOTIFY_CHANGE_LAST_WRITE)

struct directory {
    OVERLAPPED overlapped;
    HANDLE handle;
    const char *name;
    DWORD *changes; /* BUFFER_BYTES, aligned as the entries are */
};

static HANDLE port;
static int flat;

static int complain(const char *what)
{
    fprintf(stderr, "watch_directory: %s: error %lu\n", what, (unsigned long)GetLastError());
    return 0;
}

/* A packet without a directory ends the loop. */
static BOOL WINAPI on_control(DWORD event)
{
    (void)event;
    return PostQueuedCompletionStatus(port, 0, 0, NULL);
}

static int ask(struct directory *directory)
{
    memset(&directory->overlapped, 0, sizeof directory->overlapped);
    return ReadDirectoryChangesW(directory->handle, directory->changes, BUFFER_BYTES, !flat, FILTER,
                                 NULL, &directory->overlapped, NULL) ||
           complain(directory->name);
}

static int watch(struct directory *directory, const char *name)
{
    directory->name = name;
    directory->changes = malloc(BUFFER_BYTES);
    directory->handle = CreateFileA(
        name, FILE_LIST_DIRECTORY, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, NULL);
    if (!directory->changes || directory->handle == INVALID_HANDLE_VALUE)
        return complain(name);
    if (!CreateIoCompletionPort(directory->handle, port, (ULONG_PTR)directory, 0))
        return complain("CreateIoCompletionPort");
    return ask(directory);
}

/* UTF-16 as UTF-8. */
static void print_name(const WCHAR *name, DWORD units)
{
    for (DWORD i = 0; i < units; i++) {
        unsigned long character = name[i];
        if (character >= 0xD800 && character < 0xDC00 && i + 1 < units)
            character = 0x10000 + ((character - 0xD800) << 10) + (name[++i] - 0xDC00u);
        if (character < 0x80) {
            putchar((int)character);
        } else if (character < 0x800) {
            putchar((int)(0xC0 | character >> 6));
            putchar((int)(0x80 | (character & 0x3F)));
        } else {
            if (character < 0x10000) {
                putchar((int)(0xE0 | character >> 12));
            } else {
                putchar((int)(0xF0 | character >> 18));
                putchar((int)(0x80 | (character >> 12 & 0x3F)));
            }
            putchar((int)(0x80 | (character >> 6 & 0x3F)));
            putchar((int)(0x80 | (character & 0x3F)));
        }
    }
}

/* Returns how many there were. */
static int print_changes(const struct directory *directory)
{
    static const char *const actions[] = {"?",        "added",        "removed",
                                          "modified", "renamed from", "renamed to"};
    const char *at = (const char *)directory->changes;
    int count = 0;

    for (;;) {
        const FILE_NOTIFY_INFORMATION *change = (const FILE_NOTIFY_INFORMATION *)at;
        printf("%s %s ", actions[change->Action <= 5 ? change->Action : 0], directory->name);
        print_name(change->FileName, change->FileNameLength / sizeof(WCHAR));
        putchar('\n');
        count++;
        if (!change->NextEntryOffset)
            return count;
        at += change->NextEntryOffset;
    }
}

/* Until Ctrl-C, `most` changes, or no directory is left. */
static int run(int watched, int most)
{
    int seen = 0;

    while (watched && seen < most) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;
        BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
        struct directory *directory = (struct directory *)key;
        if (!overlapped)
            return ok ? 0 : 1;
        if (!ok) { /* it was removed, for instance */
            complain(directory->name);
            watched--;
            continue;
        }
        if (bytes)
            seen += print_changes(directory);
        else
            printf("lost %s\n", directory->name);
        fflush(stdout);
        if (!ask(directory))
            watched--;
    }
    return watched ? 0 : 1;
}

int main(int count, char **arguments)
{
    int at = 1, most = 0x7fffffff, watched = 0;

    for (; at < count && arguments[at][0] == '-'; at++) {
        if (strcmp(arguments[at], "--flat") == 0)
            flat = 1;
        else if (strcmp(arguments[at], "--count") == 0 && at + 1 < count)
            most = (int)strtol(arguments[++at], NULL, 10);
        else
            break;
    }
    if (at == count || arguments[at][0] == '-') {
        fprintf(stderr, "usage: watch_directory [--flat] [--count N] DIRECTORY...\n");
        return 2;
    }
    struct directory *directories = calloc((size_t)(count - at), sizeof *directories);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (!directories || !port || !SetConsoleCtrlHandler(on_control, TRUE))
        return complain("CreateIoCompletionPort") + 1;
    for (; at < count; at++, watched++)
        if (!watch(&directories[watched], arguments[at]))
            return 1;
    printf("ready\n");
    fflush(stdout);
    return run(watched, most);
}
