/* SPDX-License-Identifier: MIT
 *
 * The thread-local variables of the rooms under simulation, turned into pointers that the machine
 * sets at every switch: "struct x name;" becomes "struct x (*sim_name);", a pointer, and every use
 * of the name goes through it. To be included before anything of src/.
 */
#ifndef SIMULATION_LOCALS_H
#define SIMULATION_LOCALS_H

#define port_self (*sim_port_self)
#define sched_self (*sim_sched_self)
#define shield_self (*sim_shield_self)

#endif
