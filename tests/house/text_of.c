/* SPDX-License-Identifier: MIT
 *
 * Reads lines `e NUMBER` (an error) or `s NUMBER` (an NTSTATUS, which stands for one) and prints
 * those for which FormatMessage has no text, for texts.py. 0xFFFF, which nothing is called, must
 * have none: the program can say no.
 */
#include <windows.h>
#include <winternl.h>

#include <stdio.h>

static int has_text(DWORD code)
{
    char text[512];

    return FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, code, 0,
                          text, sizeof text, NULL) > 2;
}

int main(void)
{
    unsigned code;
    char kind;

    if (has_text(0xFFFF))
        return 1;
    while (scanf(" %c %u", &kind, &code) == 2) {
        DWORD error = kind == 's' ? RtlNtStatusToDosError((NTSTATUS)code) : code;
        /* A status that stands for no error comes back as this one. */
        if ((kind == 's' && error == ERROR_MR_MID_NOT_FOUND) || !has_text(error))
            printf("%c %u\n", kind, code);
    }
    return 0;
}
