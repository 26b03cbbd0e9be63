#include "services/intake/mime.h"

#include "common/texts.h"

#include <iconv.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    HEADER_MAX = 4096,
    BODY_MAX = 3 << 20 /* of a text as it comes: HTML with its styles and pictures in it */
};

/* --- headers --- */

struct part {
    const char *headers, *body, *end;
};

/* Splits at the first empty line; lines may end with LF alone. */
static bool split(const char *text, const char *end, struct part *part) {
    part->headers = text;
    part->end = end;
    for (const char *line = text; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((next ? next : end) - line);
        if (size == 0 || (size == 1 && *line == '\r')) {
            part->body = next ? next + 1 : end;
            return true;
        }
        if (!next)
            break;
        line = next + 1;
    }
    part->body = end;
    return memchr(text, ':', (size_t)(end - text)) != NULL;
}

/* The value of the first header of this name, unfolded. False: none; out is then "". */
static bool header(const struct part *part, const char *name, char *out, size_t room) {
    size_t name_size = strlen(name), used = 0;
    bool found = false;
    out[0] = 0;
    for (const char *line = part->headers; line < part->body;) {
        const char *next = memchr(line, '\n', (size_t)(part->body - line));
        const char *stop = next ? next : part->body;
        bool folded = *line == ' ' || *line == '\t';
        if (found && !folded)
            break;
        if (!found && !folded && (size_t)(stop - line) > name_size && line[name_size] == ':' &&
            strncasecmp(line, name, name_size) == 0) {
            found = true;
            line += name_size + 1;
        }
        for (; found && line < stop && used + 1 < room; line++)
            if (*line != '\r' && (used > 0 || (*line != ' ' && *line != '\t')))
                out[used++] = *line == '\t' || *line == 0 ? ' ' : *line;
        line = stop + 1;
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = 0;
    return found;
}

/* name=value or name="value" in a header's value. */
static bool parameter(const char *text, const char *name, char *out, size_t room) {
    size_t name_size = strlen(name), used = 0;
    out[0] = 0;
    for (const char *at = text; (at = strcasestr(at, name)); at++) {
        if (at == text || !strchr("; \t", at[-1]) || at[name_size] != '=')
            continue;
        at += name_size + 1;
        bool quoted = *at == '"';
        for (at += quoted; *at && used + 1 < room && (quoted ? *at != '"' : !strchr("; \t", *at)); at++)
            out[used++] = *at;
        out[used] = 0;
        return used > 0;
    }
    return false;
}

/* --- encodings --- */

/* Both write at most size bytes to out and say how many. underscore: of a header, where it is a blank. */
static size_t quoted_printable(const char *text, size_t size, char *out, bool underscore) {
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        int byte = text[i] == '=' && i + 2 < size ? hex_value(text + i + 1, 2) : -1;
        if (byte >= 0) {
            out[used++] = (char)byte;
            i += 2;
        } else if (text[i] == '=' && i + 1 < size && (text[i + 1] == '\n' || text[i + 1] == '\r')) {
            i += text[i + 1] == '\r' && i + 2 < size && text[i + 2] == '\n' ? 2 : 1;
        } else {
            out[used++] = underscore && text[i] == '_' ? ' ' : text[i];
        }
    }
    return used;
}

/* The bytes that a block's last letters, two or three of them, make; how many. */
static size_t block_end(unsigned bits, size_t letters, char *out) {
    if (letters == 2)
        out[0] = (char)(bits >> 4);
    if (letters == 3) {
        out[0] = (char)(bits >> 10);
        out[1] = (char)(bits >> 2);
    }
    return letters > 1 ? letters - 1 : 0;
}

/* Several blocks may stand behind each other: who adds lines of his own to a mail does so. */
static size_t base64(const char *text, size_t size, char *out) {
    size_t used = 0, count = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '=') {
            used += block_end(bits, count % 4, out + used);
            bits = 0;
            count = 0;
        }
        int c = (unsigned char)text[i];
        int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                    : c >= 'a' && c <= 'z' ? c - 'a' + 26
                    : c >= '0' && c <= '9' ? c - '0' + 52
                    : c == '+'             ? 62
                    : c == '/'             ? 63
                                           : -1;
        if (value < 0)
            continue;
        bits = bits << 6 | (unsigned)value;
        if (++count % 4 == 0) {
            out[used++] = (char)(bits >> 16);
            out[used++] = (char)(bits >> 8);
            out[used++] = (char)bits;
            bits = 0;
        }
    }
    return used + block_end(bits, count % 4, out + used);
}

