/* SPDX-License-Identifier: MIT
 *
 * The machine's adapters and their addresses (rules ADAPT).
 */
#include "check.h"

#include <ws2tcpip.h>
#include <iphlpapi.h>

typedef IP_ADAPTER_ADDRESSES adapter;
typedef IP_ADAPTER_UNICAST_ADDRESS unicast;

/* What was asked for last, in memory of its own. */
static char *list;
static ULONG list_size;

/* In exactly as much room as is wanted; more may be wanted the second time. */
static const adapter *ask(ULONG family, ULONG flags, ULONG *error)
{
    list_size = 0;
    for (int tries = 0; tries < 5; tries++) {
        /* Without name servers: Wine fails where it finds none. */
        *error = GetAdaptersAddresses(family, flags | GAA_FLAG_SKIP_DNS_SERVER, NULL,
                                      (adapter *)(void *)list, &list_size);
        if (*error != ERROR_BUFFER_OVERFLOW)
            return *error == NO_ERROR ? (const adapter *)(const void *)list : NULL;
        free(list);
        list = (char *)malloc(list_size);
        REQUIRE(list != NULL);
        memset(list, 0x55, list_size);
    }
    return NULL;
}

static const adapter *must_ask(ULONG family, ULONG flags)
{
    ULONG error;
    const adapter *first = ask(family, flags, &error);
    if (!first)
        printf("GetAdaptersAddresses: %u\n", (unsigned)error);
    REQUIRE(first != NULL);
    return first;
}

static int is_inside(const void *place, size_t bytes)
{
    const char *start = (const char *)place;
    return start >= list && start + bytes <= list + list_size;
}

static size_t wide_bytes(const WCHAR *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return (length + 1) * sizeof *text;
}

static void sizes_and_errors(void)
{
    ULONG size = 0, wanted;
    CHECK("ADAPT-1",
          GetAdaptersAddresses(AF_UNSPEC, 0, NULL, NULL, &size) == ERROR_BUFFER_OVERFLOW &&
              size > 0,
          "no room: 111, %u wanted", (unsigned)size);
    wanted = size;
    char *room = (char *)malloc(wanted + 1);
    REQUIRE(room != NULL);
    memset(room, 0x55, wanted + 1);
    size = sizeof(adapter) - 1;
    CHECK("ADAPT-1",
          GetAdaptersAddresses(AF_UNSPEC, 0, NULL, (adapter *)(void *)room, &size) ==
                  ERROR_BUFFER_OVERFLOW &&
              size == wanted,
          "too little: 111, %u wanted", (unsigned)size);
    size = wanted;
    CHECK("ADAPT-1",
          GetAdaptersAddresses(AF_UNSPEC, 0, NULL, (adapter *)(void *)room, &size) == NO_ERROR,
          "as much as is wanted");
    CHECK("ADAPT-1", room[wanted] == 0x55, "and not a byte more");
    CHECK("ADAPT-1",
          GetAdaptersAddresses(AF_UNSPEC, 0, NULL, (adapter *)(void *)room, NULL) ==
              ERROR_INVALID_PARAMETER,
          "no size: 87");
    CHECK_WINE_DEPARTS("ADAPT-1",
                       GetAdaptersAddresses(77, 0, NULL, (adapter *)(void *)room, &size) ==
                           ERROR_INVALID_PARAMETER,
                       "Wine knows more of them", "no such family: 87");
    free(room);
}

static void check_lies_in_room(const adapter *one)
{
    CHECK("ADAPT-2", is_inside(one, sizeof *one) && one->Length >= sizeof *one, "an entry of %u",
          (unsigned)one->Length);
    CHECK("ADAPT-2",
          is_inside(one->AdapterName, 1) &&
              is_inside(one->AdapterName, strlen(one->AdapterName) + 1),
          "its name: %s", one->AdapterName);
    CHECK("ADAPT-2",
          is_inside(one->FriendlyName, 1) &&
              is_inside(one->FriendlyName, wide_bytes(one->FriendlyName)),
          "the friendly one");
    CHECK("ADAPT-2",
          is_inside(one->Description, 1) &&
              is_inside(one->Description, wide_bytes(one->Description)),
          "its description");
    CHECK("ADAPT-2", !one->DnsSuffix || is_inside(one->DnsSuffix, wide_bytes(one->DnsSuffix)),
          "its suffix");
    for (const unicast *at = one->FirstUnicastAddress; at; at = at->Next)
        CHECK("ADAPT-2",
              is_inside(at, sizeof *at) && at->Length == sizeof *at &&
                  is_inside(at->Address.lpSockaddr, (size_t)at->Address.iSockaddrLength),
              "an address of %d", at->Address.iSockaddrLength);
}

