/* SPDX-License-Identifier: MIT
 *
 * The supervisor's side of a service: the environment says that there is one and where it listens,
 * a datagram for each report is what it hears. That is sd_notify's protocol, which needs no
 * library.
 */
#include "api/supervisor.h"

#include "base/fault.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* One that does not read holds nobody up. */
static const struct timeval supervisor_patience = {.tv_sec = 1};

/* Set once. */
static pthread_once_t supervisor_once = PTHREAD_ONCE_INIT;
static bool supervisor_known;
static struct sockaddr_un supervisor_address;
static socklen_t supervisor_length; /* 0: it does not listen */

static void supervisor__find_address(void)
{
    const char *name = secure_getenv("NOTIFY_SOCKET");
    size_t length = name ? strlen(name) : 0;

    if (length < 2 || length >= sizeof supervisor_address.sun_path ||
        (*name != '/' && *name != '@'))
        return;
    supervisor_address.sun_family = AF_UNIX;
    memcpy(supervisor_address.sun_path, name, length);
    if (*name == '@') /* an address without a file */
        supervisor_address.sun_path[0] = '\0';
    supervisor_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

/* The variables are inherited: systemd says whose they are. */
static void supervisor__find(void)
{
    const char *wanted = getenv("IOCP_SERVICE"), *process = getenv("SYSTEMD_EXEC_PID");

    if (wanted && *wanted)
        supervisor_known = strcmp(wanted, "0") != 0;
    else if (process)
        supervisor_known = strtol(process, NULL, 10) == getpid();
    else
        supervisor_known = getenv("NOTIFY_SOCKET") != NULL;
    if (supervisor_known)
        supervisor__find_address();
}

bool supervisor_is_there(void)
{
    pthread_once(&supervisor_once, supervisor__find);
    return supervisor_known;
}

/* A report that cannot be sent is lost: the supervisor goes by its time limits then. */
void supervisor_tell(const char *lines)
{
    if (!supervisor_is_there() || !supervisor_length || fault_hit(FAULT_DESCRIPTOR))
        return;
    int told = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (told < 0)
        return;
    setsockopt(told, SOL_SOCKET, SO_SNDTIMEO, &supervisor_patience, sizeof supervisor_patience);
    while (sendto(told, lines, strlen(lines), MSG_NOSIGNAL, (struct sockaddr *)&supervisor_address,
                  supervisor_length) < 0 &&
           errno == EINTR)
        ;
    close(told);
}