char *mime_to_utf8(const char *charset, const char *text, size_t size) {
    iconv_t how = *charset && strcasecmp(charset, "utf-8") != 0 ? iconv_open("UTF-8", charset) : (iconv_t)-1;
    size_t room = 4 * size, left = size, unit = strncasecmp(charset, "utf-16", 6) == 0 ? 2 : 1;
    char *out = malloc(room + 1), *to = out, *from = (char *)text;
    if (!out)
        return NULL;
    if (how == (iconv_t)-1) {
        memcpy(out, text, size);
        to = out + size;
    }
    while (how != (iconv_t)-1 && left > 0 && iconv(how, &from, &left, &to, &room) == (size_t)-1 && left > 0 &&
           room > 3) {
        to = mempcpy(to, "\xef\xbf\xbd", 3); /* what it does not know */
        room -= 3;
        from += unit < left ? unit : left;
        left -= unit < left ? unit : left;
    }
    if (how != (iconv_t)-1)
        iconv_close(how);
    *to = 0;
    for (char *at = out; at < to; at++)
        if (*at == 0)
            *at = ' ';
    return out;
}

/* One encoded word at text, "=?utf-8?B?...?=". False: none. */
struct encoded_word {
    char charset[40];
    bool base64;
    const char *inside, *end; /* end: behind it */
    size_t size;              /* of what is inside */
};

static bool encoded_word(const char *text, struct encoded_word *out) {
    const char *first = strncmp(text, "=?", 2) == 0 ? strchr(text + 2, '?') : NULL;
    const char *second = first ? strchr(first + 1, '?') : NULL;
    const char *end = second && second == first + 2 ? strstr(second + 1, "?=") : NULL;
    size_t size = end ? strcspn(text + 2, "?*") : 0; /* "utf-8*id": a language, RFC 2231 */
    if (!end || size >= sizeof out->charset)
        return false;
    snprintf(out->charset, sizeof out->charset, "%.*s", (int)size, text + 2);
    out->base64 = (first[1] | 0x20) == 'b';
    out->inside = second + 1;
    out->size = (size_t)(end - out->inside);
    out->end = end + 2;
    return true;
}

/* Bytes of words in one charset that follow each other: programs cut them where they like, also within a
 * letter. */
struct decoding {
    char *out, *bytes, charset[40];
    size_t used, room, count;
};

static void flush(struct decoding *decoding) {
    char *word = decoding->count ? mime_to_utf8(decoding->charset, decoding->bytes, decoding->count) : NULL;
    size_t size = word ? strlen(word) : 0;
    if (size < decoding->room - decoding->used) {
        memcpy(decoding->out + decoding->used, word ? word : "", size);
        decoding->used += size;
    }
    decoding->count = 0;
    free(word);
}

/* RFC 2047; the blanks between two encoded words are none. */
static char *decoded_words(const char *text) {
    size_t size = strlen(text);
    struct decoding decoding = {
        .out = calloc(1, 4 * size + 1), .bytes = malloc(size + 1), .room = 4 * size + 1};
    struct encoded_word word;
    while (decoding.out && decoding.bytes && *text) {
        size_t blanks = decoding.count ? strspn(text, " ") : 0;
        if (encoded_word(text + blanks, &word)) {
            if (strcasecmp(decoding.charset, word.charset) != 0)
                flush(&decoding);
            strcpy(decoding.charset, word.charset);
            char *to = decoding.bytes + decoding.count;
            decoding.count += word.base64 ? base64(word.inside, word.size, to)
                                          : quoted_printable(word.inside, word.size, to, true);
            text = word.end;
            continue;
        }
        flush(&decoding);
        if (decoding.used + 1 < decoding.room)
            decoding.out[decoding.used++] = *text;
        text++;
    }
    if (decoding.out && decoding.bytes)
        flush(&decoding);
    free(decoding.bytes);
    return decoding.out;
}

