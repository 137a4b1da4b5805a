/* SPDX-License-Identifier: MIT
 *
 * A scenario: what a seed stands for.
 */
#ifndef SIMULATION_SCENARIO_H
#define SIMULATION_SCENARIO_H

#include <stdint.h>

/* Runs it; whatever fails prints and ends the program. */
void scenario_run(uint64_t seed);

#endif
