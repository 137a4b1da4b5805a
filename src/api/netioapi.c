/* SPDX-License-Identifier: MIT
 *
 * netioapi.h: indexes, LUIDs and names of network interfaces, looked up in what
 * GetAdaptersAddresses tells, so that all agree. No state.
 */
#include "api/utf16.h"
#include "base/fault.h"
#include "base/probe.h"

#include <stdlib.h>
#include <string.h>

#include <winsock2.h>
#include <iphlpapi.h>
#include <netioapi.h>

#define FIRST_ROOM 8192 /* bytes */

/* All interfaces, to be freed; NULL: memory is short. More may appear while they are listed. */
static IP_ADAPTER_ADDRESSES *netio__list(void)
{
    ULONG size = FIRST_ROOM;
    ULONG error = ERROR_BUFFER_OVERFLOW;
    IP_ADAPTER_ADDRESSES *list = NULL;

    while (error == ERROR_BUFFER_OVERFLOW) {
        free(list);
        list = fault_malloc(size);
        if (!list)
            return NULL;
        error = GetAdaptersAddresses(AF_UNSPEC,
                                     GAA_FLAG_SKIP_UNICAST | GAA_FLAG_SKIP_FRIENDLY_NAME |
                                         GAA_FLAG_SKIP_DNS_SERVER,
                                     NULL, list, &size);
    }
    if (error == NO_ERROR)
        return list;
    free(list);
    return NULL;
}

static const IP_ADAPTER_ADDRESSES *netio__by_luid(const IP_ADAPTER_ADDRESSES *list, ULONG64 luid)
{
    while (list && list->Luid.Value != luid)
        list = list->Next;
    return list;
}

NETIOAPI_API ConvertInterfaceIndexToLuid(NET_IFINDEX index, PNET_LUID luid)
{
    if (!luid || !probe_writable(luid, sizeof *luid))
        return ERROR_INVALID_PARAMETER;
    luid->Value = 0;
    IP_ADAPTER_ADDRESSES *list = netio__list();
    if (!list)
        return ERROR_NOT_ENOUGH_MEMORY;
    const IP_ADAPTER_ADDRESSES *found = list;
    while (found && (found->IfIndex != index || index == NET_IFINDEX_UNSPECIFIED))
        found = found->Next;
    if (found)
        luid->Value = found->Luid.Value;
    free(list);
    return found ? NO_ERROR : ERROR_FILE_NOT_FOUND;
}

NETIOAPI_API ConvertInterfaceLuidToIndex(const NET_LUID *luid, PNET_IFINDEX index)
{
    if (!index || !probe_writable(index, sizeof *index))
        return ERROR_INVALID_PARAMETER;
    *index = NET_IFINDEX_UNSPECIFIED;
    if (!luid || !probe_readable(luid, sizeof *luid))
        return ERROR_INVALID_PARAMETER;
    IP_ADAPTER_ADDRESSES *list = netio__list();
    if (!list)
        return ERROR_NOT_ENOUGH_MEMORY;
    const IP_ADAPTER_ADDRESSES *found = netio__by_luid(list, luid->Value);
    if (found)
        *index = found->IfIndex;
    free(list);
    return found ? NO_ERROR : ERROR_INVALID_PARAMETER;
}

/* The interface's name, to be freed. */
static NETIO_STATUS netio__name(const NET_LUID *luid, char **name)
{
    if (!luid || !probe_readable(luid, sizeof *luid))
        return ERROR_INVALID_PARAMETER;
    IP_ADAPTER_ADDRESSES *list = netio__list();
    if (!list)
        return ERROR_NOT_ENOUGH_MEMORY;
    const IP_ADAPTER_ADDRESSES *found = netio__by_luid(list, luid->Value);
    if (found) {
        size_t size = strlen(found->AdapterName) + 1;
        *name = fault_malloc(size);
        if (*name)
            memcpy(*name, found->AdapterName, size);
    }
    free(list);
    if (!found)
        return ERROR_INVALID_PARAMETER;
    return *name ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;
}

NETIOAPI_API ConvertInterfaceLuidToNameA(const NET_LUID *luid, PSTR room, SIZE_T length)
{
    char *name = NULL;

    if (!room || !probe_writable(room, length))
        return ERROR_INVALID_PARAMETER;
    NETIO_STATUS status = netio__name(luid, &name);
    if (status != NO_ERROR)
        return status;
    size_t size = strlen(name) + 1;
    if (size <= length)
        memcpy(room, name, size);
    free(name);
    return size <= length ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;
}

NETIOAPI_API ConvertInterfaceLuidToNameW(const NET_LUID *luid, PWSTR room, SIZE_T length)
{
    char *name = NULL;
    size_t units = 0;

    if (!room || !probe_writable(room, length * sizeof *room))
        return ERROR_INVALID_PARAMETER;
    NETIO_STATUS status = netio__name(luid, &name);
    if (status != NO_ERROR)
        return status;
    WCHAR *wide = utf16_from_utf8(name, strlen(name), &units);
    bool fits = wide && units < length;
    if (fits)
        memcpy(room, wide, (units + 1) * sizeof *room);
    free(wide);
    free(name);
    return fits ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;
}
