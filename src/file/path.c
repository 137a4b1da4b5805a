/* SPDX-License-Identifier: MIT
 *
 * Names of files: one simple rule everywhere (docs/files.md). A backslash is a slash; a drive is
 * the root of the file system, whatever its letter; upper and lower case differ.
 */
#include "file/file_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool path__is_slash(char character)
{
    return character == '\\' || character == '/';
}

static bool path__is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/* Past \\?\ or \\.\; *literal: the rest is taken as it is. */
static const char *path__past_prefix(const char *name, bool *literal, bool *device)
{
    bool prefixed = path__is_slash(name[0]) && path__is_slash(name[1]) &&
                    (name[2] == '?' || name[2] == '.') && path__is_slash(name[3]);

    *literal = prefixed && name[2] == '?';
    *device = prefixed && name[2] == '.';
    return prefixed ? name + 4 : name;
}

static const char *path__device(const char *name)
{
    static const struct {
        const char *name, *path;
    } devices[] = {{"NUL", "/dev/null"}, {"CONIN$", "/dev/tty"}, {"CONOUT$", "/dev/tty"}};

    for (size_t index = 0; index < sizeof devices / sizeof devices[0]; index++)
        if (strcasecmp(name, devices[index].name) == 0)
            return devices[index].path;
    return NULL;
}

/* What no name on Windows holds. */
static bool path__is_name(const char *name)
{
    for (; *name; name++)
        if ((unsigned char)*name < ' ' || strchr("<>\"|?*", *name))
            return false;
    return true;
}

NTSTATUS file_path(const char *given, char *room)
{
    bool literal, device;
    const char *name = path__past_prefix(given, &literal, &device);
    const char *found = literal ? NULL : path__device(name);
    size_t used = 0;

    if (found)
        name = found;
    else if (!literal && !path__is_name(name))
        return STATUS_OBJECT_NAME_INVALID;
    if (path__is_letter(name[0]) && name[1] == ':')
        name += 2;
    else if (device && !found)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    else if (!literal && name[0] == '\\' && name[1] == '\\')
        return STATUS_BAD_NETWORK_PATH;
    else if (literal && strncasecmp(name, "UNC", 3) == 0 && path__is_slash(name[3]))
        return STATUS_BAD_NETWORK_PATH;
    if (!*name)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    for (; name[used]; used++) {
        if (used + 1 >= FILE_PATH_BYTES)
            return STATUS_NAME_TOO_LONG;
        room[used] = name[used] == '\\' ? '/' : name[used];
    }
    room[used] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS file_path_status(int error, const char *path)
{
    char parent[FILE_PATH_BYTES];
    struct stat state;
    const char *slash = strrchr(path, '/');

    if (error == EISDIR)
        return STATUS_ACCESS_DENIED;
    if (error != ENOENT || !slash || slash == path)
        return status_of_errno(error, STATUS_PLACE_FILE);
    memcpy(parent, path, (size_t)(slash - path));
    parent[slash - path] = 0;
    return stat(parent, &state) < 0 ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
}
