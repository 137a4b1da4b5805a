/* SPDX-License-Identifier: MIT
 *
 * Listing a directory by a pattern (rules NS-13 to 17). The names are read and sorted when the
 * search begins; what is known of each is asked for when it is its turn.
 *
 * A search belongs to one caller at a time but may be closed by another: search_lock, a leaf, is
 * held while its place moves.
 */
#include "file/names.h"

#include "base/fault.h"
#include "base/lock.h"
#include "file/file_internal.h"
#include "object/handle.h"
#include "wait/name.h"

#include <winnt.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a pattern holds after Win32 has read it. */
#define PATTERN_STAR '*'  /* any number of characters */
#define PATTERN_ONE '\1'  /* one character, or none before a dot or the end */
#define PATTERN_STEM '\2' /* any number of characters, but not beyond the last dot */
#define PATTERN_DOT '\3'  /* a dot, or the end */

struct search_list {
    char *directory; /* with its slash */
    char **names;
    size_t count, room, next;
    bool directories_only;
};

struct search {
    struct named named; /* never has a name: for the memory of small objects */
    struct search_list *list;
};

static struct lock search_lock;

/* `*.*` is all; `?` and `*` next to a dot have old meanings of their own. */
static void pattern__translate(const char *given, char *pattern)
{
    size_t length = strlen(given);

    if (strcmp(given, "*.*") == 0) {
        memcpy(pattern, "*", sizeof "*");
        return;
    }
    for (size_t at = 0; at < length; at++) {
        char character = given[at];
        char next = at + 1 < length ? given[at + 1] : 0;
        if (character == '?')
            pattern[at] = PATTERN_ONE;
        else if (character == '*' && next == '.')
            pattern[at] = PATTERN_STEM;
        else if (character == '.' && (next == '?' || next == '*' || (!next && at)))
            pattern[at] = PATTERN_DOT;
        else
            pattern[at] = character;
    }
    pattern[length] = 0;
}

/* The places in a pattern that a name has reached so far. */
struct pattern_places {
    uint8_t at[FILE_PATH_BYTES + 1];
};

/* Steps over what may stand for nothing before this character of the name (0: its end). */
static void pattern__skip(const char *pattern, struct pattern_places *places, char character)
{
    for (size_t at = 0; pattern[at]; at++) {
        char here = pattern[at];
        bool nothing = here == PATTERN_STAR || here == PATTERN_STEM ||
                       (here == PATTERN_ONE && (!character || character == '.')) ||
                       (here == PATTERN_DOT && !character);
        if (places->at[at] && nothing)
            places->at[at + 1] = 1;
    }
}

/* One character of the name, `length` bytes of UTF-8, from all places at once. */
static void pattern__step(const char *pattern, const struct pattern_places *from,
                          struct pattern_places *to, const char *name, size_t length)
{
    bool last_dot = *name == '.' && !strchr(name + 1, '.');
    size_t size = strlen(pattern);

    memset(to, 0, size + 1);
    for (size_t at = 0; at < size; at++) {
        if (!from->at[at])
            continue;
        if (pattern[at] == PATTERN_STAR || (pattern[at] == PATTERN_STEM && !last_dot))
            to->at[at] = 1;
        if ((pattern[at] == PATTERN_ONE && *name != '.') ||
            (pattern[at] == PATTERN_DOT && *name == '.'))
            to->at[at + 1] = 1;
        if (strncmp(pattern + at, name, length) == 0)
            to->at[at + length] = 1;
    }
}

/* In time that the two lengths bound, whatever the pattern. */
static bool pattern__matches(const char *pattern, const char *name)
{
    struct pattern_places places[2];
    int now = 0;

    memset(&places[0], 0, strlen(pattern) + 1);
    places[0].at[0] = 1;
    while (*name) {
        size_t length = 1;
        while (((unsigned char)name[length] & 0xC0) == 0x80)
            length++;
        pattern__skip(pattern, &places[now], *name);
        pattern__step(pattern, &places[now], &places[!now], name, length);
        now = !now;
        name += length;
    }
    pattern__skip(pattern, &places[now], 0);
    return places[now].at[strlen(pattern)];
}

static void list__free(struct search_list *list)
{
    if (!list)
        return;
    for (size_t index = 0; index < list->count; index++)
        free(list->names[index]);
    free(list->names);
    free(list->directory);
    free(list);
}

static char *list__copy(const char *text)
{
    size_t length = strlen(text) + 1;
    char *copy = fault_malloc(length);

    return copy ? memcpy(copy, text, length) : NULL;
}

static bool list__add(struct search_list *list, const char *name)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        char **names = fault_calloc(room, sizeof *names);
        if (!names)
            return false;
        if (list->count)
            memcpy(names, list->names, list->count * sizeof *names);
        free(list->names);
        list->names = names;
        list->room = room;
    }
    char *copy = list__copy(name);
    if (copy)
        list->names[list->count++] = copy;
    return copy != NULL;
}

static int list__compare(const void *one, const void *other)
{
    const char *a = *(char *const *)one, *b = *(char *const *)other;
    int order = strcasecmp(a, b);

    return order ? order : strcmp(a, b);
}

