#define _GNU_SOURCE
#include "termguard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { signal_limit = 32 };

static struct sigaction before[signal_limit];
static bool relayed[signal_limit];
static int read_end = -1;
static volatile sig_atomic_t write_end = -1;

static void on_signal(int number) {
  int kept = errno;
  unsigned char byte = (unsigned char)number;
  /* A full pipe has enough in it to wake the loop. */
  ssize_t written = write(write_end, &byte, 1);
  (void)written;
  errno = kept;
}

int termguard_relay(const int *signals, size_t count) {
  if (read_end < 0) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    read_end = ends[0];
    write_end = ends[1];
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < count; i++) {
    int number = signals[i];
    if (number <= 0 || number >= signal_limit || relayed[number]) continue;
    if (sigaction(number, NULL, &before[number]) != 0) return -1;
    if (before[number].sa_handler == SIG_IGN) continue;
    if (sigaction(number, &action, NULL) != 0) return -1;
    relayed[number] = true;
  }
  return read_end;
}

void termguard_relay_end(void) {
  for (int number = 0; number < signal_limit; number++) {
    if (!relayed[number]) continue;
    sigaction(number, &before[number], NULL);
    relayed[number] = false;
  }
  if (read_end >= 0) {
    int ends[2] = {read_end, write_end};
    read_end = -1;
    write_end = -1;
    close(ends[0]);
    close(ends[1]);
  }
}

void termguard_stop(void) {
  struct sigaction kept;
  if (sigaction(SIGTSTP, NULL, &kept) != 0 || kept.sa_handler == SIG_IGN) return;
  struct sigaction stop;
  memset(&stop, 0, sizeof stop);
  stop.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &stop, NULL);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &kept, NULL);
}

enum { taken_count = 4 };

static const int taken[taken_count] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
static struct sigaction kept_actions[taken_count];

void termguard_keep(void) {
  for (int i = 0; i < taken_count; i++) sigaction(taken[i], NULL, &kept_actions[i]);
}

void termguard_put_back(void) {
  for (int i = 0; i < taken_count; i++) sigaction(taken[i], &kept_actions[i], NULL);
}
