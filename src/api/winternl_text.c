/* SPDX-License-Identifier: MIT
 *
 * Counted strings (rule TEXT-7). No state but the process's heap.
 */
#include "api/process_heap.h"

#include <string.h>
#include <iocp_nt_rtl.h>

/* A length, with the zero behind it, has to fit into 16 bits and be even. */
#define LONGEST_UNITS 0x7ffe

static size_t text__units(PCWSTR text)
{
    size_t units = 0;

    while (units <= LONGEST_UNITS && text[units])
        units++;
    return units;
}

static void text__name(PUNICODE_STRING string, PWSTR text, size_t units)
{
    string->Length = (USHORT)(units * sizeof(WCHAR));
    string->MaximumLength = (USHORT)((units + 1) * sizeof(WCHAR));
    string->Buffer = text;
}

VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING string, PCWSTR text)
{
    size_t units = text ? text__units(text) : 0;

    if (text)
        text__name(string, (PWSTR)(uintptr_t)text, units > LONGEST_UNITS ? LONGEST_UNITS : units);
    else
        *string = (UNICODE_STRING){.Buffer = NULL};
}

BOOLEAN NTAPI RtlCreateUnicodeString(PUNICODE_STRING string, PCWSTR text)
{
    size_t units = text__units(text);
    PWSTR copy = units > LONGEST_UNITS
                     ? NULL
                     : mem_alloc(&api_process_heap, (units + 1) * sizeof(WCHAR), false);

    if (!copy)
        return FALSE;
    memcpy(copy, text, (units + 1) * sizeof(WCHAR));
    text__name(string, copy, units);
    return TRUE;
}

VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING string)
{
    if (string->Buffer)
        mem_free(&api_process_heap, string->Buffer);
    *string = (UNICODE_STRING){.Buffer = NULL};
}
