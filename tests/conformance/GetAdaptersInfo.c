/* SPDX-License-Identifier: MIT
 *
 * The older calls about adapters, and name servers (rules ADAPT-7 to ADAPT-10).
 */
#include "check.h"

#include <ws2tcpip.h>
#include <iphlpapi.h>

/* In memory of its own; NULL: there is no adapter but the loopback. */
static IP_ADAPTER_INFO *list;
static ULONG list_size;
static FIXED_INFO *parameters;

static int is_inside(const void *start, size_t size, const void *place, size_t bytes)
{
    const char *from = (const char *)start, *at = (const char *)place;
    return at >= from && at + bytes <= from + size;
}

static ULONG ask(void)
{
    ULONG error = ERROR_BUFFER_OVERFLOW;
    list_size = 0;
    for (int tries = 0; tries < 5 && error == ERROR_BUFFER_OVERFLOW; tries++) {
        free(list);
        list = list_size ? (IP_ADAPTER_INFO *)malloc(list_size) : NULL;
        if (list)
            memset(list, 0x55, list_size);
        error = GetAdaptersInfo(list, &list_size);
    }
    return error;
}

static void sizes_and_errors(void)
{
    ULONG size = 0, error = GetAdaptersInfo(NULL, &size);

    CHECK("ADAPT-7", GetAdaptersInfo(NULL, NULL) == ERROR_INVALID_PARAMETER, "no size: 87");
    if (error == ERROR_NO_DATA) {
        CHECK("ADAPT-7", GetAdaptersInfo(list, &size) == ERROR_NO_DATA, "no adapter: 232");
        return;
    }
    CHECK("ADAPT-7", error == ERROR_BUFFER_OVERFLOW && size >= sizeof(IP_ADAPTER_INFO),
          "no room: %u, %u wanted", (unsigned)error, (unsigned)size);
    ULONG wanted = size;
    char *room = (char *)malloc(wanted + 1);
    REQUIRE(room != NULL);
    memset(room, 0x55, wanted + 1);
    size = wanted - 1;
    CHECK("ADAPT-7",
          GetAdaptersInfo((IP_ADAPTER_INFO *)(void *)room, &size) == ERROR_BUFFER_OVERFLOW &&
              size == wanted,
          "too little: 111, %u wanted", (unsigned)size);
    CHECK("ADAPT-7",
          GetAdaptersInfo((IP_ADAPTER_INFO *)(void *)room, &size) == NO_ERROR &&
              room[wanted] == 0x55,
          "as much as is wanted, and not a byte more");
    free(room);
}

/* Text of IPv4, as inet_addr reads it. */
static int is_address(const char *text)
{
    return strcmp(text, "255.255.255.255") == 0 || inet_addr(text) != INADDR_NONE;
}

static int can_bind(const char *text)
{
    SOCKADDR_IN address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = inet_addr(text);
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    if (s == INVALID_SOCKET)
        return 0;
    int result = bind(s, (SOCKADDR *)(void *)&address, sizeof address);
    closesocket(s);
    return result == 0;
}

static IP_ADAPTER_ADDRESSES *newer; /* what GetAdaptersAddresses tells of all that there is */

static ULONG ask_newer(ULONG family, ULONG flags)
{
    ULONG size = 0, error = ERROR_BUFFER_OVERFLOW;
    free(newer);
    newer = NULL;
    for (int tries = 0; tries < 5 && error == ERROR_BUFFER_OVERFLOW; tries++) {
        free(newer);
        newer = size ? (IP_ADAPTER_ADDRESSES *)malloc(size) : NULL;
        error = GetAdaptersAddresses(family, flags, NULL, newer, &size);
    }
    return error;
}

static void check_as_newer(const IP_ADAPTER_INFO *one)
{
    const IP_ADAPTER_ADDRESSES *same = newer;
    while (same && strcmp(same->AdapterName, one->AdapterName) != 0)
        same = same->Next;
    if (!CHECK("ADAPT-7", same != NULL, "%s is there", one->AdapterName))
        return;
    CHECK("ADAPT-7", same->IfIndex == one->Index, "as number %u", (unsigned)one->Index);
    CHECK("ADAPT-7", same->IfType == one->Type, "of type %u", one->Type);
    CHECK("ADAPT-7",
          same->PhysicalAddressLength == one->AddressLength &&
              memcmp(same->PhysicalAddress, one->Address, one->AddressLength) == 0,
          "with an address of %u", one->AddressLength);
}

static void check_addresses(const IP_ADAPTER_INFO *one)
{
    for (const IP_ADDR_STRING *at = &one->IpAddressList; at; at = at->Next) {
        CHECK("ADAPT-7", is_inside(list, list_size, at, sizeof *at), "in the room");
        CHECK("ADAPT-7", is_address(at->IpAddress.String) && is_address(at->IpMask.String),
              "%s: %s, %s", one->AdapterName, at->IpAddress.String, at->IpMask.String);
        if (strcmp(at->IpAddress.String, "0.0.0.0") == 0)
            CHECK("ADAPT-7", at == &one->IpAddressList && !at->Next, "none");
        else
            CHECK("ADAPT-7", can_bind(at->IpAddress.String) && inet_addr(at->IpMask.String) != 0,
                  "a socket can be bound to it");
    }
}

