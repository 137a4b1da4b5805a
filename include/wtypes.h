/* SPDX-License-Identifier: MIT
 *
 * More of COM's types: texts, dates and truth values as Automation has them. Types only.
 */
#ifndef __wtypes_h__
#define __wtypes_h__

#include "wtypesbase.h"

typedef OLECHAR *BSTR;
typedef BSTR *LPBSTR;
typedef short VARIANT_BOOL;
typedef unsigned short VARTYPE;
typedef double DATE;
typedef DWORD PROPID;
#define VARIANT_TRUE ((VARIANT_BOOL)-1)
#define VARIANT_FALSE ((VARIANT_BOOL)0)

#endif
