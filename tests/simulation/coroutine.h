/* SPDX-License-Identifier: MIT
 *
 * Coroutines: stacks that the one real thread jumps between. The caller of coroutine_enter runs
 * on when the coroutine calls coroutine_leave, and the other way round.
 */
#ifndef SIMULATION_COROUTINE_H
#define SIMULATION_COROUTINE_H

struct coroutine;

/* A stack to run on; kept and used again. */
struct coroutine *coroutine_new(void);
/* From the next entry on it runs `run`, which must not return. */
void coroutine_start(struct coroutine *coroutine, void (*run)(void));
void coroutine_enter(struct coroutine *coroutine);
void coroutine_leave(void);

#endif
