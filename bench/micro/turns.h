/* SPDX-License-Identifier: MIT
 *
 * The library and its raw counterpart play the same game in turns, so that whatever the machine
 * does in the meantime it does to both. Clocks, the turns, and the line that tells how they went.
 * One thread. */
#ifndef BENCH_TURNS_H
#define BENCH_TURNS_H

enum { TURNS_MAX = 200 };

/* What one turn took for each packet, datagram or byte, in nanoseconds. */
struct turns_score {
    double wall;
    double cpu; /* of this process; 0: not told */
};

struct turns_game {
    struct turns_score (*own)(void);
    struct turns_score (*raw)(void);
};

/* Medians: nanoseconds for each unit. */
struct turns_result {
    double own_ns, raw_ns;
};

/* Plays each once to warm up, then `repetitions` times in turns, and prints one line:
 *   NAME[ DETAIL] median_ns= min_ns= max_ns= raw_ns= rate_ratio= rate_min= rate_max= [cpu_ratio=]
 * rate_ratio: how many times as much in the same time as the raw counterpart, the median of the
 * turns (more is better). cpu_ratio: how many times its processor time (less is better). */
struct turns_result turns_play(const char *name, const char *detail, long repetitions,
                               const struct turns_game *game);

/* The clocks of a turn: the score is what has passed since, divided by `units`. */
struct turns_score turns_begin(void);
struct turns_score turns_end(struct turns_score begin, double units);

double turns_now_ns(void);

/* The number in arguments[index], or `otherwise` where there are not so many. Exits with a message
 * when it is no number from 1 to `most`. */
long turns_number(int count, char **arguments, int index, long otherwise, long most);

/* The median; sorts the values. */
double turns_median(double *values, long count);

/* Prints what failed, with errno, and exits. */
void turns_die(const char *what) __attribute__((noreturn));

#endif
