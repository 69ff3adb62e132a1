/* ncurses as Swift can see it: macros and globals become functions, nothing else is added. */
#ifndef CNCURSES_SHIMS_H
#define CNCURSES_SHIMS_H

#define NCURSES_WIDECHAR 1
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <wchar.h>

/* Globals: Swift refuses shared mutable state of C. */
static inline WINDOW *cncurses_screen(void) { return stdscr; }
static inline int cncurses_colors(void) { return COLORS; }
static inline int cncurses_pairs(void) { return COLOR_PAIRS; }

/* The next update repaints everything; `curscr` is a global, too. */
static inline void cncurses_repaint(void) { clearok(curscr, TRUE); }

/* Cast and shift macros. */
static inline attr_t cncurses_bold(void) { return WA_BOLD; }
static inline attr_t cncurses_underline(void) { return WA_UNDERLINE; }
static inline attr_t cncurses_reverse(void) { return WA_REVERSE; }
static inline attr_t cncurses_dim(void) { return WA_DIM; }

/* `mvadd_wch` is a macro over `stdscr`; `text` is a base character and its combining ones. */
static inline void cncurses_put(int row, int column, const wchar_t *text, attr_t attributes,
                                short pair) {
  cchar_t cell;
  if (setcchar(&cell, text, attributes, pair, NULL) == OK) {
    mvwadd_wch(stdscr, row, column, &cell);
  }
}

/* What an erased cell looks like, so that erasing can stand for writing blanks. */
static inline void cncurses_background(attr_t attributes, short pair) {
  cchar_t cell;
  if (setcchar(&cell, L" ", attributes, pair, NULL) == OK) wbkgrndset(stdscr, &cell);
}

/* Entries of the terminal's description; NULL where it has none (the macro value -1 included). */
static inline const char *cncurses_string(const char *name) {
  const char *found = tigetstr(name);
  return found == (const char *)-1 ? NULL : found;
}

/* The description of a terminal without a screen; <term.h> would bring a macro for each of its words.
   `setupterm` and `del_curterm` are declared here as there. */
struct term;
extern int setupterm(const char *name, int descriptor, int *result);
extern int del_curterm(struct term *description);
extern struct term *set_curterm(struct term *description);

/* Loads a description for `tigetnum` and its like; false when there is none of this name. */
static inline bool cncurses_describe(const char *name, int descriptor) {
  int result = 0;
  return setupterm(name, descriptor, &result) == OK;
}

/* Forgets the description loaded last. */
static inline void cncurses_forget(void) {
  struct term *description = set_curterm(NULL);
  if (description != NULL) del_curterm(description);
}

/* <wchar.h> declares it for X/Open programs only; ncurses goes by it. */
extern int wcwidth(wchar_t character);
static inline int cncurses_width(wchar_t character) { return wcwidth(character); }

/* `CODESET` is an enumerator of an unnamed type. */
static inline const char *cncurses_codeset(void) { return nl_langinfo(CODESET); }

/* <sys/mman.h> declares it for GNU programs only; 1 is MFD_CLOEXEC. */
extern int memfd_create(const char *name, unsigned int flags);
static inline int cncurses_memory(void) { return memfd_create("frame", 1); }

#endif
