/* SPDX-License-Identifier: MIT
 *
 * What a program asks about the machine's network adapters. GetAdaptersAddresses wants winsock2.h
 * before it; there is no library of its own to link with.
 */
#ifndef __IPHLPAPI_H__
#define __IPHLPAPI_H__

#include "iptypes.h"

IOCP_BEGIN_DECLS

/* Each of these returns NO_ERROR or the error itself. */

/* GetAdaptersInfo: the network adapters but the loopback, and their IPv4 addresses.
 *   AdapterInfo   a list in *SizePointer bytes, whose entries point to each other and to what they
 *                 have of further addresses in it
 * AdapterName and Description are the name by which Linux knows the adapter; one without an address
 * has 0.0.0.0. ERROR_BUFFER_OVERFLOW (*SizePointer becomes the bytes wanted), ERROR_NO_DATA (no
 * adapter), ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY, ERROR_TOO_MANY_OPEN_FILES.
 * sdk:getadaptersinfo */
ULONG WINAPI GetAdaptersInfo(PIP_ADAPTER_INFO AdapterInfo, PULONG SizePointer);

/* GetNetworkParams: the host's name, its domain and its name servers of IPv4 (DnsServerList, which
 * CurrentDnsServer points to), in *pOutBufLen bytes. ERROR_BUFFER_OVERFLOW (*pOutBufLen becomes the
 * bytes wanted), ERROR_INVALID_PARAMETER. sdk:getnetworkparams */
DWORD WINAPI GetNetworkParams(PFIXED_INFO pFixedInfo, PULONG pOutBufLen);

/* GetNumberOfInterfaces: of adapters with the loopback. ERROR_INVALID_PARAMETER and, as
 * GetAdaptersInfo, for want of means. sdk:getnumberofinterfaces */
DWORD WINAPI GetNumberOfInterfaces(PDWORD pdwNumIf);

IOCP_END_DECLS

#ifdef _WINSOCK2API_

#include "netioapi.h"

IOCP_BEGIN_DECLS

/* GetAdaptersAddresses: the network adapters and their addresses.
 *   Family             AF_UNSPEC; AF_INET or AF_INET6: these addresses, of adapters that have any
 *   Flags              GAA_FLAG_SKIP_UNICAST, GAA_FLAG_SKIP_DNS_SERVER, GAA_FLAG_SKIP_FRIENDLY_NAME
 *                      (then FriendlyName is NULL), GAA_FLAG_INCLUDE_PREFIX,
 *                      GAA_FLAG_INCLUDE_ALL_INTERFACES; the others make no difference, what they
 *                      are about is not told
 *   Reserved           NULL
 *   AdapterAddresses   a list in *SizePointer bytes, whose entries point to each other and to texts
 *                      and addresses in it
 * AdapterName, FriendlyName and Description are the name by which Linux knows the adapter. Returns
 * NO_ERROR or the error itself: ERROR_BUFFER_OVERFLOW (*SizePointer becomes the bytes wanted),
 * ERROR_NO_DATA (no adapter), ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY,
 * ERROR_TOO_MANY_OPEN_FILES. sdk:getadaptersaddresses */
ULONG WINAPI GetAdaptersAddresses(ULONG Family, ULONG Flags, PVOID Reserved,
                                  PIP_ADAPTER_ADDRESSES AdapterAddresses, PULONG SizePointer);

IOCP_END_DECLS

#endif
#endif
