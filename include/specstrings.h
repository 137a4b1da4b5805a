/* SPDX-License-Identifier: MIT
 *
 * The older annotations of parameters, accepted and ignored; but for those that the C or C++
 * library uses as names: __in, __out, __reserved, __success, __callback and __override.
 */
#ifndef IOCP_SPECSTRINGS_H
#define IOCP_SPECSTRINGS_H

#include "sal.h"

#define __in_opt
#define __in_z
#define __in_z_opt
#define __in_ecount(count)
#define __in_ecount_opt(count)
#define __in_bcount(count)
#define __in_bcount_opt(count)
#define __out_opt
#define __out_z
#define __out_ecount(count)
#define __out_ecount_opt(count)
#define __out_ecount_part(size, count)
#define __out_ecount_z(count)
#define __out_bcount(count)
#define __out_bcount_opt(count)
#define __out_bcount_part(size, count)
#define __out_data_source(source)
#define __inout
#define __inout_opt
#define __inout_ecount(count)
#define __inout_ecount_opt(count)
#define __inout_bcount(count)
#define __inout_bcount_opt(count)
#define __deref_in
#define __deref_out
#define __deref_out_opt
#define __deref_opt_out
#define __deref_inout
#define __deref_inout_opt
#define __checkReturn
#define __nullterminated
#define __nullnullterminated
#define __range(low, high)
#define __field_ecount(count)
#define __field_bcount(count)
#define __drv_aliasesMem
#define __drv_freesMem(kind)
#define __drv_allocatesMem(kind)

#endif
