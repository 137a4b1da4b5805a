/* SPDX-License-Identifier: MIT
 *
 * run_on ENGINE PROGRAM [ARGUMENT...]: becomes PROGRAM, unless this machine cannot give it ENGINE.
 *
 * The library falls back to epoll where io_uring is refused, so a test that asks for io_uring
 * would pass there without having tested it. This program asks the kernel first, prints why it
 * is refused and exits 77, which ctest reports as skipped. ENGINE `epoll` or `none` asks nothing.
 * Memory layout randomisation is switched off for the test: the thread sanitizer of gcc 12 cannot
 * start under the number of random bits that newer kernels use.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

static int uring_refused(void)
{
    struct io_uring_params parameters;
    int descriptor;

    memset(&parameters, 0, sizeof parameters);
    descriptor = (int)syscall(SYS_io_uring_setup, 8, &parameters);
    if (descriptor < 0)
        return errno;
    close(descriptor);
    return 0;
}

int main(int count, char **arguments)
{
    if (count < 3) {
        fprintf(stderr, "usage: run_on epoll|uring|none PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    if (strcmp(arguments[1], "uring") == 0) {
        int refused = uring_refused();
        if (refused) {
            printf("skipped: this machine refuses io_uring (%s)\n", strerror(refused));
            return 77;
        }
    }
    personality(ADDR_NO_RANDOMIZE);
    execv(arguments[2], arguments + 2);
    fprintf(stderr, "run_on: %s: %s\n", arguments[2], strerror(errno));
    return 2;
}
