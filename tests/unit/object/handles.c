/* SPDX-License-Identifier: MIT
 *
 * The handle table: a hundred thousand handles, look-ups that race with closing, stale handles,
 * the order in which freed slots are used again, and the numbers of descriptors.
 */
#include "../expect.h"

#include "base/slab.h"
#include "object/handle.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MANY = 100000, RACERS = 4, TURNS = 100000, SHARED = 16 };

struct thing {
    struct object object;
    _Atomic uint32_t alive; /* a mark that destroy takes away */
    _Atomic uint32_t closed;
};

enum { ALIVE = 0x600D };

static struct slab thing_slab = {.size = sizeof(struct thing), .index = SLAB_INDEXES};
static _Atomic long things;

static void thing_close(struct object *object)
{
    EXPECT_EQUAL(atomic_fetch_add(&((struct thing *)object)->closed, 1), 0);
}

static void thing_destroy(struct object *object)
{
    struct thing *thing = (struct thing *)object;

    EXPECT_EQUAL(atomic_exchange(&thing->alive, 0), ALIVE);
    atomic_fetch_sub(&things, 1);
    slab_free(&thing_slab, thing);
}

static const struct object_ops thing_ops = {
    .kind = "thing", .close = thing_close, .destroy = thing_destroy};
static const struct object_ops other_ops = {
    .kind = "other", .close = thing_close, .destroy = thing_destroy};

static struct thing *thing_new(void)
{
    struct thing *thing = slab_alloc(&thing_slab);

    atomic_store(&thing->alive, ALIVE);
    atomic_store(&thing->closed, 0);
    object_init(&thing->object, &thing_ops, OBJ_REF_CALL);
    atomic_fetch_add(&things, 1);
    return thing;
}

static uintptr_t thing_open(void)
{
    struct thing *thing = thing_new();
    uintptr_t handle = handle_open(&thing->object);

    object_unref(&thing->object, OBJ_REF_CALL);
    return handle;
}

static bool thing_shut(uintptr_t handle)
{
    struct object *object = handle_take(handle);

    if (object)
        handle_release(object);
    return object != NULL;
}

static void many(void)
{
    uintptr_t *handles = calloc(MANY, sizeof *handles);

    for (int index = 0; index < MANY; index++) {
        handles[index] = thing_open();
        if (handles[index] < HANDLE_FIRST || handles[index] % 4 ||
            (index && handles[index] == handles[index - 1]))
            EXPECT(!"a handle is wrong");
    }
    EXPECT_EQUAL(atomic_load(&things), MANY);
    for (int index = 0; index < MANY; index++) {
        struct object *object = handle_get(handles[index] | 3); /* G-7: two bits are ignored */
        if (!object) {
            EXPECT(!"an open handle was not found");
            continue;
        }
        object_unref(object, OBJ_REF_CALL);
    }
    for (int index = 0; index < MANY; index++)
        EXPECT(thing_shut(handles[index]));
    for (int index = 0; index < MANY; index++)
        if (handle_get(handles[index]) || handle_take(handles[index]))
            EXPECT(!"a closed handle was found");
    EXPECT_EQUAL(atomic_load(&things), 0);
    free(handles);
}

/* First freed, first used: a stale handle stays invalid for as long as possible. */
static void order_of_reuse(void)
{
    uintptr_t handles[8], again;

    for (int index = 0; index < 8; index++)
        handles[index] = thing_open();
    /* Whatever was freed earlier is used first. */
    for (int index = 0; index < 8; index++)
        EXPECT(thing_shut(handles[index]));
    for (int count = 0; count < MANY + 16; count++) {
        again = thing_open();
        EXPECT(thing_shut(again));
        if (again == handles[0]) {
            EXPECT(count >= MANY - 16);
            break;
        }
    }
    for (int index = 1; index < 8; index++) {
        again = thing_open();
        EXPECT_EQUAL(again, handles[index]);
        EXPECT(thing_shut(again));
    }
}

static void kinds(void)
{
    uintptr_t handle = thing_open();
    bool wrong = true;
    struct object *object = handle_get_kind(handle, &thing_ops, &wrong);

    EXPECT(object != NULL && !wrong);
    object_unref(object, OBJ_REF_CALL);
    EXPECT(handle_get_kind(handle, &other_ops, &wrong) == NULL);
    EXPECT(wrong);
    EXPECT(thing_shut(handle));
    EXPECT(handle_get_kind(handle, &other_ops, &wrong) == NULL);
    EXPECT(!wrong);
}

