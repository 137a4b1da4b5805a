/* SPDX-License-Identifier: MIT
 *
 * Names that windows.h and winsock2.h leave to the program, because programs define them: native
 * calls' types, which Windows keeps in winternl.h and ntdef.h. And the version that a program says
 * it is written for (-DOLDER: by itself), or that it gets.
 */
#ifdef OLDER
#define _WIN32_WINNT 0x0601
#endif
#include <winsock2.h>
#include <windows.h>

typedef struct _UNICODE_STRING {
    USHORT Length;
    USHORT MaximumLength;
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, ANSI_STRING, *PSTRING, *PANSI_STRING;

typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

typedef struct _IO_STATUS_BLOCK {
    union {
        NTSTATUS Status;
        PVOID Pointer;
    } u;
    ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

typedef enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } EVENT_TYPE;
typedef enum _TIMER_TYPE { NotificationTimer, SynchronizationTimer } TIMER_TYPE;
typedef enum _FILE_INFORMATION_CLASS { FileDirectoryInformation = 1 } FILE_INFORMATION_CLASS;

#define NT_SUCCESS(status) (((NTSTATUS)(status)) >= 0)
#define NT_ERROR(status) ((((ULONG)(status)) >> 30) == 3)
#define OBJ_CASE_INSENSITIVE 0x00000040

#ifdef OLDER
#if _WIN32_WINNT != 0x0601 || WINVER != 0x0601 || NTDDI_VERSION != NTDDI_WIN7
#error "a program that says which version it is written for means that"
#endif
#if _WIN32_IE != _WIN32_IE_IE80
#error "_WIN32_IE goes with _WIN32_WINNT"
#endif
#else
#if _WIN32_WINNT != _WIN32_WINNT_WIN10 || WINVER != 0x0A00 || NTDDI_VERSION != NTDDI_WIN10
#error "a program that says nothing means Windows 10"
#endif
#if _WIN32_IE != 0x0A00
#error "_WIN32_IE goes with _WIN32_WINNT"
#endif
#endif

int main(void)
{
    UNICODE_STRING name = {0, 0, NULL};
    OBJECT_ATTRIBUTES attributes = {sizeof attributes,    NULL, &name,
                                    OBJ_CASE_INSENSITIVE, NULL, NULL};
    return NT_SUCCESS(0) && !NT_ERROR(0) ? (int)attributes.ObjectName->Length : 1;
}
