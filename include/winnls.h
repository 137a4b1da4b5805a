/* SPDX-License-Identifier: MIT
 *
 * Code pages and the flags of their conversions, which stringapiset.h declares.
 */
#ifndef _WINNLS_
#define _WINNLS_

#include "stringapiset.h"

#define CP_ACP 0
#define CP_OEMCP 1
#define CP_MACCP 2
#define CP_THREAD_ACP 3
#define CP_SYMBOL 42
#define CP_UTF7 65000
#define CP_UTF8 65001

/* MultiByteToWideChar */
#define MB_PRECOMPOSED 0x00000001
#define MB_COMPOSITE 0x00000002
#define MB_USEGLYPHCHARS 0x00000004
#define MB_ERR_INVALID_CHARS 0x00000008

/* WideCharToMultiByte */
#define WC_DISCARDNS 0x00000010
#define WC_SEPCHARS 0x00000020
#define WC_DEFAULTCHAR 0x00000040
#define WC_ERR_INVALID_CHARS 0x00000080
#define WC_COMPOSITECHECK 0x00000200
#define WC_NO_BEST_FIT_CHARS 0x00000400

IOCP_BEGIN_DECLS

/* GetACP, GetOEMCP: the number of the code page that CP_ACP and CP_OEMCP stand for: CP_UTF8.
 * sdk:getacp, sdk:getoemcp */
WINBASEAPI UINT WINAPI GetACP(void);
WINBASEAPI UINT WINAPI GetOEMCP(void);

IOCP_END_DECLS

#endif
