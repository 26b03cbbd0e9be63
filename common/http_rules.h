/* Which requests are refused because two parsers (ours, a proxy's, a filter's) might read them differently,
 * and the reading of paths, queries, forms and cookies. Pure functions on text; nothing here knows a socket.
 * RFC 9110 (fields), RFC 9112 section 6 (message length), RFC 3986 (percent-encoding). */
#pragma once

#include "common/problem.h"

#include <stdbool.h>
#include <stddef.h>

enum http_refusal {
    HTTP_ALLOWED,
    HTTP_BAD_METHOD,        /* no token of capital letters */
    HTTP_BAD_TARGET,        /* not /path?query: absolute, asterisk and authority forms are for proxies */
    HTTP_BAD_PERCENT,       /* % without two hexadecimal digits */
    HTTP_CONTROL_CHARACTER, /* in the path, decoded or not, or in a header */
    HTTP_BAD_PATH,          /* "." or ".." as a segment, an encoded slash, invalid UTF-8 */
    HTTP_BAD_HEADER_NAME,   /* no token: a space before the colon, for example */
    HTTP_BAD_HEADER_LAYOUT, /* folded lines, a bare line feed, NUL */
    HTTP_TWO_HOSTS,
    HTTP_BAD_HOST,
    HTTP_TWO_LENGTHS,
    HTTP_BAD_LENGTH,
    HTTP_LENGTH_AND_CODING,
    HTTP_UNKNOWN_CODING,  /* anything but one "chunked", or a coding in HTTP/1.0 */
    HTTP_TOO_MANY_HEADERS /* 431 */
};

struct http_header {
    const char *name, *value;
};

/* http_1_0: the request says HTTP/1.0. HTTP_ALLOWED or the first rule broken. */
enum http_refusal http_rules_headers(const struct http_header *headers, size_t count, bool http_1_0);
enum http_refusal http_rules_method(const char *method);
/* Splits the raw target at the first question mark, decodes the path in place and checks the percent signs of
 * the query, which stays raw. On HTTP_ALLOWED path starts with a slash and query is "" when there is none. */
enum http_refusal http_rules_target(char *target, char **path, char **query);
/* 400 (431 for HTTP_TOO_MANY_HEADERS) with the sentence for the sender. */
struct problem http_refusal_problem(enum http_refusal refusal);

/* ---- paths ---- */

enum { HTTP_PARTS_MAX = 4 };

/* A pattern is a path in which a segment * stands for any one segment, not empty: "/v1/hooks/telegram/" and a
 * star. The matched segments go to parts as copies of at most size - 1 bytes; a longer one does not match. */
bool http_path_matches(const char *path, const char *pattern, char parts[][64], size_t parts_max);

/* ---- application/x-www-form-urlencoded: queries and form bodies ---- */

/* Decodes the first pair of this name into value, NUL-terminated; false when there is none or value is too
 * small. A plus is a space; %00 becomes U+FFFD; a percent sign that encodes nothing stands for itself
 * (senders of SMS are sloppy). */
bool http_form_find(const char *form, size_t size, const char *name, char *value, size_t value_size);
/* The same for a value that is no text of ours (another charset): its bytes as they were encoded, NUL among
 * them. */
bool http_form_find_bytes(
    const char *form, size_t size, const char *name, void *value, size_t room, size_t *value_size);

struct http_pair {
    char *name, *value;
};
/* Decodes a whole form in place (form[size] must be writable) into pairs that point into it; returns their
 * number, or pairs_max + 1 when there are more. */
size_t http_form_read(char *form, size_t size, struct http_pair *pairs, size_t pairs_max);

/* Value of a cookie out of a Cookie header (NULL allowed), false when missing, twice or too long. RFC 6265.
 */
bool http_cookie_find(const char *header, const char *name, char *value, size_t value_size);
/* An address that may stand in a mail's header: one word, so that it begins no other header and no other
 * recipient; at most 254 bytes (RFC 5321). */
bool http_mail_address_good(const char *text);
/* Token of "Authorization: Bearer <token>", NULL when the header is NULL or another scheme. Points into
 * header. */
const char *http_bearer_token(const char *header);
