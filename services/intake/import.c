#include "services/intake/import.h"

#include "common/buffer.h"
#include "services/intake/csv.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20, PIECE_ROWS = 100, PIECE_BYTES = 400 * 1024, TRIES = 6 };

struct import {
    CURL *curl;
    char url[512];
    struct curl_slist *headers;
    unsigned long refused, taken;
};

static int complain(const char *format, const char *what) {
    fprintf(stderr, "import: ");
    fprintf(stderr, format, what);
    fputc('\n', stderr);
    return 1;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
    buffer_add(context, bytes, size * count);
    return size * count;
}

/* A field as RFC 4180 quotes it. */
static void add_field(struct buffer *out, const char *text, bool last) {
    buffer_add(out, "\"", 1);
    for (; *text; text++)
        buffer_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    buffer_add(out, last ? "\"\n" : "\",", 2);
}

static void add_row(struct buffer *out, char *const *fields, size_t count) {
    for (size_t i = 0; i < count; i++)
        add_field(out, fields[i], i + 1 == count);
}

/* Prints the answer's lines with the line numbers of the file. lines: of the rows of the piece. */
static void print_answer(struct import *import, char *text, const size_t *lines, size_t count) {
    size_t row = 0;
    char *line = strchr(text, '\n');
    for (line = line ? line + 1 : NULL; line && *line && row < count; row++) {
        char *end = strchr(line, '\n'), *rest = strchr(line, ',');
        if (end)
            *end = 0;
        if (rest) {
            printf("%zu%s\n", lines[row], rest);
            bool taken = strncmp(rest, ",ok,", 4) == 0;
            import->taken += taken;
            import->refused += !taken;
        }
        line = end ? end + 1 : NULL;
    }
}

/* Sent again while the site is busy: nothing is taken twice. */
static int send_piece(struct import *import, const struct buffer *piece, const size_t *lines, size_t count) {
    long status = 0;
    for (unsigned tried = 0; tried < TRIES; tried++) {
        struct buffer answer = BUFFER_MAX(1 << 20);
        curl_easy_setopt(import->curl, CURLOPT_URL, import->url);
        curl_easy_setopt(import->curl, CURLOPT_HTTPHEADER, import->headers);
        curl_easy_setopt(import->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)piece->size);
        curl_easy_setopt(import->curl, CURLOPT_POSTFIELDS, (const char *)piece->bytes);
        curl_easy_setopt(import->curl, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(import->curl, CURLOPT_WRITEDATA, &answer);
        curl_easy_setopt(import->curl, CURLOPT_TIMEOUT, 60L);
        CURLcode code = curl_easy_perform(import->curl);
        status = 0;
        curl_easy_getinfo(import->curl, CURLINFO_RESPONSE_CODE, &status);
        buffer_add(&answer, "", 1);
        if (code == CURLE_OK && status == 200 && !answer.failed)
            print_answer(import, (char *)answer.bytes, lines, count);
        else if (code != CURLE_OK)
            complain("%s", curl_easy_strerror(code));
        else if (status != 429 && status < 500)
            complain("the site refused: %s", (const char *)answer.bytes);
        buffer_free(&answer);
        if (code == CURLE_OK && status == 200)
            return 0;
        if (code == CURLE_OK && status != 429 && status < 500)
            return 1;
        sleep(1u << tried);
    }
    return complain("%s", "no answer; what has not been printed may be sent again");
}

static int send_all(struct import *import, char *text, size_t size) {
    struct csv csv = csv_open(text, size);
    char *header[CSV_FIELDS_MAX], *fields[CSV_FIELDS_MAX];
    size_t columns, count, rows = 0, lines[PIECE_ROWS];
    struct buffer piece = BUFFER_MAX(4 * PIECE_BYTES);
    if (csv_read(&csv, header, &columns) != CSV_ROW)
        return complain("%s", "the file is empty");
    int status = 0;
    enum csv_row read = CSV_ROW;
    while (status == 0 && read != CSV_END && read != CSV_OPEN_QUOTE) {
        read = csv_read(&csv, fields, &count);
        if (rows == 0) {
            buffer_clear(&piece, SIZE_MAX);
            add_row(&piece, header, columns);
        }
        if (read == CSV_ROW) {
            add_row(&piece, fields, count);
            lines[rows++] = csv.line;
        } else if (read != CSV_END) {
            printf("%zu,refused,,\"%s\"\n", csv.line,
                read == CSV_OPEN_QUOTE ? "a quote stays open" : "too many columns");
            import->refused++;
        }
        if (rows == PIECE_ROWS ||
            (rows && (piece.size > PIECE_BYTES || read == CSV_END || read == CSV_OPEN_QUOTE))) {
            status =
                piece.failed ? complain("%s", "a row is too long") : send_piece(import, &piece, lines, rows);
            rows = 0;
        }
    }
    buffer_free(&piece);
    return status;
}

static char *read_file(const char *path, size_t *size) {
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *text = file ? malloc(FILE_MAX + 1) : NULL;
    *size = text ? fread(text, 1, FILE_MAX + 1, file) : 0;
    if (file && file != stdin)
        fclose(file);
    if (text && *size <= FILE_MAX)
        return text;
    free(text);
    return NULL;
}

int intake_import(int argc, char **argv, const char *site_dir) {
    const char *url = getenv("SIGAP_URL"), *token = getenv("SIGAP_TOKEN"), *path = NULL;
    char authorization[256];
    struct import import = {0};
    size_t size;
    (void)site_dir;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--url") == 0 && i + 1 < argc)
            url = argv[++i];
        else if (strcmp(argv[i], "--token") == 0 && i + 1 < argc)
            token = argv[++i];
        else
            path = argv[i];
    }
    if (!path || !token)
        return complain("%s",
            "usage: import FILE.csv [--url http://127.0.0.1:8080] [--token T]   (or SIGAP_URL, SIGAP_TOKEN)");
    char *text = read_file(path, &size);
    if (!text)
        return complain("%s cannot be read, or is over 64 MiB", path);
    snprintf(import.url, sizeof import.url, "%s/v1/import", url ? url : "http://127.0.0.1:8080");
    snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", token);
    import.curl = curl_easy_init();
    import.headers = curl_slist_append(curl_slist_append(NULL, authorization), "Content-Type: text/csv");
    puts("line,result,ticket,reason");
    int status = import.curl ? send_all(&import, text, size) : complain("%s", "out of memory");
    fprintf(stderr, "import: %lu taken, %lu refused\n", import.taken, import.refused);
    curl_slist_free_all(import.headers);
    curl_easy_cleanup(import.curl);
    free(text);
    return status ? status : import.refused > 0;
}
