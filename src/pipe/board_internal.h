/* SPDX-License-Identifier: MIT
 *
 * Where pipes are found: a directory that only its owner can enter, in it for every name a file
 * (the board), and for every instance that listens a socket. For this room's files only.
 *
 * The board is mapped by every process that has an end of such a pipe. An instance has a slot of
 * it: a cell in the mapping and a byte of the file that its process holds locked, so that the
 * system says when the process is gone.
 */
#ifndef PIPE_BOARD_INTERNAL_H
#define PIPE_BOARD_INTERNAL_H

#include "base/list.h"

#include <winnt.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
    BOARD_SLOTS = 4096,
    BOARD_NAME_BYTES = 1024,
    BOARD_UNLIMITED = 255, /* PIPE_UNLIMITED_INSTANCES */
};

/* cell.word: the turn and what the slot is doing. */
enum cell_state { CELL_FREE, CELL_LISTENING, CELL_TAKEN, CELL_STATES = 4 };

struct board_cell {
    _Atomic uint32_t word;
    _Atomic uint32_t disconnected; /* the last turn that DisconnectNamedPipe ended */
};

/* What all instances of a name have in common: the first one's. */
struct board_common {
    uint32_t magic;
    uint32_t messages;   /* PIPE_TYPE_MESSAGE */
    uint32_t directions; /* MODE_INBOUND | MODE_OUTBOUND */
    uint32_t most;       /* instances */
    uint32_t out_bytes, in_bytes;
    uint32_t timeout;      /* ms */
    _Atomic uint32_t next; /* the slot to try next: a cell shall rest as long as possible */
};

struct board;

/* place.c: the directory's descriptor, or a negative errno: -ENOENT, -EACCES (not ours alone). */
int place_open(bool make);
/* Opens a file there ("." is the directory): a descriptor or a negative errno. */
int place_open_file(int directory, const char *file, int flags);
/* The file's name of a pipe, in `room`; case does not count. STATUS_OBJECT_NAME_INVALID. */
enum { PLACE_FILE_BYTES = 64 };
NTSTATUS place_file(const char *name, char room[PLACE_FILE_BYTES]);
/* Whether a file's name is of that form. */
bool place_is_file(const char *file);
/* The address of a listening socket there. */
socklen_t place_address(int directory, const char *file, uint32_t slot, uint32_t turn,
                        struct sockaddr_un *address);
void place_unlink(int directory, const char *file, uint32_t slot, uint32_t turn);

/* board.c. A board is kept by references: one for every end. */
/* A slot for a new instance: STATUS_ACCESS_DENIED if it does not go with what is there (`first`:
 * with anything), STATUS_INSTANCE_NOT_AVAILABLE. */
NTSTATUS board_join(const char *name, const struct board_common *wanted, bool first,
                    struct board **board, uint32_t *slot);
void board_leave(struct board *board, uint32_t slot);
/* The board of a name that exists, for a client. STATUS_OBJECT_NAME_NOT_FOUND. */
NTSTATUS board_find(const char *name, struct board **board);
void board_unref(struct board *board);
/* Nobody serves it: what is left of it goes. */
void board_tidy(struct board *board);

const struct board_common *board_common(const struct board *board);
struct board_cell *board_cell(struct board *board, uint32_t slot);
/* *count: how many instances there are; *listening (may be NULL): whether one of them listens. */
NTSTATUS board_count(struct board *board, uint32_t *count, bool *listening);
/* Where the slot's socket is. */
socklen_t board_address(struct board *board, uint32_t slot, uint32_t turn,
                        struct sockaddr_un *address);
void board_unlink(struct board *board, uint32_t slot, uint32_t turn);
/* The servers' ends of this process: peer.c's. */
struct list *board_servers(struct board *board);
/* The slots that were ever used are those below. */
uint32_t board_used(const struct board *board);

static inline uint32_t cell_word(uint32_t turn, enum cell_state state)
{
    return turn * CELL_STATES + state;
}

static inline uint32_t cell_turn(uint32_t word)
{
    return word / CELL_STATES;
}

static inline enum cell_state cell_state(uint32_t word)
{
    return (enum cell_state)(word % CELL_STATES);
}

#endif