/* --- bodies --- */

/* The letter of "&#8217;", "&#x2019;" or one of the names programs write, as UTF-8 in out. Returns how many
 * bytes of html it took; 0: it is none. */
static size_t entity(const char *html, char out[5]) {
    static const struct {
        const char *name, *text;
    } named[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", "\""}, {"&apos;", "'"},
        {"&nbsp;", " "}, {"&rsquo;", "\xe2\x80\x99"}, {"&lsquo;", "\xe2\x80\x98"},
        {"&rdquo;", "\xe2\x80\x9d"}, {"&ldquo;", "\xe2\x80\x9c"}, {"&ndash;", "\xe2\x80\x93"},
        {"&mdash;", "\xe2\x80\x94"}, {"&hellip;", "\xe2\x80\xa6"}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strncasecmp(html, named[i].name, strlen(named[i].name)) == 0) {
            strcpy(out, named[i].text);
            return strlen(named[i].name);
        }
    bool hex = strncasecmp(html, "&#x", 3) == 0;
    char *end;
    unsigned long code = strncmp(html, "&#", 2) == 0 ? strtoul(html + (hex ? 3 : 2), &end, hex ? 16 : 10) : 0;
    if (code < 9 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || *end != ';')
        return 0;
    size_t size = 0;
    if (code == 0xa0)
        code = ' ';
    if (code < 0x80)
        out[size++] = (char)code;
    else if (code < 0x800)
        out[size++] = (char)(0xc0 | code >> 6);
    else if (code < 0x10000)
        out[size++] = (char)(0xe0 | code >> 12);
    else
        out[size++] = (char)(0xf0 | code >> 18);
    for (int shift = code < 0x80 ? -6 : code < 0x800 ? 0 : code < 0x10000 ? 6 : 12; shift >= 0; shift -= 6)
        out[size++] = (char)(0x80 | (code >> shift & 0x3f));
    out[size] = 0;
    return (size_t)(end + 1 - html);
}

/* "<5 tahun" and "< 3" are words. */
static bool begins_tag(const char *html) {
    char next = html[0] == '<' ? html[1] : 0, letter = (char)(next | 0x20);
    return (letter >= 'a' && letter <= 'z') || (next && strchr("/!?", next));
}

/* Where a tag that begins at html ends; what nobody sees goes with it. */
static const char *tag_end(const char *html) {
    static const struct {
        const char *begin, *end;
    } unseen[] = {{"<!--", "-->"}, {"<style", "</style"}, {"<script", "</script"}, {"<title", "</title"}};
    const char *from = html;
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
        if (strncasecmp(html, unseen[i].begin, strlen(unseen[i].begin)) == 0) {
            const char *end = strcasestr(html, unseen[i].end);
            from = end ? end : html + strlen(html);
        }
    const char *end = strchr(from, '>');
    return end ? end + 1 : from + strlen(from);
}

static bool is_tag(const char *html, const char *tag) {
    return strncasecmp(html, tag, strlen(tag)) == 0;
}

static bool ends_line(const char *tag) {
    static const char *const lines[] = {
        "<br", "</p", "</div", "</tr", "</li", "</h1", "</h2", "</h3", "<blockquote", "</blockquote", NULL};
    for (size_t i = 0; lines[i]; i++)
        if (is_tag(tag, lines[i]))
            return true;
    return false;
}

/* How deep in quotes it is behind this tag. */
static size_t quote_depth(const char *tag, size_t depth) {
    return is_tag(tag, "<blockquote") ? depth + 1 : depth - (depth > 0 && is_tag(tag, "</blockquote"));
}

/* Where one does not end, what is quoted and what is said cannot be told from each other. */
static bool quotes_end(const char *html) {
    size_t depth = 0;
    for (; (html = strchr(html, '<')); html = begins_tag(html) ? tag_end(html) : html + 1)
        depth = quote_depth(html, depth);
    return depth == 0;
}

/* Tags out, letters in, a quote in lines that begin with "> "; in place: nothing of it grows, as a tag that
 * ends a line has three letters, and the lines of the HTML itself are none within a quote. */
