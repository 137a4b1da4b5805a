/* SPDX-License-Identifier: MIT
 *
 * An initialization file found, read and written whole. The handle keeps to the sharing of the
 * process's other handles; a lock of the system's on the file (flock) lets one call at a time in,
 * from this process or another. Waiting for it is as waiting for a disk; a thread that is
 * terminated in a call leaves the file locked.
 */
#include "api/profile.h"

#include "api/utf16.h"
#include "base/fault.h"
#include "file/file.h"

#include <windows.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char profile_mark[] = "\xff\xfe";

/* PROF-2. */
static const char *profile__path(const char *name, char *room, size_t size)
{
    char windows[64];

    if (!name)
        name = "win.ini";
    if (strpbrk(name, "/\\:") || !GetWindowsDirectoryA(windows, sizeof windows))
        return name;
    snprintf(room, size, "%s/%s", windows, name);
    return room;
}

static NTSTATUS profile__error(void)
{
    return status_of_errno(errno, STATUS_PLACE_FILE);
}

/* UTF-16 becomes UTF-8; a zero, which ends no text here, a blank. */
static NTSTATUS profile__from_wide(struct profile *profile)
{
    size_t units = profile->length / sizeof(WCHAR);
    WCHAR *wide = (WCHAR *)(void *)profile->text;

    for (size_t i = 0; i < units; i++)
        if (!wide[i])
            wide[i] = ' ';
    char *text = utf16_to_utf8(wide + 1, units - 1);
    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    free(profile->text);
    profile->text = text;
    profile->length = strlen(text);
    profile->wide = true;
    return STATUS_SUCCESS;
}

static NTSTATUS profile__read(struct profile *profile)
{
    struct stat facts;

    if (fstat(profile->descriptor, &facts) != 0)
        return profile__error();
    if (!S_ISREG(facts.st_mode))
        return STATUS_ACCESS_DENIED;
    size_t size = (size_t)facts.st_size;
    if (!(profile->text = fault_malloc(size + 1)))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (fault_hit(FAULT_DISK))
        return STATUS_IO_DEVICE_ERROR;
    while (profile->length < size) {
        ssize_t bytes = pread(profile->descriptor, profile->text + profile->length,
                              size - profile->length, (off_t)profile->length);
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0)
            return profile__error();
        if (bytes == 0)
            break;
        profile->length += (size_t)bytes;
    }
    profile->text[profile->length] = 0;
    if (profile->length >= 2 && memcmp(profile->text, profile_mark, 2) == 0)
        return profile__from_wide(profile);
    if (profile->length >= 3 && memcmp(profile->text, "\xef\xbb\xbf", 3) == 0)
        memset(profile->text, ' ', 3);
    return STATUS_SUCCESS;
}

NTSTATUS profile_open(const char *name, enum profile_way way, struct profile *profile)
{
    char room[FILE_PATH_BYTES];
    bool writing = way != PROFILE_READ, existed;
    uintptr_t handle;
    struct file_opening opening = {
        .name = profile__path(name, room, sizeof room),
        .access = writing ? GENERIC_READ | GENERIC_WRITE : GENERIC_READ,
        .share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        .disposition = way == PROFILE_MAKE ? OPEN_ALWAYS : OPEN_EXISTING,
        .flags = FILE_ATTRIBUTE_NORMAL,
    };
    NTSTATUS status = file_create(&opening, &handle, &existed);

    if (status != STATUS_SUCCESS)
        return status;
    *profile = (struct profile){.file = (HANDLE)handle, .descriptor = file_descriptor(handle)};
    /* A file system without such locks does without. */
    while (flock(profile->descriptor, writing ? LOCK_EX : LOCK_SH) != 0 && errno == EINTR)
        ;
    status = profile__read(profile);
    if (status != STATUS_SUCCESS)
        profile_close(profile);
    return status;
}

/* In place: other handles of the file see what becomes of it. What there is no room for on the
 * disk is not begun. */
static NTSTATUS profile__write(int descriptor, const char *bytes, size_t length)
{
    struct stat before;

    if (fault_hit(FAULT_DISK))
        return STATUS_IO_DEVICE_ERROR;
    if (fstat(descriptor, &before) != 0)
        return profile__error();
    int error = length ? posix_fallocate(descriptor, 0, (off_t)length) : 0;
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
        if (ftruncate(descriptor, before.st_size) != 0)
            return profile__error();
        return STATUS_DISK_FULL;
    }
    for (size_t done = 0; done < length;) {
        ssize_t written = pwrite(descriptor, bytes + done, length - done, (off_t)done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return profile__error();
        done += (size_t)written;
    }
    return ftruncate(descriptor, (off_t)length) == 0 ? STATUS_SUCCESS : profile__error();
}

NTSTATUS profile_save(const struct profile *profile)
{
    size_t units;

    if (!profile->wide)
        return profile__write(profile->descriptor, profile->text, profile->length);
    WCHAR *wide = utf16_from_utf8(profile->text, profile->length, &units);
    char *bytes = wide ? fault_malloc(2 + units * sizeof *wide) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (bytes) {
        memcpy(bytes, profile_mark, 2);
        memcpy(bytes + 2, wide, units * sizeof *wide);
        status = profile__write(profile->descriptor, bytes, 2 + units * sizeof *wide);
    }
    free(bytes);
    free(wide);
    return status;
}

void profile_close(struct profile *profile)
{
    free(profile->text);
    CloseHandle(profile->file);
}
