/* SPDX-License-Identifier: MIT
 *
 * Opening files by native names (rules NTF-10 to 12), by the same functions as CreateFile; names
 * there and back. Takes no lock of its own.
 */
#include "api/fileapi.h"
#include "api/native.h"
#include "api/object.h"
#include "api/utf16.h"

#include "base/fault.h"
#include "file/names.h"
#include "pipe/pipe.h"
#include "status/status.h"

#include <iocp_nt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Where names begin, and what CreateFile says for it. */
static const struct native_place {
    const char *native, *win32;
} native_places[] = {
    {"\\??\\", "\\\\.\\"},
    {"\\DosDevices\\", "\\\\.\\"},
    {"\\GLOBAL??\\", "\\\\.\\"},
    {"\\Device\\NamedPipe\\", "\\\\.\\pipe\\"},
    {"\\Device\\Null", "\\\\.\\NUL"},
};

static NTSTATUS name__join(const char *first, const char *second, const char *third, char **name)
{
    size_t length = strlen(first) + strlen(second) + strlen(third) + 1;

    *name = fault_malloc(length);
    if (!*name)
        return STATUS_INSUFFICIENT_RESOURCES;
    snprintf(*name, length, "%s%s%s", first, second, third);
    return STATUS_SUCCESS;
}

static NTSTATUS name__complete(const char *text, char **name)
{
    for (size_t index = 0; index < sizeof native_places / sizeof *native_places; index++) {
        const struct native_place *place = &native_places[index];
        size_t length = strlen(place->native);
        if (strncasecmp(text, place->native, length) == 0)
            return name__join(place->win32, text + length, "", name);
    }
    return STATUS_OBJECT_PATH_NOT_FOUND;
}

/* Below the directory that is open there, which is taken as it is. */
static NTSTATUS name__below(HANDLE root, const char *text, char **name)
{
    char path[FILE_PATH_BYTES + sizeof "\\\\?\\C:"] = "\\\\?\\C:";
    struct file *directory = fileapi_file(root);

    if (!directory)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = file_where(directory, path + strlen(path));
    fileapi_unref(directory);
    if (status != STATUS_SUCCESS)
        return status;
    if (*text == '\\')
        return STATUS_OBJECT_NAME_INVALID;
    return name__join(path, *text ? "/" : "", text, name);
}

static NTSTATUS name__beside(struct file *file, const char *text, char **name)
{
    char path[FILE_PATH_BYTES + sizeof "\\\\?\\C:"] = "\\\\?\\C:";

    if (strchr(text, '\\'))
        return STATUS_OBJECT_NAME_INVALID;
    NTSTATUS status = file_where(file, path + strlen(path));
    char *slash = strrchr(path, '/');
    if (status != STATUS_SUCCESS || !slash)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    *slash = 0;
    return name__join(path, "/", text, name);
}

NTSTATUS native_file_name(HANDLE root, const WCHAR *text, size_t units, struct file *sibling,
                          char **name)
{
    NTSTATUS status;

    *name = NULL;
    for (size_t index = 0; index < units; index++)
        if (!text[index])
            return STATUS_OBJECT_NAME_INVALID;
    char *narrow = utf16_to_utf8(text, units);
    if (!narrow)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (root)
        status = name__below(root, narrow, name);
    else if (*narrow == '\\')
        status = name__complete(narrow, name);
    else
        status = sibling ? name__beside(sibling, narrow, name) : STATUS_OBJECT_PATH_SYNTAX_BAD;
    free(narrow);
    return status;
}

/* What NtCreateFile is asked for. */
struct native_opening {
    struct file_opening file;
    uint32_t disposition, options; /* FILE_OPEN ..., FILE_DIRECTORY_FILE ... */
    int64_t allocation;
    uintptr_t information; /* what was done */
};

#define OPTIONS_SYNCHRONOUS (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)
#define OPTIONS_KNOWN 0x00ffffffu

/* NTF-11. */
static NTSTATUS create__check(const struct native_opening *opening)
{
    uint32_t options = opening->options, access = opening->file.access;
    uint32_t synchronous = options & OPTIONS_SYNCHRONOUS;
    bool directory = options & FILE_DIRECTORY_FILE;

    if (opening->disposition > FILE_MAXIMUM_DISPOSITION || options & ~OPTIONS_KNOWN ||
        opening->file.share & ~(uint32_t)(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE))
        return STATUS_INVALID_PARAMETER;
    if (synchronous == OPTIONS_SYNCHRONOUS ||
        (synchronous && !(access & (SYNCHRONIZE | GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE |
                                    GENERIC_ALL | MAXIMUM_ALLOWED))))
        return STATUS_INVALID_PARAMETER;
    if (options & FILE_DELETE_ON_CLOSE && !(access & (DELETE | GENERIC_ALL | MAXIMUM_ALLOWED)))
        return STATUS_INVALID_PARAMETER;
    if (options & FILE_NO_INTERMEDIATE_BUFFERING && access & FILE_APPEND_DATA &&
        !(access & FILE_WRITE_DATA))
        return STATUS_INVALID_PARAMETER;
    if (directory && options & FILE_NON_DIRECTORY_FILE)
        return STATUS_INVALID_PARAMETER;
    if (directory && opening->disposition != FILE_OPEN && opening->disposition != FILE_CREATE &&
        opening->disposition != FILE_OPEN_IF)
        return STATUS_INVALID_PARAMETER;
    return options & FILE_OPEN_BY_FILE_ID ? STATUS_NOT_SUPPORTED : STATUS_SUCCESS;
}

