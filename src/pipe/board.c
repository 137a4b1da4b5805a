/* SPDX-License-Identifier: MIT
 *
 * Boards: found, made, mapped, and their slots taken and given back.
 *
 * Three things keep processes apart. Byte 0 of the file, locked for as long as instances come or
 * go; a byte for every slot, locked by who has it, which the system drops when the process ends,
 * however it does; and the cells, which are read and written as single words. The locks are those
 * of open file descriptions: `self->file` holds the slots of this process, and a fresh opening of
 * the file is what looks at all of them, its own process's included.
 *
 * board_lock, a leaf, guards the list of boards and their references; the system's calls only.
 */
#include "pipe/board_internal.h"

#include "base/fault.h"
#include "base/list.h"
#include "base/lock.h"
#include "status/status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BOARD_MAGIC = 0x31706970,
    BOARD_CELLS_AT = 4096,
    BOARD_TRIES = 64,
};

struct board_map {
    struct board_common common;
    char unused[BOARD_CELLS_AT - sizeof(struct board_common)];
    struct board_cell cells[BOARD_SLOTS];
};

struct board {
    struct list link;    /* board_lock */
    uint32_t references; /* board_lock */
    dev_t device;
    ino_t inode;
    int directory, file;
    char name[PLACE_FILE_BYTES];
    struct board_map *map;
    struct list servers; /* peer.c's */
};

static struct lock board_lock;
static struct list board_list = {&board_list, &board_list};

/* 0, or a negative errno. Who holds byte 0 is about to drop it, and may be waited for. */
static int board__lock_byte(int file, uint32_t byte, short type, bool wait)
{
    struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)byte, .l_len = 1};
    int result;

    do
        result = fcntl(file, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : 0;
}