static void wild(void)
{
    static const uintptr_t values[] = {0,
                                       1,
                                       2,
                                       3,
                                       HANDLE_FIRST - 1,
                                       UINTPTR_MAX,
                                       UINTPTR_MAX - 1,
                                       HANDLE_DESCRIPTORS,
                                       HANDLE_DESCRIPTORS - 1,
                                       HANDLE_FIRST + 4ull * HANDLE_OBJECTS,
                                       HANDLE_FIRST + 4ull * HANDLE_OBJECTS - 4,
                                       0xDEADBEEF};

    for (size_t index = 0; index < sizeof values / sizeof values[0]; index++) {
        EXPECT(handle_get(values[index]) == NULL);
        EXPECT(handle_take(values[index]) == NULL);
    }
}

/* A closed descriptor's number is nobody's until the descriptor is closed too. */
static void descriptors(void)
{
    struct thing *first = thing_new(), *second = thing_new();

    EXPECT(!handle_open_at(-1, &first->object));
    EXPECT(!handle_open_at((int)HANDLE_DESCRIPTORS, &first->object));
    EXPECT(handle_open_at(900, &first->object));
    EXPECT(!handle_is_retired(900));
    EXPECT(thing_shut(900));
    EXPECT(handle_is_retired(900));
    EXPECT(handle_get(900) == NULL && handle_take(900) == NULL);
    EXPECT(handle_forget(900));
    EXPECT(!handle_is_retired(900));
    /* What the library keeps is not given up by who closed an earlier descriptor of that number. */
    EXPECT(handle_keep(900) && !handle_keep(900));
    EXPECT(!handle_forget(900));
    EXPECT(handle_is_retired(900) && !handle_is_filed(900));
    EXPECT(handle_get(900) == NULL && handle_take(900) == NULL);
    EXPECT(handle_keep_no_more(900) && !handle_keep_no_more(900));
    EXPECT(handle_is_retired(900));
    EXPECT(handle_forget(900));
    atomic_store(&first->closed, 0);
    /* Closed behind our back, and another object filed there: the first must leave it alone. */
    EXPECT(handle_open_at(900, &first->object));
    EXPECT(handle_open_at(900, &second->object));
    EXPECT(!handle_forget(900));
    EXPECT(handle_get(900) == &second->object);
    object_unref(&second->object, OBJ_REF_CALL);
    EXPECT(thing_shut(900));
    EXPECT(handle_forget(900));
    object_unref(&first->object, OBJ_REF_CALL);
    object_unref(&second->object, OBJ_REF_CALL);
    EXPECT_EQUAL(atomic_load(&things), 0);
}

/* ---- races ---- */

static _Atomic uintptr_t shared[SHARED];
static _Atomic long opened, shut, found;

static void *race(void *seed)
{
    uint32_t random = (uint32_t)(uintptr_t)seed;

    for (int turn = 0; turn < TURNS; turn++) {
        random = random * 1664525u + 1013904223u;
        _Atomic uintptr_t *place = &shared[(random >> 8) % SHARED];
        uintptr_t handle = atomic_load(place);
        switch ((random >> 16) % 4) {
        case 0:
            handle = thing_open();
            atomic_fetch_add(&opened, 1);
            handle = atomic_exchange(place, handle);
            atomic_fetch_add(&shut, handle && thing_shut(handle));
            break;
        case 1:
            atomic_fetch_add(&shut, handle && thing_shut(handle));
            break;
        default: {
            struct object *object = handle ? handle_get(handle) : NULL;
            if (!object)
                break;
            /* Whatever it is by now, it lives. */
            if (atomic_load(&((struct thing *)object)->alive) != ALIVE)
                EXPECT(!"a dead object was found");
            atomic_fetch_add(&found, 1);
            object_unref(object, OBJ_REF_CALL);
        }
        }
    }
    return NULL;
}

static void races(void)
{
    pthread_t threads[RACERS];

    for (uintptr_t index = 0; index < RACERS; index++)
        pthread_create(&threads[index], NULL, race, (void *)(index * 7919 + 1));
    for (int index = 0; index < RACERS; index++)
        pthread_join(threads[index], NULL);
    for (int index = 0; index < SHARED; index++)
        atomic_fetch_add(&shut, thing_shut(atomic_load(&shared[index])));
    EXPECT_EQUAL(atomic_load(&opened), atomic_load(&shut));
    EXPECT_EQUAL(atomic_load(&things), 0);
    EXPECT(atomic_load(&found) > 1000);
}

int main(void)
{
    alarm(120);
    many();
    order_of_reuse();
    kinds();
    wild();
    descriptors();
    races();
#ifndef NDEBUG
    for (int reason = 0; reason < OBJ_REF_REASONS; reason++)
        EXPECT_EQUAL(atomic_load(&object_reference_count[reason]), 0);
#endif
    return expect_report();
}
