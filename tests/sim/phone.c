/* Reporters who write by WhatsApp, and the platform between: bodies with several entries, messages that came
 * before, receipts of deliveries and reactions among them; pictures that can be had at once, later, or never;
 * answers that arrive, or get lost. The webhook's answer is empty: what somebody knows of the ticket stands
 * in the message that intake sends back. */
#include "common/hmac.h"
#include "services/intake/web.h"
#include "world.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char secret[] = "sim-secret";

const char sim_sources[] = "channels:\n"
                           "  - { name: sim, source: telegram, options: [{ name: token_file, value: "
                           "sim.secret }] }\n"
                           "  - name: sim\n"
                           "    source: whatsapp\n"
                           "    options:\n"
                           "      - { name: secret_file, value: sim.secret }\n"
                           "      - { name: verify_token_file, value: sim.secret }\n"
                           "      - { name: token_file, value: sim.secret }\n"
                           "      - { name: number_id, value: \"1066\" }\n";

bool phone_secret(const char *data_dir) {
    char path[256];
    snprintf(path, sizeof path, "%s/keys/sim.secret", data_dir);
    FILE *file = fopen(path, "w");
    bool written = file && fputs(secret, file) >= 0;
    return file && fclose(file) == 0 && written && chmod(path, 0600) == 0;
}

/* ---- bodies ---- */

__attribute__((format(printf, 2, 3))) static void add(struct reporter *reporter, const char *format, ...) {
    size_t used = strlen(reporter->body);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reporter->body + used, sizeof reporter->body - used, format, arguments);
    va_end(arguments);
}

#define VALUE "\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"1066\"},"

static void add_entry(struct reporter *reporter, const char *value) {
    bool first = reporter->body[strlen(reporter->body) - 1] == '[';
    add(reporter, "%s{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{" VALUE "%s}}]}",
        first ? "" : ",", value);
}

static void add_message(struct reporter *reporter, const struct reporter *whose, unsigned number) {
    char value[1200];
    int used = snprintf(value, sizeof value,
        "\"messages\":[{\"from\":\"62811%06u\",\"id\":\"wamid.%u\",\"timestamp\":\"1772420000\",", number,
        number);
    if (whose->album)
        snprintf(value + used, sizeof value - (size_t)used,
            "\"type\":\"image\",\"image\":{\"id\":\"%u\",\"mime_type\":\"image/"
            "jpeg\",\"sha256\":\"h%u\",\"caption\":\"%s\"}}]",
            9000000 + number, number, whose->plain);
    else
        snprintf(value + used, sizeof value - (size_t)used, "\"type\":\"text\",\"text\":{\"body\":\"%s\"}}]",
            whose->plain);
    add_entry(reporter, value);
}

void phone_write(struct sim *sim, unsigned number) {
    static const char *const noise[] = {"\"statuses\":[{\"id\":\"wamid.out\",\"status\":\"delivered\","
                                        "\"timestamp\":\"1772420000\",\"recipient_id\":\"62811\"}]",
        "\"statuses\":[{\"id\":\"wamid.out\",\"status\":\"failed\",\"errors\":[{\"code\":131047}]}]",
        "\"errors\":[{\"code\":130429}]",
        "\"messages\":[{\"from\":\"62811\",\"id\":\"wamid.r\",\"type\":\"reaction\",\"reaction\":{\"message_"
        "id\":\"wamid.1\"}}]"};
    struct reporter *reporter = &sim->reporters[number];
    struct chance *chance = &sim->chance;
    uint8_t hash[HMAC_BYTES];
    strcpy(reporter->body, "{\"object\":\"whatsapp_business_account\",\"entry\":[");
    if (chance_hits(chance, 300))
        add_entry(reporter, noise[chance_below(chance, sizeof noise / sizeof *noise)]);
    for (unsigned back = 1; back <= 3 && back <= number; back++) /* what the platform thinks we did not get */
        if (sim->reporters[number - back].way == BY_WHATSAPP && chance_hits(chance, 400))
            add_message(reporter, &sim->reporters[number - back], number - back);
    add_message(reporter, reporter, number);
    if (chance_hits(chance, 200))
        add_message(reporter, reporter, number); /* twice in one body */
    add(reporter, "]}");
    hmac_sha256(secret, sizeof secret - 1, reporter->body, strlen(reporter->body), hash);
    strcpy(reporter->bearer, "sha256=");
    sodium_bin2hex(reporter->bearer + 7, sizeof reporter->bearer - 7, hash, sizeof hash);
}

