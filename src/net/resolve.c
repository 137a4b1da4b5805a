/* SPDX-License-Identifier: MIT
 *
 * The resolver's calls. A machine without /etc/protocols and /etc/services still knows the handful
 * of names that servers ask for.
 */
#include "net/resolve.h"

#include "base/check.h"
#include "base/compiler.h"
#include "base/fault.h"
#include "net/address.h"
#include "sched/sched.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WSA_FAULT 10014
#define WSA_INVALID 10022
#define WSA_TYPE_NOT_SUPPORTED 10044
#define WSA_FAMILY_NOT_SUPPORTED 10047
#define WSA_TYPE_NOT_FOUND 10109
#define WSA_HOST_NOT_FOUND 11001
#define WSA_TRY_AGAIN 11002
#define WSA_NO_RECOVERY 11003
#define WSA_NO_DATA 11004
#define WSA_NO_MEMORY 8

struct flag_pair {
    int windows;
    int linux_flag;
};

static const struct flag_pair resolve_info_flags[] = {
    {0x0001, AI_PASSIVE},     {0x0002, AI_CANONNAME},
    {0x0004, AI_NUMERICHOST}, {0x0008, AI_NUMERICSERV},
    {0x0100, AI_ALL},         {0x0400, AI_ADDRCONFIG},
    {0x0800, AI_V4MAPPED},    {0, 0},
};

static const struct flag_pair resolve_name_flags[] = {
    {0x01, NI_NOFQDN},      {0x02, NI_NUMERICHOST}, {0x04, NI_NAMEREQD},
    {0x08, NI_NUMERICSERV}, {0x10, NI_DGRAM},       {0, 0},
};

static int resolve__flags(int windows, const struct flag_pair *pairs)
{
    int flags = 0;
    for (; pairs->windows; pairs++)
        if (windows & pairs->windows)
            flags |= pairs->linux_flag;
    return flags;
}

static int resolve__error(int error)
{
    switch (error) {
    case 0:
        return 0;
    case EAI_AGAIN:
        return WSA_TRY_AGAIN;
    case EAI_BADFLAGS:
        return WSA_INVALID;
    case EAI_FAMILY:
        return WSA_FAMILY_NOT_SUPPORTED;
    case EAI_MEMORY:
        return WSA_NO_MEMORY;
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
        return WSA_HOST_NOT_FOUND;
    case EAI_SERVICE:
        return WSA_TYPE_NOT_FOUND;
    case EAI_SOCKTYPE:
        return WSA_TYPE_NOT_SUPPORTED;
    case EAI_OVERFLOW:
        return WSA_FAULT;
    default:
        return WSA_NO_RECOVERY;
    }
}

/* An address in digits needs no name server; only when it is not one is the thread said to wait. */
static int resolve__look_up(const char *node, const char *service, const struct addrinfo *hints,
                            struct addrinfo **found)
{
    struct addrinfo digits = *hints;
    digits.ai_flags |= AI_NUMERICHOST;
    int error = getaddrinfo(node, service, &digits, found);
    if (error != EAI_NONAME || (hints->ai_flags & AI_NUMERICHOST))
        return error;
    sched_wait_begin();
    error = getaddrinfo(node, service, hints, found);
    sched_wait_end();
    return error;
}

/* Without a type in the hints the C library lists an address once for each type; Windows once. */
static bool resolve__is_repeated(const struct addrinfo *first, const struct addrinfo *entry)
{
    for (; first != entry; first = first->ai_next)
        if (first->ai_addrlen == entry->ai_addrlen &&
            memcmp(first->ai_addr, entry->ai_addr, entry->ai_addrlen) == 0)
            return true;
    return false;
}

static int resolve__visit(const struct addrinfo *entry, const struct resolve_hints *hints,
                          int (*visit)(const struct resolve_result *, void *), void *context)
{
    struct sockaddr_storage storage = {0};
    unsigned char address[ADDRESS_LENGTH_LOCAL];
    struct resolve_result result = {.length = sizeof address, .address = address};
    if (entry->ai_addrlen > sizeof storage)
        return 0;
    memcpy(&storage, entry->ai_addr, entry->ai_addrlen);
    if (address_to_windows(&storage, entry->ai_addrlen, address, &result.length))
        return 0; /* a family Windows has not heard of */
    bool any = hints->type == 0 && hints->protocol == 0;
    result.family = address_family_to_windows(entry->ai_family);
    result.type = any ? 0 : entry->ai_socktype;
    result.protocol = any ? 0 : entry->ai_protocol;
    result.canonical = entry->ai_canonname;
    return visit(&result, context);
}

