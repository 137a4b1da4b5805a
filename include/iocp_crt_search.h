/* SPDX-License-Identifier: MIT
 *
 * Sorting and searching as Windows' C library has them with a context, which comes first; C11's
 * functions of these names have it last.
 */
#ifndef IOCP_CRT_SEARCH_H
#define IOCP_CRT_SEARCH_H

#include "iocp_crt_base.h"

typedef int(__cdecl *_CoreCrtSecureSearchSortCompareFunction)(void *, const void *, const void *);

struct iocp_sort {
    _CoreCrtSecureSearchSortCompareFunction compare;
    void *context;
};

static __inline__ int iocp_sort_compare(const void *left, const void *right, void *sort)
{
    const struct iocp_sort *by = (const struct iocp_sort *)sort;
    return by->compare(by->context, left, right);
}

#ifndef qsort_s
static __inline__ void qsort_s(void *base, rsize_t count, rsize_t size,
                               _CoreCrtSecureSearchSortCompareFunction iocp_compare, void *context)
{
    struct iocp_sort by;
    by.compare = iocp_compare;
    by.context = context;
    if ((!base && count > 0) || size == 0 || !iocp_compare)
        errno = EINVAL;
    else if (count > 1)
        iocp_libc_qsort_r(base, count, size, iocp_sort_compare, &by);
}
#endif

#ifndef bsearch_s
static __inline__ void *bsearch_s(const void *key, const void *base, rsize_t count, rsize_t size,
                                  _CoreCrtSecureSearchSortCompareFunction iocp_compare,
                                  void *context)
{
    const char *from = (const char *)base;
    if ((!base && count > 0) || size == 0 || !iocp_compare) {
        errno = EINVAL;
        return NULL;
    }
    while (count > 0) {
        const char *middle = from + count / 2 * size;
        int order = iocp_compare(context, key, middle);
        if (order == 0)
            return (void *)(uintptr_t)middle;
        if (order > 0)
            from = middle + size;
        count = order > 0 ? count - count / 2 - 1 : count / 2;
    }
    return NULL;
}
#endif

#endif
