/* SPDX-License-Identifier: MIT
 *
 * The directory in which pipes meet, and what files in it are called. No state, no locks.
 *
 * The directory's owner and mode are looked at every time it is opened: whoever else could enter it
 * could offer pipes in our name. A link in its place is not followed.
 */
#include "pipe/board_internal.h"

#include "base/descriptor.h"
#include "base/fault.h"
#include "base/lettercase.h"
#include "base/utf8.h"
#include "status/codes.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PLACE_PATH_BYTES = 4096,
    PLACE_NAME_UNITS = 256,
    PLACE_PREFIX_UNITS = 9,
    PLACE_HASH_DIGITS = 32
};

/* Another user's runtime directory may be left over in the environment (su). */
static bool place__is_ours(const char *directory)
{
    struct stat state;

    return directory && *directory == '/' && stat(directory, &state) == 0 &&
           state.st_uid == geteuid();
}

static bool place__path(char room[PLACE_PATH_BYTES])
{
    const char *given = secure_getenv("IOCP_PIPE_DIR");
    const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
    int length;

    if (given && *given)
        length = snprintf(room, PLACE_PATH_BYTES, "%s", given);
    else if (place__is_ours(runtime))
        length = snprintf(room, PLACE_PATH_BYTES, "%s/iocp-pipes", runtime);
    else
        length = snprintf(room, PLACE_PATH_BYTES, "/tmp/iocp-pipes-%u", (unsigned)geteuid());
    return length > 0 && length < PLACE_PATH_BYTES;
}

int place_open(bool make)
{
    char path[PLACE_PATH_BYTES];
    struct stat state;

    if (!place__path(path))
        return -ENAMETOOLONG;
    if (make && mkdir(path, 0700) < 0 && errno != EEXIST)
        return -errno;
    int directory = fault_hit(FAULT_DESCRIPTOR)
                        ? (errno = EMFILE, -1)
                        : open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    directory = descriptor_above_standard(directory);
    if (directory < 0)
        return errno == ELOOP || errno == ENOTDIR ? -EACCES : -errno;
    if (fstat(directory, &state) == 0 && state.st_uid == geteuid() && !(state.st_mode & 077))
        return directory;
    close(directory);
    return -EACCES;
}

int place_open_file(int directory, const char *file, int flags)
{
    char path[PLACE_FILE_BYTES + 32];

    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", directory, file);
    int opened = fault_hit(FAULT_DESCRIPTOR) ? (errno = EMFILE, -1)
                                             : open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    opened = descriptor_above_standard(opened);
    return opened < 0 ? -errno : opened;
}

/* One character of UTF-8, *length bytes long; what is no valid text stands for itself. */
static uint32_t place__character(const unsigned char *text, unsigned *length)
{
    unsigned more = text[0] >= 0xf0 ? 3 : text[0] >= 0xe0 ? 2 : text[0] >= 0xc0 ? 1 : 0;
    uint32_t character = more ? text[0] & (0x3fu >> more) : text[0];

    *length = 1;
    for (unsigned index = 1; index <= more; index++) {
        if ((text[index] & 0xc0) != 0x80)
            return 0x110000u + text[0];
        character = character << 6 | (text[index] & 0x3fu);
    }
    *length = 1 + more;
    return character;
}

static uint64_t place__mix(uint64_t hash, uint32_t character)
{
    hash = (hash ^ character) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

NTSTATUS place_file(const char *name, char room[PLACE_FILE_BYTES])
{
    const unsigned char *text = (const unsigned char *)name;
    uint64_t first = 0x243f6a8885a308d3u, second = 0x13198a2e03707344u;
    char plain[17];
    unsigned units = 0, shown = 0, length;

    while (*text) {
        uint32_t character = lettercase_upper(place__character(text, &length));
        units += character >= 0x10000 && character < 0x110000 ? 2 : 1;
        first = place__mix(first, character);
        second = place__mix(second + 0x452821e6u, character ^ 0x38d01377u);
        if (shown < sizeof plain - 1 && character < 0x80 && isalnum((int)character))
            plain[shown++] = (char)(character | (character >= 'A' ? 0x20 : 0));
        text += length;
    }
    plain[shown] = 0;
    if (units == 0 || units + PLACE_PREFIX_UNITS > PLACE_NAME_UNITS)
        return STATUS_OBJECT_NAME_INVALID;
    /* Of the name what people can read, and what tells it from all others. */
    snprintf(room, PLACE_FILE_BYTES, "%s-%016llx%016llx", plain, (unsigned long long)first,
             (unsigned long long)second);
    return STATUS_SUCCESS;
}

bool place_is_file(const char *file)
{
    size_t length = strlen(file);
    const char *tail = length > PLACE_HASH_DIGITS ? file + length - PLACE_HASH_DIGITS : NULL;

    return tail && length < PLACE_FILE_BYTES && tail[-1] == '-' &&
           strspn(tail, "0123456789abcdef") == PLACE_HASH_DIGITS;
}

static void place__socket(const char *file, uint32_t slot, uint32_t turn, char *room, size_t size)
{
    snprintf(room, size, "%s.%u.%u", file, slot, turn);
}

socklen_t place_address(int directory, const char *file, uint32_t slot, uint32_t turn,
                        struct sockaddr_un *address)
{
    char name[PLACE_FILE_BYTES + 24];

    place__socket(file, slot, turn, name, sizeof name);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    /* Through the descriptor: the path may be longer than an address, and is the one that was
     * looked at. */
    snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", directory, name);
    return sizeof *address;
}

void place_unlink(int directory, const char *file, uint32_t slot, uint32_t turn)
{
    char name[PLACE_FILE_BYTES + 24];

    place__socket(file, slot, turn, name, sizeof name);
    unlinkat(directory, name, 0);
}
