// The yardstick: the inbox screen with 40 fixed rows, drawn and polled with the libraries that the
// front uses, and nothing else. What it costs is what the screen costs.
//
//   reference [--rows-at-once]    with COMMAND_CENTER_URL and COMMAND_CENTER_TOKEN
//
// Rows appear with the first answer of the server, or in the first frame with --rows-at-once.

#define _GNU_SOURCE 1

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <ncurses.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 40, POLL_MS = 3000, PREVIEW_FROM = 120 };
enum { PAIR_CHROME = 1, PAIR_HEADING, PAIR_FAILED, PAIR_ACTIVE };

static const struct {
  const char *title, *glyph;
  int first, count, pair;
} sections[3] = {
    {"STOPPING GRACEFULLY", "⇣", 0, 2, PAIR_ACTIVE},
    {"RUNNING NOW", "●", 2, 22, PAIR_ACTIVE},
    {"FAILED RECENTLY", "✗", 24, 16, PAIR_FAILED},
};

static const char *const workflows[] = {
    "invoice-agent", "lead-enrich",  "kb-refresh", "payroll-sync",
    "weekly-report", "order-triage", "doc-qa",     "crm-sync"};

static struct row {
  char name[20], id[12], detail[96], age[8];
} rows[ROWS];
static int cursor, top;
static bool has_rows;
static int signal_pipe[2];

static int section_of(int row) { return row < 2 ? 0 : row < 24 ? 1 : 2; }

// The line of the list, headings among them, on which a row stands.
static int line_of(int row) { return row + section_of(row) + 1; }

static void set_progress(int row, int done) {
  char bar[32] = "";
  for (int cell = 0; cell < 7; cell++) strcat(bar, cell < done * 7 / 9 ? "█" : "░");
  snprintf(rows[row].detail, sizeof rows[row].detail, "%s %d/9   fetch-invoices", bar, done);
}

static void fill_rows(void) {
  for (int i = 0; i < ROWS; i++) {
    struct row *row = &rows[i];
    int section = section_of(i);
    snprintf(row->name, sizeof row->name, "%s", workflows[i % 8]);
    snprintf(row->id, sizeof row->id, "%08x", 0x1f0ab2c4u + (unsigned)i * 0x01010101u);
    snprintf(row->age, sizeof row->age, "%dh", 1 + i % 20);
    if (section == 0) strcpy(row->detail, "2 in flight  summarize-b, summarize-c");
    if (section == 1) set_progress(i, i % 9);
    if (section == 2) strcpy(row->detail, "MCP_TOOL_FAILED  create-ticket: 401 Unauthorized");
  }
}

// Text at a column, cut to `width` characters (all of ours are one cell wide), the rest blank.
static void put(int y, int x, int width, const char *text) {
  wchar_t wide[256];
  size_t length = mbstowcs(wide, text, 255);
  if (length == (size_t)-1) return;
  if ((int)length > width) length = width;
  mvaddnwstr(y, x, wide, length);
  for (int left = width - (int)length; left > 0; left--) addch(' ');
}

static void put_right(int y, int right, const char *text) {
  put(y, right - (int)strlen(text), strlen(text), text);
}

static void draw_heading(int y, int width, int section) {
  char title[48];
  int count = sections[section].count;
  int length = snprintf(title, sizeof title, " %s %d ", sections[section].title, count);
  attrset(COLOR_PAIR(PAIR_HEADING) | A_BOLD);
  put(y, 0, length, title);
  for (int x = length; x < width; x++) addstr("─");
}

static void draw_row(int y, int width, int index) {
  const struct row *row = &rows[index];
  bool selected = index == cursor;
  attr_t bar = selected ? A_REVERSE : A_NORMAL;
  attrset(bar);
  put(y, 0, width, selected ? "▌" : " ");
  attrset(bar | COLOR_PAIR(sections[section_of(index)].pair));
  put(y, 1, 2, sections[section_of(index)].glyph);
  attrset(selected ? A_REVERSE | A_BOLD : A_NORMAL);
  put(y, 3, 16, row->name);
  put(y, 20, 8, row->id);
  attrset(bar);
  put(y, 30, width - 30 - 7, row->detail);
  put_right(y, width - 1, row->age);
}

static void draw_preview(int x, int width) {
  const struct row *row = &rows[cursor];
  char line[160];
  attrset(A_DIM);
  for (int y = 2; y < LINES - 1; y++) mvaddstr(y, x, "│");
  attrset(A_BOLD);
  snprintf(line, sizeof line, " %s  v3   %s", row->name, row->id);
  put(2, x + 1, width - 1, line);
  attrset(A_NORMAL);
  put(4, x + 2, width - 2, row->detail);
}

// The list with as little scrolling as keeps the cursor, and a heading above it, in sight.
static void draw_list(int room, int width) {
  int line = line_of(cursor);
  int wanted = cursor == sections[section_of(cursor)].first ? line - 1 : line;
  if (wanted < top) top = wanted;
  if (line >= top + room) top = line - room + 1;
  for (int i = 0; i < ROWS; i++) {
    int section = section_of(i), y = line_of(i) - top;
    if (i == sections[section].first && y > 0 && y <= room) draw_heading(y + 1, width, section);
    if (y >= 0 && y < room) draw_row(y + 2, width, i);
  }
}

