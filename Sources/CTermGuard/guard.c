#include "termguard.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { fatal_count = 8, prepared_size = 512, stack_size = 64 * 1024 };

static const int fatal[fatal_count] = {SIGSEGV, SIGBUS,  SIGILL,  SIGTRAP,
                                       SIGFPE,  SIGABRT, SIGQUIT, SIGSYS};

static struct sigaction before[fatal_count];
static struct termios saved_modes;
static char prepared[prepared_size];
static size_t prepared_count;
static int terminal_fd;
static bool chains;
static bool installed;
static volatile sig_atomic_t armed;
static char stack[stack_size];

/* Only calls that are safe in a handler: write, tcsetattr, sigaction, raise. */
static void on_fatal(int number, siginfo_t *info, void *context) {
  (void)context;
  if (armed) {
    armed = 0;
    ssize_t written = write(terminal_fd, prepared, prepared_count);
    (void)written;
    tcsetattr(terminal_fd, TCSANOW, &saved_modes);
  }
  for (int i = 0; i < fatal_count; i++) {
    if (fatal[i] != number) continue;
    struct sigaction next;
    memset(&next, 0, sizeof next);
    next.sa_handler = SIG_DFL;
    sigaction(number, chains ? &before[i] : &next, NULL);
  }
  /* A fault comes again by itself when its instruction does; what was sent has to be sent again. */
  if (info == NULL || info->si_code <= 0) raise(number);
}

int termguard_arm(int terminal, const void *saved, const char *bytes, size_t count,
                  bool chain) {
  if (count > prepared_size) return E2BIG;
  armed = 0;
  terminal_fd = terminal;
  memcpy(&saved_modes, saved, sizeof saved_modes);
  memcpy(prepared, bytes, count);
  prepared_count = count;
  chains = chain;
  if (!installed) {
    /* A stack of its own: an overflown one cannot run a handler. */
    stack_t alternate = {.ss_sp = stack, .ss_size = stack_size};
    if (sigaltstack(&alternate, NULL) != 0) return errno;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_fatal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    /* From the background tcsetattr would stop the process instead of letting it die. */
    sigaddset(&action.sa_mask, SIGTTOU);
    for (int i = 0; i < fatal_count; i++) {
      if (sigaction(fatal[i], &action, &before[i]) != 0) return errno;
    }
    installed = true;
  }
  armed = 1;
  return 0;
}

void termguard_disarm(void) {
  armed = 0;
  if (!installed) return;
  for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &before[i], NULL);
  installed = false;
}
