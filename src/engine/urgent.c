/* SPDX-License-Identifier: MIT
 *
 * One try at a receive of urgent data (MSG_OOB). The kernel has no "not yet" for it: it says EINVAL
 * while there is none, also when the stream has ended and none can come any more. Takes no lock;
 * the lane's is held.
 */
#include "engine/backend.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

/* The outcome where there is no urgent data: its end, or why there will be none. */
static long urgent__none(int descriptor)
{
    struct pollfd state = {.fd = descriptor, .events = POLLRDHUP};
    int error = 0;
    socklen_t length = sizeof error;

    if (poll(&state, 1, 0) <= 0 || !(state.revents & (POLLRDHUP | POLLHUP | POLLERR)))
        return -EAGAIN;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error)
        return -error;
    return 0;
}

long engine_attempt_urgent(struct engine_file *file, struct engine_request *request)
{
    struct iovec one = {.iov_base = request->data, .iov_len = request->length};
    struct msghdr message = {.msg_iov = request->count ? request->vector : &one,
                             .msg_iovlen = request->count ? request->count : 1};
    int flags = (int)request->message_flags | MSG_DONTWAIT;
    ssize_t result;

    do
        result = recvmsg(file->descriptor, &message, flags);
    while (result < 0 && errno == EINTR);
    if (result >= 0)
        return result;
    return errno == EINVAL        ? urgent__none(file->descriptor)
           : errno == EWOULDBLOCK ? -EAGAIN
                                  : -errno;
}