static void draw(void) {
  int list = COLS >= PREVIEW_FROM ? 69 : COLS;
  erase();
  attrset(COLOR_PAIR(PAIR_CHROME) | A_BOLD);
  put(0, 0, COLS, " bench  acme/payments");
  put_right(0, COLS - 1, has_rows ? "2 draining   live" : "reading");
  attrset(COLOR_PAIR(PAIR_CHROME));
  put(1, 0, COLS, " [1 Inbox 40]  2 Runs  3 Workflows  4 Analytics  5 Activity");
  put_right(1, COLS - 1, "? help");
  put(LINES - 1, 0, COLS, " ↵ open  s stop  p pause  space mark  / filter  : command");
  if (has_rows && LINES > 3) draw_list(LINES - 3, list);
  if (has_rows && list < COLS) draw_preview(list, COLS - list);
  refresh();
}

static void start_screen(void) {
  if (!newterm(NULL, stdout, stdin)) exit(1);
  raw();
  noecho();
  nonl();
  curs_set(0);
  start_color();
  use_default_colors();
  init_pair(PAIR_CHROME, 252, 236);
  init_pair(PAIR_HEADING, 110, -1);
  init_pair(PAIR_FAILED, 203, -1);
  init_pair(PAIR_ACTIVE, 114, -1);
}

static void note_signal(int number) {
  int saved = errno;
  (void)!write(signal_pipe[1], &(char){(char)number}, 1);
  errno = saved;
}

static void leave(void) {
  endwin();
  _exit(0);
}

static void take_signals(void) {
  char byte;
  while (read(signal_pipe[0], &byte, 1) == 1) {
    if (byte != SIGWINCH) leave();
    struct winsize size;
    if (ioctl(0, TIOCGWINSZ, &size) == 0) resizeterm(size.ws_row, size.ws_col);
    draw();
  }
}

struct feed {
  CURL *easy;
  struct curl_slist *headers;
  bool busy;
  char etag[128];
};

static size_t ignore_body(char *bytes, size_t size, size_t count, void *context) {
  (void)bytes, (void)context;
  return size * count;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context) {
  struct feed *feed = context;
  size_t length = size * count;
  if (length > 6 && strncasecmp(bytes, "etag: ", 6) == 0) {
    snprintf(feed->etag, sizeof feed->etag, "%.*s", (int)length - 6, bytes + 6);
    feed->etag[strcspn(feed->etag, "\r\n")] = 0;
  }
  return length;
}

static void open_feed(struct feed *feed, const char *path) {
  char url[512];
  snprintf(url, sizeof url, "%s%s", getenv("COMMAND_CENTER_URL"), path);
  feed->easy = curl_easy_init();
  curl_easy_setopt(feed->easy, CURLOPT_URL, url);
  curl_easy_setopt(feed->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(feed->easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(feed->easy, CURLOPT_WRITEFUNCTION, ignore_body);
  curl_easy_setopt(feed->easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(feed->easy, CURLOPT_HEADERDATA, feed);
  curl_easy_setopt(feed->easy, CURLOPT_PRIVATE, feed);
}

static void ask(CURLM *multi, struct feed *feed) {
  char line[512];
  if (feed->busy) return;
  curl_slist_free_all(feed->headers);
  snprintf(line, sizeof line, "Authorization: Bearer %s", getenv("COMMAND_CENTER_TOKEN"));
  feed->headers = curl_slist_append(NULL, line);
  if (feed->etag[0]) {
    snprintf(line, sizeof line, "If-None-Match: %s", feed->etag);
    feed->headers = curl_slist_append(feed->headers, line);
  }
  curl_easy_setopt(feed->easy, CURLOPT_HTTPHEADER, feed->headers);
  feed->busy = curl_multi_add_handle(multi, feed->easy) == CURLM_OK;
}

// A changed feed changes one row, so that a poll costs what it would cost with real rows.
static void take_answers(CURLM *multi, const struct feed *runs) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(multi, &left))) {
    struct feed *feed = NULL;
    long status = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&feed);
    curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(multi, feed->easy);
    feed->busy = false;
    if (feed != runs || status != 200) continue;
    static int changes;
    set_progress(4, 4 + changes++ % 2);
    has_rows = true;
    draw();
  }
}

static void take_keys(void) {
  char keys[64];
  ssize_t count = read(0, keys, sizeof keys);
  if (count <= 0) leave();
  for (ssize_t i = 0; i < count; i++) {
    if (keys[i] == 'q') leave();
    cursor += (keys[i] == 'j' && cursor + 1 < ROWS) - (keys[i] == 'k' && cursor > 0);
  }
  draw();
}

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(int count, char **arguments) {
  setlocale(LC_ALL, "");
  bool is_told = getenv("COMMAND_CENTER_URL") && getenv("COMMAND_CENTER_TOKEN");
  if (!is_told || pipe2(signal_pipe, O_NONBLOCK | O_CLOEXEC) != 0) return 1;
  for (int i = 0; i < 3; i++) signal((int[]){SIGWINCH, SIGHUP, SIGTERM}[i], note_signal);
  fill_rows();
  has_rows = count > 1 && strcmp(arguments[1], "--rows-at-once") == 0;
  start_screen();
  draw();
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM *multi = curl_multi_init();
  struct feed runs = {0}, tasks = {0};
  open_feed(&runs, "/v1/runs?limit=100");
  open_feed(&tasks, "/v1/tasks/pending");
  long due = now_ms();
  for (;;) {
    int running;
    if (now_ms() >= due) {
      ask(multi, &runs);
      ask(multi, &tasks);
      due += POLL_MS;
    }
    curl_multi_perform(multi, &running);
    take_answers(multi, &runs);
    struct curl_waitfd waits[2] = {{0, CURL_WAIT_POLLIN, 0}, {signal_pipe[0], CURL_WAIT_POLLIN, 0}};
    long wait = due - now_ms();
    curl_multi_poll(multi, waits, 2, wait > 0 ? (int)wait : 0, NULL);
    if (waits[1].revents) take_signals();
    if (waits[0].revents) take_keys();
  }
}
