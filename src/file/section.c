/* SPDX-License-Identifier: MIT
 *
 * Sections and views. While a file is a section's it can be neither cut nor deleted by this process
 * (MAP-8): whoever looks at a page that is no more would get a signal.
 *
 * view_lock, a leaf but for the system's calls, guards the list of views.
 */
#include "file/section.h"

#include "base/descriptor.h"
#include "base/fault.h"
#include "base/lock.h"
#include "file/file_internal.h"
#include "wait/name.h"

#include <winnt.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTION_FILE_INVALID STATUS_OF_WINSOCK(1006)
#define SECTION_BAD_FORMAT STATUS_OF_WINSOCK(193)
#define SECTION_MISALIGNED STATUS_OF_WINSOCK(1132)
/* What may be asked for beside the protection; images are none of ours. */
#define SECTION_FLAGS (SEC_COMMIT | SEC_RESERVE | SEC_NOCACHE | SEC_WRITECOMBINE)

enum view_access { VIEW_COPY = 1, VIEW_WRITE = 2, VIEW_READ = 4, VIEW_EXECUTE = 0x20 };

struct section_body {
    struct file *file; /* referenced; NULL: memory */
    int descriptor;    /* the file's, or its own */
    uint64_t size;
    uint32_t protection; /* PAGE_* only */
};

struct section {
    struct named named;
    struct section_body *body;
};

struct view {
    struct list link;
    struct section *section; /* referenced */
    char *address;
    size_t length; /* whole pages */
};

static struct lock view_lock;
static struct list view_all = {&view_all, &view_all};

static bool section__writes(uint32_t protection)
{
    return protection & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE);
}