static void strip_tags(char *html) {
    bool quotes = quotes_end(html);
    size_t depth = 0;
    char *to = html, letter[5];
    for (const char *at = html; *at;) {
        size_t size = *at == '&' ? entity(at, letter) : 0;
        if (begins_tag(at)) {
            const char *end = tag_end(at);
            depth = quotes ? quote_depth(at, depth) : 0;
            if (ends_line(at))
                to = mempcpy(to, "\n> ", depth ? 3 : 1);
            at = end;
        } else if (size) {
            to = stpcpy(to, letter);
            at += size;
        } else {
            *to++ = depth && (*at == '\n' || *at == '\r') ? ' ' : *at;
            at++;
        }
    }
    *to = 0;
}

/* --- parts --- */

/* What is being read. text: of the alternatives at hand, or of all parts so far. */
struct reading {
    struct mime *mime;
    unsigned left;          /* parts */
    bool alternative, html; /* the parent's kind; what text was made of */
};

static void wipe(char *text) {
    if (text)
        sodium_memzero(text, strlen(text));
    free(text);
}

/* What is longer ends with this, so that whoever reads it knows. */
static const char cut_mark[] = "\n[... terlalu panjang, terpotong / too long, cut]\n";

/* Cuts between two letters, or anywhere in what has none. */
static void cut(char *text) {
    size_t size = strlen(text), most = MIME_TEXT_MAX - strlen(cut_mark), end = most;
    if (size <= MIME_TEXT_MAX)
        return;
    while (end > most - 3 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    sodium_memzero(text + end, size - end);
    strcpy(text + end, cut_mark);
}

/* Takes both over. What one part says stands below what another did. */
static char *joined(char *above, char *below) {
    if (!above || !below || !*below || !*above) {
        bool first = above && *above;
        wipe(first ? below : above);
        return first ? above : below;
    }
    char *both = NULL;
    if (asprintf(&both, "%s%s%s", above, above[strlen(above) - 1] == '\n' ? "" : "\n", below) < 0)
        both = NULL;
    wipe(below);
    if (!both)
        return above;
    wipe(above);
    cut(both);
    return both;
}

/* Blanks, the wide ones too, are none, nor are signs without width. */
static bool has_words(const char *text) {
    static const char *const blanks[] = {"\xc2\xa0", "\xe2\x80\x8b", "\xe2\x80\x8c", "\xef\xbb\xbf"};
    while (text && *text) {
        size_t size = (unsigned char)*text <= ' ';
        for (size_t i = 0; !size && i < sizeof blanks / sizeof *blanks; i++)
            if (strncmp(text, blanks[i], strlen(blanks[i])) == 0)
                size = strlen(blanks[i]);
        if (!size)
            return true;
        text += size;
    }
    return false;
}

/* Of what says the same one stands: plain text before HTML, but words before none. Telephones send an empty
 * plain part beside the HTML that says it. Takes text over. */
static void take_alternative(struct reading *reading, char *text, bool html) {
    struct mime *mime = reading->mime;
    bool better = !has_words(mime->text) || (reading->html && !html && has_words(text));
    wipe(better ? mime->text : text);
    if (better) {
        mime->text = text;
        reading->html = html;
    }
}

static void take_text(struct reading *reading, char *text, bool html) {
    if (text && html)
        strip_tags(text);
    if (text)
        cut(text);
    if (reading->alternative)
        take_alternative(reading, text, html);
    else
        reading->mime->text = joined(reading->mime->text, text);
}

static void take_leaf(struct reading *reading, const struct part *part, const char *type) {
    struct mime *mime = reading->mime;
    char encoding[32], charset[40], disposition[256], name[128];
    size_t size = (size_t)(part->end - part->body);
    char *plain = malloc(size + 1);
    if (!plain)
        return;
    header(part, "Content-Transfer-Encoding", encoding, sizeof encoding);
    header(part, "Content-Disposition", disposition, sizeof disposition);
    parameter(type, "charset", charset, sizeof charset);
    if (!parameter(disposition, "filename", name, sizeof name))
        parameter(type, "name", name, sizeof name);
    size = strcasecmp(encoding, "base64") == 0             ? base64(part->body, size, plain)
           : strcasecmp(encoding, "quoted-printable") == 0 ? quoted_printable(part->body, size, plain, false)
                                                           : (memcpy(plain, part->body, size), size);
    bool is_html = strncasecmp(type, "text/html", 9) == 0;
    bool is_text = is_html || !*type || strncasecmp(type, "text/plain", 10) == 0;
    bool attached = *disposition && strncasecmp(disposition, "inline", 6) != 0;
    if (is_text && !attached) {
        take_text(reading, mime_to_utf8(charset, plain, size > BODY_MAX ? BODY_MAX : size), is_html);
    } else if (mime->file_count < MIME_PARTS_MAX && size > 0) {
        struct mime_file *file = &mime->files[mime->file_count++];
        snprintf(file->type, sizeof file->type, "%.*s", (int)strcspn(type, "; "), type);
        snprintf(file->name, sizeof file->name, "%s", name);
        file->data = plain;
        file->size = size;
        return;
    }
    sodium_memzero(plain, size);
    free(plain);
}

static void take_part(struct reading *reading, const struct part *part, unsigned depth);

/* A mail passed on as a whole: its subject and what it says, below what was written to it. */
static void take_mail(struct reading *reading, const struct part *part, unsigned depth) {
    struct part inner;
    char line[HEADER_MAX];
    if (!split(part->body, part->end, &inner))
        return;
    header(&inner, "Subject", line, sizeof line);
    reading->mime->forwarded = true;
    reading->mime->text = joined(reading->mime->text, decoded_words(line));
    take_part(reading, &inner, depth + 1);
}

/* The line that parts end with: the mark alone, or "--" behind it. Another mark may begin like this one. */
static bool is_mark(const char *line, const char *end, const char *mark, size_t mark_size, bool *last) {
    if ((size_t)(end - line) < mark_size || memcmp(line, mark, mark_size) != 0)
        return false;
    const char *rest = line + mark_size;
    *last = end - rest >= 2 && memcmp(rest, "--", 2) == 0;
    return *last || rest == end || strchr("\r\n \t", *rest);
}

static void take_parts(struct reading *reading, const struct part *part, const char *mark, unsigned depth) {
    size_t mark_size = strlen(mark);
    const char *begin = NULL;
    struct part inner;
    bool last = false;
    for (const char *line = part->body; line < part->end && !last;) {
        const char *next = memchr(line, '\n', (size_t)(part->end - line));
        const char *after = next ? next + 1 : part->end;
        if (is_mark(line, part->end, mark, mark_size, &last)) {
            if (begin && split(begin, line > begin ? line - 1 : line, &inner))
                take_part(reading, &inner, depth + 1);
            begin = after;
        }
        line = after;
    }
    if (!last && begin && begin < part->end && split(begin, part->end, &inner))
        take_part(reading, &inner, depth + 1); /* cut off: its last part is what there is */
}

static void take_part(struct reading *reading, const struct part *part, unsigned depth) {
    char type[HEADER_MAX], mark[80] = "--";
    header(part, "Content-Type", type, sizeof type);
    if (reading->left == 0)
        return;
    reading->left--;
    struct reading outer = *reading;
    char *above = reading->mime->text;
    bool whole = strncasecmp(type, "message/rfc822", 14) == 0 && depth < MIME_DEPTH_MAX;
    bool several = strncasecmp(type, "multipart/", 10) == 0 && depth < MIME_DEPTH_MAX &&
                   parameter(type, "boundary", mark + 2, sizeof mark - 2);
    if (!whole && !several) {
        take_leaf(reading, part, type);
        return;
    }
    reading->mime->text = NULL;
    reading->alternative = strncasecmp(type, "multipart/alternative", 21) == 0;
    reading->html = false;
    if (several)
        take_parts(reading, part, mark, depth);
    else
        take_mail(reading, part, depth);
    /* Back in the parent: of alternatives one stands, of others all do. */
    char *text = reading->mime->text;
    bool html = reading->html;
    reading->mime->text = above;
    reading->alternative = outer.alternative;
    reading->html = outer.html;
    if (reading->alternative)
        take_alternative(reading, text, html);
    else
        reading->mime->text = joined(above, text);
}

/* Delivery reports and notices of machines that do not say so in Auto-Submitted (RFC 3834). */
static bool is_notice(const struct part *part) {
    static const char *const headers[] = {"X-Autoreply", "X-Autorespond", "X-Autoresponder"};
    char line[HEADER_MAX];
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (header(part, headers[i], line, sizeof line) && strcasecmp(line, "no") != 0)
            return true;
    header(part, "Precedence", line, sizeof line);
    if (strcasecmp(line, "auto_reply") == 0)
        return true;
    header(part, "Content-Type", line, sizeof line);
    return strncasecmp(line, "multipart/report", 16) == 0;
}

/* "A <a@b.example>", "a@b.example" or "a@b.example (A)". */
static void address_of(const char *text, char *out, size_t room) {
    const char *open = strrchr(text, '<'), *close = open ? strchr(open, '>') : NULL;
    if (open && close)
        snprintf(out, room, "%.*s", (int)(close - open - 1), open + 1);
    else
        snprintf(out, room, "%.*s", (int)strcspn(text, " ("), text);
}

struct mime *mime_read(const char *mail, size_t size) {
    char line[HEADER_MAX];
    struct part part;
    if (!split(mail, mail + size, &part))
        return NULL;
    struct mime *mime = calloc(1, sizeof *mime);
    if (!mime)
        return NULL;
    header(&part, "Message-ID", mime->message_id, sizeof mime->message_id);
    header(&part, "In-Reply-To", mime->in_reply_to, sizeof mime->in_reply_to);
    header(&part, "Date", mime->date, sizeof mime->date);
    header(&part, "Auto-Submitted", mime->auto_submitted, sizeof mime->auto_submitted);
    header(&part, "From", line, sizeof line);
    address_of(line, mime->from, sizeof mime->from);
    header(&part, "Reply-To", line, sizeof line);
    address_of(line, mime->reply_to, sizeof mime->reply_to);
    header(&part, "Precedence", line, sizeof line);
    mime->bulk =
        strcasecmp(line, "bulk") == 0 || strcasecmp(line, "list") == 0 || strcasecmp(line, "junk") == 0;
    header(&part, "List-Id", line, sizeof line);
    mime->bulk |= *line != 0;
    header(&part, "Subject", line, sizeof line);
    mime->subject = decoded_words(line);
    mime->notice = is_notice(&part);
    struct reading reading = {.mime = mime, .left = MIME_PARTS_MAX};
    take_part(&reading, &part, 0);
    if (!mime->text)
        mime->text = calloc(1, 1);
    if (!mime->subject || !mime->text)
        mime_free(&mime);
    return mime;
}

void mime_free(struct mime **mime) {
    if (!*mime)
        return;
    wipe((*mime)->subject);
    wipe((*mime)->text);
    for (size_t i = 0; i < (*mime)->file_count; i++) {
        sodium_memzero((*mime)->files[i].data, (*mime)->files[i].size);
        free((*mime)->files[i].data);
    }
    free(*mime);
    *mime = NULL;
}

void mime_date_write(long long at_ms, char out[40]) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm); /* strftime would follow the locale */
    snprintf(out, 40, "%s, %02d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday % 7], tm.tm_mday,
        months[tm.tm_mon % 12], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

long long mime_date(const char *text) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm tm = {0};
    char month[4];
    int zone = 0;
    const char *comma = strchr(text, ',');
    const char *at = comma ? comma + 1 : text;
    int read = sscanf(at, " %d %3s %d %d:%d:%d %d", &tm.tm_mday, month, &tm.tm_year, &tm.tm_hour, &tm.tm_min,
        &tm.tm_sec, &zone);
    if (read < 5)
        return 0;
    if (read == 5) /* seconds may be missing */
        sscanf(at, " %*d %*3s %*d %*d:%*d %d", &zone);
    const char *found = strstr(months, month);
    if (!found || strlen(month) != 3 || (found - months) % 3)
        return 0;
    tm.tm_mon = (int)(found - months) / 3;
    tm.tm_year -= tm.tm_year >= 1900 ? 1900 : 0;
    if (tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_year < 70 || tm.tm_year > 1000 || zone < -1400 ||
        zone > 1400)
        return 0;
    return ((long long)timegm(&tm) - (zone / 100 * 60 + zone % 100) * 60LL) * 1000;
}