/* Everything in the directory that matches. The root has no "." and "..". */
static NTSTATUS list__read(struct search_list *list, const char *pattern)
{
    DIR *directory =
        fault_hit(FAULT_DESCRIPTOR) ? (errno = EMFILE, NULL) : opendir(list->directory);
    bool root = strcmp(list->directory, "/") == 0 || strcmp(list->directory, "/.") == 0;
    bool enough = true;
    struct dirent *entry;

    if (!directory)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_OBJECT_PATH_NOT_FOUND
                                                   : status_of_errno(errno, STATUS_PLACE_FILE);
    while (enough && (entry = readdir(directory)) != NULL) {
        bool dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (!(dots && root) && pattern__matches(pattern, entry->d_name))
            enough = list__add(list, entry->d_name);
    }
    closedir(directory);
    if (!enough)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (list->count)
        qsort(list->names, list->count, sizeof *list->names, list__compare);
    return list->count ? STATUS_SUCCESS : STATUS_NO_SUCH_FILE;
}

/* The last part of a name: where it begins. */
static const char *search__last(const char *name)
{
    const char *last = name[0] && name[1] == ':' ? name + 2 : name;

    for (const char *at = last; *at; at++)
        if (*at == '/' || *at == '\\')
            last = at + 1;
    return last;
}

/* Splits the name into a directory of the system's and a pattern. */
static NTSTATUS search__split(const char *name, struct search_list *list, char *pattern)
{
    char given[FILE_PATH_BYTES], path[FILE_PATH_BYTES];
    const char *last = search__last(name);
    size_t before = (size_t)(last - name);

    if (!*last)
        return *name ? STATUS_NO_SUCH_FILE : STATUS_OBJECT_PATH_NOT_FOUND;
    if (strlen(last) >= FILE_PATH_BYTES || before + sizeof "." > sizeof given)
        return STATUS_NAME_TOO_LONG;
    for (const char *at = last; *at; at++)
        if ((unsigned char)*at < ' ' || strchr("<>\"|", *at))
            return STATUS_OBJECT_NAME_INVALID;
    memcpy(given, name, before);
    memcpy(given + before, ".", sizeof ".");
    NTSTATUS status = file_path(given, path);
    if (status != STATUS_SUCCESS)
        return status;
    pattern__translate(last, pattern);
    list->directory = list__copy(path);
    return list->directory ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* One name: the directory need not be readable. */
static NTSTATUS list__look_up(struct search_list *list, const char *name)
{
    return list__add(list, name) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* What is gone meanwhile is left out. */
static NTSTATUS list__next(struct search_list *list, struct search_found *found)
{
    char path[FILE_PATH_BYTES];

    for (; list->next < list->count; list->next++) {
        found->name = list->names[list->next];
        size_t length = strlen(list->directory), more = strlen(found->name) + 1;
        if (length + 1 + more > sizeof path)
            continue;
        memcpy(path, list->directory, length);
        path[length] = '/';
        memcpy(path + length + 1, found->name, more);
        if (file_facts_of_path(path, &found->facts) != STATUS_SUCCESS)
            continue;
        found->is_link = found->facts.attributes & FILE_ATTRIBUTE_REPARSE_POINT;
        if (list->directories_only && !found->facts.directory)
            continue;
        list->next++;
        return STATUS_SUCCESS;
    }
    return STATUS_NO_MORE_FILES;
}

/* Nothing was found: the name, or the directory is missing. */
static NTSTATUS list__lacks(const struct search_list *list)
{
    struct file_facts facts;

    return file_facts_of_path(list->directory, &facts) == STATUS_SUCCESS
               ? STATUS_NO_SUCH_FILE
               : STATUS_OBJECT_PATH_NOT_FOUND;
}

static NTSTATUS search__publish(struct search_list *list, uintptr_t *handle)
{
    struct search *search = named_alloc(sizeof *search);

    if (!search)
        return STATUS_INSUFFICIENT_RESOURCES;
    search->list = list;
    dispatcher_init(&search->named.dispatcher, &search_ops, OBJ_REF_CALL, 0);
    *handle = handle_open(&search->named.dispatcher.object);
    if (!*handle)
        search->list = NULL; /* the caller's still */
    object_unref(&search->named.dispatcher.object, OBJ_REF_CALL);
    return *handle ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS search_open(const char *name, bool directories_only, uintptr_t *handle,
                     struct search_found *found)
{
    char pattern[FILE_PATH_BYTES];
    struct search_list *list = fault_calloc(1, sizeof *list);

    if (!list)
        return STATUS_INSUFFICIENT_RESOURCES;
    list->directories_only = directories_only;
    NTSTATUS status = search__split(name, list, pattern);
    if (status == STATUS_SUCCESS)
        status = strpbrk(search__last(name), "*?") ? list__read(list, pattern)
                                                   : list__look_up(list, search__last(name));
    if (status == STATUS_SUCCESS && list__next(list, found) != STATUS_SUCCESS)
        status = list__lacks(list);
    if (status == STATUS_SUCCESS)
        status = search__publish(list, handle);
    if (status != STATUS_SUCCESS)
        list__free(list);
    return status;
}

NTSTATUS search_next(struct search *search, struct search_found *found)
{
    lock_take(&search_lock);
    NTSTATUS status = list__next(search->list, found);
    lock_drop(&search_lock);
    return status;
}

static void search__destroy(struct object *object)
{
    struct search *search = (struct search *)object;

    list__free(search->list);
    named_destroy(object);
}

const struct object_ops search_ops = {.kind = "search", .destroy = search__destroy};
