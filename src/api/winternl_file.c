/* SPDX-License-Identifier: MIT
 *
 * What the NT layer asks of open files and sets of them, classes in one table (rules NT-7, NTF-7 to
 * 9). Structures are copied in and out: programs' need not be aligned. Takes no lock of its own.
 */
#include "api/fileapi.h"
#include "api/native.h"
#include "api/object.h"
#include "api/utf16.h"

#include "base/compiler.h"
#include "pipe/pipe.h"
#include "port/port.h"
#include "status/status.h"

#include <iocp_nt.h>

#include <stdlib.h>
#include <string.h>

/* A structure on its way in or out. */
struct information {
    void *data;
    uint32_t length; /* of the program's room */
    uint32_t used;   /* what was stored there */
};

static NTSTATUS set__port(struct io_file *file, const struct information *information)
{
    FILE_COMPLETION_INFORMATION wanted;

    memcpy(&wanted, information->data, sizeof wanted);
    struct port *port = (struct port *)api_object_of(wanted.Port, &port_ops);
    if (!port)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = io_file_associate(file, port, (uintptr_t)wanted.Key);
    object_unref(port_object(port), OBJ_REF_CALL);
    return status;
}

static NTSTATUS set__notification(struct io_file *file, const struct information *information)
{
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION wanted;

    memcpy(&wanted, information->data, sizeof wanted);
    /* Here programs also say that what ends at once need not set their event; it always does. */
    return io_file_add_modes(file, wanted.Flags & ~(ULONG)FILE_SKIP_SET_USER_EVENT_ON_FAST_IO);
}

static void information__put(struct information *information, const void *found, uint32_t size)
{
    memcpy(information->data, found, size);
    information->used = size;
}

static NTSTATUS get__facts(struct io_file *file, struct file_facts *facts)
{
    return file_facts((struct file *)file, facts);
}

static NTSTATUS get__basic(struct io_file *file, struct information *information)
{
    struct file_facts facts;
    FILE_BASIC_INFORMATION found;
    NTSTATUS status = get__facts(file, &facts);

    if (status != STATUS_SUCCESS)
        return status;
    memset(&found, 0, sizeof found);
    found.CreationTime.QuadPart = facts.created;
    found.LastAccessTime.QuadPart = facts.accessed;
    found.LastWriteTime.QuadPart = facts.written;
    found.ChangeTime.QuadPart = facts.changed;
    found.FileAttributes = facts.attributes;
    information__put(information, &found, sizeof found);
    return STATUS_SUCCESS;
}

static NTSTATUS get__standard(struct io_file *file, struct information *information)
{
    struct file_facts facts = {.links = 1};
    FILE_STANDARD_INFORMATION found;
    NTSTATUS status = STATUS_SUCCESS;

    if (file_object(file)->ops == &file_ops)
        status = get__facts(file, &facts);
    if (status != STATUS_SUCCESS)
        return status;
    memset(&found, 0, sizeof found);
    found.AllocationSize.QuadPart = (LONGLONG)facts.allocated;
    found.EndOfFile.QuadPart = (LONGLONG)facts.size;
    found.NumberOfLinks = facts.links;
    found.DeletePending = facts.delete_pending;
    found.Directory = facts.directory;
    information__put(information, &found, sizeof found);
    return STATUS_SUCCESS;
}

static NTSTATUS get__network(struct io_file *file, struct information *information)
{
    struct file_facts facts;
    FILE_NETWORK_OPEN_INFORMATION found;
    NTSTATUS status = get__facts(file, &facts);

    if (status != STATUS_SUCCESS)
        return status;
    memset(&found, 0, sizeof found);
    found.CreationTime.QuadPart = facts.created;
    found.LastAccessTime.QuadPart = facts.accessed;
    found.LastWriteTime.QuadPart = facts.written;
    found.ChangeTime.QuadPart = facts.changed;
    found.AllocationSize.QuadPart = (LONGLONG)facts.allocated;
    found.EndOfFile.QuadPart = (LONGLONG)facts.size;
    found.FileAttributes = facts.attributes;
    information__put(information, &found, sizeof found);
    return STATUS_SUCCESS;
}

static NTSTATUS get__internal(struct io_file *file, struct information *information)
{
    struct file_facts facts;
    NTSTATUS status = get__facts(file, &facts);

    if (status == STATUS_SUCCESS)
        information__put(information,
                         &(FILE_INTERNAL_INFORMATION){{.QuadPart = (LONGLONG)facts.inode}},
                         sizeof(FILE_INTERNAL_INFORMATION));
    return status;
}

static NTSTATUS get__attributes(struct io_file *file, struct information *information)
{
    struct file_facts facts;
    NTSTATUS status = get__facts(file, &facts);

    if (status == STATUS_SUCCESS)
        information__put(information, &(FILE_ATTRIBUTE_TAG_INFORMATION){facts.attributes, 0},
                         sizeof(FILE_ATTRIBUTE_TAG_INFORMATION));
    return status;
}

