#ifndef CCURL_SHIMS_H
#define CCURL_SHIMS_H

#include <curl/curl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Swift cannot call variadic functions, and libcurl's set and get calls are variadic: one shim for
// each type of value that crosses. No logic, no allocation, no state.

// Options documented as `long`: a narrower integer in the variadic slot is undefined behaviour.
static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

// Options documented as `curl_off_t`, 64 bits wide on every platform.
static inline CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

// Options that take text; libcurl copies it (NULL puts the default back).
static inline CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

// Options that keep the pointer: lists, buffers, a callback's context. The caller keeps it alive.
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

// CURLOPT_COPYPOSTFIELDS: `length` bytes, which may hold zeros, are copied; the size must be set
// first, or libcurl would measure the bytes with strlen.
static inline CURLcode ccurl_copy_body(CURL *easy, const void *bytes, curl_off_t length) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, length);
  return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes) : code;
}

// CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION share this signature; naming it makes Swift
// check the closure.
typedef size_t (*ccurl_write_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_write_callback(
    CURL *easy, CURLoption option, ccurl_write_callback callback) {
  return curl_easy_setopt(easy, option, callback);
}

// Facts documented as `long`. An unknown fact reads as 0.
static inline long ccurl_get_long(CURL *easy, CURLINFO info) {
  long value = 0;
  return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

// Facts documented as `curl_off_t` (the names that end in _T). An unknown fact reads as 0.
static inline curl_off_t ccurl_get_offset(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

// Facts documented as text, which libcurl keeps. An unknown fact reads as NULL.
static inline const char *ccurl_get_string(CURL *easy, CURLINFO info) {
  char *value = NULL;
  return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : NULL;
}

// CURLINFO_CERTINFO: what the server showed, the server's own certificate first; libcurl keeps it.
static inline const struct curl_certinfo *ccurl_get_certificates(CURL *easy) {
  struct curl_certinfo *value = NULL;
  return curl_easy_getinfo(easy, CURLINFO_CERTINFO, &value) == CURLE_OK ? value : NULL;
}

// CURLOPT_DEBUGFUNCTION; naming the signature makes Swift check the closure.
typedef int (*ccurl_debug_callback)(
    CURL *easy, curl_infotype type, char *bytes, size_t count, void *context);

static inline CURLcode ccurl_set_debug_callback(CURL *easy, ccurl_debug_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, callback);
}

// The file of authorities that libcurl was built to trust; NULL when it does not say.
static inline const char *ccurl_own_authorities(void) {
  curl_version_info_data *facts = curl_version_info(CURLVERSION_NOW);
  return facts->age >= CURLVERSION_SEVENTH ? facts->cainfo : NULL;
}

// Options of the multi handle documented as `long`.
static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

// CURLMsg carries the result in a union, which strict memory safety calls unsafe to read.
static inline CURLcode ccurl_message_result(const CURLMsg *message) {
  return message->data.result;
}

// Blocks of a megabyte and more go back to the system as soon as they are freed. By itself glibc
// learns from the first large answer to keep up to 64 MB for the next. Swift does not see malloc.h.
static inline void ccurl_return_large_blocks(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

#endif