int resolve_addresses(const char *node, const char *service, const struct resolve_hints *hints,
                      int (*visit)(const struct resolve_result *result, void *context),
                      void *context)
{
    static const struct resolve_hints no_hints;
    char own_name[256];
    struct addrinfo *found = NULL;
    if (!hints)
        hints = &no_hints;
    struct addrinfo kernels = {.ai_flags = resolve__flags(hints->flags, resolve_info_flags),
                               .ai_family = address_family_to_linux(hints->family),
                               .ai_socktype = hints->type,
                               .ai_protocol = hints->protocol};
    if (kernels.ai_family < 0)
        return WSA_FAMILY_NOT_SUPPORTED;
    if (node && !*node) { /* the empty name is this machine's */
        if (resolve_own_name(own_name, sizeof own_name))
            return WSA_NO_RECOVERY;
        node = own_name;
    }
    if (service && !*service)
        service = node ? NULL : "0";
    int error = resolve__error(resolve__look_up(node, service, &kernels, &found));
    for (struct addrinfo *entry = found; entry && error == 0; entry = entry->ai_next)
        if (hints->type || hints->protocol || !resolve__is_repeated(found, entry))
            error = resolve__visit(entry, hints, visit, context);
    if (found)
        freeaddrinfo(found);
    return error;
}

int resolve_names(const void *address, int length, char *node, size_t node_room, char *service,
                  size_t service_room, int flags)
{
    struct sockaddr_storage storage;
    socklen_t storage_length;
    NTSTATUS status = address_to_linux(address, length, &storage, &storage_length);
    if (status)
        return status_winsock(status);
    int kernels = resolve__flags(flags, resolve_name_flags);
    bool wait = node && node_room && !(kernels & NI_NUMERICHOST);
    if (wait)
        sched_wait_begin();
    int error = getnameinfo((const struct sockaddr *)&storage, storage_length,
                            node_room ? node : NULL, (socklen_t)node_room,
                            service_room ? service : NULL, (socklen_t)service_room, kernels);
    if (wait)
        sched_wait_end();
    return resolve__error(error);
}

/* --- the classic calls ----------------------------------------------------------------------- */

/* One per thread; the answers point into `text`. */
struct resolve_thread {
    struct hostent host;
    struct servent service;
    struct protoent protocol;
    char text[8192];
};

static pthread_key_t resolve_key;
static pthread_once_t resolve_once = PTHREAD_ONCE_INIT;

static void resolve__create_key(void)
{
    MUST(pthread_key_create(&resolve_key, free) == 0);
}

static struct resolve_thread *resolve__thread(void)
{
    pthread_once(&resolve_once, resolve__create_key);
    struct resolve_thread *thread = pthread_getspecific(resolve_key);
    if (!thread && (thread = fault_malloc(sizeof *thread)) != NULL)
        if (pthread_setspecific(resolve_key, thread) != 0) {
            free(thread);
            thread = NULL;
        }
    return thread;
}

static int resolve__host(int failure, int herrno, const struct hostent *found,
                         struct resolve_host *host)
{
    if (failure == 0 && found) {
        *host = (struct resolve_host){.name = found->h_name,
                                      .aliases = found->h_aliases,
                                      .addresses = found->h_addr_list,
                                      .family = address_family_to_windows(found->h_addrtype),
                                      .length = found->h_length};
        return 0;
    }
    if (failure == ERANGE)
        return WSA_NO_RECOVERY;
    switch (herrno) {
    case TRY_AGAIN:
        return WSA_TRY_AGAIN;
    case NO_RECOVERY:
    case NETDB_INTERNAL:
        return WSA_NO_RECOVERY;
    case NO_DATA:
        return WSA_NO_DATA;
    default:
        return WSA_HOST_NOT_FOUND;
    }
}

int resolve_host_by_name(const char *name, struct resolve_host *host)
{
    struct resolve_thread *thread = resolve__thread();
    struct hostent *found = NULL;
    char own_name[256];
    int herrno = 0;
    if (!thread)
        return WSA_NO_MEMORY;
    if (!name || !*name) {
        if (resolve_own_name(own_name, sizeof own_name))
            return WSA_NO_RECOVERY;
        name = own_name;
    }
    /* Digits are read, not looked up. */
    bool wait = !inet_aton(name, &(struct in_addr){0});
    if (wait)
        sched_wait_begin();
    int failure =
        gethostbyname_r(name, &thread->host, thread->text, sizeof thread->text, &found, &herrno);
    if (wait)
        sched_wait_end();
    return resolve__host(failure, herrno, found, host);
}

