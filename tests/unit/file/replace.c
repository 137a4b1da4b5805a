/* SPDX-License-Identifier: MIT
 *
 * ReplaceFile where names cannot be swapped, and where a renaming fails: the system's two calls are
 * replaced by some that refuse when they are told to.
 */
#include "unit/expect.h"

#include <windows.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool swaps;            /* the file system can swap names */
static unsigned refused_ones; /* bit n: the nth renaming from now on fails */

int renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    if (flags && !swaps) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

int rename(const char *old, const char *new)
{
    bool refuse = refused_ones & 1;

    refused_ones >>= 1;
    if (refuse) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0);
}

static void write_file(const char *name, const char *text)
{
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    EXPECT(write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
}

/* The file is there with this text; NULL: it is not there. */
static bool holds(const char *name, const char *text)
{
    char found[16] = "";
    int file = open(name, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return text == NULL;
    ssize_t got = read(file, found, sizeof found - 1);
    close(file);
    return got >= 0 && text && strcmp(found, text) == 0;
}

/* Two files, of different rights; afterwards they hold what is said. 0: success. */
static void replace(bool can_swap, unsigned refuse, DWORD error, const char *a, const char *b,
                    const char *c)
{
    struct stat state;

    write_file("a", "old");
    write_file("b", "new");
    write_file("c", "backup");
    EXPECT(chmod("a", 0640) == 0 && chmod("b", 0600) == 0);
    swaps = can_swap;
    refused_ones = refuse;
    BOOL done = ReplaceFileA("a", "b", "c", 0, NULL, NULL);
    refused_ones = 0;
    EXPECT(done == (error == 0));
    if (error)
        EXPECT_EQUAL(GetLastError(), error);
    EXPECT(holds("a", a) && holds("b", b) && holds("c", c));
    /* The file that holds what is new has the other's rights if it has its name. */
    if (stat(b ? "b" : "a", &state) == 0)
        EXPECT_EQUAL(state.st_mode & 0777, b ? 0600 : 0640);
    else
        EXPECT(!"the new file is there");
}

int main(void)
{
    char directory[] = "/tmp/iocp-replace-XXXXXX";

    EXPECT(mkdtemp(directory) && chdir(directory) == 0);
    replace(true, 0, 0, "new", NULL, "old");
    replace(true, 1, ERROR_UNABLE_TO_REMOVE_REPLACED, "old", "new", "backup");
    replace(false, 0, 0, "new", NULL, "old");
    replace(false, 1, ERROR_UNABLE_TO_REMOVE_REPLACED, "old", "new", "backup");
    replace(false, 2, ERROR_UNABLE_TO_MOVE_REPLACEMENT, "old", "new", NULL);
    replace(false, 2 | 4, ERROR_UNABLE_TO_MOVE_REPLACEMENT_2, NULL, "new", "old");
    unlink("a");
    unlink("b");
    unlink("c");
    EXPECT(chdir("/") == 0 && rmdir(directory) == 0);
    return expect_report();
}
