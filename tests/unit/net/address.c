/* SPDX-License-Identifier: MIT
 *
 * Addresses there and back, lengths that are too short, families that do not exist, the arguments
 * of socket(), and addresses as text.
 */
#include "net/address.h"
#include "net/address_text.h"
#include "net/resolve.h"

#include "unit/expect.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#define FAULT STATUS_ACCESS_VIOLATION
#define NO_FAMILY STATUS_OF_WINSOCK(10047)

static void ipv4_and_ipv6(void)
{
    unsigned char address[64] = {2, 0, 0x12, 0x34, 127, 0, 0, 1};
    unsigned char back[64];
    struct sockaddr_storage storage;
    socklen_t length;
    int room = sizeof back;
    EXPECT_EQUAL(address_to_linux(address, 16, &storage, &length), 0);
    EXPECT(storage.ss_family == AF_INET && length == sizeof(struct sockaddr_in));
    EXPECT_EQUAL(ntohs(((struct sockaddr_in *)&storage)->sin_port), 0x1234);
    EXPECT_EQUAL(address_to_windows(&storage, length, back, &room), 0);
    EXPECT(room == 16 && memcmp(address, back, 16) == 0);
    EXPECT_EQUAL(address_to_linux(address, 15, &storage, &length), FAULT);
    room = 15;
    EXPECT_EQUAL(address_to_windows(&storage, length, back, &room), FAULT);

    for (int i = 0; i < 28; i++)
        address[i] = (unsigned char)i;
    address[0] = 23;
    address[1] = 0;
    EXPECT_EQUAL(address_to_linux(address, 64, &storage, &length), 0);
    EXPECT(storage.ss_family == AF_INET6 && length == sizeof(struct sockaddr_in6));
    room = 28;
    EXPECT_EQUAL(address_to_windows(&storage, length, back, &room), 0);
    EXPECT(room == 28 && memcmp(address, back, 28) == 0);
    EXPECT_EQUAL(address_to_linux(address, 27, &storage, &length), FAULT);
    address[0] = AF_INET6; /* 10 is not Windows' number */
    EXPECT_EQUAL(address_to_linux(address, 28, &storage, &length), NO_FAMILY);
    EXPECT_EQUAL(address_to_linux(NULL, 28, &storage, &length), FAULT);
    EXPECT_EQUAL(address_to_linux(address, 1, &storage, &length), FAULT);
    EXPECT_EQUAL(address_to_linux(address, -1, &storage, &length), FAULT);
}

static void local(void)
{
    struct {
        uint16_t family;
        char path[108];
    } address = {1, "some/path"}, back;
    struct sockaddr_storage storage;
    socklen_t length;
    int room = sizeof back;
    EXPECT_EQUAL(address_to_linux(&address, sizeof address, &storage, &length), 0);
    EXPECT(storage.ss_family == AF_UNIX && length == 2 + 9 + 1);
    EXPECT_EQUAL(address_to_windows(&storage, length, &back, &room), 0);
    EXPECT(room == 110 && memcmp(&address, &back, 110) == 0);
    memset(address.path, 'x', sizeof address.path);
    EXPECT_EQUAL(address_to_linux(&address, sizeof address, &storage, &length), 0);
    EXPECT_EQUAL(length, 110);
}

struct triple {
    struct address_socket asked;
    NTSTATUS status;
    int type, protocol;
};

static const struct triple triples[] = {
    {{2, 1, 0}, 0, SOCK_STREAM, 6},
    {{2, 1, 6}, 0, SOCK_STREAM, 6},
    {{23, 2, 0}, 0, SOCK_DGRAM, 17},
    {{0, 1, 6}, 0, SOCK_STREAM, 6},
    {{2, 0, 17}, 0, SOCK_DGRAM, 17},
    {{2, 0, 6}, 0, SOCK_STREAM, 6},
    {{2, 3, 1}, 0, SOCK_RAW, 1},
    {{1, 1, 0}, 0, SOCK_STREAM, 0},
    {{0, 0, 0}, STATUS_INVALID_PARAMETER, 0, 0},
    {{2, 1, 17}, STATUS_OF_WINSOCK(10043), 0, 0},
    {{2, 2, 6}, STATUS_OF_WINSOCK(10043), 0, 0},
    {{2, 77, 0}, STATUS_OF_WINSOCK(10044), 0, 0},
    {{2, 5, 0}, STATUS_OF_WINSOCK(10044), 0, 0},
    {{10, 1, 0}, STATUS_OF_WINSOCK(10047), 0, 0},
    {{-1, 1, 0}, STATUS_OF_WINSOCK(10047), 0, 0},
};