static NTSTATUS get__no_attributes(struct io_file *file, struct information *information)
{
    (void)file; /* extended ones, of which there are none */
    information__put(information, &(FILE_EA_INFORMATION){0}, sizeof(FILE_EA_INFORMATION));
    return STATUS_SUCCESS;
}

static NTSTATUS get__access(struct io_file *file, struct information *information)
{
    FILE_ACCESS_INFORMATION found = {file_object(file)->ops == &pipe_ops
                                         ? pipe_rights((struct pipe *)file)
                                         : file_rights((struct file *)file)};

    information__put(information, &found, sizeof found);
    return STATUS_SUCCESS;
}

static NTSTATUS get__mode(struct io_file *file, struct information *information)
{
    FILE_MODE_INFORMATION found = {
        io_file_has(file, IO_FILE_OVERLAPPED) ? 0 : FILE_SYNCHRONOUS_IO_NONALERT};

    if (file_object(file)->ops == &file_ops)
        found.Mode = file_mode((struct file *)file);
    information__put(information, &found, sizeof found);
    return STATUS_SUCCESS;
}

static NTSTATUS get__alignment(struct io_file *file, struct information *information)
{
    FILE_ALIGNMENT_INFORMATION found = {file_alignment((struct file *)file)};

    information__put(information, &found, sizeof found);
    return STATUS_SUCCESS;
}

static NTSTATUS get__position(struct io_file *file, struct information *information)
{
    enum { FROM_HERE = 1 };
    int64_t position = 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (!io_file_has(file, IO_FILE_OVERLAPPED)) /* the others have none, and it stays 0 */
        status = file_seek((struct file *)file, 0, FROM_HERE, &position);
    if (status == STATUS_SUCCESS)
        information__put(information, &(FILE_POSITION_INFORMATION){{.QuadPart = position}},
                         sizeof(FILE_POSITION_INFORMATION));
    return status;
}

