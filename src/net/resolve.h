/* SPDX-License-Identifier: MIT
 *
 * Names to addresses and back through the C library's resolver, in Windows' numbers. Errors are
 * Winsock's (11001 ...), 0 is success. Calls that may go out to a name server are framed as waits.
 *
 * Locks: none. The classic calls keep their answers in memory of the thread, made at its first such
 * call and freed at its end.
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <stddef.h>

/* getaddrinfo's hints and results; flags, families, types and protocols are Windows'. */
struct resolve_hints {
    int flags;
    int family;
    int type;
    int protocol;
};

struct resolve_result {
    int family;
    int type;
    int protocol;
    const void *address; /* in Windows' form */
    int length;
    const char *canonical; /* or NULL */
};

/* Calls `visit` for every result in order; an error it returns ends the walk and is the result. */
int resolve_addresses(const char *node, const char *service, const struct resolve_hints *hints,
                      int (*visit)(const struct resolve_result *result, void *context),
                      void *context);

/* getnameinfo; flags are Windows'. */
int resolve_names(const void *address, int length, char *node, size_t node_room, char *service,
                  size_t service_room, int flags);

/* gethostbyname and its kin: what they answer lasts until the thread's next such call. */
struct resolve_host {
    char *name;
    char **aliases;
    char **addresses;
    int family;
    int length;
};
struct resolve_entry {
    char *name;
    char **aliases;
    char *protocol; /* of a service */
    int number;     /* a protocol, or a port in network order */
};

int resolve_host_by_name(const char *name, struct resolve_host *host);
int resolve_host_by_address(const void *address, int length, int family, struct resolve_host *host);
/* `protocol` may be NULL: any. */
int resolve_service_by_name(const char *name, const char *protocol, struct resolve_entry *entry);
int resolve_service_by_port(int port, const char *protocol, struct resolve_entry *entry);
int resolve_protocol_by_name(const char *name, struct resolve_entry *entry);
int resolve_protocol_by_number(int number, struct resolve_entry *entry);

/* This machine's name; 10014 if it does not fit. */
int resolve_own_name(char *name, size_t room);

#endif
