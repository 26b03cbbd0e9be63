#include "services/intake/web.h"

#include "common/http_client.h"
#include "common/medium.h"
#include "services/intake/hook.h"
#include "services/intake/mime.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

enum {
    REDIRECTS_MAX = 3,
    NETWORKS_MAX = 32,
    ANSWER_MAX = 64 * 1024, /* of an API; a medium may have WEB_MEDIUM_MAX */
    ARENA_MAX = 256 * 1024,
    TIMEOUT_MS = 30000
};

struct intake_web {
    struct intake *intake;
    struct daemon_loop *loop;
    struct http_client *client;
    struct web_job *jobs;
    bool closed;
};

enum job_step { JOB_TELL, JOB_FIND, JOB_FETCH };

/* One effect, from perform to its result. */
struct web_job {
    struct intake_web *web;
    struct web_job *next, **before;
    struct id id;
    uint32_t kind;
    enum job_step step;
    unsigned redirects;
    bool mail; /* SMTP, not HTTP */
    const struct intake_channel *channel;
    struct arena *arena; /* of the calls */
    /* What is being written by a thread. */
    uv_work_t work;
    struct web_medium medium;
    char path[512];
    uint8_t *bytes;
    size_t size;
    bool written;
};

/* --- the end of a job --- */

static void job_free(struct web_job *job) {
    *job->before = job->next;
    if (job->next)
        job->next->before = job->before;
    arena_free(&job->arena);
    free(job->bytes);
    free(job);
}

static void finish(
    struct web_job *job, enum web_outcome outcome, int64_t retry_after_ms, const char *detail) {
    struct effect_result result = {
        .id = job->id, .kind = job->kind, .outcome = outcome, .retry_after_ms = retry_after_ms};
    struct intake_web *web = job->web;
    snprintf(result.detail, sizeof result.detail, "%s", detail);
    if (job->written && (result.bytes = malloc(sizeof job->medium))) {
        memcpy(result.bytes, &job->medium, sizeof job->medium);
        result.size = sizeof job->medium;
    }
    job_free(job);
    if (!web->closed)
        web->loop->finished(web->loop, &result);
    else
        free(result.bytes);
}

/* A medium that is refused for want of a secret waits for who runs the site; words to a reporter are soon too
 * old for that. */
static bool is_shut(const struct web_job *job, int status) {
    return job->step != JOB_TELL && (status == 401 || status == 403);
}

static enum web_outcome outcome_of(const struct http_result *result, const struct web_job *job) {
    switch (result->outcome) {
    case HTTP_ANSWERED:
        break;
    case HTTP_REFUSED_CALL:
    case HTTP_REFUSED_ADDRESS:
        return WEB_NEVER;
    case HTTP_NOT_RESOLVED:
    case HTTP_NOT_CONNECTED:
    case HTTP_TLS_FAILED:
    case HTTP_NOT_STARTED:
        return WEB_AGAIN;
    case HTTP_TIMED_OUT:
    case HTTP_BROKEN:
        return result->sent ? WEB_UNKNOWN : WEB_AGAIN;
    }
    if (result->status >= 200 && result->status < 300)
        return WEB_DONE;
    if (job->mail) /* RFC 5321: 4yz later, 5yz never */
        return result->status < 500 ? WEB_AGAIN : WEB_NEVER;
    bool busy =
        result->status == 408 || result->status == 425 || result->status == 429 || result->status >= 500;
    return busy || is_shut(job, result->status) ? WEB_AGAIN : WEB_NEVER;
}

/* --- a medium --- */

static bool starts(const uint8_t *bytes, size_t size, size_t at, const char *magic, size_t magic_size) {
    return size >= at + magic_size && memcmp(bytes + at, magic, magic_size) == 0;
}