/* The whole path, with what does not fit left out and said so. */
static NTSTATUS get__name(struct io_file *file, struct information *information)
{
    const uint32_t head = offsetof(FILE_NAME_INFORMATION, FileName);
    char path[FILE_PATH_BYTES];
    size_t units;
    NTSTATUS status = file_where((struct file *)file, path);

    if (status != STATUS_SUCCESS)
        return status;
    WCHAR *wide = utf16_from_utf8(path, strlen(path), &units);
    if (!wide)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (size_t index = 0; index < units; index++)
        if (wide[index] == '/')
            wide[index] = '\\';
    ULONG bytes = (ULONG)(units * sizeof *wide);
    bool fits = bytes <= information->length - head;
    memcpy(information->data, &bytes, sizeof bytes);
    information->used = fits ? head + bytes : information->length;
    memcpy((char *)information->data + head, wide, information->used - head);
    free(wide);
    return fits ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

/* FILE_SKIP_SET_USER_EVENT_ON_FAST_IO is never kept. */
static NTSTATUS get__notification(struct io_file *file, struct information *information)
{
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION found = {
        (io_file_has(file, IO_FILE_SKIP_PORT) ? FILE_SKIP_COMPLETION_PORT_ON_SUCCESS : 0) |
        (io_file_has(file, IO_FILE_SKIP_EVENT) ? FILE_SKIP_SET_EVENT_ON_HANDLE : 0)};

    information__put(information, &found, sizeof found);
    return STATUS_SUCCESS;
}

static NTSTATUS get__pipe(struct io_file *file, struct information *information)
{
    struct pipe_facts facts;
    NTSTATUS status = pipe_facts((struct pipe *)file, &facts);

    if (status != STATUS_SUCCESS)
        return status;
    FILE_PIPE_INFORMATION found = {
        .ReadMode = facts.mode & PIPE_READMODE_MESSAGE ? FILE_PIPE_MESSAGE_MODE : 0,
        .CompletionMode = facts.mode & PIPE_NOWAIT ? FILE_PIPE_COMPLETE_OPERATION : 0};
    information__put(information, &found, sizeof found);
    return STATUS_SUCCESS;
}

/* NTF-9: buffers are the system's, which are never full before the quota is. */
static NTSTATUS get__pipe_local(struct io_file *file, struct information *information)
{
    struct pipe *pipe = (struct pipe *)file;
    struct pipe_look look = {0};
    struct pipe_facts facts;
    NTSTATUS status = pipe_facts(pipe, &facts);

    if (status != STATUS_SUCCESS)
        return status;
    FILE_PIPE_LOCAL_INFORMATION found = {
        .NamedPipeType = facts.type & PIPE_TYPE_MESSAGE ? FILE_PIPE_MESSAGE_TYPE : 0,
        .NamedPipeConfiguration = facts.configuration,
        .MaximumInstances = facts.most == PIPE_UNLIMITED_INSTANCES ? MAXDWORD : facts.most,
        .CurrentInstances = facts.instances,
        .InboundQuota = facts.in_bytes,
        .OutboundQuota = facts.out_bytes,
        .NamedPipeState = pipe_phase(pipe),
        .NamedPipeEnd = facts.type & PIPE_SERVER_END ? FILE_PIPE_SERVER_END : FILE_PIPE_CLIENT_END};
    if (pipe_peek(pipe, &look) == STATUS_SUCCESS)
        found.ReadDataAvailable = look.available;
    found.WriteQuotaAvailable =
        found.NamedPipeEnd == FILE_PIPE_SERVER_END ? found.OutboundQuota : found.InboundQuota;
    information__put(information, &found, sizeof found);
    return STATUS_SUCCESS;
}

static NTSTATUS set__basic(struct io_file *file, const struct information *information)
{
    FILE_BASIC_INFORMATION wanted;

    memcpy(&wanted, information->data, sizeof wanted);
    NTSTATUS status = file_set_times((struct file *)file, wanted.LastAccessTime.QuadPart,
                                     wanted.LastWriteTime.QuadPart);
    return status == STATUS_SUCCESS
               ? file_set_attributes((struct file *)file, wanted.FileAttributes)
               : status;
}

static NTSTATUS set__disposition(struct io_file *file, const struct information *information)
{
    return file_set_delete((struct file *)file, *(const BOOLEAN *)information->data != 0);
}

static int64_t set__number(const struct information *information)
{
    int64_t number;

    memcpy(&number, information->data, sizeof number);
    return number;
}

static NTSTATUS set__position(struct io_file *file, const struct information *information)
{
    enum { FROM_BEGIN = 0 };
    int64_t wanted = set__number(information), position;

    if (wanted < 0)
        return STATUS_INVALID_PARAMETER;
    if (io_file_has(file, IO_FILE_OVERLAPPED)) /* nothing ever asks where it stands */
        return STATUS_SUCCESS;
    return file_seek((struct file *)file, wanted, FROM_BEGIN, &position);
}

static NTSTATUS set__allocation(struct io_file *file, const struct information *information)
{
    return file_allocate((struct file *)file, set__number(information));
}

static NTSTATUS set__end(struct io_file *file, const struct information *information)
{
    return file_set_end((struct file *)file, set__number(information));
}

/* NTF-8: a native name, or one without a place, which stays where the file is. */
static NTSTATUS set__name(struct io_file *file, const struct information *information)
{
    const uint32_t head = offsetof(FILE_RENAME_INFORMATION, FileName);
    FILE_RENAME_INFORMATION wanted;
    char *name = NULL;

    memcpy(&wanted, information->data, sizeof wanted);
    if (wanted.FileNameLength % sizeof(WCHAR) || !wanted.FileNameLength ||
        wanted.FileNameLength > information->length - head)
        return STATUS_INVALID_PARAMETER;
    const WCHAR *text = (const WCHAR *)((const char *)information->data + head);
    NTSTATUS status =
        native_file_name(wanted.RootDirectory, text, wanted.FileNameLength / sizeof(WCHAR),
                         (struct file *)file, &name);
    if (status == STATUS_SUCCESS)
        status = file_rename((struct file *)file, name, wanted.ReplaceIfExists);
    free(name);
    return status;
}

static NTSTATUS set__pipe(struct io_file *file, const struct information *information)
{
    FILE_PIPE_INFORMATION wanted;

    memcpy(&wanted, information->data, sizeof wanted);
    if (wanted.ReadMode > FILE_PIPE_MESSAGE_MODE ||
        wanted.CompletionMode > FILE_PIPE_COMPLETE_OPERATION)
        return STATUS_INVALID_PARAMETER;
    return pipe_set_mode((struct pipe *)file,
                         (wanted.ReadMode ? PIPE_READMODE_MESSAGE : PIPE_READMODE_BYTE) |
                             (wanted.CompletionMode ? PIPE_NOWAIT : PIPE_WAIT));
}

/* What kinds of files a class is about. */
enum { OF_FILES = 1, OF_PIPES = 2, OF_OTHERS = 4, OF_ALL = 7 };

static const struct file_class {
    FILE_INFORMATION_CLASS class;
    ULONG least; /* bytes */
    unsigned kinds;
    NTSTATUS (*get)(struct io_file *file, struct information *information);
    NTSTATUS (*set)(struct io_file *file, const struct information *information);
} file_classes[] = {
    {FileBasicInformation, sizeof(FILE_BASIC_INFORMATION), OF_FILES, get__basic, set__basic},
    {FileStandardInformation, sizeof(FILE_STANDARD_INFORMATION), OF_FILES | OF_PIPES, get__standard,
     NULL},
    {FileInternalInformation, sizeof(FILE_INTERNAL_INFORMATION), OF_FILES, get__internal, NULL},
    {FileEaInformation, sizeof(FILE_EA_INFORMATION), OF_FILES, get__no_attributes, NULL},
    {FileAccessInformation, sizeof(FILE_ACCESS_INFORMATION), OF_FILES | OF_PIPES, get__access,
     NULL},
    {FileNameInformation, sizeof(FILE_NAME_INFORMATION), OF_FILES, get__name, NULL},
    {FileRenameInformation, sizeof(FILE_RENAME_INFORMATION), OF_FILES, NULL, set__name},
    {FileDispositionInformation, sizeof(FILE_DISPOSITION_INFORMATION), OF_FILES, NULL,
     set__disposition},
    {FilePositionInformation, sizeof(FILE_POSITION_INFORMATION), OF_FILES, get__position,
     set__position},
    {FileModeInformation, sizeof(FILE_MODE_INFORMATION), OF_ALL, get__mode, NULL},
    {FileAlignmentInformation, sizeof(FILE_ALIGNMENT_INFORMATION), OF_FILES, get__alignment, NULL},
    {FileAllocationInformation, sizeof(FILE_ALLOCATION_INFORMATION), OF_FILES, NULL,
     set__allocation},
    {FileEndOfFileInformation, sizeof(FILE_END_OF_FILE_INFORMATION), OF_FILES, NULL, set__end},
    {FilePipeInformation, sizeof(FILE_PIPE_INFORMATION), OF_PIPES, get__pipe, set__pipe},
    {FilePipeLocalInformation, sizeof(FILE_PIPE_LOCAL_INFORMATION), OF_PIPES, get__pipe_local,
     NULL},
    {FileCompletionInformation, sizeof(FILE_COMPLETION_INFORMATION), OF_ALL, NULL, set__port},
    {FileNetworkOpenInformation, sizeof(FILE_NETWORK_OPEN_INFORMATION), OF_FILES, get__network,
     NULL},
    {FileAttributeTagInformation, sizeof(FILE_ATTRIBUTE_TAG_INFORMATION), OF_FILES, get__attributes,
     NULL},
    {FileIoCompletionNotificationInformation, sizeof(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION),
     OF_ALL, get__notification, set__notification},
};

static const struct file_class *file__class(FILE_INFORMATION_CLASS class)
{
    for (size_t index = 0; index < sizeof file_classes / sizeof file_classes[0]; index++)
        if (file_classes[index].class == class)
            return &file_classes[index];
    return NULL;
}

static NTSTATUS file__check(const struct file_class *found, ULONG length, const void *information,
                            const IO_STATUS_BLOCK *block)
{
    if (length < found->least)
        return STATUS_INFO_LENGTH_MISMATCH;
    return information && block ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* The file, if the class is about its kind. */
static NTSTATUS file__find(HANDLE handle, const struct file_class *class, struct io_file **file)
{
    *file = api_file(handle);
    if (!*file)
        return STATUS_INVALID_HANDLE;
    const struct object_ops *ops = file_object(*file)->ops;
    unsigned kind = ops == &file_ops ? OF_FILES : ops == &pipe_ops ? OF_PIPES : OF_OTHERS;
    if (class->kinds & kind)
        return STATUS_SUCCESS;
    api_file_unref(*file);
    return STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS NTAPI NtQueryInformationFile(HANDLE handle, PIO_STATUS_BLOCK block, PVOID data,
                                      ULONG length, FILE_INFORMATION_CLASS class)
{
    const struct file_class *found = file__class(class);
    struct information information = {.data = data, .length = length};
    struct io_file *file;

    if (!found || !found->get)
        return STATUS_INVALID_INFO_CLASS;
    NTSTATUS status = file__check(found, length, data, block);
    if (status == STATUS_SUCCESS)
        status = file__find(handle, found, &file);
    if (status != STATUS_SUCCESS)
        return status;
    status = found->get(file, &information);
    api_file_unref(file);
    return native_finish(block, status, information.used);
}

NTSTATUS NTAPI NtSetInformationFile(HANDLE handle, PIO_STATUS_BLOCK block, PVOID data, ULONG length,
                                    FILE_INFORMATION_CLASS class)
{
    const struct file_class *found = file__class(class);
    struct information information = {.data = data, .length = length};
    struct io_file *file;

    if (!found || !found->set)
        return STATUS_INVALID_INFO_CLASS;
    NTSTATUS status = file__check(found, length, data, block);
    if (status == STATUS_SUCCESS)
        status = file__find(handle, found, &file);
    if (status != STATUS_SUCCESS)
        return status;
    status = found->set(file, &information);
    api_file_unref(file);
    return native_finish(block, status, 0);
}
