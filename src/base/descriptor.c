/* SPDX-License-Identifier: MIT
 *
 * Away from the standard streams' numbers.
 */
#include "base/descriptor.h"

#include "base/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int descriptor_above_standard(int descriptor)
{
    if (LIKELY(descriptor < 0 || descriptor > STDERR_FILENO))
        return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int error = errno;
    close(descriptor);
    errno = error;
    return moved;
}