int resolve_host_by_address(const void *address, int length, int family, struct resolve_host *host)
{
    struct resolve_thread *thread = resolve__thread();
    struct hostent *found = NULL;
    int kernels = address_family_to_linux(family);
    int herrno = 0;
    if (!address)
        return WSA_FAULT;
    if (kernels != AF_INET && kernels != AF_INET6)
        return WSA_FAMILY_NOT_SUPPORTED;
    if (length < (kernels == AF_INET ? 4 : 16))
        return WSA_FAULT;
    if (!thread)
        return WSA_NO_MEMORY;
    sched_wait_begin();
    int failure = gethostbyaddr_r(address, kernels == AF_INET ? 4 : 16, kernels, &thread->host,
                                  thread->text, sizeof thread->text, &found, &herrno);
    sched_wait_end();
    return resolve__host(failure, herrno, found, host);
}

static char *resolve_no_aliases[] = {NULL};

struct known {
    const char *name;
    int number;
};

static const struct known resolve_protocols[] = {
    {"ip", 0},   {"icmp", 1},  {"igmp", 2},       {"tcp", 6},
    {"udp", 17}, {"ipv6", 41}, {"ipv6-icmp", 58}, {NULL, 0},
};

static const struct known resolve_services[] = {
    {"echo", 7},   {"discard", 9}, {"daytime", 13}, {"chargen", 19}, {"ftp", 21},
    {"ssh", 22},   {"telnet", 23}, {"smtp", 25},    {"domain", 53},  {"http", 80},
    {"pop3", 110}, {"ntp", 123},   {"imap", 143},   {"https", 443},  {NULL, 0},
};

/* By name, or by number where the name is NULL. */
static bool resolve__known(const struct known *table, const char *name, int number,
                           struct resolve_entry *entry)
{
    for (; table->name; table++)
        if (name ? strcasecmp(name, table->name) == 0 : number == table->number) {
            entry->name = (char *)table->name;
            entry->aliases = resolve_no_aliases;
            entry->number = table->number;
            return true;
        }
    return false;
}

static int resolve__service(const struct servent *found, const char *name, int port,
                            const char *protocol, struct resolve_entry *entry)
{
    if (found) {
        *entry = (struct resolve_entry){.name = found->s_name,
                                        .aliases = found->s_aliases,
                                        .protocol = found->s_proto,
                                        .number = found->s_port};
        return 0;
    }
    if (!resolve__known(resolve_services, name, ntohs((uint16_t)port), entry))
        return WSA_NO_DATA;
    entry->number = htons((uint16_t)entry->number);
    entry->protocol = protocol && strcasecmp(protocol, "udp") == 0 ? "udp" : "tcp";
    return 0;
}

int resolve_service_by_name(const char *name, const char *protocol, struct resolve_entry *entry)
{
    struct resolve_thread *thread = resolve__thread();
    struct servent *found = NULL;
    if (!name)
        return WSA_FAULT;
    if (!thread)
        return WSA_NO_MEMORY;
    getservbyname_r(name, protocol, &thread->service, thread->text, sizeof thread->text, &found);
    return resolve__service(found, name, 0, protocol, entry);
}

int resolve_service_by_port(int port, const char *protocol, struct resolve_entry *entry)
{
    struct resolve_thread *thread = resolve__thread();
    struct servent *found = NULL;
    if (!thread)
        return WSA_NO_MEMORY;
    getservbyport_r(port, protocol, &thread->service, thread->text, sizeof thread->text, &found);
    return resolve__service(found, NULL, port, protocol, entry);
}

static int resolve__protocol(const struct protoent *found, const char *name, int number,
                             struct resolve_entry *entry)
{
    if (!found)
        return resolve__known(resolve_protocols, name, number, entry) ? 0 : WSA_NO_DATA;
    *entry = (struct resolve_entry){
        .name = found->p_name, .aliases = found->p_aliases, .number = found->p_proto};
    return 0;
}

int resolve_protocol_by_name(const char *name, struct resolve_entry *entry)
{
    struct resolve_thread *thread = resolve__thread();
    struct protoent *found = NULL;
    if (!name)
        return WSA_FAULT;
    if (!thread)
        return WSA_NO_MEMORY;
    getprotobyname_r(name, &thread->protocol, thread->text, sizeof thread->text, &found);
    return resolve__protocol(found, name, 0, entry);
}

int resolve_protocol_by_number(int number, struct resolve_entry *entry)
{
    struct resolve_thread *thread = resolve__thread();
    struct protoent *found = NULL;
    if (!thread)
        return WSA_NO_MEMORY;
    getprotobynumber_r(number, &thread->protocol, thread->text, sizeof thread->text, &found);
    return resolve__protocol(found, NULL, number, entry);
}

int resolve_own_name(char *name, size_t room)
{
    char whole[256];
    if (!name || gethostname(whole, sizeof whole) != 0)
        return WSA_FAULT;
    size_t length = strnlen(whole, sizeof whole - 1);
    if (length >= room)
        return WSA_FAULT;
    memcpy(name, whole, length);
    name[length] = 0;
    return 0;
}