static void check_adapter(const adapter *one)
{
    int loopback = one->IfType == IF_TYPE_SOFTWARE_LOOPBACK;
    CHECK("ADAPT-3", one->AdapterName[0] && one->FriendlyName[0] && one->Description[0],
          "%s has names", one->AdapterName);
    CHECK("ADAPT-3", one->IfIndex != 0 || one->Ipv6IfIndex != 0, "number %u, %u",
          (unsigned)one->IfIndex, (unsigned)one->Ipv6IfIndex);
    CHECK("ADAPT-3",
          one->OperStatus >= IfOperStatusUp && one->OperStatus <= IfOperStatusLowerLayerDown,
          "status %d", (int)one->OperStatus);
    CHECK("ADAPT-3", one->IfType != 0 && one->Mtu != 0, "type %u, MTU %u", (unsigned)one->IfType,
          (unsigned)one->Mtu);
    CHECK("ADAPT-3", one->PhysicalAddressLength <= MAX_ADAPTER_ADDRESS_LENGTH,
          "physical address of %u", (unsigned)one->PhysicalAddressLength);
    if (loopback)
        CHECK("ADAPT-3", one->PhysicalAddressLength == 0 && one->OperStatus == IfOperStatusUp,
              "the loopback");
    CHECK("ADAPT-6", one->FirstPrefix == NULL, "prefixes were not asked for");
}

static void every_adapter(void)
{
    int count = 0, loopbacks = 0;
    const adapter *first = must_ask(AF_UNSPEC, 0), *last = NULL;
    for (const adapter *one = first; one; one = one->Next) {
        check_lies_in_room(one);
        check_adapter(one);
        for (const adapter *other = first; other != one; other = other->Next)
            CHECK("ADAPT-3", strcmp(one->AdapterName, other->AdapterName) != 0, "%s and %s",
                  one->AdapterName, other->AdapterName);
        count++;
        loopbacks += one->IfType == IF_TYPE_SOFTWARE_LOOPBACK;
        last = one;
    }
    CHECK("ADAPT-3", count >= 1 && loopbacks == 1, "%d adapters, %d loopbacks", count, loopbacks);
    CHECK_WINE_DEPARTS("ADAPT-3", last->IfType == IF_TYPE_SOFTWARE_LOOPBACK,
                       "Wine takes Linux' order", "the loopback is the last: %u",
                       (unsigned)last->IfType);
}

static int can_bind(const SOCKET_ADDRESS *address)
{
    SOCKET s = socket(address->lpSockaddr->sa_family, SOCK_DGRAM, IPPROTO_UDP);
    if (s == INVALID_SOCKET)
        return 0;
    int result = bind(s, address->lpSockaddr, address->iSockaddrLength);
    closesocket(s);
    return result == 0;
}

static int is_loopback_ipv4(const SOCKET_ADDRESS *address)
{
    const SOCKADDR_IN *ipv4 = (const SOCKADDR_IN *)(const void *)address->lpSockaddr;
    return ipv4->sin_family == AF_INET && ipv4->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
}

static void unicast_addresses(void)
{
    int found = 0;
    for (const adapter *one = must_ask(AF_UNSPEC, 0); one; one = one->Next)
        for (const unicast *at = one->FirstUnicastAddress; at; at = at->Next) {
            int family = at->Address.lpSockaddr->sa_family;
            CHECK("ADAPT-4",
                  (family == AF_INET && at->Address.iSockaddrLength == sizeof(SOCKADDR_IN) &&
                   at->OnLinkPrefixLength <= 32) ||
                      (family == AF_INET6 && at->Address.iSockaddrLength == sizeof(SOCKADDR_IN6) &&
                       at->OnLinkPrefixLength <= 128),
                  "%s: family %d, prefix %u", one->AdapterName, family, at->OnLinkPrefixLength);
            if (one->OperStatus == IfOperStatusUp)
                CHECK("ADAPT-4", can_bind(&at->Address), "a socket can be bound to it");
            if (is_loopback_ipv4(&at->Address)) {
                found++;
                CHECK("ADAPT-4",
                      at->OnLinkPrefixLength == 8 && one->IfType == IF_TYPE_SOFTWARE_LOOPBACK,
                      "127.0.0.1/%u", at->OnLinkPrefixLength);
            }
        }
    CHECK("ADAPT-4", found == 1, "127.0.0.1 is there %d times", found);
}