static uint32_t create__disposition(uint32_t native)
{
    static const uint32_t dispositions[] = {
        [FILE_SUPERSEDE] = CREATE_ALWAYS, [FILE_OPEN] = OPEN_EXISTING,
        [FILE_CREATE] = CREATE_NEW,       [FILE_OPEN_IF] = OPEN_ALWAYS,
        [FILE_OVERWRITE] = OPEN_EXISTING, [FILE_OVERWRITE_IF] = CREATE_ALWAYS};

    return dispositions[native];
}

static uint32_t create__flags(uint32_t options)
{
    return (options & OPTIONS_SYNCHRONOUS ? 0u : FILE_FLAG_OVERLAPPED) |
           (options & FILE_WRITE_THROUGH ? FILE_FLAG_WRITE_THROUGH : 0u) |
           (options & FILE_NO_INTERMEDIATE_BUFFERING ? FILE_FLAG_NO_BUFFERING : 0u) |
           (options & FILE_DELETE_ON_CLOSE ? FILE_FLAG_DELETE_ON_CLOSE : 0u) |
           (options & FILE_NON_DIRECTORY_FILE ? 0u : FILE_FLAG_BACKUP_SEMANTICS);
}

static uintptr_t create__done(uint32_t disposition, bool existed)
{
    if (!existed)
        return FILE_CREATED;
    if (disposition == FILE_SUPERSEDE)
        return FILE_SUPERSEDED;
    return disposition >= FILE_OVERWRITE ? FILE_OVERWRITTEN : FILE_OPENED;
}

/* The file is open: is it what was asked for, and what is left to do. */
static NTSTATUS create__settle(struct native_opening *opening, uintptr_t handle, bool existed)
{
    struct file *file = fileapi_file((HANDLE)handle);
    struct file_facts facts = {0};
    NTSTATUS status = file ? file_facts(file, &facts) : STATUS_INVALID_HANDLE;

    if (status == STATUS_SUCCESS && opening->options & FILE_DIRECTORY_FILE && !facts.directory)
        status = STATUS_NOT_A_DIRECTORY;
    if (status == STATUS_SUCCESS && existed && opening->disposition == FILE_OVERWRITE)
        status = facts.directory ? STATUS_FILE_IS_A_DIRECTORY : file_set_end(file, 0);
    opening->information = create__done(opening->disposition, existed);
    /* Advice, as for every file: a disk that is full shows when it is written to. */
    if (status == STATUS_SUCCESS && opening->allocation > 0 && !facts.directory &&
        opening->information != FILE_OPENED)
        file_allocate(file, opening->allocation);
    /* What was not to be opened is not deleted for it. */
    if (status != STATUS_SUCCESS && file && opening->options & FILE_DELETE_ON_CLOSE)
        file_set_delete(file, false);
    if (file)
        fileapi_unref(file);
    return status;
}

/* A directory is made first and opened like any other. */
static NTSTATUS create__directory(const struct native_opening *opening, bool *made)
{
    *made = false;
    if (!(opening->options & FILE_DIRECTORY_FILE) || opening->disposition == FILE_OPEN)
        return STATUS_SUCCESS;
    NTSTATUS status = names_make_directory(opening->file.name);
    *made = status == STATUS_SUCCESS;
    if (status == STATUS_OBJECT_NAME_COLLISION && opening->disposition == FILE_OPEN_IF)
        return STATUS_SUCCESS;
    return status;
}

static NTSTATUS create__file(struct native_opening *opening, uintptr_t *handle)
{
    struct file_facts facts;
    bool existed, made;
    NTSTATUS status = create__directory(opening, &made);

    if (status != STATUS_SUCCESS)
        return status;
    if (opening->options & FILE_DIRECTORY_FILE)
        opening->file.disposition = OPEN_EXISTING;
    status = fileapi_open(&opening->file, handle, &existed);
    if (status == STATUS_SUCCESS) {
        status = create__settle(opening, *handle, existed && !made);
        if (status != STATUS_SUCCESS)
            NtClose((HANDLE)*handle);
    } else if (made) {
        names_remove_directory(opening->file.name);
    }
    if (status == STATUS_ACCESS_DENIED && opening->options & FILE_NON_DIRECTORY_FILE &&
        names_facts(opening->file.name, &facts) == STATUS_SUCCESS && facts.directory)
        return STATUS_FILE_IS_A_DIRECTORY;
    return status;
}

