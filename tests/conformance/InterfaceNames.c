/* SPDX-License-Identifier: MIT
 *
 * Network interfaces by index, LUID and name (rules IFACE).
 */
#include "check.h"

#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <netioapi.h>

#define NO_SUCH_LUID "Wine says ERROR_FILE_NOT_FOUND, as for an index"

static IP_ADAPTER_ADDRESSES *adapters(void)
{
    ULONG size = 100000;
    IP_ADAPTER_ADDRESSES *list = (IP_ADAPTER_ADDRESSES *)malloc(size);

    REQUIRE(list != NULL);
    REQUIRE(GetAdaptersAddresses(AF_UNSPEC, GAA_FLAG_SKIP_DNS_SERVER, NULL, list, &size) ==
            NO_ERROR);
    return list;
}

/* An index from a LUID, a LUID from an index, and back. */
static void indexes(void)
{
    IP_ADAPTER_ADDRESSES *list = adapters();

    for (IP_ADAPTER_ADDRESSES *entry = list; entry; entry = entry->Next) {
        NET_IFINDEX number = entry->IfIndex ? entry->IfIndex : entry->Ipv6IfIndex;
        NET_IFINDEX index = 12345;
        NET_LUID luid = {0};

        CHECK("IFACE-1", ConvertInterfaceIndexToLuid(number, &luid) == NO_ERROR, "%s",
              entry->AdapterName);
        CHECK("IFACE-1", luid.Value == entry->Luid.Value, "%s: LUID %llx", entry->AdapterName,
              (unsigned long long)luid.Value);
        CHECK("IFACE-1", luid.Info.IfType == entry->IfType, "%s: type %u", entry->AdapterName,
              (unsigned)luid.Info.IfType);
        CHECK("IFACE-2", ConvertInterfaceLuidToIndex(&luid, &index) == NO_ERROR && index == number,
              "%s: index %u of %u", entry->AdapterName, (unsigned)index, (unsigned)number);
    }
    free(list);
}

static void names(void)
{
    IP_ADAPTER_ADDRESSES *list = adapters();

    for (IP_ADAPTER_ADDRESSES *entry = list; entry; entry = entry->Next) {
        NET_IFINDEX number = entry->IfIndex ? entry->IfIndex : entry->Ipv6IfIndex;
        char name[NDIS_IF_MAX_STRING_SIZE + 1] = "";
        char other[NDIS_IF_MAX_STRING_SIZE + 1] = "";
        WCHAR wide[NDIS_IF_MAX_STRING_SIZE + 1] = {0};
        size_t same = 0;

        CHECK("IFACE-3", ConvertInterfaceLuidToNameA(&entry->Luid, name, sizeof name) == NO_ERROR,
              "%s: name %s", entry->AdapterName, name);
        CHECK("IFACE-3",
              ConvertInterfaceLuidToNameW(&entry->Luid, wide, NDIS_IF_MAX_STRING_SIZE + 1) ==
                  NO_ERROR,
              "%s: wide name", entry->AdapterName);
        while (name[same] && wide[same] == (unsigned char)name[same])
            same++;
        CHECK("IFACE-3", same > 0 && !name[same] && !wide[same], "the same text");
        CHECK("IFACE-4", if_indextoname(number, other) == other && !strcmp(name, other), "%u is %s",
              (unsigned)number, other);
        CHECK("IFACE-4", if_nametoindex(name) == number, "%s is %u", name, (unsigned)number);
        CHECK_WINE_DEPARTS("IFACE-3",
                           ConvertInterfaceLuidToNameA(&entry->Luid, name, strlen(name)) ==
                               ERROR_NOT_ENOUGH_MEMORY,
                           "Wine says ERROR_INSUFFICIENT_BUFFER", "no room for the zero");
        CHECK("IFACE-3",
              ConvertInterfaceLuidToNameW(&entry->Luid, wide, same) == ERROR_NOT_ENOUGH_MEMORY,
              "no room for the wide zero");
    }
    free(list);
}

static void none_such(void)
{
    NET_IFINDEX index = 12345;
    NET_LUID luid;
    char name[64];
    WCHAR wide[64];

    luid.Value = ~0ull;
    CHECK("IFACE-1", ConvertInterfaceIndexToLuid(0x7fffffff, &luid) == ERROR_FILE_NOT_FOUND,
          "no such index");
    CHECK("IFACE-1", luid.Value == 0, "LUID %llx", (unsigned long long)luid.Value);
    CHECK("IFACE-1", ConvertInterfaceIndexToLuid(1, NULL) == ERROR_INVALID_PARAMETER, "NULL");
    luid.Value = 0x123456789abcdefull;
    CHECK_WINE_DEPARTS("IFACE-2",
                       ConvertInterfaceLuidToIndex(&luid, &index) == ERROR_INVALID_PARAMETER,
                       NO_SUCH_LUID, "no such LUID");
    CHECK("IFACE-2", index == 0, "index %u", (unsigned)index);
    CHECK("IFACE-2", ConvertInterfaceLuidToIndex(&luid, NULL) == ERROR_INVALID_PARAMETER, "NULL");
    CHECK("IFACE-2", ConvertInterfaceLuidToIndex(NULL, &index) == ERROR_INVALID_PARAMETER,
          "no LUID");
    CHECK_WINE_DEPARTS("IFACE-3",
                       ConvertInterfaceLuidToNameA(&luid, name, 64) == ERROR_INVALID_PARAMETER,
                       NO_SUCH_LUID, "no such LUID's name");
    CHECK_WINE_DEPARTS("IFACE-3",
                       ConvertInterfaceLuidToNameW(&luid, wide, 64) == ERROR_INVALID_PARAMETER,
                       NO_SUCH_LUID, "no such LUID's wide name");
    CHECK("IFACE-3", ConvertInterfaceLuidToNameA(NULL, name, 64) == ERROR_INVALID_PARAMETER,
          "no LUID's name");
    CHECK("IFACE-3", ConvertInterfaceLuidToNameW(NULL, wide, 64) == ERROR_INVALID_PARAMETER,
          "no LUID's wide name");
    CHECK("IFACE-4", if_nametoindex("no such interface") == 0, "no such name");
    CHECK("IFACE-4", if_indextoname(0x7fffffff, name) == NULL, "no such index's name");
}

int main(void)
{
    RUN(indexes);
    RUN(names);
    RUN(none_such);
    return check_report();
}