static NTSTATUS section__check(const struct file *file, uint32_t protection, uint64_t size)
{
    uint32_t page = protection & 0xff;
    uint32_t kinds = PAGE_READONLY | PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READ |
                     PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;

    if (protection & SEC_IMAGE)
        return SECTION_BAD_FORMAT;
    if (protection & ~(0xffu | SECTION_FLAGS) || !(page & kinds) || page & (page - 1))
        return STATUS_INVALID_PARAMETER;
    if (size > INT64_MAX || (!file && size == 0))
        return STATUS_INVALID_PARAMETER;
    if (!file)
        return STATUS_SUCCESS;
    if (!(file->access & FILE_READ_DATA) ||
        (section__writes(page) && !(file->access & FILE_WRITE_DATA)))
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

/* The disk's space is taken now: later there would be nobody to tell. */
static NTSTATUS section__extend(int descriptor, uint64_t from, uint64_t to)
{
    int result;

    do
        result = fallocate(descriptor, 0, (off_t)from, (off_t)(to - from));
    while (result < 0 && errno == EINTR);
    if (result < 0 && errno == EOPNOTSUPP)
        result = ftruncate(descriptor, (off_t)to);
    return result < 0 ? status_of_errno(errno, STATUS_PLACE_FILE) : STATUS_SUCCESS;
}

static NTSTATUS section__fit(struct section_body *body)
{
    struct stat state;

    if (fstat(body->descriptor, &state) < 0 || !S_ISREG(state.st_mode))
        return SECTION_BAD_FORMAT;
    uint64_t size = (uint64_t)state.st_size;
    if (body->size == 0)
        body->size = size;
    if (body->size == 0)
        return SECTION_FILE_INVALID;
    if (body->size <= size)
        return STATUS_SUCCESS;
    return section__writes(body->protection) ? section__extend(body->descriptor, size, body->size)
                                             : STATUS_SECTION_TOO_BIG;
}

static NTSTATUS section__memory(struct section_body *body)
{
    body->descriptor = fault_hit(FAULT_DESCRIPTOR)
                           ? -1
                           : memfd_create("iocp-section", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    body->descriptor = descriptor_above_standard(body->descriptor);
    if (body->descriptor < 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    return ftruncate(body->descriptor, (off_t)body->size) < 0 ? STATUS_COMMITMENT_LIMIT
                                                              : STATUS_SUCCESS;
}

static void body__free(struct section_body *body)
{
    if (!body->file) {
        if (body->descriptor >= 0)
            close(body->descriptor);
    } else {
        if (body->file->node)
            atomic_fetch_sub(&body->file->node->sections, 1);
        object_unref(file_object(&body->file->io), OBJ_REF_SECTION);
    }
    free(body);
}

static NTSTATUS body__make(struct file *file, uint32_t protection, uint64_t size,
                           struct section_body **made)
{
    struct section_body *body = fault_calloc(1, sizeof *body);

    if (!body)
        return STATUS_INSUFFICIENT_RESOURCES;
    *body = (struct section_body){
        .file = file, .descriptor = -1, .size = size, .protection = protection & 0xff};
    if (file) {
        object_ref(file_object(&file->io), OBJ_REF_SECTION);
        if (file->node)
            atomic_fetch_add(&file->node->sections, 1);
        body->descriptor = file__descriptor(file);
    }
    NTSTATUS status = file ? section__fit(body) : section__memory(body);
    if (status == STATUS_SUCCESS)
        *made = body;
    else
        body__free(body);
    return status;
}

NTSTATUS section_new(struct file *file, uint32_t protection, uint64_t size,
                     struct section **section)
{
    struct section_body *body = NULL;
    NTSTATUS status = section__check(file, protection, size);

    if (status == STATUS_SUCCESS)
        status = body__make(file, protection, size, &body);
    if (status != STATUS_SUCCESS)
        return status;
    struct section *made = named_alloc(sizeof *made);
    if (!made) {
        body__free(body);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    made->body = body;
    dispatcher_init(&made->named.dispatcher, &section_ops, OBJ_REF_CALL, 0);
    *section = made;
    return STATUS_SUCCESS;
}

struct dispatcher *section_dispatcher(struct section *section)
{
    return &section->named.dispatcher;
}

static void section__destroy(struct object *object)
{
    body__free(((struct section *)object)->body);
    named_destroy(object);
}

const struct object_ops section_ops = {
    .kind = "section", .close = name_close, .destroy = section__destroy};

/* MAP-5: what a view may do, of what the section allows. A negative value: it may not. */
static int view__protection(uint32_t section, uint32_t access, bool *private)
{
    bool copies = access & VIEW_COPY && !(access & VIEW_WRITE);
    bool executes = access & VIEW_EXECUTE;
    uint32_t executable = PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;

    *private = copies;
    if (!(access & (VIEW_COPY | VIEW_WRITE | VIEW_READ | VIEW_EXECUTE)))
        return -1;
    if (!copies && access & VIEW_WRITE && !section__writes(section))
        return -1;
    if (executes && !(section & executable))
        return -1;
    return PROT_READ | (copies || access & VIEW_WRITE ? PROT_WRITE : 0) |
           (executes ? PROT_EXEC : 0);
}

/* Memory at an address that Windows might give: room for twice the granularity is asked for, and
 * what is around the part that fits is given back. */
static void *view__reserve(size_t length)
{
    size_t room = length + SECTION_GRANULARITY;
    char *memory = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED)
        return NULL;
    size_t before = -(uintptr_t)memory % SECTION_GRANULARITY;
    if (before)
        munmap(memory, before);
    if (room - before > length)
        munmap(memory + before + length, room - before - length);
    return memory + before;
}

static NTSTATUS view__place(struct view *view, int protection, int flags, uint64_t offset,
                            void *wanted)
{
    void *place = wanted ? wanted : view__reserve(view->length);

    if (!place)
        return STATUS_NO_MEMORY;
    flags |= wanted ? MAP_FIXED_NOREPLACE : MAP_FIXED;
    void *mapped = mmap(place, view->length, protection, flags, view->section->body->descriptor,
                        (off_t)offset);
    if (mapped == place) {
        view->address = place;
        return STATUS_SUCCESS;
    }
    int error = mapped == MAP_FAILED ? errno : EEXIST;
    if (mapped != MAP_FAILED)
        munmap(mapped, view->length);
    if (!wanted)
        munmap(place, view->length);
    return error == EEXIST || error == EINVAL  ? STATUS_CONFLICTING_ADDRESSES
           : error == EACCES || error == EPERM ? STATUS_ACCESS_DENIED
                                               : STATUS_NO_MEMORY;
}

NTSTATUS section_map(struct section *section, uint32_t access, uint64_t offset, uint64_t length,
                     void *wanted, void **address)
{
    const struct section_body *body = section->body;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    bool private;

    if (offset % SECTION_GRANULARITY || (uintptr_t)wanted % SECTION_GRANULARITY)
        return SECTION_MISALIGNED;
    if (offset >= body->size || length > body->size - offset)
        return STATUS_ACCESS_DENIED;
    int protection = view__protection(body->protection, access, &private);
    if (protection < 0)
        return STATUS_ACCESS_DENIED;
    struct view *view = fault_calloc(1, sizeof *view);
    if (!view)
        return STATUS_NO_MEMORY;
    length = length ? length : body->size - offset;
    view->section = section;
    view->length = (size_t)((length + page - 1) / page * page);
    NTSTATUS status =
        view__place(view, protection, private ? MAP_PRIVATE : MAP_SHARED, offset, wanted);
    if (status != STATUS_SUCCESS) {
        free(view);
        return status;
    }
    object_ref(&section->named.dispatcher.object, OBJ_REF_SECTION);
    *address = view->address;
    lock_take(&view_lock);
    list_push_back(&view_all, &view->link);
    lock_drop(&view_lock);
    return STATUS_SUCCESS;
}

static struct view *view__find(const char *address)
{
    lock_assert_held(&view_lock);
    LIST_FOR_EACH(link, &view_all)
    {
        struct view *view = LIST_ELEMENT(link, struct view, link);
        if (address >= view->address && address < view->address + view->length)
            return view;
    }
    return NULL;
}

NTSTATUS section_unmap(const void *address)
{
    lock_take(&view_lock);
    struct view *view = view__find(address);
    if (view && view->address != address)
        view = NULL;
    if (view) {
        list_remove(&view->link);
        munmap(view->address, view->length);
    }
    lock_drop(&view_lock);
    if (!view)
        return STATUS_CONFLICTING_ADDRESSES;
    object_unref(&view->section->named.dispatcher.object, OBJ_REF_SECTION);
    free(view);
    return STATUS_SUCCESS;
}

NTSTATUS section_flush(const void *address, uint64_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const char *at = address;
    struct section *section = NULL;
    char *first = NULL;
    size_t bytes = 0;

    lock_take(&view_lock);
    const struct view *view = view__find(at);
    if (view) {
        size_t left = (size_t)(view->address + view->length - at);
        first = view->address + (size_t)(at - view->address) / page * page;
        bytes = (size_t)(at - first) + (length && length < left ? (size_t)length : left);
        section = view->section;
        object_ref(&section->named.dispatcher.object, OBJ_REF_SECTION);
    }
    lock_drop(&view_lock);
    if (!section)
        return STATUS_CONFLICTING_ADDRESSES;
    /* Outside the lock, for it may take long; unmapped meanwhile it is flushed as well. */
    int result = msync(first, bytes, MS_SYNC);
    int error = errno;
    object_unref(&section->named.dispatcher.object, OBJ_REF_SECTION);
    return result < 0 && error != ENOMEM ? status_of_errno(error, STATUS_PLACE_FILE)
                                         : STATUS_SUCCESS;
}
