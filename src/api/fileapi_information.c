/* SPDX-License-Identifier: MIT
 *
 * What is known of an open file, in the structures of fileapi.h and winbase.h; DeviceIoControl.
 */
#include "api/control.h"
#include "api/fileapi.h"
#include "api/filetime.h"
#include "api/last_error.h"
#include "api/object.h"
#include "api/utf16.h"

#include <windows.h>

#include <stdlib.h>
#include <string.h>

static BOOL information__end(struct file *file, NTSTATUS status)
{
    if (file)
        fileapi_unref(file);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

static int64_t information__value(const FILETIME *time)
{
    return time ? (int64_t)((uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime) : 0;
}

DWORD WINAPI GetFileType(HANDLE handle)
{
    struct io_file *file = api_file(handle);
    DWORD type = FILE_TYPE_PIPE; /* sockets too */

    if (!file) {
        api_fail(STATUS_INVALID_HANDLE);
        return FILE_TYPE_UNKNOWN;
    }
    if (file_object(file)->ops == &file_ops)
        type = file_type_of(file->engine.descriptor);
    api_file_unref(file);
    api_set_last_error(ERROR_SUCCESS);
    return type;
}

BOOL WINAPI GetFileInformationByHandle(HANDLE handle, LPBY_HANDLE_FILE_INFORMATION information)
{
    struct file *file = fileapi_file(handle);
    struct file_facts facts;
    NTSTATUS status = file ? file_facts(file, &facts) : STATUS_INVALID_HANDLE;

    if (status == STATUS_SUCCESS)
        *information = (BY_HANDLE_FILE_INFORMATION){
            .dwFileAttributes = facts.attributes,
            .ftCreationTime = api_filetime(facts.created),
            .ftLastAccessTime = api_filetime(facts.accessed),
            .ftLastWriteTime = api_filetime(facts.written),
            .dwVolumeSerialNumber = (DWORD)(facts.device ^ facts.device >> 32),
            .nFileSizeHigh = (DWORD)(facts.size >> 32),
            .nFileSizeLow = (DWORD)facts.size,
            .nNumberOfLinks = facts.links,
            .nFileIndexHigh = (DWORD)(facts.inode >> 32),
            .nFileIndexLow = (DWORD)facts.inode};
    return information__end(file, status);
}

BOOL WINAPI GetFileTime(HANDLE handle, LPFILETIME created, LPFILETIME accessed, LPFILETIME written)
{
    struct file *file = fileapi_file(handle);
    struct file_facts facts;
    NTSTATUS status = file ? file_facts(file, &facts) : STATUS_INVALID_HANDLE;

    if (status == STATUS_SUCCESS && created)
        *created = api_filetime(facts.created);
    if (status == STATUS_SUCCESS && accessed)
        *accessed = api_filetime(facts.accessed);
    if (status == STATUS_SUCCESS && written)
        *written = api_filetime(facts.written);
    return information__end(file, status);
}

BOOL WINAPI SetFileTime(HANDLE handle, const FILETIME *created, const FILETIME *accessed,
                        const FILETIME *written)
{
    struct file *file = fileapi_file(handle);
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)created; /* the system keeps that one itself */
    if (file)
        status = file_set_times(file, information__value(accessed), information__value(written));
    return information__end(file, status);
}

static NTSTATUS get__basic(struct file *file, void *room)
{
    struct file_facts facts;
    NTSTATUS status = file_facts(file, &facts);

    if (status == STATUS_SUCCESS)
        *(FILE_BASIC_INFO *)room = (FILE_BASIC_INFO){.CreationTime.QuadPart = facts.created,
                                                     .LastAccessTime.QuadPart = facts.accessed,
                                                     .LastWriteTime.QuadPart = facts.written,
                                                     .ChangeTime.QuadPart = facts.changed,
                                                     .FileAttributes = facts.attributes};
    return status;
}

static NTSTATUS get__standard(struct file *file, void *room)
{
    struct file_facts facts;
    NTSTATUS status = file_facts(file, &facts);

    if (status == STATUS_SUCCESS)
        *(FILE_STANDARD_INFO *)room =
            (FILE_STANDARD_INFO){.AllocationSize.QuadPart = (LONGLONG)facts.allocated,
                                 .EndOfFile.QuadPart = (LONGLONG)facts.size,
                                 .NumberOfLinks = facts.links,
                                 .DeletePending = facts.delete_pending,
                                 .Directory = facts.directory};
    return status;
}

static NTSTATUS get__attributes(struct file *file, void *room)
{
    struct file_facts facts;
    NTSTATUS status = file_facts(file, &facts);

    if (status == STATUS_SUCCESS)
        *(FILE_ATTRIBUTE_TAG_INFO *)room =
            (FILE_ATTRIBUTE_TAG_INFO){.FileAttributes = facts.attributes};
    return status;
}

static NTSTATUS get__id(struct file *file, void *room)
{
    struct file_facts facts;
    NTSTATUS status = file_facts(file, &facts);

    if (status == STATUS_SUCCESS) {
        FILE_ID_INFO *id = room;
        memset(id, 0, sizeof *id);
        id->VolumeSerialNumber = facts.device;
        memcpy(id->FileId.Identifier, &facts.inode, sizeof facts.inode);
    }
    return status;
}

/* The whole path, with what does not fit left out and said so. */
static NTSTATUS get__name(struct file *file, void *room, DWORD size)
{
    char path[FILE_PATH_BYTES];
    FILE_NAME_INFO *name = room;
    DWORD space = size - (DWORD)offsetof(FILE_NAME_INFO, FileName);
    size_t units;
    NTSTATUS status = file_where(file, path);

    if (status != STATUS_SUCCESS)
        return status;
    WCHAR *wide = utf16_from_utf8(path, strlen(path), &units);
    if (!wide)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (size_t index = 0; index < units; index++)
        if (wide[index] == '/')
            wide[index] = '\\';
    name->FileNameLength = (DWORD)(units * sizeof *wide);
    bool fits = name->FileNameLength <= space;
    memcpy(name->FileName, wide, fits ? name->FileNameLength : space);
    free(wide);
    return fits ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

BOOL WINAPI GetFileInformationByHandleEx(HANDLE handle, FILE_INFO_BY_HANDLE_CLASS kind, LPVOID room,
                                         DWORD size)
{
    static const struct {
        NTSTATUS (*get)(struct file *file, void *room);
        DWORD size;
    } kinds[MaximumFileInfoByHandleClass] = {
        [FileBasicInfo] = {get__basic, sizeof(FILE_BASIC_INFO)},
        [FileStandardInfo] = {get__standard, sizeof(FILE_STANDARD_INFO)},
        [FileAttributeTagInfo] = {get__attributes, sizeof(FILE_ATTRIBUTE_TAG_INFO)},
        [FileIdInfo] = {get__id, sizeof(FILE_ID_INFO)},
    };
    struct file *file = fileapi_file(handle);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (!file)
        return api_fail(STATUS_INVALID_HANDLE);
    if (kind == FileNameInfo)
        status = size < sizeof(FILE_NAME_INFO) ? STATUS_INFO_LENGTH_MISMATCH
                                               : get__name(file, room, size);
    else if ((unsigned)kind < MaximumFileInfoByHandleClass && kinds[kind].get)
        status =
            size < kinds[kind].size ? STATUS_INFO_LENGTH_MISMATCH : kinds[kind].get(file, room);
    return information__end(file, status);
}

static NTSTATUS set__basic(struct file *file, const void *room)
{
    const FILE_BASIC_INFO *basic = room;
    NTSTATUS status =
        file_set_times(file, basic->LastAccessTime.QuadPart, basic->LastWriteTime.QuadPart);

    return status == STATUS_SUCCESS ? file_set_attributes(file, basic->FileAttributes) : status;
}

static NTSTATUS set__disposition(struct file *file, const void *room)
{
    return file_set_delete(file, *(const BOOLEAN *)room != 0);
}

static NTSTATUS set__allocation(struct file *file, const void *room)
{
    return file_allocate(file, ((const FILE_ALLOCATION_INFO *)room)->AllocationSize.QuadPart);
}

static NTSTATUS set__end(struct file *file, const void *room)
{
    return file_set_end(file, ((const FILE_END_OF_FILE_INFO *)room)->EndOfFile.QuadPart);
}

static NTSTATUS set__name(struct file *file, const void *room, DWORD size)
{
    const FILE_RENAME_INFO *wanted = room;

    if (wanted->RootDirectory || wanted->FileNameLength % sizeof(WCHAR) ||
        wanted->FileNameLength > size - offsetof(FILE_RENAME_INFO, FileName))
        return STATUS_INVALID_PARAMETER;
    char *name = utf16_to_utf8(wanted->FileName, wanted->FileNameLength / sizeof(WCHAR));
    if (!name)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = file_rename(file, name, wanted->ReplaceIfExists);
    free(name);
    return status;
}

BOOL WINAPI SetFileInformationByHandle(HANDLE handle, FILE_INFO_BY_HANDLE_CLASS kind, LPVOID room,
                                       DWORD size)
{
    static const struct {
        NTSTATUS (*set)(struct file *file, const void *room);
        DWORD size;
    } kinds[MaximumFileInfoByHandleClass] = {
        [FileBasicInfo] = {set__basic, sizeof(FILE_BASIC_INFO)},
        [FileDispositionInfo] = {set__disposition, sizeof(BOOLEAN)},
        [FileAllocationInfo] = {set__allocation, sizeof(FILE_ALLOCATION_INFO)},
        [FileEndOfFileInfo] = {set__end, sizeof(FILE_END_OF_FILE_INFO)},
    };
    struct file *file = fileapi_file(handle);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (!file)
        return api_fail(STATUS_INVALID_HANDLE);
    if (kind == FileRenameInfo)
        status = size < sizeof(FILE_RENAME_INFO) ? STATUS_INFO_LENGTH_MISMATCH
                                                 : set__name(file, room, size);
    else if ((unsigned)kind < MaximumFileInfoByHandleClass && kinds[kind].set)
        status =
            size < kinds[kind].size ? STATUS_INFO_LENGTH_MISMATCH : kinds[kind].set(file, room);
    return information__end(file, status);
}

BOOL WINAPI DeviceIoControl(HANDLE handle, DWORD code, LPVOID input, DWORD input_size,
                            LPVOID output, DWORD output_size, LPDWORD returned,
                            LPOVERLAPPED overlapped)
{
    struct io_file *any = api_file(handle);
    uint32_t bytes = 0;
    struct control_call call = {.code = code,
                                .input = input,
                                .input_length = input_size,
                                .output = output,
                                .output_length = output_size,
                                .overlapped = overlapped,
                                .bytes = &bytes};

    if (returned)
        *returned = 0;
    if (!any)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = control_file_system(any, &call);
    api_file_unref(any);
    if (returned)
        *returned = bytes;
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}
