/* SPDX-License-Identifier: MIT
 *
 * Who else may open a file, in Windows' numbers: taken by _fsopen and _sopen_s, without effect.
 */
#ifndef _INC_SHARE
#define _INC_SHARE

#define _SH_COMPAT 0x00
#define _SH_DENYRW 0x10
#define _SH_DENYWR 0x20
#define _SH_DENYRD 0x30
#define _SH_DENYNO 0x40
#define _SH_SECURE 0x80
#define SH_COMPAT _SH_COMPAT
#define SH_DENYRW _SH_DENYRW
#define SH_DENYWR _SH_DENYWR
#define SH_DENYRD _SH_DENYRD
#define SH_DENYNO _SH_DENYNO

#endif