/* Whether any of the slots is held. `file`: one that holds none itself. */
static bool board__is_live(int file, uint32_t first, uint32_t count)
{
    struct flock range = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)first + 1, .l_len = count};

    return fcntl(file, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

static int board__open(int directory, const char *name, int flags)
{
    return place_open_file(directory, name, O_RDWR | flags);
}

/* With byte 0 locked; made if there is none. Not the file of which the last instance has just gone,
 * for that has lost its name. A descriptor or a negative errno. */
static int board__open_locked(int directory, const char *name, bool make, struct stat *state)
{
    for (int tries = 0; tries < BOARD_TRIES; tries++) {
        int file = board__open(directory, name, make ? O_CREAT : 0);
        if (file < 0)
            return file;
        int error = board__lock_byte(file, 0, F_WRLCK, true);
        if (!error && make)
            error = -posix_fallocate(file, 0, sizeof(struct board_map));
        if (!error && fstat(file, state) < 0)
            error = -errno;
        if (!error && state->st_nlink && state->st_size >= (off_t)sizeof(struct board_map))
            return file;
        close(file);
        if (error)
            return error;
    }
    return -EAGAIN;
}

static struct board *board__known(const struct stat *state)
{
    lock_assert_held(&board_lock);
    LIST_FOR_EACH(link, &board_list)
    {
        struct board *board = LIST_ELEMENT(link, struct board, link);
        if (board->device == state->st_dev && board->inode == state->st_ino)
            return board;
    }
    return NULL;
}

static struct board *board__make(int directory, const char *name, const struct stat *state)
{
    struct board *board = fault_calloc(1, sizeof *board);

    lock_assert_held(&board_lock);
    if (!board)
        return NULL;
    list_init(&board->servers);
    board->device = state->st_dev;
    board->inode = state->st_ino;
    memcpy(board->name, name, strlen(name) + 1);
    board->map = MAP_FAILED;
    board->directory = place_open_file(directory, ".", O_RDONLY | O_DIRECTORY);
    board->file = board__open(directory, name, 0);
    if (board->directory >= 0 && board->file >= 0)
        board->map =
            mmap(NULL, sizeof *board->map, PROT_READ | PROT_WRITE, MAP_SHARED, board->file, 0);
    if (board->map != MAP_FAILED) {
        list_push_front(&board_list, &board->link);
        return board;
    }
    if (board->directory >= 0)
        close(board->directory);
    if (board->file >= 0)
        close(board->file);
    free(board);
    return NULL;
}

/* The process's board for a file that has just been opened under this name. */
static struct board *board__ref(int directory, const char *name, const struct stat *state)
{
    lock_take(&board_lock);
    struct board *board = board__known(state);
    if (!board)
        board = board__make(directory, name, state);
    if (board)
        board->references++;
    lock_drop(&board_lock);
    return board;
}

void board_unref(struct board *board)
{
    lock_take(&board_lock);
    bool last = --board->references == 0;
    if (last)
        list_remove(&board->link);
    lock_drop(&board_lock);
    if (!last)
        return;
    munmap(board->map, sizeof *board->map);
    close(board->file);
    close(board->directory);
    free(board);
}

/* Counts the instances and clears away what crashed ones left. Byte 0 held. */
static uint32_t board__sweep(struct board *board, int file)
{
    uint32_t count = 0, used = board_used(board);

    for (uint32_t slot = 0; slot < used; slot++) {
        struct board_cell *cell = &board->map->cells[slot];
        uint32_t word = atomic_load(&cell->word);
        if (cell_state(word) == CELL_FREE)
            continue;
        if (board__is_live(file, slot, 1)) {
            count++;
            continue;
        }
        board_unlink(board, slot, cell_turn(word));
        atomic_store(&cell->word, cell_word(cell_turn(word), CELL_FREE));
    }
    return count;
}

/* Takes a name away of which only a file is left, because its servers crashed. */
static void board__tidy(int directory, const char *name)
{
    struct stat state;
    int file = board__open(directory, name, 0);
    struct board *board = NULL;

    if (file < 0)
        return;
    if (board__lock_byte(file, 0, F_WRLCK, false) == 0 && fstat(file, &state) == 0 &&
        state.st_nlink && S_ISREG(state.st_mode) && !board__is_live(file, 0, BOARD_SLOTS)) {
        if (state.st_size >= (off_t)sizeof(struct board_map))
            board = board__ref(directory, name, &state);
        /* Whatever else is in the directory is none of ours. */
        if (board && board->map->common.magic == BOARD_MAGIC && board__sweep(board, file) == 0)
            unlinkat(directory, name, 0);
        if (board)
            board_unref(board);
    }
    close(file);
}

void board_tidy(struct board *board)
{
    board__tidy(board->directory, board->name);
}

/* The same for all names, when a new one comes: what has names of its own for every run would
 * leave ever more. */
static void board__tidy_all(int directory, const char *own)
{
    int copy = place_open_file(directory, ".", O_RDONLY | O_DIRECTORY);
    DIR *all = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry;

    if (!all) {
        if (copy >= 0)
            close(copy);
        return;
    }
    while ((entry = readdir(all)))
        if (entry->d_type == DT_REG && strcmp(entry->d_name, own) != 0 &&
            place_is_file(entry->d_name))
            board__tidy(directory, entry->d_name);
    closedir(all);
}

/* A slot that has rested longest. Byte 0 held. */
static NTSTATUS board__take_slot(struct board *board, uint32_t *slot)
{
    struct board_common *common = &board->map->common;

    for (uint32_t tries = 0; tries < BOARD_SLOTS; tries++) {
        uint32_t next = atomic_load(&common->next) % BOARD_SLOTS;
        struct board_cell *cell = &board->map->cells[next];
        uint32_t before = atomic_fetch_add(&common->next, 1);
        if (before + 1 >= 2 * BOARD_SLOTS) /* stays above BOARD_SLOTS: all were used */
            atomic_store(&common->next, before + 1 - BOARD_SLOTS);
        uint32_t word = atomic_load(&cell->word);
        if (cell_state(word) != CELL_FREE ||
            board__lock_byte(board->file, next + 1, F_WRLCK, false))
            continue;
        atomic_store(&cell->word, cell_word(cell_turn(word) + 1, CELL_TAKEN));
        *slot = next;
        return STATUS_SUCCESS;
    }
    return STATUS_INSTANCE_NOT_AVAILABLE;
}

/* Whether a new instance goes with those that are there. Byte 0 held. */
static NTSTATUS board__agree(struct board *board, int file, const struct board_common *wanted,
                             bool first)
{
    struct board_common *common = &board->map->common;
    uint32_t count = board__sweep(board, file);

    if (count == 0) {
        if (common->magic != BOARD_MAGIC)
            atomic_store(&common->next, 0);
        common->magic = BOARD_MAGIC;
        common->messages = wanted->messages;
        common->directions = wanted->directions;
        common->most = wanted->most;
        common->out_bytes = wanted->out_bytes;
        common->in_bytes = wanted->in_bytes;
        common->timeout = wanted->timeout;
        return STATUS_SUCCESS;
    }
    if (first || common->magic != BOARD_MAGIC || common->messages != wanted->messages ||
        common->directions != wanted->directions || common->most != wanted->most)
        return STATUS_ACCESS_DENIED;
    if (count >= (common->most == BOARD_UNLIMITED ? BOARD_SLOTS : common->most))
        return STATUS_INSTANCE_NOT_AVAILABLE;
    return STATUS_SUCCESS;
}

static NTSTATUS board__status(int error)
{
    switch (-error) {
    case ENOENT:
        return STATUS_OBJECT_NAME_NOT_FOUND;
    case ENOSPC:
        return STATUS_DISK_FULL;
    case EMFILE:
    case ENFILE:
        return STATUS_TOO_MANY_OPENED_FILES;
    case ENOMEM:
        return STATUS_INSUFFICIENT_RESOURCES;
    default: /* whatever it is, the place is not to be trusted, or not to be used */
        return STATUS_ACCESS_DENIED;
    }
}

NTSTATUS board_join(const char *name, const struct board_common *wanted, bool first,
                    struct board **board, uint32_t *slot)
{
    char file_name[PLACE_FILE_BYTES];
    struct stat state;
    NTSTATUS status = place_file(name, file_name);

    if (status != STATUS_SUCCESS)
        return status;
    int directory = place_open(true);
    if (directory < 0)
        return directory == -ENOENT ? STATUS_ACCESS_DENIED : board__status(directory);
    int file = board__open_locked(directory, file_name, true, &state);
    if (file < 0) {
        close(directory);
        return board__status(file);
    }
    *board = board__ref(directory, file_name, &state);
    status = *board ? board__agree(*board, file, wanted, first) : STATUS_INSUFFICIENT_RESOURCES;
    if (status == STATUS_SUCCESS && !board__is_live(file, 0, BOARD_SLOTS))
        board__tidy_all(directory, file_name);
    if (status == STATUS_SUCCESS)
        status = board__take_slot(*board, slot);
    /* What was made for nothing goes again. */
    if (status != STATUS_SUCCESS && *board && board__sweep(*board, file) == 0)
        unlinkat(directory, file_name, 0);
    if (status != STATUS_SUCCESS && *board)
        board_unref(*board);
    close(file); /* and with it byte 0 */
    close(directory);
    return status;
}

void board_leave(struct board *board, uint32_t slot)
{
    struct board_cell *cell = &board->map->cells[slot];
    struct stat state;
    uint32_t turn = cell_turn(atomic_load(&cell->word));
    int file = board__open_locked(board->directory, board->name, false, &state);
    bool same = file >= 0 && state.st_dev == board->device && state.st_ino == board->inode;

    board_unlink(board, slot, turn);
    atomic_store(&cell->word, cell_word(turn, CELL_FREE));
    board__lock_byte(board->file, slot + 1, F_UNLCK, false);
    if (same && board__sweep(board, file) == 0)
        unlinkat(board->directory, board->name, 0);
    if (file >= 0)
        close(file);
    board_unref(board);
}

NTSTATUS board_find(const char *name, struct board **board)
{
    char file_name[PLACE_FILE_BYTES];
    struct stat state;
    NTSTATUS status = place_file(name, file_name);

    if (status != STATUS_SUCCESS)
        return status;
    int directory = place_open(false);
    if (directory < 0)
        return board__status(directory);
    int file = board__open(directory, file_name, 0);
    if (file < 0) {
        close(directory);
        return board__status(file);
    }
    status = STATUS_OBJECT_NAME_NOT_FOUND;
    if (fstat(file, &state) == 0 && state.st_uid == geteuid() && S_ISREG(state.st_mode) &&
        state.st_size >= (off_t)sizeof(struct board_map)) {
        *board = board__ref(directory, file_name, &state);
        status = *board ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    close(file);
    close(directory);
    return status;
}

NTSTATUS board_count(struct board *board, uint32_t *count, bool *listening)
{
    int file = board__open(board->directory, board->name, 0);
    uint32_t used = board_used(board);

    *count = 0;
    if (listening)
        *listening = false;
    if (file == -ENOENT)
        return STATUS_SUCCESS;
    if (file < 0)
        return board__status(file);
    for (uint32_t slot = 0; slot < used; slot++) {
        enum cell_state state = cell_state(atomic_load(&board->map->cells[slot].word));
        if (state == CELL_FREE || !board__is_live(file, slot, 1))
            continue;
        (*count)++;
        if (listening && state == CELL_LISTENING)
            *listening = true;
    }
    close(file);
    return STATUS_SUCCESS;
}

const struct board_common *board_common(const struct board *board)
{
    return &board->map->common;
}

struct board_cell *board_cell(struct board *board, uint32_t slot)
{
    return &board->map->cells[slot];
}

struct list *board_servers(struct board *board)
{
    return &board->servers;
}

uint32_t board_used(const struct board *board)
{
    uint32_t next = atomic_load(&board->map->common.next);

    return next < BOARD_SLOTS ? next : BOARD_SLOTS;
}

socklen_t board_address(struct board *board, uint32_t slot, uint32_t turn,
                        struct sockaddr_un *address)
{
    return place_address(board->directory, board->name, slot, turn, address);
}

void board_unlink(struct board *board, uint32_t slot, uint32_t turn)
{
    place_unlink(board->directory, board->name, slot, turn);
}