const char *intake_type_of(const void *bytes, size_t size) {
    static const struct {
        size_t at;
        const char *magic;
        size_t size;
        const char *type;
    } known[] = {{0, "\xff\xd8\xff", 3, "image/jpeg"}, {0, "\x89PNG\r\n\x1a\n", 8, "image/png"},
        {0, "GIF8", 4, "image/gif"}, {8, "WEBP", 4, "image/webp"}, {0, "OggS", 4, "audio/ogg"},
        {0, "ID3", 3, "audio/mpeg"}, {0, "\xff\xfb", 2, "audio/mpeg"}, {0, "#!AMR", 5, "audio/amr"},
        {4, "ftypM4A", 7, "audio/mp4"}, {4, "ftyp3g", 6, "video/3gpp"}, {4, "ftyp", 4, "video/mp4"},
        {0, "\x1a\x45\xdf\xa3", 4, "video/webm"}, {0, "%PDF-", 5, "application/pdf"},
        {0, "PK\x03\x04", 4, "application/zip"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (starts(bytes, size, known[i].at, known[i].magic, known[i].size))
            return known[i].type;
    return "application/octet-stream";
}

static bool write_all(int handle, const uint8_t *bytes, size_t size) {
    while (size > 0) {
        ssize_t put = write(handle, bytes, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        size -= (size_t)put;
    }
    return true;
}

/* The name of a file lasts when its folder does. */
static bool sync_folder_of(const char *path) {
    char folder[sizeof(((struct web_job *)0)->path)];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    int handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = handle >= 0 && fsync(handle) == 0;
    if (handle >= 0)
        close(handle);
    return good;
}

/* On a thread: complete and durable when it appears under its name. Of one picture that comes twice at a time
 * each is written by itself, and the later one takes the name. */
static void write_file(uv_work_t *work) {
    struct web_job *job = work->data;
    char id[ID_TEXT + 1], part[sizeof job->path + sizeof id + 8];
    id_to_text(&job->id, id);
    snprintf(part, sizeof part, "%s.%s.part", job->path, id);
    int handle = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = handle >= 0 && write_all(handle, job->bytes, job->size) && fsync(handle) == 0;
    if (handle >= 0)
        good = close(handle) == 0 && good;
    job->written = good && rename(part, job->path) == 0 && sync_folder_of(job->path);
    if (!job->written)
        unlink(part);
}

static void on_written(uv_work_t *work, int status) {
    struct web_job *job = work->data;
    if (status != 0 || !job->written)
        finish(job, WEB_AGAIN, 60000, "not written");
    else
        finish(job, WEB_DONE, 0, job->medium.type);
}

/* Sealed for the site as a report is: this daemon cannot read it again. Layout: session, key, ciphertext. */
static bool seal_medium(struct web_job *job, const void *bytes, size_t size) {
    struct intake *intake = job->web->intake;
    struct sealed_report sealed;
    struct arena *arena = arena_new(2 * (size_t)WEB_MEDIUM_MAX);
    seal_hash(keystore_hash(intake->keystore), SEAL_HASH_CONTENT, bytes, size, job->medium.hash);
    struct seal_place place = medium_place(job->medium.hash);
    seal_session_rotate(intake->session, clock_wall_ms(intake->clock));
    bool good = arena && seal_report(intake->session, &place, bytes, size, arena, &sealed);
    if (good) {
        job->size = sealed.session.len + sealed.wrapped_key.len + sealed.ciphertext.len;
        job->bytes = malloc(job->size);
        good = job->bytes != NULL;
    }
    if (good) {
        uint8_t *to = mempcpy(job->bytes, sealed.session.data, sealed.session.len);
        to = mempcpy(to, sealed.wrapped_key.data, sealed.wrapped_key.len);
        memcpy(to, sealed.ciphertext.data, sealed.ciphertext.len);
    }
    if (arena)
        arena_free(&arena);
    return good;
}

static void keep_medium(struct web_job *job, const struct http_result *result) {
    char name[2 * SEAL_HASH_BYTES + 1];
    if (result->answer_cut || result->answer_size == 0) {
        finish(job, WEB_NEVER, 0, result->answer_cut ? "too large" : "empty");
        return;
    }
    job->medium.size_bytes = (int64_t)result->answer_size;
    snprintf(
        job->medium.type, sizeof job->medium.type, "%s", intake_type_of(result->answer, result->answer_size));
    if (!seal_medium(job, result->answer, result->answer_size)) {
        finish(job, WEB_AGAIN, 60000, "no memory");
        return;
    }
    sodium_bin2hex(name, sizeof name, job->medium.hash, sizeof job->medium.hash);
    snprintf(job->path, sizeof job->path, "%s/intake/media/%s", job->web->intake->data_dir, name);
    job->work.data = job;
    if (uv_queue_work(job->web->loop->uv, &job->work, write_file, on_written) != 0)
        finish(job, WEB_AGAIN, 60000, "no thread");
}

/* --- tidying up --- */

static bool delete_old(int folder, const char *name, int64_t before_ms) {
    struct stat facts;
    return fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts.st_mode) &&
           (int64_t)facts.st_mtime * 1000 < before_ms && unlinkat(folder, name, 0) == 0;
}

unsigned intake_media_tidy(const char *folder, const struct web_tidy *what) {
    DIR *entries = opendir(folder);
    char name[2 * SEAL_HASH_BYTES + 1];
    unsigned count = 0;
    for (size_t i = 0; entries && i < what->count && i < WEB_TIDY_MAX; i++) {
        sodium_bin2hex(name, sizeof name, what->hashes[i], SEAL_HASH_BYTES);
        count += delete_old(dirfd(entries), name, what->before_ms);
    }
    for (struct dirent *entry; entries && !what->count && (entry = readdir(entries));)
        count += entry->d_name[0] != '.' && delete_old(dirfd(entries), entry->d_name, what->before_ms);
    if (entries)
        closedir(entries);
    return count;
}

struct tidy {
    uv_work_t work;
    char folder[512];
    struct web_tidy what;
};

static void tidy(uv_work_t *work) {
    const struct tidy *job = work->data;
    intake_media_tidy(job->folder, &job->what);
}

static void on_tidied(uv_work_t *work, int status) {
    (void)status;
    free(work->data);
}

static void perform_tidy(struct intake_web *web, const struct effect *effect) {
    struct tidy *job = calloc(1, sizeof *job);
    if (!job)
        return; /* the last look of all finds them */
    job->work.data = job;
    memcpy(&job->what, effect->what, sizeof job->what);
    snprintf(job->folder, sizeof job->folder, "%s/intake/media", web->intake->data_dir);
    if (uv_queue_work(web->loop->uv, &job->work, tidy, on_tidied) != 0)
        free(job);
}

/* --- calls --- */

static void on_answer(void *context, const struct http_result *result);

static bool is_yes(const char *value) {
    return value && strcmp(value, "yes") == 0;
}

/* A mail with its date, and an id that stays when it is sent again, so that the other side knows a
 * repetition. NULL: no memory, it goes without. */
static const char *dated(struct web_job *job, const struct hook_call *call) {
    const struct clock *clock = job->web->intake->clock;
    char date[40], id[ID_TEXT + 1];
    mime_date_write(clock->wall_ms(clock->state), date);
    id_to_text(&job->id, id);
    return arena_format(job->arena, "Date: %s\r\nMessage-ID: <%s%s>\r\n%s", date, id,
        strchr(call->mail_from, '@'), call->body);
}

static void start(struct web_job *job, const struct hook_call *call) {
    const char *const recipients[] = {call->mail_to};
    const char *mail = call->mail_to ? dated(job, call) : NULL;
    job->mail = call->mail_to != NULL;
    const struct http_call http = {.url = call->url,
        .method = call->mail_to ? NULL : call->method,
        .headers = call->headers,
        .header_count = call->header_count,
        .body = mail ? mail : call->body,
        .body_size = mail ? strlen(mail) : call->body_size,
        .username = call->username,
        .password = call->password,
        .mail_from = call->mail_from,
        .recipients = call->mail_to ? recipients : NULL,
        .recipient_count = call->mail_to != NULL,
        .at_most_once = call->mail_to != NULL,
        .timeout_ms = TIMEOUT_MS,
        .max_answer_bytes = job->step == JOB_FETCH ? WEB_MEDIUM_MAX : ANSWER_MAX,
        .allow_private = intake_channel_option(job->channel, "networks") != NULL,
        .allow_plain = is_yes(intake_channel_option(job->channel, "plain"))};
    if (!http_client_start(job->web->client, &http, on_answer, job))
        finish(job, WEB_AGAIN, 1000, "busy");
}

static size_t host_size(const char *url) {
    const char *host = strstr(url, "://");
    return host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/?#") : 0;
}

/* A redirect is a new call with the same checks; secrets go to their own host only. */
static bool follow(struct web_job *job, const struct http_result *result) {
    bool moved = result->status >= 301 && result->status <= 308 && result->status != 304;
    if (!moved || job->step != JOB_FETCH || !result->location || job->redirects++ == REDIRECTS_MAX ||
        !strstr(result->location, "://"))
        return false;
    struct hook_call call = {.url = arena_text(job->arena, result->location), .method = "GET"};
    if (!call.url || host_size(call.url) == 0)
        return false;
    start(job, &call);
    return true;
}

static void find(struct web_job *job, const struct http_result *result) {
    struct hook_call call = {.method = "GET"};
    const struct hook *hook = job->channel->source->hook;
    if (!hook->media_found(job->arena, job->channel, result->answer, result->answer_size, &call)) {
        finish(job, WEB_NEVER, 0, "not found");
        return;
    }
    job->step = JOB_FETCH;
    start(job, &call);
}

static void on_answer(void *context, const struct http_result *result) {
    struct web_job *job = context;
    enum web_outcome outcome = outcome_of(result, job);
    char detail[64];
    if (follow(job, result))
        return;
    if (outcome == WEB_DONE && job->step == JOB_FIND) {
        find(job, result);
    } else if (outcome == WEB_DONE && job->step == JOB_FETCH) {
        keep_medium(job, result);
    } else {
        snprintf(detail, sizeof detail, "%s %d", http_outcome_word(result->outcome), result->status);
        finish(job, outcome, result->retry_after_s * 1000, detail);
    }
}

static struct web_job *job_new(struct intake_web *web, const struct effect *effect, const char *bot) {
    struct web_job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->arena = arena_new(ARENA_MAX);
    if (!job->arena) {
        free(job);
        return NULL;
    }
    job->web = web;
    job->id = effect->id;
    job->kind = effect->kind;
    job->channel = intake_channel_of_bot(web->intake->channels, bot);
    job->next = web->jobs;
    job->before = &web->jobs;
    if (job->next)
        job->next->before = &job->next;
    web->jobs = job;
    return job;
}

static void perform_tell(struct intake_web *web, const struct effect *effect) {
    const struct web_tell *tell = effect->what;
    struct web_job *job = job_new(web, effect, tell->bot);
    struct hook_call call = {.method = "POST"};
    if (!job)
        return; /* its lease settles it */
    job->step = JOB_TELL;
    const struct hook *hook = job->channel ? job->channel->source->hook : NULL;
    if (hook && hook->reply_call && hook->reply_call(job->arena, job->channel, tell->chat, tell->text, &call))
        start(job, &call);
    else
        finish(job, WEB_NEVER, 0, "no way");
}

static void perform_fetch(struct intake_web *web, const struct effect *effect) {
    const struct web_fetch *fetch = effect->what;
    struct web_job *job = job_new(web, effect, fetch->bot);
    struct hook_call call = {.method = "GET"};
    if (!job)
        return;
    const struct hook *hook = job->channel ? job->channel->source->hook : NULL;
    job->step = hook && hook->media_found ? JOB_FIND : JOB_FETCH;
    if (hook && hook->media_call && hook->media_call(job->arena, job->channel, fetch->reference, &call))
        start(job, &call);
    else
        finish(job, WEB_NEVER, 0, "no way");
}

void intake_web_perform(struct intake *intake, const struct effect *effect) {
    if (intake->web && effect->kind == EFFECT_TELL)
        perform_tell(intake->web, effect);
    else if (intake->web && effect->kind == EFFECT_FETCH)
        perform_fetch(intake->web, effect);
    else if (intake->web && effect->kind == EFFECT_TIDY)
        perform_tidy(intake->web, effect);
}

/* --- life --- */

static bool read_networks(
    const char *text, struct http_network *networks, size_t *count, struct error *error) {
    char copy[CHANNEL_SECRET_MAX + 1], *rest = copy;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *each; (each = strsep(&rest, ", "));) {
        if (!each[0])
            continue;
        if (*count == NETWORKS_MAX || !http_network_read(each, &networks[(*count)++]))
            return error_set(error, "sources.yaml: \"%s\" is no network, or there are more than 32", each);
    }
    return true;
}

bool intake_web_open(struct intake *intake, struct daemon_loop *loop, struct error *error) {
    struct http_network networks[NETWORKS_MAX];
    size_t count = 0;
    const char *ca_file = NULL;
    char folder[512];
    if (!intake_channel_at(intake->channels, 0))
        return true; /* nobody to call: TLS and its memory are not needed */
    struct intake_web *web = calloc(1, sizeof *web);
    if (!web)
        return error_set(error, "out of memory");
    bool good = true;
    for (size_t i = 0; good && intake_channel_at(intake->channels, i); i++) {
        const struct intake_channel *channel = intake_channel_at(intake->channels, i);
        const char *text = intake_channel_option(channel, "networks");
        ca_file = ca_file ? ca_file : intake_channel_option(channel, "ca_file");
        good = !text || read_networks(text, networks, &count, error);
    }
    snprintf(folder, sizeof folder, "%s/intake/media", intake->data_dir);
    if (good && mkdir(folder, 0700) != 0 && errno != EEXIST)
        good = error_set(error, "%s: %s", folder, strerror(errno));
    const struct http_client_options options = {.loop = loop->uv,
        .clock = intake->clock,
        .networks = networks,
        .network_count = count,
        .ca_file = ca_file};
    web->client = good ? http_client_new(&options, error) : NULL;
    if (!web->client) {
        free(web);
        return false;
    }
    web->intake = intake;
    web->loop = loop;
    intake->web = web;
    return true;
}

static void on_client_closed(void *context) {
    struct intake_web *web = context;
    while (web->jobs)
        job_free(web->jobs);
    free(web);
}

void intake_web_close(struct intake *intake) {
    struct intake_web *web = intake->web;
    intake->web = NULL;
    if (!web)
        return;
    web->closed = true;
    http_client_close(&web->client, on_client_closed, web);
}
