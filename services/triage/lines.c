#include "services/triage/lines.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
    ANSWER_MAX = 4 << 20, /* bytes: 200 lines of a report of 16 KiB each */
    ADDRESS_MAX = 512,
    PASSWORD_MAX = 256,
    ANSWER_S = 30
};

struct reading {
    CURL *curl;
    const char *url, *account, *out;
    char *answer;
    size_t size;
};

static size_t take(char *bytes, size_t one, size_t count, void *context) {
    struct reading *reading = context;
    size_t size = one * count;
    if (reading->size + size > ANSWER_MAX)
        return 0;
    memcpy(reading->answer + reading->size, bytes, size);
    reading->size += size;
    return size;
}

/* The document, the caller's; NULL with a sentence said. body NULL: it is only asked. */
static json_t *ask(struct reading *reading, const char *path, const char *body) {
    char address[ADDRESS_MAX];
    long status = 0;
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    snprintf(address, sizeof address, "%s%s", reading->url, path);
    reading->size = 0;
    curl_easy_setopt(reading->curl, CURLOPT_URL, address);
    curl_easy_setopt(reading->curl, CURLOPT_HTTPHEADER, headers);
    if (body)
        curl_easy_setopt(reading->curl, CURLOPT_POSTFIELDS, body);
    else
        curl_easy_setopt(reading->curl, CURLOPT_HTTPGET, 1L);
    CURLcode code = curl_easy_perform(reading->curl);
    curl_slist_free_all(headers);
    curl_easy_getinfo(reading->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 200) {
        fprintf(stderr, "%s: %s\n", path,
            code != CURLE_OK ? curl_easy_strerror(code)
            : status == 401  ? "Akun atau kata sandi tidak cocok / Account or password is wrong"
            : status == 403  ? "Tidak berhak membaca laporan / No right to read what was reported"
                             : "the console refused");
        return NULL;
    }
    return json_loadb(reading->answer, reading->size, 0, NULL);
}

/* Without echo where it is typed. */
static bool read_password(char out[PASSWORD_MAX]) {
    struct termios before, silent;
    bool typed = tcgetattr(STDIN_FILENO, &before) == 0;
    if (typed) {
        silent = before;
        silent.c_lflag &= (tcflag_t)~ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        fputs("Kata sandi / Password: ", stderr);
    }
    bool read = fgets(out, PASSWORD_MAX, stdin) != NULL;
    if (typed) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    out[strcspn(out, "\r\n")] = 0;
    return read && out[0];
}

static bool sign_in(struct reading *reading) {
    char password[PASSWORD_MAX] = "";
    if (!read_password(password)) {
        fprintf(stderr, "no password on standard input\n");
        return false;
    }
    json_t *login = json_pack("{s:s,s:s}", "account", reading->account, "password", password);
    char *body = json_dumps(login, JSON_COMPACT);
    json_t *answer = body ? ask(reading, "/api/login", body) : NULL;
    explicit_bzero(password, sizeof password);
    if (body)
        explicit_bzero(body, strlen(body));
    free(body);
    json_decref(login);
    json_decref(answer);
    return answer != NULL;
}

/* Lines without words (kept no longer, or not for this person) teach nothing. Returns the last number, 0 at
 * the end. */
static json_int_t write_lines(const json_t *lines, FILE *out, size_t *written) {
    json_int_t last = 0;
    size_t index;
    json_t *line;
    json_array_foreach(lines, index, line) {
        last = json_integer_value(json_object_get(line, "number"));
        if (!json_object_get(line, "text"))
            continue;
        json_object_del(line, "number");
        json_object_del(line, "reason"); /* of the person who decided: not what a reporter says */
        json_dumpf(line, out, JSON_COMPACT);
        fputc('\n', out);
        (*written)++;
    }
    return last;
}

static bool read_all(struct reading *reading, FILE *out, size_t *written) {
    json_int_t after = 0;
    do {
        char path[96];
        snprintf(path, sizeof path, "/api/corrections?narrative=1&after=%lld", (long long)after);
        json_t *answer = ask(reading, path, NULL);
        if (!answer)
            return false;
        after = write_lines(json_object_get(answer, "corrections"), out, written);
        json_decref(answer);
    } while (after);
    return fflush(out) == 0;
}

static int run(struct reading *reading) {
    size_t written = 0;
    if (!sign_in(reading))
        return 1;
    int file = open(reading->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *out = file >= 0 ? fdopen(file, "w") : NULL;
    if (!out) {
        perror(reading->out);
        return 1;
    }
    bool whole = read_all(reading, out, &written);
    whole = fclose(out) == 0 && whole;
    if (whole)
        fprintf(stderr, "%zu baris / lines\n", written);
    return whole ? 0 : 1;
}

static bool read_words(int argc, char **argv, struct reading *reading) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char **to = strcmp(argv[i], "--url") == 0       ? &reading->url
                          : strcmp(argv[i], "--account") == 0 ? &reading->account
                          : strcmp(argv[i], "--out") == 0     ? &reading->out
                                                              : NULL;
        if (!to)
            return false;
        *to = argv[i + 1];
    }
    return argc % 2 == 1 && reading->url && reading->account && reading->out;
}

int triage_lines_main(int argc, char **argv, const char *site_dir) {
    struct reading reading = {.curl = NULL};
    (void)site_dir;
    if (!read_words(argc, argv, &reading)) {
        fprintf(stderr,
            "usage: sigapctl triage corrections --url http://HOST:PORT --account NAME --out FILE   "
            "(password on standard input)\n");
        return 2;
    }
    reading.curl = curl_easy_init();
    reading.answer = malloc(ANSWER_MAX);
    int status = 1;
    if (reading.curl && reading.answer) {
        curl_easy_setopt(reading.curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(reading.curl, CURLOPT_WRITEDATA, &reading);
        curl_easy_setopt(reading.curl, CURLOPT_COOKIEFILE, ""); /* the session, in memory */
        curl_easy_setopt(reading.curl, CURLOPT_TIMEOUT, (long)ANSWER_S);
        curl_easy_setopt(reading.curl, CURLOPT_PROTOCOLS_STR, "http,https");
        status = run(&reading);
    }
    if (reading.answer)
        explicit_bzero(reading.answer, ANSWER_MAX);
    free(reading.answer);
    curl_easy_cleanup(reading.curl);
    return status;
}
