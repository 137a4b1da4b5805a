/* SPDX-License-Identifier: MIT
 *
 * __try, __except, __finally and __leave for C programs that use them, by explicit choice only:
 * libstdc++ uses __try itself, so no other header here includes this one, and a C++ file must
 * include it after all standard headers.
 *
 * Hardware exceptions are signals on Linux and reach no __except: its block never runs. __finally
 * runs when the __try block is left at its end or by __leave, not by return, goto or break out of
 * it; __leave must not stand inside a loop or switch of the block.
 */
#ifndef _INC_EXCPT
#define _INC_EXCPT

#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#undef __try
#define __try do
#define __leave break
#define __finally while (0);
#define __except(filter) while (0); if (0 && (filter))

#define GetExceptionCode() 0u
#define GetExceptionInformation() ((void *)0)
#define AbnormalTermination() 0

#endif
