/* An e-mail (RFC 5322, MIME RFC 2045-2047) as far as a report needs it: who, when, what it says, what comes
 * along. Debian's parsers of mail bring a whole object system (GMime) or none of the charsets; this reads
 * what people's programs send and gives up on nothing: what it cannot decode it takes as it stands.
 *
 * Hostile: all of it. Bounded: parts, depth, header size. Takes memory of its own; free with mime_free. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { MIME_PARTS_MAX = 32, MIME_DEPTH_MAX = 8, MIME_TEXT_MAX = 64 * 1024 };

struct mime_file {
    char type[64], name[128];
    char *data;
    size_t size;
};

struct mime {
    char message_id[256], in_reply_to[256], from[256], reply_to[256], date[64], auto_submitted[32];
    bool bulk;     /* of a list or a mass sending: nobody there waits for an answer */
    char *subject; /* UTF-8 */
    char *text; /* UTF-8: all that is to be read, text/plain that has words before text/html without its tags,
                   its quotes in lines with "> "; "" for none; cut, and it says so, at MIME_TEXT_MAX */
    bool notice;    /* a machine's: a delivery report, an automatic answer */
    bool forwarded; /* holds a whole mail of somebody's; its subject and text are in text */
    struct mime_file files[MIME_PARTS_MAX];
    size_t file_count;
};

/* NULL: no headers at all, or out of memory. */
struct mime *mime_read(const char *mail, size_t size);
void mime_free(struct mime **mime);
/* Text of this charset as UTF-8, malloc'd (NULL: out of memory); what the charset does not know becomes
 * U+FFFD, NUL a blank; all of it as it stands when the charset is not known. */
char *mime_to_utf8(const char *charset, const char *text, size_t size);
/* "Mon, 2 Mar 2026 10:00:00 +0700": epoch ms; 0 when it is none. */
long long mime_date(const char *text);
/* The other way, in UTC. */
void mime_date_write(long long at_ms, char out[40]);
