/* SPDX-License-Identifier: MIT
 *
 * Descriptors 0 to 2 are the standard streams, also where the program has closed them: what the
 * library opens for itself must not get what is printed or read there, nor be closed by who puts
 * something else in its place. And a SOCKET of 0 would look like none.
 */
#ifndef BASE_DESCRIPTOR_H
#define BASE_DESCRIPTOR_H

/* The descriptor just opened, or one above the standard streams in its place, closed on exec; or
 * -1 with errno, as given or because there is none left. */
int descriptor_above_standard(int descriptor);

#endif