/* ---- what intake asks of the platform ---- */

static void told(struct sim *sim, const struct web_tell *tell) {
    char ticket[32];
    unsigned number = 0;
    ticket_within(tell->text, strlen(tell->text), ticket);
    if (!ticket[0] || sscanf(tell->chat, "62811%06u", &number) != 1 || number >= sim->options.reports ||
        sim->reporters[number].way != BY_WHATSAPP)
        return;
    struct reporter *reporter = &sim->reporters[number];
    trace(sim, "%s is told %s", reporter->key, ticket);
    if (reporter->acknowledged && reporter->ticket[0] && strcmp(reporter->ticket, ticket) != 0)
        sim_fail(sim, "%s had the ticket %s and is told %s", reporter->key, reporter->ticket, ticket);
    snprintf(reporter->ticket, sizeof reporter->ticket, "%s", ticket);
}

static struct effect_result answer_to(struct machine *machine, const struct effect *effect, int outcome) {
    struct effect_result result = {
        .id = effect->id, .kind = effect->kind, .outcome = outcome, .retry_after_ms = 1000};
    if (effect->kind == EFFECT_FETCH && outcome == WEB_DONE) {
        struct web_medium *medium = calloc(1, sizeof *medium);
        chance_fill(&machine->sim->chance, medium->hash, sizeof medium->hash);
        strcpy(medium->type, "image/jpeg");
        medium->size_bytes = 1000;
        result.bytes = medium;
        result.size = sizeof *medium;
    }
    return result;
}

/* ---- each call must come to an end ---- */

static void call_ended(struct sim *sim, const struct id *id) {
    for (unsigned i = 0; i < sim->call_count; i++)
        if (id_equal(&sim->calls[i].id, id)) {
            sim->calls[i] = sim->calls[--sim->call_count];
            return;
        }
}

static void call_begun(struct sim *sim, const struct effect *effect) {
    enum { TELLS_MAX = 8, FETCHES_MAX = 76 }; /* then intake gives up */
    const struct id *id = &effect->id;
    unsigned at = 0, most = effect->kind == EFFECT_FETCH ? FETCHES_MAX : TELLS_MAX;
    while (at < sim->call_count && !id_equal(&sim->calls[at].id, id))
        at++;
    if (at == CALLS_MAX)
        return;
    if (at == sim->call_count)
        sim->calls[sim->call_count++] = (struct call){.id = *id};
    if (++sim->calls[at].tries >= most)
        call_ended(sim, id);
}

/* Nobody is told a second time what they may have been told. */
void phone_finished(struct sim *sim, const struct effect_result *result) {
    if (result->outcome == WEB_DONE || result->outcome == WEB_NEVER ||
        (result->outcome == WEB_UNKNOWN && result->kind == EFFECT_TELL))
        call_ended(sim, &result->id);
}

/* Whoever was written to may have got it although nobody told intake so. */
void phone_effect(struct machine *machine, const struct effect *effect) {
    static const int outcomes[] = {
        WEB_DONE, WEB_DONE, WEB_DONE, WEB_AGAIN, WEB_AGAIN, WEB_NEVER, WEB_UNKNOWN};
    struct sim *sim = machine->sim;
    struct chance *chance = &sim->chance;
    if (effect->kind != EFFECT_TELL && effect->kind != EFFECT_FETCH)
        return;
    call_begun(sim, effect);
    sim->outcome->coverage.calls[effect->kind == EFFECT_TELL ? CALL_REPLY : CALL_MEDIUM]++;
    bool kind = sim->quiet || sim->options.calm;
    int outcome = kind ? WEB_DONE : outcomes[chance_below(chance, sizeof outcomes / sizeof *outcomes)];
    unsigned times = kind ? 1 : chance_hits(chance, 80) ? 0 : chance_hits(chance, 80) ? 2 : 1;
    if (effect->kind == EFFECT_TELL && (outcome == WEB_DONE || outcome == WEB_UNKNOWN))
        told(sim, effect->what);
    for (unsigned i = 0; i < times; i++) {
        const struct effect_result result = answer_to(machine, effect, outcome);
        result_add(machine, &result, kind ? 10 : chance_hits(chance, 100) ? 60000 : 500);
    }
}
