#include "passwords.h"

#include "state.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* libsodium's "interactive": OWASP asks for at least 19 MiB and 2 passes. */
#define PASSES crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE

static const char made_prefix[] = "made:";

/* Of a password that was thrown away: verifying against it always fails, and takes as long as any other. */
static const char nobody[crypto_pwhash_STRBYTES] =
    "$argon2id$v=19$m=65536,t=2,p=1$JR2PM6ab8sZMriHjMa+2tQ$QS5OfEEgx9MI+N+zh7hSVmA7P+CwTOg7OV0m7W5AgZ4";

/* ---- one password ---- */

void password_make(const struct random *random, char text[PASSWORD_MADE + 1]) {
    static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* Crockford: none looks like another */
    uint8_t bytes[20];
    random_fill(random, bytes, sizeof bytes);
    size_t at = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i && i % 4 == 0)
            text[at++] = '-';
        text[at++] = letters[bytes[i] & 31];
    }
    text[at] = 0;
    sodium_memzero(bytes, sizeof bytes);
}

void password_made_hash(const char *text, char hash[PASSWORD_HASH]) {
    uint8_t digest[32];
    crypto_generichash(digest, sizeof digest, (const uint8_t *)text, strlen(text), NULL, 0);
    memcpy(hash, made_prefix, sizeof made_prefix - 1);
    sodium_bin2hex(
        hash + sizeof made_prefix - 1, PASSWORD_HASH - sizeof made_prefix + 1, digest, sizeof digest);
}

static bool is_made(const char *hash) {
    return strncmp(hash, made_prefix, sizeof made_prefix - 1) == 0;
}

bool password_fits(const char *hash, const char *password) {
    if (is_made(hash)) {
        char own[PASSWORD_HASH];
        password_made_hash(password, own);
        size_t size = strlen(own);
        return strlen(hash) == size && sodium_memcmp(own, hash, size) == 0;
    }
    bool real = hash[0] != 0;
    return crypto_pwhash_str_verify(real ? hash : nobody, password, strlen(password)) == 0 && real;
}

/* ---- the queue ---- */

struct job {
    uv_work_t work;
    struct passwords *owner;
    struct job *next;
    struct id id;
    uint32_t kind;
    int outcome;
    struct password_job given;
    struct password_result result;
};

/* Outlives the daemon's state while a job runs: libuv calls back in any case. */
struct passwords {
    struct daemon_loop *loop;
    struct job *first, **last;
    unsigned waiting, running;
    bool closed;
};

static void job_free(struct job *job) {
    sodium_memzero(job, sizeof *job);
    free(job);
}

static void hash_new(struct job *job, const char *password) {
    if (crypto_pwhash_str(job->result.hash, password, strlen(password), PASSES, MEMORY) != 0) {
        job->result.hash[0] = 0; /* no memory */
        if (job->kind != EFFECT_VERIFY)
            job->outcome = EFFECT_UNKNOWN;
    }
}

/* On a thread of the pool: nothing but the job is touched. */
static void work(uv_work_t *work) {
    struct job *job = work->data;
    const struct password_job *given = &job->given;
    job->outcome = job->kind == EFFECT_HASH || password_fits(given->hash, given->password);
    if (job->outcome != 1)
        return;
    if (job->kind == EFFECT_CHANGE)
        hash_new(job, given->renewed);
    else if (job->kind == EFFECT_HASH || is_made(given->hash) ||
             crypto_pwhash_str_needs_rehash(given->hash, PASSES, MEMORY) != 0)
        hash_new(job, given->password);
}

static void tell(struct daemon_loop *loop, const struct job *job) {
    struct effect_result result = {.id = job->id, .kind = job->kind, .outcome = job->outcome};
    result.bytes = malloc(sizeof job->result);
    if (result.bytes) {
        memcpy(result.bytes, &job->result, sizeof job->result);
        result.size = sizeof job->result;
    }
    loop->finished(loop, &result);
}

static void start_next(struct passwords *passwords);

static void worked(uv_work_t *work, int status) {
    struct job *job = work->data;
    struct passwords *passwords = job->owner;
    passwords->running--;
    if (status != 0)
        job->outcome = EFFECT_UNKNOWN;
    if (!passwords->closed)
        tell(passwords->loop, job);
    job_free(job);
    if (!passwords->closed)
        start_next(passwords);
    else if (!passwords->running)
        free(passwords);
}

static void start_next(struct passwords *passwords) {
    while (passwords->first && passwords->running < PASSWORD_PARALLEL) {
        struct job *job = passwords->first;
        passwords->first = job->next;
        if (!passwords->first)
            passwords->last = &passwords->first;
        passwords->waiting--;
        passwords->running++;
        uv_queue_work(passwords->loop->uv, &job->work, work, worked);
    }
}

struct passwords *passwords_open(struct daemon_loop *loop) {
    struct passwords *passwords = calloc(1, sizeof *passwords);
    if (passwords) {
        passwords->loop = loop;
        passwords->last = &passwords->first;
    }
    return passwords;
}

void passwords_close(struct passwords **at) {
    struct passwords *passwords = *at;
    *at = NULL;
    if (!passwords)
        return;
    while (passwords->first) {
        struct job *job = passwords->first;
        passwords->first = job->next;
        job_free(job);
    }
    passwords->closed = true;
    if (!passwords->running)
        free(passwords);
}

static void refuse(struct passwords *passwords, const struct effect *effect) {
    struct effect_result result = {.id = effect->id, .kind = effect->kind, .outcome = EFFECT_UNKNOWN};
    passwords->loop->finished(passwords->loop, &result);
}

void passwords_start(struct passwords *passwords, const struct effect *effect) {
    struct job *job = passwords->waiting < PASSWORD_JOBS ? calloc(1, sizeof *job) : NULL;
    if (!job || effect->what_size != sizeof job->given) {
        free(job);
        refuse(passwords, effect);
        return;
    }
    job->owner = passwords;
    job->work.data = job;
    job->id = effect->id;
    job->kind = effect->kind;
    memcpy(&job->given, effect->what, sizeof job->given);
    memcpy(job->result.account, job->given.account, sizeof job->result.account);
    memcpy(job->result.before, job->given.hash, sizeof job->result.before);
    *passwords->last = job;
    passwords->last = &job->next;
    passwords->waiting++;
    start_next(passwords);
}
