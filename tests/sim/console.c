/* What the console's process does between its turns: Argon2 on threads, and views asked of other daemons.
 * Here both take virtual time, and may never come back. */
#include "services/console/passwords.h"
#include "services/console/reading.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PASSWORD_MS = 400,
    ANSWER_MS = 50,
    ASK_MS = 2000,    /* as daemon.h promises */
    ASK_BIT = 1 << 30 /* numbers of asks among the origins of views */
};

/* ---- passwords ---- */

/* Stands for the string of Argon2id, which is made to be slow. */
static void harden(char hash[PASSWORD_HASH], const char *password) {
    uint8_t digest[32];
    char hex[65];
    crypto_generichash(digest, sizeof digest, (const uint8_t *)password, strlen(password), NULL, 0);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    snprintf(hash, PASSWORD_HASH, "hard:%s", hex);
}

/* The row holds "made:" and the hash of a password we made, or what harden() has made of it. */
static bool fits(const struct password_job *job) {
    char hash[PASSWORD_HASH];
    harden(hash, job->password);
    return strlen(job->hash) == strlen(hash) && strcmp(job->hash + 5, hash + 5) == 0;
}

static void speak(struct machine *machine, const struct effect *effect) {
    struct sim *sim = machine->sim;
    const struct password_job *job = effect->what;
    struct password_result *bytes = calloc(1, sizeof *bytes);
    struct effect_result result = {.id = effect->id, .kind = effect->kind, .bytes = bytes};
    bool fault = !sim->quiet && !sim->options.calm && chance_hits(&sim->chance, 30);
    result.size = sizeof *bytes;
    memcpy(bytes->account, job->account, sizeof bytes->account);
    memcpy(bytes->before, job->hash, sizeof bytes->before);
    result.outcome = effect->kind == EFFECT_HASH || fits(job);
    if (result.outcome)
        harden(bytes->hash, effect->kind == EFFECT_CHANGE ? job->renewed : job->password);
    if (fault) { /* no memory for it */
        result.outcome = EFFECT_UNKNOWN;
        bytes->hash[0] = 0;
    }
    result_add(machine, &result, PASSWORD_MS);
}

/* ---- views ---- */

static void ask(struct machine *machine, const struct effect *effect) {
    struct sim *sim = machine->sim;
    const struct reading_question *question = effect->what;
    struct machine *owner = machine_of(sim, question->daemon);
    bool lost = !sim->quiet && !sim->options.calm && chance_hits(&sim->chance, 30);
    struct ask *ask = sim->ask_count < ASKS_MAX ? &sim->asks[sim->ask_count++] : NULL;
    if (!ask)
        return; /* as if nobody had answered; its wait ends by itself */
    *ask = (struct ask){.number = ++sim->ask_number | ASK_BIT,
        .life = machine->life,
        .until = sim->now + ASK_MS,
        .effect = effect->id,
        .kind = effect->kind};
    if (owner && owner->engine && !lost)
        engine_view(owner->engine, question->frame, question->size, (void *)(uintptr_t)ask->number);
}

static void answer(struct sim *sim, struct ask *ask, const void *frame, size_t size) {
    struct machine *console = machine_of(sim, "console");
    struct effect_result result = {
        .id = ask->effect, .kind = ask->kind, .outcome = frame ? 0 : EFFECT_UNKNOWN};
    if (frame) {
        result.bytes = malloc(size);
        result.size = size;
        memcpy(result.bytes, frame, size);
    }
    if (ask->life == console->life)
        result_add(console, &result, ANSWER_MS);
    else
        free(result.bytes);
    *ask = sim->asks[--sim->ask_count];
}

bool console_told(struct sim *sim, const void *origin, const void *frame, size_t size) {
    uint64_t number = (uintptr_t)origin;
    if (!(number & ASK_BIT))
        return false;
    for (unsigned i = 0; i < sim->ask_count; i++)
        if (sim->asks[i].number == number) {
            answer(sim, &sim->asks[i], frame, size);
            break;
        }
    return true;
}

bool console_asks_expire(struct sim *sim) {
    bool expired = false;
    for (unsigned i = 0; i < sim->ask_count;)
        if (sim->asks[i].until <= sim->now) {
            answer(sim, &sim->asks[i], NULL, 0);
            expired = true;
        } else {
            i++;
        }
    return expired;
}

int64_t console_wake_at(const struct sim *sim) {
    int64_t at = INT64_MAX;
    for (unsigned i = 0; i < sim->ask_count; i++)
        at = sim->asks[i].until < at ? sim->asks[i].until : at;
    return at;
}

void console_effect(struct machine *machine, const struct effect *effect) {
    machine->sim->outcome->coverage.calls[effect->kind >= EFFECT_ASK ? CALL_VIEW : CALL_PASSWORD]++;
    if (effect->kind >= EFFECT_ASK)
        ask(machine, effect);
    else
        speak(machine, effect);
}
