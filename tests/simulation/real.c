/* SPDX-License-Identifier: MIT
 *
 * The real code: the files of src/port/, the sched room and what little they lean on, compiled as
 * they are. Only what is below them is not real: locks (fake/base/lock.h), thread-local variables
 * (locals.h), and the names that are defined away here. Every atomic access is a point.
 */
#include "machine.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/fork.h"
#include "world.h"

#ifdef __clang__
#define REAL_LOAD(pointer, order) __c11_atomic_load((pointer), (order))
#define REAL_STORE(pointer, value, order) __c11_atomic_store((pointer), (value), (order))
#else
#define REAL_LOAD(pointer, order) __atomic_load_n((pointer), (order))
#define REAL_STORE(pointer, value, order) __atomic_store_n((pointer), (value), (order))
#endif
#undef atomic_load_explicit
#undef atomic_store_explicit
#define atomic_load_explicit(pointer, order) (machine_atomic_point(), REAL_LOAD(pointer, order))
#define atomic_store_explicit(pointer, value, order)                                               \
    (machine_atomic_point(), REAL_STORE(pointer, value, order))

#define clock_gettime(clock, result) world_time(result)
#define syscall(...) world_thread_id()
#define open(path, flags) world_open_stat(path)
#define readlink(path, link, size) world_read_own_link(link, size)
#define pread(file, text, size, offset) world_read_stat(file, text, size)
#define close(file) world_close_stat(file)
#define descriptor_above_standard(file) (file)
#define getenv(name) NULL
#define sched_yield() world_yield()
#define prctl(...) ((void)0)
#define fork_register(stage, forget) ((void)(forget))
#define pthread_equal(one, other) world_is_watchdog()

#include "base/shield.c"
#include "object/object.c"
#include "port/bind.c"
#include "port/describe.c"
#include "port/look.c"
#include "port/pace.c"
#include "port/port.c"
#include "port/release.c"
#include "port/remove.c"
#include "port/watch.c"
#include "sched/courtesy.c"
#include "sched/sched.c"
#include "sched/watchdog.c"
#include "wait/apc.c"

void real_set_current(struct sim_thread *thread)
{
    sim_port_self = &thread->port;
    sim_sched_self = &thread->sched;
    sim_shield_self = &thread->shield;
}

void real_reset(void)
{
    atomic_store(&shield_answer, machine_answer);
    atomic_store(&look_state, LOOK_UNDECIDED);
    atomic_store(&look_files, 0);
    watchdog_lock = (struct lock){0};
    list_init(&watchdog_armed);
    list_init(&watchdog_due);
    watchdog_ticking = NULL;
    atomic_store(&watchdog_word, 0);
    watchdog_asleep = watchdog_started = false;
    for (int reason = 0; reason < OBJ_REF_REASONS; reason++)
        atomic_store(&object_reference_count[reason], 0);
}

bool real_watchdog_runs(void)
{
    return watchdog_started;
}

bool real_watched(struct port *port)
{
    return list_linked(&port->watch.link) || watchdog_ticking == &port->watch;
}
