/*
 * What must happen in signal handlers, in C: no Swift code runs there.
 *
 * The guard gives the terminal back when the program dies of a fatal signal. The relay turns other
 * signals into bytes of a pipe, for a loop that waits on descriptors.
 */
#ifndef TERMGUARD_H
#define TERMGUARD_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/*
 * From now on a fatal signal writes `bytes` to `terminal` and sets `saved`, a `struct termios`, before
 * the process dies. (The type is not named here: Swift would take it for this module's own.)
 * `chain` lets the handlers that were there before run after that; else the default action does.
 * Returns 0, or an errno. Arming again replaces what was armed.
 */
int termguard_arm(int terminal, const void *saved, const char *bytes, size_t count,
                  bool chain);

/* The terminal is its owner's again; the handlers from before are put back. */
void termguard_disarm(void);

/*
 * Makes the relay's pipe (once) and writes each signal of `signals` into it from now on, one byte
 * each, its number. A signal that is ignored stays ignored. Returns the end to read from,
 * non-blocking and closed on exec, or -1 with errno set.
 */
int termguard_relay(const int *signals, size_t count);

/* Puts back what the relayed signals did before and closes the pipe. */
void termguard_relay_end(void);

/*
 * Stops this process as SIGTSTP does by default, and returns when it is continued; at once when
 * nobody could continue it (an orphaned process group, or SIGTSTP is ignored).
 */
void termguard_stop(void);

/* Sets the actions of the signals that ncurses takes in `newterm`, kept by `termguard_keep`. */
void termguard_keep(void);
void termguard_put_back(void);

#pragma clang assume_nonnull end

#endif
