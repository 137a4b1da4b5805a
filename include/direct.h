/* SPDX-License-Identifier: MIT
 *
 * Directories by the names of Windows' C library; paths are the system's, as in io.h.
 */
#ifndef _INC_DIRECT
#define _INC_DIRECT

#include <sys/stat.h>
#include <unistd.h>

static __inline__ int _mkdir(const char *path)
{
    return mkdir(path, 0777);
}

#define _rmdir rmdir
#define _chdir chdir
#define _getcwd getcwd

#endif
