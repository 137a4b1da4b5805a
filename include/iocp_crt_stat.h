/* SPDX-License-Identifier: MIT
 *
 * What Windows has in sys/stat.h. Only macros, so that no header of libc comes with them: a
 * program includes sys/stat.h itself, or io.h. The names of the structures are those of the
 * functions, and times and sizes have 64 bits in all of them.
 */
#ifndef IOCP_CRT_STAT_H
#define IOCP_CRT_STAT_H

#ifndef _stat
#define _stat stat
#endif
#ifndef _stat64
#define _stat64 stat
#endif
#ifndef _stati64
#define _stati64 stat
#endif
#ifndef __stat64
#define __stat64 stat
#endif
#ifndef _fstat
#define _fstat fstat
#endif
#ifndef _fstat64
#define _fstat64 fstat
#endif
#ifndef _fstati64
#define _fstati64 fstat
#endif

#ifndef _S_IFMT
#define _S_IFMT 0xF000
#define _S_IFDIR 0x4000
#define _S_IFCHR 0x2000
#define _S_IFIFO 0x1000
#define _S_IFREG 0x8000
#define _S_IREAD 0x0100
#define _S_IWRITE 0x0080
#define _S_IEXEC 0x0040
#endif

#endif
