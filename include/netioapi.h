/* SPDX-License-Identifier: MIT
 *
 * Network interfaces by index, LUID and name. if_nametoindex and if_indextoname are libc's own,
 * which Winsock's headers have read; IF_NAMESIZE is libc's as well, as long as names here can be.
 */
#ifndef _NETIOAPI_H_
#define _NETIOAPI_H_

#include "ifdef.h"
#ifdef _SYS_SOCKET_H
#include <net/if.h>
#else
#include "iocp_quarantine.h"
#endif

#define NDIS_IF_MAX_STRING_SIZE IF_MAX_STRING_SIZE

typedef DWORD NETIO_STATUS;
#define NETIOAPI_API_ WINAPI
#define NETIOAPI_API NETIO_STATUS NETIOAPI_API_
#define IPHLPAPI_DLL_LINKAGE

IOCP_BEGIN_DECLS

/* ConvertInterfaceIndexToLuid: the LUID that GetAdaptersAddresses tells of the interface. Returns
 * NO_ERROR, or, with *InterfaceLuid 0, ERROR_FILE_NOT_FOUND (no such interface);
 * ERROR_INVALID_PARAMETER (NULL), ERROR_NOT_ENOUGH_MEMORY. sdk:convertinterfaceindextoluid */
NETIOAPI_API ConvertInterfaceIndexToLuid(NET_IFINDEX InterfaceIndex, PNET_LUID InterfaceLuid);

/* ConvertInterfaceLuidToIndex: the way back. NO_ERROR, or, with *InterfaceIndex 0,
 * ERROR_INVALID_PARAMETER: no such interface, or NULL. sdk:convertinterfaceluidtoindex */
NETIOAPI_API ConvertInterfaceLuidToIndex(const NET_LUID *InterfaceLuid,
                                         PNET_IFINDEX InterfaceIndex);

/* ConvertInterfaceLuidToName: the name that if_indextoname gives. Length is the room in characters,
 * with the zero. NO_ERROR, ERROR_INVALID_PARAMETER (no such interface, NULL),
 * ERROR_NOT_ENOUGH_MEMORY (too little room). sdk:convertinterfaceluidtonamea */
NETIOAPI_API ConvertInterfaceLuidToNameA(const NET_LUID *InterfaceLuid, PSTR InterfaceName,
                                         SIZE_T Length);
NETIOAPI_API ConvertInterfaceLuidToNameW(const NET_LUID *InterfaceLuid, PWSTR InterfaceName,
                                         SIZE_T Length);

IOCP_END_DECLS

#endif
