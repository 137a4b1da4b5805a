/* SPDX-License-Identifier: MIT
 *
 * Numbers to text by the names of Windows' C library, and what it has for numbers besides. A long
 * has 64 bits, also in _ltoa and _ultoa.
 */
#ifndef IOCP_CRT_NUMBERS_H
#define IOCP_CRT_NUMBERS_H

#include "iocp_crt_base.h"

#define IOCP_DIGITS_ROOM 66 /* 64 binary digits, a sign and a zero */

/* The digits of a number, with a - before them if `negative`. */
static __inline__ errno_t iocp_digits(unsigned long long value, int negative, char *to, size_t size,
                                      int radix)
{
    char digits[IOCP_DIGITS_ROOM];
    size_t at = sizeof digits;
    if (!to || size == 0 || radix < 2 || radix > 36)
        return iocp_crt_refuse(to, size, EINVAL);
    digits[--at] = 0;
    do {
        digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned)radix];
        value /= (unsigned)radix;
    } while (value > 0);
    if (negative)
        digits[--at] = '-';
    if (sizeof digits - at > size)
        return iocp_crt_refuse(to, size, ERANGE);
    memcpy(to, digits + at, sizeof digits - at);
    return 0;
}

#ifndef _ui64toa_s
static __inline__ errno_t _ui64toa_s(unsigned long long value, char *to, size_t size, int radix)
{
    return iocp_digits(value, 0, to, size, radix);
}
#endif

#ifndef _i64toa_s
/* Only decimal numbers have a sign. */
static __inline__ errno_t _i64toa_s(long long value, char *to, size_t size, int radix)
{
    int negative = value < 0 && radix == 10;
    unsigned long long bits = (unsigned long long)value;
    return iocp_digits(negative ? 0 - bits : bits, negative, to, size, radix);
}
#endif

#ifndef _ultoa_s
static __inline__ errno_t _ultoa_s(unsigned long value, char *to, size_t size, int radix)
{
    return iocp_digits(value, 0, to, size, radix);
}
#endif

#ifndef _ltoa_s
static __inline__ errno_t _ltoa_s(long value, char *to, size_t size, int radix)
{
    return _i64toa_s(value, to, size, radix);
}
#endif

#ifndef _itoa_s
static __inline__ errno_t _itoa_s(int value, char *to, size_t size, int radix)
{
    return radix == 10 ? _i64toa_s(value, to, size, radix)
                       : iocp_digits((unsigned)value, 0, to, size, radix);
}
#endif

#ifndef _itoa
static __inline__ char *_itoa(int value, char *to, int radix)
{
    _itoa_s(value, to, IOCP_DIGITS_ROOM, radix);
    return to;
}
#endif

#ifndef _ltoa
static __inline__ char *_ltoa(long value, char *to, int radix)
{
    _ltoa_s(value, to, IOCP_DIGITS_ROOM, radix);
    return to;
}
#endif

#ifndef _ultoa
static __inline__ char *_ultoa(unsigned long value, char *to, int radix)
{
    iocp_digits(value, 0, to, IOCP_DIGITS_ROOM, radix);
    return to;
}
#endif

#ifndef _i64toa
static __inline__ char *_i64toa(long long value, char *to, int radix)
{
    _i64toa_s(value, to, IOCP_DIGITS_ROOM, radix);
    return to;
}
#endif

#ifndef _ui64toa
static __inline__ char *_ui64toa(unsigned long long value, char *to, int radix)
{
    iocp_digits(value, 0, to, IOCP_DIGITS_ROOM, radix);
    return to;
}
#endif

#ifndef itoa
static __inline__ char *itoa(int value, char *to, int radix)
{
    return _itoa(value, to, radix);
}
#endif

#ifndef ltoa
static __inline__ char *ltoa(long value, char *to, int radix)
{
    return _ltoa(value, to, radix);
}
#endif

#ifndef ultoa
static __inline__ char *ultoa(unsigned long value, char *to, int radix)
{
    return _ultoa(value, to, radix);
}
#endif

#ifndef __min
#define __min(a, b) ((a) < (b) ? (a) : (b))
#endif
#ifndef __max
#define __max(a, b) ((a) > (b) ? (a) : (b))
#endif

#ifndef _abs64
static __inline__ long long _abs64(long long value)
{
    return value < 0 ? (long long)(0 - (unsigned long long)value) : value;
}
#endif

/* The compiler's own headers have _rotl and _rotr on x86 (intrin.h). */
#ifndef _rotl
static __inline__ unsigned _rotl(unsigned value, int by)
{
    return value << (by & 31) | value >> (-by & 31);
}
#endif
#ifndef _rotr
static __inline__ unsigned _rotr(unsigned value, int by)
{
    return value >> (by & 31) | value << (-by & 31);
}
#endif
#ifndef _rotl64
static __inline__ unsigned long long _rotl64(unsigned long long value, int by)
{
    return value << (by & 63) | value >> (-by & 63);
}
#endif
#ifndef _rotr64
static __inline__ unsigned long long _rotr64(unsigned long long value, int by)
{
    return value >> (by & 63) | value << (-by & 63);
}
#endif

/* The bytes in the other order. */
#ifndef _byteswap_ushort
static __inline__ unsigned short _byteswap_ushort(unsigned short value)
{
    return __builtin_bswap16(value);
}
#endif
#ifndef _byteswap_ulong
static __inline__ unsigned _byteswap_ulong(unsigned value)
{
    return __builtin_bswap32(value);
}
#endif
#ifndef _byteswap_uint64
static __inline__ unsigned long long _byteswap_uint64(unsigned long long value)
{
    return __builtin_bswap64(value);
}
#endif

/* math.h's by Windows' names; _hypot needs -lm. */
#ifndef _finite
static __inline__ int _finite(double value)
{
    return __builtin_isfinite(value);
}
#endif
#ifndef _isnan
static __inline__ int _isnan(double value)
{
    return __builtin_isnan(value);
}
#endif
#ifndef _copysign
static __inline__ double _copysign(double value, double sign)
{
    return __builtin_copysign(value, sign);
}
#endif
#ifndef _hypot
static __inline__ double _hypot(double x, double y)
{
    return __builtin_hypot(x, y);
}
#endif

/* The forms that know an array's size. */
#ifdef __cplusplus
#define IOCP_DIGITS_FORM(name, type)                                                               \
    template <size_t Size> inline errno_t name(type value, char(&to)[Size], int radix)             \
    {                                                                                              \
        return name(value, to, Size, radix);                                                       \
    }
extern "C++" {
#ifndef _itoa_s
IOCP_DIGITS_FORM(_itoa_s, int)
#endif
#ifndef _ltoa_s
IOCP_DIGITS_FORM(_ltoa_s, long)
#endif
#ifndef _ultoa_s
IOCP_DIGITS_FORM(_ultoa_s, unsigned long)
#endif
#ifndef _i64toa_s
IOCP_DIGITS_FORM(_i64toa_s, long long)
#endif
#ifndef _ui64toa_s
IOCP_DIGITS_FORM(_ui64toa_s, unsigned long long)
#endif
}
#endif

#endif
