/* SPDX-License-Identifier: MIT
 *
 * Phases and the first failure. One mutex, never held over a system call that can block. */
#define _GNU_SOURCE
#include "control.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

void control_init(struct control *control)
{
    pthread_condattr_t attributes;
    *control = (struct control){0};
    pthread_mutex_init(&control->mutex, NULL);
    pthread_cond_init(&control->phase_opened, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&control->someone_arrived, &attributes);
    pthread_condattr_destroy(&attributes);
}

void control_destroy(struct control *control)
{
    pthread_cond_destroy(&control->someone_arrived);
    pthread_cond_destroy(&control->phase_opened);
    pthread_mutex_destroy(&control->mutex);
}

void control_fail(struct control *control, int exit_code, const char *format, ...)
{
    pthread_mutex_lock(&control->mutex);
    if (!control_stopped(control)) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(control->message, sizeof(control->message), format, arguments);
        va_end(arguments);
        atomic_store_explicit(&control->stop, exit_code, memory_order_relaxed);
    }
    pthread_mutex_unlock(&control->mutex);
}

void control_arrive(struct control *control, unsigned phase)
{
    pthread_mutex_lock(&control->mutex);
    control->arrived++;
    pthread_cond_signal(&control->someone_arrived);
    while (control->phase < phase)
        pthread_cond_wait(&control->phase_opened, &control->mutex);
    pthread_mutex_unlock(&control->mutex);
}

bool control_await(struct control *control, unsigned workers, unsigned milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&control->mutex);
    int failed = 0;
    while (control->arrived < workers && !failed)
        failed = pthread_cond_timedwait(&control->someone_arrived, &control->mutex, &until);
    bool there = control->arrived >= workers;
    pthread_mutex_unlock(&control->mutex);
    return there;
}

void control_open(struct control *control, unsigned phase)
{
    pthread_mutex_lock(&control->mutex);
    control->arrived = 0;
    control->phase = phase;
    pthread_cond_broadcast(&control->phase_opened);
    pthread_mutex_unlock(&control->mutex);
}