static NTSTATUS create__pipe(struct native_opening *opening, const char *name, uintptr_t *handle)
{
    bool existed;

    opening->information = FILE_OPENED;
    if (!*name)
        return pipe_open_root(handle);
    if (opening->options & FILE_DIRECTORY_FILE)
        return STATUS_NOT_A_DIRECTORY;
    return fileapi_open(&opening->file, handle, &existed);
}

static NTSTATUS create__name(const OBJECT_ATTRIBUTES *attributes, char **name)
{
    if (!attributes || attributes->Length != sizeof *attributes)
        return STATUS_INVALID_PARAMETER;
    const UNICODE_STRING *text = attributes->ObjectName;
    if (!text || !text->Length || !text->Buffer)
        return attributes->RootDirectory
                   ? native_file_name(attributes->RootDirectory, NULL, 0, NULL, name)
                   : STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (text->Length % sizeof(WCHAR))
        return STATUS_OBJECT_NAME_INVALID;
    return native_file_name(attributes->RootDirectory, text->Buffer, text->Length / sizeof(WCHAR),
                            NULL, name);
}

NTSTATUS NTAPI NtCreateFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                            PIO_STATUS_BLOCK block, PLARGE_INTEGER allocation,
                            ULONG file_attributes, ULONG share, ULONG disposition, ULONG options,
                            PVOID extended, ULONG extended_length)
{
    struct native_opening opening = {.file = {.access = access, .share = share},
                                     .disposition = disposition,
                                     .options = options,
                                     .allocation = allocation ? allocation->QuadPart : 0};
    uintptr_t opened = 0;
    const char *rest;
    char *name;

    if (!handle || !block)
        return STATUS_ACCESS_VIOLATION;
    NTSTATUS status = create__check(&opening);
    if (status == STATUS_SUCCESS && (extended || extended_length))
        status = STATUS_NOT_SUPPORTED;
    if (status == STATUS_SUCCESS)
        status = create__name(attributes, &name);
    if (status != STATUS_SUCCESS)
        return status;
    opening.file.name = name;
    opening.file.disposition = create__disposition(disposition);
    opening.file.flags = create__flags(options) | (file_attributes & FILE_ATTRIBUTE_READONLY);
    status = pipe_is_name(name, &rest) ? create__pipe(&opening, rest, &opened)
                                       : create__file(&opening, &opened);
    free(name);
    if (status == STATUS_SUCCESS)
        *handle = (HANDLE)opened;
    return native_finish(block, status, opening.information);
}

NTSTATUS NTAPI NtOpenFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                          PIO_STATUS_BLOCK block, ULONG share, ULONG options)
{
    return NtCreateFile(handle, access, attributes, block, NULL, 0, share, FILE_OPEN, options, NULL,
                        0);
}

/* \??\ and the whole name, with backslashes; NULL: no such name, or no memory. */
static char *convert__name(const char *given)
{
    char path[FILE_PATH_BYTES];
    const char *rest;
    char *name = NULL;
    NTSTATUS status = STATUS_OBJECT_NAME_INVALID;

    if (pipe_is_name(given, &rest))
        status = name__join("\\??\\pipe\\", rest, "", &name);
    else if (strcasecmp(given, "NUL") == 0)
        status = name__join("\\??\\NUL", "", "", &name);
    else if (*given && names_full(given, path) == STATUS_SUCCESS)
        status = name__join("\\??\\C:", path, "", &name);
    if (status != STATUS_SUCCESS)
        return NULL;
    for (char *character = name; *character; character++)
        if (*character == '/')
            *character = '\\';
    return name;
}

BOOLEAN NTAPI RtlDosPathNameToNtPathName_U(PCWSTR given, PUNICODE_STRING native, PWSTR *part,
                                           PVOID relative)
{
    char *narrow = given ? utf16_to_utf8(given, (size_t)-1) : NULL;
    char *name = narrow ? convert__name(narrow) : NULL;
    size_t units = 0;
    WCHAR *wide = name ? utf16_from_utf8(name, strlen(name), &units) : NULL;
    size_t bytes = (units + 1) * sizeof *wide;
    WCHAR *kept = NULL;

    if (wide && bytes <= MAXWORD)
        kept = HeapAlloc(GetProcessHeap(), 0, bytes);
    if (kept)
        memcpy(kept, wide, bytes);
    free(wide);
    free(name);
    free(narrow);
    if (!kept)
        return FALSE;
    *native = (UNICODE_STRING){
        .Length = (USHORT)(units * sizeof *wide), .MaximumLength = (USHORT)bytes, .Buffer = kept};
    if (part) {
        *part = kept + units;
        while ((*part)[-1] != '\\')
            --*part;
        if (!**part)
            *part = NULL;
    }
    if (relative) /* RTL_RELATIVE_NAME: the name is complete */
        memset(relative, 0, sizeof(UNICODE_STRING) + 2 * sizeof(HANDLE));
    return TRUE;
}
