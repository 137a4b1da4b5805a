/* SPDX-License-Identifier: MIT
 *
 * Paths taken apart and put together as Windows' C library does it: / and \ both separate, and a
 * letter with a colon is a drive. What these write themselves is /, so that Linux opens it.
 */
#ifndef IOCP_CRT_PATH_H
#define IOCP_CRT_PATH_H

#include "iocp_crt_base.h"

#ifndef _MAX_PATH
#define _MAX_PATH 260
#endif
#ifndef _MAX_DRIVE
#define _MAX_DRIVE 3
#define _MAX_DIR 256
#define _MAX_FNAME 256
#define _MAX_EXT 256
#endif

static __inline__ int iocp_path_separates(char character)
{
    return character == '/' || character == '\\';
}

/* Copies a part of a path. A part that is not wanted has neither place nor size. */
static __inline__ int iocp_path_part(char *to, size_t size, const char *from, const char *end)
{
    size_t length = (size_t)(end - from);
    if (!to)
        return 1;
    if (length >= size)
        return 0;
    memcpy(to, from, length);
    to[length] = 0;
    return 1;
}

#ifndef _splitpath_s
static __inline__ errno_t _splitpath_s(const char *path, char *drive, size_t drive_size, char *dir,
                                       size_t dir_size, char *name, size_t name_size, char *ext,
                                       size_t ext_size)
{
    const char *after_drive, *after_dir, *dot, *at;
    int fits = path && (drive ? drive_size > 0 : drive_size == 0) &&
               (dir ? dir_size > 0 : dir_size == 0) && (name ? name_size > 0 : name_size == 0) &&
               (ext ? ext_size > 0 : ext_size == 0);
    errno_t failure = fits ? ERANGE : EINVAL;
    if (fits) {
        after_drive = path[0] && path[1] == ':' ? path + 2 : path;
        after_dir = after_drive;
        dot = NULL;
        for (at = after_drive; *at; at++) {
            if (iocp_path_separates(*at)) {
                after_dir = at + 1;
                dot = NULL;
            } else if (*at == '.') {
                dot = at;
            }
        }
        dot = dot ? dot : at;
        fits = iocp_path_part(drive, drive_size, path, after_drive) &&
               iocp_path_part(dir, dir_size, after_drive, after_dir) &&
               iocp_path_part(name, name_size, after_dir, dot) &&
               iocp_path_part(ext, ext_size, dot, at);
        if (fits)
            return 0;
    }
    iocp_crt_refuse(drive, drive_size, failure);
    iocp_crt_refuse(dir, dir_size, failure);
    iocp_crt_refuse(name, name_size, failure);
    return iocp_crt_refuse(ext, ext_size, failure);
}
#endif

#ifndef _splitpath
static __inline__ void _splitpath(const char *path, char *drive, char *dir, char *name, char *ext)
{
    _splitpath_s(path, drive, drive ? _MAX_DRIVE : 0, dir, dir ? _MAX_DIR : 0, name,
                 name ? _MAX_FNAME : 0, ext, ext ? _MAX_EXT : 0);
}
#endif

#ifndef _makepath_s
static __inline__ errno_t _makepath_s(char *to, size_t size, const char *drive, const char *dir,
                                      const char *name, const char *ext)
{
    char colon[3] = {0, ':', 0};
    const char *parts[6];
    size_t used = 0, length, at;
    if (!to || size == 0)
        return iocp_crt_refuse(NULL, 0, EINVAL);
    colon[0] = drive ? drive[0] : (char)0;
    parts[0] = colon;
    parts[1] = dir ? dir : "";
    parts[2] = *parts[1] && !iocp_path_separates(parts[1][strlen(parts[1]) - 1]) ? "/" : "";
    parts[3] = name ? name : "";
    parts[4] = ext && *ext && *ext != '.' ? "." : "";
    parts[5] = ext ? ext : "";
    for (at = 0; at < 6; at++) {
        length = strlen(parts[at]);
        if (length >= size - used)
            return iocp_crt_refuse(to, size, ERANGE);
        memcpy(to + used, parts[at], length);
        used += length;
    }
    to[used] = 0;
    return 0;
}
#endif

#ifndef _makepath
static __inline__ void _makepath(char *to, const char *drive, const char *dir, const char *name,
                                 const char *ext)
{
    _makepath_s(to, _MAX_PATH, drive, dir, name, ext);
}
#endif

/* Adds the parts of `from` to the absolute path `to`, which has room for them; . and .. are done.
 */
static __inline__ void iocp_path_walk(char *to, size_t *used, const char *from)
{
    size_t length;
    for (; *from; from += length) {
        length = strcspn(from, "/\\");
        if (length == 0) {
            length = 1;
        } else if (length == 2 && from[0] == '.' && from[1] == '.') {
            while (*used > 0 && to[--*used] != '/')
                ;
        } else if (length != 1 || from[0] != '.') {
            to[(*used)++] = '/';
            memcpy(to + *used, from, length);
            *used += length;
        }
    }
    to[*used] = 0;
}

#ifndef _fullpath
/* The path from the root, whether there is such a file or not; links are not followed. A drive
 * stays before it. NULL: it does not fit. With NULL the result is for free(). */
static __inline__ char *_fullpath(char *to, const char *path, size_t size)
{
    char *here = NULL, *whole;
    size_t drive, used = 0;
    path = path ? path : "";
    drive = path[0] && path[1] == ':' ? 2 : 0;
    if (!drive && !iocp_path_separates(path[0]))
        here = iocp_libc_getcwd(NULL, 0);
    whole = (char *)malloc(strlen(path) + (here ? strlen(here) : 0) + 4);
    if (whole) {
        memcpy(whole, path, drive);
        iocp_path_walk(whole + drive, &used, here ? here : "");
        iocp_path_walk(whole + drive, &used, path + drive);
        if (used == 0)
            memcpy(whole + drive, "/", 2);
    }
    free(here);
    if (!to || !whole)
        return whole;
    used = strlen(whole) + 1;
    if (used > size)
        errno = ERANGE;
    else
        memcpy(to, whole, used);
    free(whole);
    return used > size ? NULL : to;
}
#endif

/* The forms that know an array's size. */
#ifdef __cplusplus
extern "C++" {
#ifndef _splitpath_s
template <size_t Drive, size_t Dir, size_t Name, size_t Ext>
inline errno_t _splitpath_s(const char *path, char (&drive)[Drive], char (&dir)[Dir],
                            char (&name)[Name], char (&ext)[Ext])
{
    return _splitpath_s(path, drive, Drive, dir, Dir, name, Name, ext, Ext);
}
#endif
#ifndef _makepath_s
template <size_t Size>
inline errno_t _makepath_s(char (&to)[Size], const char *drive, const char *dir, const char *name,
                           const char *ext)
{
    return _makepath_s(to, Size, drive, dir, name, ext);
}
#endif
}
#endif

#endif