static void sockets(void)
{
    for (size_t i = 0; i < sizeof triples / sizeof triples[0]; i++) {
        struct address_socket completed;
        int family;
        EXPECT_EQUAL(address_socket_to_linux(&triples[i].asked, &completed, &family),
                     triples[i].status);
        if (triples[i].status)
            continue;
        EXPECT_EQUAL(completed.type, triples[i].type);
        EXPECT_EQUAL(completed.protocol, triples[i].protocol);
    }
}

static void texts(void)
{
    static const char *const good4[] = {"1.2.3.4", "1.2.3.4:80", "255.255.255.255:65535"};
    static const char *const good6[] = {"::1", "[::1]:80", "fe80::1%2", "[fe80::1%2]:443"};
    static const char *const bad[] = {
        "",       "x",      "1.2.3.4:", "1.2.3.4:65536", "1.2.3.5.6", "[::1",
        "[::1]x", "[::1]:", "::1%",     "::g",           "1.2.3.4:-1"};
    char text[ADDRESS_TEXT_LONGEST];
    unsigned char address[28];
    int length;
    for (int i = 0; i < 3; i++) {
        length = sizeof address;
        EXPECT_EQUAL(address_from_text(good4[i], 2, address, &length), 0);
        EXPECT(length == 16 && address_to_text(address, length, text) == 0);
        EXPECT(strcmp(text, good4[i]) == 0);
    }
    for (int i = 0; i < 4; i++) {
        length = sizeof address;
        EXPECT_EQUAL(address_from_text(good6[i], 23, address, &length), 0);
        EXPECT(length == 28 && address_to_text(address, length, text) == 0);
        EXPECT(strcmp(text, good6[i]) == 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        length = sizeof address;
        EXPECT_EQUAL(address_from_text(bad[i], 2, address, &length), STATUS_INVALID_PARAMETER);
        EXPECT_EQUAL(address_from_text(bad[i], 23, address, &length), STATUS_INVALID_PARAMETER);
    }
    length = 5;
    EXPECT_EQUAL(address_from_text("1.2.3.4", 2, address, &length), FAULT);
    EXPECT_EQUAL(length, 16);
}

static int count_results(const struct resolve_result *result, void *context)
{
    const unsigned char *address = result->address;
    EXPECT(result->family == 2 && result->length == 16 && address[0] == 2);
    EXPECT(address[4] == 127 && address[2] == 0 && address[3] == 80);
    ++*(int *)context;
    return 0;
}

static int stop_at_once(const struct resolve_result *result, void *context)
{
    (void)result, (void)context;
    return 4711;
}

static void resolving(void)
{
    struct resolve_hints hints = {.family = 2};
    int results = 0;
    EXPECT_EQUAL(resolve_addresses("127.0.0.1", "80", &hints, count_results, &results), 0);
    EXPECT_EQUAL(results, 1); /* once, not once for each type */
    EXPECT_EQUAL(resolve_addresses("127.0.0.1", "80", &hints, stop_at_once, NULL), 4711);
    hints.flags = 4; /* AI_NUMERICHOST */
    EXPECT_EQUAL(resolve_addresses("no address", "80", &hints, count_results, &results), 11001);
    hints.family = 10;
    EXPECT_EQUAL(resolve_addresses("127.0.0.1", "80", &hints, count_results, &results), 10047);
    struct resolve_entry entry;
    EXPECT(resolve_protocol_by_name("TCP", &entry) == 0 && entry.number == 6);
    EXPECT(resolve_protocol_by_number(17, &entry) == 0 && strcmp(entry.name, "udp") == 0);
    EXPECT(resolve_service_by_name("http", "tcp", &entry) == 0 && entry.number == htons(80));
    EXPECT_EQUAL(resolve_service_by_name("no such service", NULL, &entry), 11004);
    EXPECT_EQUAL(resolve_protocol_by_number(254, &entry), 11004);
    struct resolve_host host;
    EXPECT(resolve_host_by_name("127.0.0.1", &host) == 0 && host.length == 4 && host.family == 2);
    EXPECT_EQUAL(resolve_host_by_address("", 3, 2, &host), 10014);
    char name[2];
    EXPECT_EQUAL(resolve_own_name(name, 0), 10014);
}

int main(void)
{
    ipv4_and_ipv6();
    local();
    sockets();
    texts();
    resolving();
    return expect_report();
}
