#define _GNU_SOURCE 1

#include "cpty.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>

const short cpty_spawn_session = POSIX_SPAWN_SETSID;

int cpty_open(char *path, unsigned long size) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) return -1;
  if (grantpt(master) == 0 && unlockpt(master) == 0 && ptsname_r(master, path, size) == 0) {
    return master;
  }
  close(master);
  return -1;
}
