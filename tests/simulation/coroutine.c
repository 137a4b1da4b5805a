/* SPDX-License-Identifier: MIT
 *
 * The stacks are made with makecontext. Switching with swapcontext costs a system call, so it is
 * done with _setjmp and _longjmp, except under the address sanitizer, which has to be told of every
 * switch and then wants the straight way.
 */
#include "coroutine.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#define COROUTINE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COROUTINE_ASAN 1
#endif
#endif
#ifdef COROUTINE_ASAN
#include <sanitizer/common_interface_defs.h>
enum { STACK_BYTES = 256 * 1024 };
#else
enum { STACK_BYTES = 64 * 1024 };
#endif

struct coroutine {
    ucontext_t context;
    jmp_buf jump;
    bool begun;
    void (*run)(void);
    char *stack;
};

static ucontext_t outside_context;
static struct coroutine *inside;
#ifdef COROUTINE_ASAN
static const void *outside_stack;
static size_t outside_bytes;
#else
static jmp_buf outside_jump;
#endif

struct coroutine *coroutine_new(void)
{
    struct coroutine *made = calloc(1, sizeof *made);

    if (made)
        made->stack = malloc(STACK_BYTES);
    if (!made || !made->stack)
        abort();
    return made;
}

static void coroutine__begin(void)
{
#ifdef COROUTINE_ASAN
    __sanitizer_finish_switch_fiber(NULL, &outside_stack, &outside_bytes);
#endif
    inside->run();
    abort();
}

void coroutine_start(struct coroutine *coroutine, void (*run)(void))
{
    getcontext(&coroutine->context);
    coroutine->context.uc_stack.ss_sp = coroutine->stack;
    coroutine->context.uc_stack.ss_size = STACK_BYTES;
    coroutine->context.uc_link = NULL;
    coroutine->run = run;
    coroutine->begun = false;
    makecontext(&coroutine->context, coroutine__begin, 0);
}

#ifdef COROUTINE_ASAN

void coroutine_enter(struct coroutine *coroutine)
{
    void *mark;

    inside = coroutine;
    __sanitizer_start_switch_fiber(&mark, coroutine->stack, STACK_BYTES);
    swapcontext(&outside_context, &coroutine->context);
    __sanitizer_finish_switch_fiber(mark, NULL, NULL);
}

void coroutine_leave(void)
{
    struct coroutine *self = inside;
    void *mark;

    __sanitizer_start_switch_fiber(&mark, outside_stack, outside_bytes);
    swapcontext(&self->context, &outside_context);
    __sanitizer_finish_switch_fiber(mark, &outside_stack, &outside_bytes);
}

#else

void coroutine_enter(struct coroutine *coroutine)
{
    inside = coroutine;
    if (_setjmp(outside_jump))
        return;
    if (coroutine->begun)
        _longjmp(coroutine->jump, 1);
    coroutine->begun = true;
    swapcontext(&outside_context, &coroutine->context);
}

void coroutine_leave(void)
{
    if (!_setjmp(inside->jump))
        _longjmp(outside_jump, 1);
}

#endif
