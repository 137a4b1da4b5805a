/* SPDX-License-Identifier: MIT
 *
 * Types that COM's headers start from. There is no COM here; programs that share their types with
 * it find them.
 */
#ifndef __wtypesbase_h__
#define __wtypesbase_h__

#include "minwinbase.h"

typedef WCHAR OLECHAR;
typedef OLECHAR *LPOLESTR;
typedef const OLECHAR *LPCOLESTR;
typedef LONG SCODE, *PSCODE;

#endif
