/* SPDX-License-Identifier: MIT
 *
 * Winsock and POSIX in one file: libc's headers after winsock2.h compile and change nothing, and
 * POSIX calls work on a SOCKET's descriptor. POSIX_FIRST puts before it those headers that may come
 * before. LEAN: a file that works with libc's sockets and takes only windows.h.
 */
#ifdef LEAN
#define WIN32_LEAN_AND_MEAN
#include <sys/socket.h>
#include <netinet/in.h>
#include <netdb.h>
#include <windows.h>

int main(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6};
    int s = socket(AF_INET6, SOCK_STREAM, 0);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    _Static_assert(AF_INET6 == 10 && SOL_SOCKET == 1, "libc's");
    return bind(s, (struct sockaddr *)&address, sizeof address) + CloseHandle(port);
}
#else

#ifdef POSIX_FIRST
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#endif
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <afunix.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Static_assert(AF_INET6 == 23 && SOL_SOCKET == 0xffff && SO_ERROR == 0x1007, "Windows'");
_Static_assert(sizeof(u_long) == 4 && sizeof(fd_set) == 520 && (socklen_t)-1 < 0, "Windows'");
_Static_assert(IPV6_V6ONLY == 27 && TCP_KEEPINTVL == 17 && AI_ADDRCONFIG == 0x400, "Windows'");
_Static_assert(ECONNREFUSED != WSAECONNREFUSED, "errno keeps libc's numbers");

int main(void)
{
    struct sockaddr_in address = {0};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct iovec piece = {&address, sizeof address};
    struct msghdr message = {0};
    struct pollfd one = {0, POLLIN, 0};
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    int pair[2] = {-1, -1};
    int descriptor = (int)s;
    char byte = 0;
    address.sin_addr.S_un.S_addr = INADDR_LOOPBACK;
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    one.fd = descriptor;
    if (bind(s, (struct sockaddr *)&address, sizeof address) != 0 || poll(&one, 1, 0) < 0)
        return errno;
    if (write(descriptor, &byte, 1) < 0 || sendmsg(descriptor, &message, 0) < 0 ||
        read(descriptor, &byte, 1) < 0)
        return local.sun_path[0];
    return pair[0] + closesocket(s) + (IN6_IS_ADDR_LOOPBACK(&in6addr_loopback) ? 0 : 1);
}
#endif