static int is_listed(const adapter *first, const IN_ADDR *wanted)
{
    for (const adapter *one = first; one; one = one->Next)
        for (const unicast *at = one->FirstUnicastAddress; at; at = at->Next) {
            const SOCKADDR_IN *ipv4 = (const SOCKADDR_IN *)(const void *)at->Address.lpSockaddr;
            if (ipv4->sin_family == AF_INET && ipv4->sin_addr.s_addr == wanted->s_addr)
                return 1;
        }
    return 0;
}

static void as_sockets_tell(void)
{
    INTERFACE_INFO told[64];
    DWORD bytes = 0;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    REQUIRE(s != INVALID_SOCKET);
    REQUIRE(WSAIoctl(s, SIO_GET_INTERFACE_LIST, NULL, 0, told, sizeof told, &bytes, NULL, NULL) ==
            0);
    closesocket(s);
    const adapter *first = must_ask(AF_INET, 0);
    for (DWORD i = 0; i < bytes / sizeof told[0]; i++)
        CHECK("ADAPT-4", is_listed(first, &told[i].iiAddress.AddressIn.sin_addr),
              "the address of SIO_GET_INTERFACE_LIST's number %u", (unsigned)i);
}

static int count_adapters(const adapter *first)
{
    int count = 0;
    for (; first; first = first->Next)
        count++;
    return count;
}

static void families(void)
{
    static const int wanted[] = {AF_INET, AF_INET6};
    int all = count_adapters(must_ask(AF_UNSPEC, 0));
    for (int i = 0; i < 2; i++) {
        ULONG error;
        int bare = 0, others = 0;
        const adapter *first = ask((ULONG)wanted[i], 0, &error);
        if (!first) { /* a machine without IPv6 */
            CHECK("ADAPT-5", wanted[i] == AF_INET6 && error == ERROR_NO_DATA, "none: %u",
                  (unsigned)error);
            continue;
        }
        int some = count_adapters(first);
        for (const adapter *one = first; one; one = one->Next) {
            bare += !one->FirstUnicastAddress;
            for (const unicast *at = one->FirstUnicastAddress; at; at = at->Next)
                others += at->Address.lpSockaddr->sa_family != wanted[i];
        }
        CHECK("ADAPT-4", others == 0, "family %d, %d addresses of another", wanted[i], others);
        CHECK_WINE_DEPARTS("ADAPT-5", bare == 0, "Wine lists them", "%d adapters without any",
                           bare);
        CHECK("ADAPT-5", some <= all, "%d of %d adapters", some, all);
        CHECK("ADAPT-5",
              count_adapters(must_ask((ULONG)wanted[i], GAA_FLAG_INCLUDE_ALL_INTERFACES)) == all,
              "or all");
    }
}

static void leaving_out(void)
{
    int told = 0;
    for (const adapter *one = must_ask(AF_UNSPEC, GAA_FLAG_SKIP_UNICAST); one; one = one->Next)
        told += one->FirstUnicastAddress != NULL;
    CHECK("ADAPT-6", told == 0, "no addresses");
    for (const adapter *one = must_ask(AF_UNSPEC, GAA_FLAG_SKIP_FRIENDLY_NAME); one;
         one = one->Next)
        told += one->FriendlyName && one->FriendlyName[0];
    CHECK_WINE_DEPARTS("ADAPT-6", told == 0, "Wine tells it all the same", "no friendly name");
    for (const adapter *one =
             must_ask(AF_INET, GAA_FLAG_INCLUDE_PREFIX | GAA_FLAG_SKIP_ANYCAST |
                                   GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER);
         one; one = one->Next) {
        const SOCKADDR_IN *network;
        if (one->IfType != IF_TYPE_SOFTWARE_LOOPBACK)
            continue;
        CHECK_WINE_DEPARTS("ADAPT-6", one->FirstPrefix != NULL, "Wine has none here", "prefixes");
        network = one->FirstPrefix
                      ? (const SOCKADDR_IN *)(const void *)one->FirstPrefix->Address.lpSockaddr
                      : NULL;
        CHECK_WINE_DEPARTS("ADAPT-6",
                           network && network->sin_addr.s_addr == htonl(0x7F000000) &&
                               one->FirstPrefix->PrefixLength == 8,
                           "Wine has none here", "of 127.0.0.1: 127.0.0.0/8");
        CHECK("ADAPT-6",
              !one->FirstAnycastAddress && !one->FirstMulticastAddress &&
                  !one->FirstDnsServerAddress,
              "and nothing that was not wanted");
    }
}

int main(void)
{
    WSADATA data;
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    RUN(sizes_and_errors);
    RUN(every_adapter);
    RUN(unicast_addresses);
    RUN(as_sockets_tell);
    RUN(families);
    RUN(leaving_out);
    free(list);
    WSACleanup();
    return check_report();
}
