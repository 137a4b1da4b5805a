/* SPDX-License-Identifier: MIT
 *
 * Names to addresses and back, for both IP versions; UDP options.
 */
#ifndef _WS2TCPIP_H_
#define _WS2TCPIP_H_

#include "winsock2.h"
#include "ws2ipdef.h"

#define UDP_NOCHECKSUM 1
#define UDP_CHECKSUM_COVERAGE 20

/* getaddrinfo's errors are Winsock's numbers. */
#define EAI_AGAIN WSATRY_AGAIN
#define EAI_BADFLAGS WSAEINVAL
#define EAI_FAIL WSANO_RECOVERY
#define EAI_FAMILY WSAEAFNOSUPPORT
#define EAI_MEMORY WSA_NOT_ENOUGH_MEMORY
#define EAI_NOSECURENAME 11013
#define EAI_NONAME WSAHOST_NOT_FOUND
#define EAI_NODATA EAI_NONAME
#define EAI_SERVICE WSATYPE_NOT_FOUND
#define EAI_SOCKTYPE WSAESOCKTNOSUPPORT

IOCP_BEGIN_DECLS

/* getaddrinfo: a list of addresses for a host name, a service name or number, or both; pHints may
 * be NULL. Free *ppResult with freeaddrinfo. Returns 0 or the error itself: EAI_NONAME,
 * EAI_SERVICE, EAI_FAMILY ... sdk:getaddrinfo, sdk:freeaddrinfo */
INT WSAAPI getaddrinfo(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA *pHints,
                       PADDRINFOA *ppResult) IOCP_SYMBOL("iocp_getaddrinfo");
VOID WSAAPI freeaddrinfo(PADDRINFOA pAddrInfo) IOCP_SYMBOL("iocp_freeaddrinfo");

/* getnameinfo: host and service of an address, with NI_ flags; sizes in characters. Returns 0 or
 * the error: EAI_NONAME, WSAEFAULT ... sdk:getnameinfo */
INT WSAAPI getnameinfo(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PCHAR pNodeBuffer,
                       DWORD NodeBufferSize, PCHAR pServiceBuffer, DWORD ServiceBufferSize,
                       INT Flags) IOCP_SYMBOL("iocp_getnameinfo");

/* gai_strerrorA: the text of such an error. sdk:gai_strerrora */
char *WSAAPI gai_strerrorA(int ecode);

/* inet_pton: text to a binary address; 1, 0 for bad text, -1 with WSAEAFNOSUPPORT. inet_ntop: the
 * way back; the size in characters; NULL with WSAEINVAL. sdk:inet_pton, sdk:inet_ntop */
INT WSAAPI inet_pton(INT Family, PCSTR pszAddrString, PVOID pAddrBuf)
    IOCP_SYMBOL("iocp_inet_pton");
PCSTR WSAAPI inet_ntop(INT Family, const VOID *pAddr, PSTR pStringBuf, size_t StringBufSize)
    IOCP_SYMBOL("iocp_inet_ntop");

/* The same with UTF-16 text; FreeAddrInfoW frees the list. sdk:getaddrinfow, sdk:freeaddrinfow,
 * sdk:getnameinfow, sdk:inetptonw, sdk:inetntopw */
INT WSAAPI GetAddrInfoW(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints,
                        PADDRINFOW *ppResult);
VOID WSAAPI FreeAddrInfoW(PADDRINFOW pAddrInfo);
INT WSAAPI GetNameInfoW(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PWCHAR pNodeBuffer,
                        DWORD NodeBufferSize, PWCHAR pServiceBuffer, DWORD ServiceBufferSize,
                        INT Flags);
INT WSAAPI InetPtonW(INT Family, PCWSTR pszAddrString, PVOID pAddrBuf);
PCWSTR WSAAPI InetNtopW(INT Family, const VOID *pAddr, PWSTR pStringBuf, size_t StringBufSize);
WCHAR *WSAAPI gai_strerrorW(int ecode);

IOCP_END_DECLS

#define GetAddrInfoA getaddrinfo
#define FreeAddrInfoA freeaddrinfo
#define GetNameInfoA getnameinfo
#define InetNtopA inet_ntop
#define InetPtonA inet_pton
#ifdef UNICODE
#define gai_strerror gai_strerrorW
#define GetAddrInfo GetAddrInfoW
#define FreeAddrInfo FreeAddrInfoW
#define GetNameInfo GetNameInfoW
#define InetNtop InetNtopW
#define InetPton InetPtonW
#else
#define gai_strerror gai_strerrorA
#define GetAddrInfo GetAddrInfoA
#define FreeAddrInfo FreeAddrInfoA
#define GetNameInfo GetNameInfoA
#define InetNtop InetNtopA
#define InetPton InetPtonA
#endif

#endif
