/* SPDX-License-Identifier: MIT
 *
 * Handles: numbers that name objects.
 *
 * Two ranges. A socket's handle is its descriptor's number, so that a SOCKET works in POSIX calls;
 * everything else gets a multiple of four from HANDLE_FIRST on, whose two low bits are ignored in
 * look-ups (G-6, G-7). Look-ups take no lock; opening and closing do.
 */
#ifndef OBJECT_HANDLE_H
#define OBJECT_HANDLE_H

#include "object/object.h"

/* Descriptors lie below; the largest a kernel allows by default is 2^20. */
#define HANDLE_DESCRIPTORS (1u << 22)
#define HANDLE_FIRST 0x10000000u
#define HANDLE_OBJECTS (1u << 22)

/* A new handle for the object, holding a reference of its own; 0 when memory is short. */
uintptr_t handle_open(struct object *object);

/* The same at a descriptor's number. A stale object still filed there (its descriptor was closed
 * behind the library's back) loses its handle. False when memory is short or the number is out of
 * range. */
bool handle_open_at(int descriptor, struct object *object);
/* The same unless another object is filed there or the number is retired: false then too. */
bool handle_open_if_free(int descriptor, struct object *object);

/* The object behind a handle with a reference for the call, or NULL. */
struct object *handle_get(uintptr_t handle);

/* The same if it is of this kind; *wrong_kind (may be NULL) tells a live handle of another. */
struct object *handle_get_kind(uintptr_t handle, const struct object_ops *ops, bool *wrong_kind);

/* Whether the handle names this object at this moment. Takes no reference: for who holds one. */
bool handle_names(uintptr_t handle, const struct object *object);

/* Takes the handle out of the table. Returns its object, whose handle reference is now the
 * caller's to end with handle_release; NULL if there was none: of several closers one wins.
 * A descriptor's number stays retired until handle_close: the object may keep the descriptor open
 * for a while, and the closed handle must not look like a descriptor that was never filed. */
struct object *handle_take(uintptr_t handle);

/* Takes the number of a descriptor that has no handle out of use: the library keeps it open for
 * itself. False if it is filed, or retired, already. handle_keep_no_more: from now on it is merely
 * retired, until handle_open_at or handle_forget; false if it is another descriptor's by now. */
bool handle_keep(int descriptor);
bool handle_keep_no_more(int descriptor);

/* Whether the number is a descriptor that is open and has no handle: closed by the program, or kept
 * by the library. Waits for a handle_close of the number. */
bool handle_is_retired(uintptr_t handle);

/* Whether an object is filed under the descriptor's number now. */
bool handle_is_filed(int descriptor);

/* The retired number is another descriptor's now, and free. False if another object is filed there
 * by now. */
bool handle_forget(int descriptor);

/* close(), of a retired number, which is free afterwards: no call takes the descriptor for one that
 * was never filed, and whatever gets the number while close() has not returned, as it may, can be
 * used at once. Not for a close that takes long: calls with the number wait for it. */
int handle_close(int descriptor);

/* Ends a taken handle: the last one runs ops->close. */
void handle_release(struct object *object);

/* Calls `visit` with a referenced object for every handle of the ranges, lowest first, until it
 * returns false. Handles opened or closed meanwhile may or may not be seen. */
enum handle_range { HANDLES_DESCRIPTORS = 1, HANDLES_OBJECTS = 2 };
typedef bool handle_visitor(struct object *object, uintptr_t handle, void *context);
void handle_each(unsigned ranges, handle_visitor *visit, void *context);

#endif
