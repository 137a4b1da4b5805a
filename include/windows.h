/* SPDX-License-Identifier: MIT
 *
 * All of Win32 that this library has. Without WIN32_LEAN_AND_MEAN also Winsock, as on Windows; but
 * not when the program has already included libc's own socket headers and so works with those.
 */
#ifndef _WINDOWS_
#define _WINDOWS_
#define _INC_WINDOWS

#include "winapifamily.h"

#include "sdkddkver.h"
#include "windef.h"
#include "winbase.h"
#include "wincon.h"
#include "winnls.h"
#include "iocp_crt.h"
#include "iocp_crt_time.h"
#ifndef NOUSER
#include "winuser.h"
#endif

#ifndef WIN32_LEAN_AND_MEAN
#include "wincrypt.h"
#include "mmsystem.h"
#include "winioctl.h"
#endif
#ifndef NOSERVICE
#include "winsvc.h"
#endif

#if !defined(WIN32_LEAN_AND_MEAN) && !defined(_WINSOCKAPI_) && !defined(_SYS_SOCKET_H)
#include "winsock.h"
#endif

#endif