static void adapters(void)
{
    ULONG error = ask();
    DWORD number = 0;
    unsigned count = 0;

    CHECK("ADAPT-7", error == NO_ERROR || error == ERROR_NO_DATA, "asked: %u", (unsigned)error);
    REQUIRE(ask_newer(AF_UNSPEC, GAA_FLAG_SKIP_DNS_SERVER) == NO_ERROR);
    for (const IP_ADAPTER_INFO *one = error == NO_ERROR ? list : NULL; one; one = one->Next) {
        count++;
        if (!CHECK("ADAPT-7", is_inside(list, list_size, one, sizeof *one), "in the room"))
            break;
        CHECK("ADAPT-7", one->AdapterName[0] && one->Description[0], "%s, %s", one->AdapterName,
              one->Description);
        CHECK("ADAPT-7", one->Type != MIB_IF_TYPE_LOOPBACK, "not the loopback");
        CHECK("ADAPT-7", is_address(one->GatewayList.IpAddress.String), "gateway %s",
              one->GatewayList.IpAddress.String);
        check_as_newer(one);
        check_addresses(one);
    }
    CHECK("ADAPT-9", GetNumberOfInterfaces(&number) == NO_ERROR && number == count + 1,
          "%u adapters, %u with the loopback", count, (unsigned)number);
    CHECK("ADAPT-9", GetNumberOfInterfaces(NULL) == ERROR_INVALID_PARAMETER, "nowhere: 87");
}

static void network_parameters(void)
{
    ULONG size = 0, wanted;
    char name[256];

    CHECK("ADAPT-8", GetNetworkParams(NULL, NULL) == ERROR_INVALID_PARAMETER, "no size: 87");
    CHECK("ADAPT-8",
          GetNetworkParams(NULL, &size) == ERROR_BUFFER_OVERFLOW && size >= sizeof(FIXED_INFO),
          "no room: 111, %u wanted", (unsigned)size);
    wanted = size;
    parameters = (FIXED_INFO *)malloc(wanted);
    REQUIRE(parameters != NULL);
    memset(parameters, 0x55, wanted);
    size = wanted - 1;
    CHECK("ADAPT-8", GetNetworkParams(parameters, &size) == ERROR_BUFFER_OVERFLOW && size == wanted,
          "too little: 111, %u wanted", (unsigned)size);
    REQUIRE(GetNetworkParams(parameters, &size) == NO_ERROR);
    REQUIRE(gethostname(name, sizeof name) == 0);
    name[strcspn(name, ".")] = 0;
    CHECK("ADAPT-8", _stricmp(parameters->HostName, name) == 0, "the host %s, %s",
          parameters->HostName, name);
    CHECK("ADAPT-8", strlen(parameters->DomainName) < sizeof parameters->DomainName,
          "the domain %s", parameters->DomainName);
    CHECK("ADAPT-8", parameters->CurrentDnsServer == &parameters->DnsServerList, "the first");
    for (const IP_ADDR_STRING *at = &parameters->DnsServerList; at; at = at->Next) {
        const char *text = at->IpAddress.String;
        CHECK("ADAPT-8", is_inside(parameters, wanted, at, sizeof *at), "in the room");
        CHECK("ADAPT-8",
              is_address(text) || (at == &parameters->DnsServerList && !*text && !at->Next),
              "name server %s", text);
    }
    CHECK("ADAPT-8",
          parameters->NodeType == BROADCAST_NODETYPE ||
              parameters->NodeType == PEER_TO_PEER_NODETYPE ||
              parameters->NodeType == MIXED_NODETYPE || parameters->NodeType == HYBRID_NODETYPE,
          "node type %u", parameters->NodeType);
}

static void check_name_servers(const IP_ADAPTER_ADDRESSES *one)
{
    const IP_ADAPTER_DNS_SERVER_ADDRESS *at = one->FirstDnsServerAddress;
    const IP_ADDR_STRING *other = &parameters->DnsServerList;

    if (one->IfType == IF_TYPE_SOFTWARE_LOOPBACK || one->OperStatus != IfOperStatusUp) {
        CHECK_WINE_DEPARTS("ADAPT-10", at == NULL, "Wine has the same everywhere", "%s asks nobody",
                           one->AdapterName);
        return;
    }
    for (; at; at = at->Next) {
        const SOCKADDR_IN *ipv4 = (const SOCKADDR_IN *)(const void *)at->Address.lpSockaddr;
        CHECK("ADAPT-10", at->Length == sizeof *at, "an entry of %u", (unsigned)at->Length);
        if (ipv4->sin_family != AF_INET)
            continue;
        CHECK("ADAPT-10",
              other && at->Address.iSockaddrLength == sizeof *ipv4 &&
                  ipv4->sin_addr.s_addr == inet_addr(other->IpAddress.String),
              "%s asks %s", one->AdapterName, inet_ntoa(ipv4->sin_addr));
        other = other ? other->Next : NULL;
    }
    CHECK("ADAPT-10", !other || !other->IpAddress.String[0], "as GetNetworkParams tells");
}

static void name_servers(void)
{
    ULONG error = ask_newer(AF_UNSPEC, 0);
    if (!CHECK_WINE_DEPARTS("ADAPT-10", error == NO_ERROR, "Wine fails where it finds none",
                            "asked: %u", (unsigned)error))
        return;
    for (const IP_ADAPTER_ADDRESSES *one = newer; one; one = one->Next)
        check_name_servers(one);
    REQUIRE(ask_newer(AF_UNSPEC, GAA_FLAG_SKIP_DNS_SERVER) == NO_ERROR);
    for (const IP_ADAPTER_ADDRESSES *one = newer; one; one = one->Next)
        CHECK("ADAPT-10", !one->FirstDnsServerAddress, "not asked for");
}

int main(void)
{
    WSADATA data;
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    RUN(sizes_and_errors);
    RUN(adapters);
    RUN(network_parameters);
    RUN(name_servers);
    free(list);
    free(newer);
    free(parameters);
    WSACleanup();
    return check_report();
}
