#ifndef CPTY_H
#define CPTY_H

// What Swift's Glibc module does not show, because it is compiled without _GNU_SOURCE.

// Opens a pseudo terminal and writes the path by which a program opens it, with its end mark.
// Returns our side of it, closed in children, or -1 with errno.
int cpty_open(char *path, unsigned long size);

// The flag by which posix_spawn gives the child a session of its own: the first terminal that it
// opens becomes its controlling one.
extern const short cpty_spawn_session;

#endif
