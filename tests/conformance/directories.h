/* SPDX-License-Identifier: MIT
 *
 * What the tests of directories share: one of their own, files made in it, and a list of changes as
 * text: "+a" added, "-a" removed, "~a" modified, "<a >b" renamed.
 */
#ifndef IOCP_TESTS_DIRECTORIES_H
#define IOCP_TESTS_DIRECTORIES_H

#include "disk.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static char dir_path[160];

/* A new empty directory; later names are in it. */
static inline void dir_make(const char *stem)
{
    snprintf(dir_path, sizeof dir_path, "%s", disk_name(stem));
    REQUIRE(CreateDirectoryA(dir_path, NULL));
}

static inline const char *dir_name(const char *name)
{
    static char names[8][512];
    static int next;
    char *room = names[next++ % 8];
    REQUIRE(snprintf(room, 512, "%s\\%s", dir_path, name) < 512);
    return room;
}

static inline void dir_write(const char *name, const char *text)
{
    DWORD bytes;
    HANDLE file =
        disk_open(dir_name(name), GENERIC_WRITE, SHARE_ALL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL);
    REQUIRE(file != INVALID_HANDLE_VALUE);
    REQUIRE(WriteFile(file, text, (DWORD)strlen(text), &bytes, NULL));
    CloseHandle(file);
}

static inline void dir_touch(const char *name)
{
    dir_write(name, "");
}

static inline void dir_delete(const char *name)
{
    REQUIRE(DeleteFileA(dir_name(name)));
}

static inline void dir_rename(const char *from, const char *to)
{
    REQUIRE(MoveFileA(dir_name(from), dir_name(to)));
}

static inline void dir_sub(const char *name)
{
    REQUIRE(CreateDirectoryA(dir_name(name), NULL));
}

/* Everything in a directory, and the directory. */
static inline void dir_remove_tree(const char *path)
{
    char name[512];
    WIN32_FIND_DATAA found;
    REQUIRE(snprintf(name, sizeof name, "%s\\*", path) < (int)sizeof name);
    HANDLE search = FindFirstFileA(name, &found);
    if (search != INVALID_HANDLE_VALUE) {
        do {
            REQUIRE(snprintf(name, sizeof name, "%s\\%s", path, found.cFileName) <
                    (int)sizeof name);
            if (!strcmp(found.cFileName, ".") || !strcmp(found.cFileName, ".."))
                continue;
            SetFileAttributesA(name, FILE_ATTRIBUTE_NORMAL);
            if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
                dir_remove_tree(name);
            else
                DeleteFileA(name);
        } while (FindNextFileA(search, &found));
        FindClose(search);
    }
    RemoveDirectoryA(path);
}

static inline void dir_remove(void)
{
    dir_remove_tree(dir_path);
}

/* The list as text; "?" if it is not well formed. (Wine does not align the entries.) */
static inline const char *dir_text(const void *list, DWORD bytes)
{
    static char text[16384];
    const char *at = (const char *)list;
    size_t used = 0;
    text[0] = 0;
    while (bytes >= offsetof(FILE_NOTIFY_INFORMATION, FileName)) {
        const FILE_NOTIFY_INFORMATION *entry = (const FILE_NOTIFY_INFORMATION *)at;
        DWORD size = (DWORD)offsetof(FILE_NOTIFY_INFORMATION, FileName) + entry->FileNameLength;
        if (entry->Action > 5 || size > bytes || entry->NextEntryOffset > bytes ||
            (entry->NextEntryOffset % 4 && !check_on_wine()) || used + 300 > sizeof text)
            return "?";
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%c", used ? " " : "",
                                 "?+-~<>"[entry->Action]);
        for (DWORD i = 0; i < entry->FileNameLength / sizeof(WCHAR); i++)
            used += (size_t)snprintf(text + used, sizeof text - used,
                                     entry->FileName[i] < 128 ? "%c" : "{%x}", entry->FileName[i]);
        if (!entry->NextEntryOffset)
            return text;
        at += entry->NextEntryOffset;
        bytes -= entry->NextEntryOffset;
    }
    return bytes || used ? "?" : text;
}

/* ---- a directory that is watched through a port ---- */

struct watch {
    HANDLE directory, port;
    OVERLAPPED ov;
    DWORD filter, room;
    BOOL subtree;
    DWORD buffer[4096];
    char seen[16384]; /* what has been told so far */
};

#define WATCH_KEY ((ULONG_PTR)0xD1)
#define WATCH_NAMES (FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME)

static inline HANDLE dir_open(DWORD flags)
{
    HANDLE directory = disk_open(dir_path, FILE_LIST_DIRECTORY, SHARE_ALL, OPEN_EXISTING,
                                 flags | FILE_FLAG_BACKUP_SEMANTICS);
    REQUIRE(directory != INVALID_HANDLE_VALUE);
    return directory;
}

static inline BOOL watch_ask(struct watch *w)
{
    memset(&w->ov, 0, sizeof w->ov);
    w->ov.InternalHigh = 0x5150;
    return ReadDirectoryChangesW(w->directory, w->buffer, w->room, w->subtree, w->filter, NULL,
                                 &w->ov, NULL);
}

static inline void watch_start(struct watch *w, DWORD filter, BOOL subtree, DWORD room)
{
    memset(w, 0, sizeof *w);
    w->directory = dir_open(FILE_FLAG_OVERLAPPED);
    w->port = port_make(0);
    REQUIRE(CreateIoCompletionPort(w->directory, w->port, WATCH_KEY, 0) == w->port);
    w->filter = filter;
    w->subtree = subtree;
    w->room = room;
    REQUIRE(watch_ask(w));
}

/* Waits for the call's packet; its changes are added to what was seen. */
static inline struct packet watch_take(struct watch *w, DWORD milliseconds)
{
    struct packet p = port_take(w->port, milliseconds);
    if (p.ok && p.bytes) {
        const char *text = dir_text(w->buffer, p.bytes);
        size_t used = strlen(w->seen);
        snprintf(w->seen + used, sizeof w->seen - used, "%s%s", used ? " " : "", text);
    }
    return p;
}

static inline int watch_count(const char *text, const char *entry)
{
    size_t length = strlen(entry);
    int count = 0;
    for (const char *at = text; (at = strstr(at, entry)) != NULL; at += length)
        count += (at == text || at[-1] == ' ') && (at[length] == 0 || at[length] == ' ');
    return count;
}

/* Takes and asks again until the entry was seen, or time is up. */
static inline int watch_sees(struct watch *w, const char *entry)
{
    double start = support_now_ms();
    while (!watch_count(w->seen, entry)) {
        if (support_now_ms() - start > DEADLINE_MS)
            return 0;
        struct packet p = watch_take(w, 100);
        if (p.overlapped && (!p.ok || !watch_ask(w)))
            return 0;
    }
    return 1;
}

static inline void watch_stop(struct watch *w)
{
    CloseHandle(w->directory);
    CloseHandle(w->port);
}

#endif
