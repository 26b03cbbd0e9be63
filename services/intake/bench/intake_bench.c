/* Reports a second through the handlers of intake on one core: parsing, checking, sealing, rows and records,
 * committed in turns as in production but into memory, so that the disk's fsync is not measured.
 *
 *     sigap-intake-bench SITE_DIR [REPORTS]
 *
 * Prints one line; every answer must be 202. */
#include "common/engine.h"
#include "services/intake/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WAITING = 192, BODY_BYTES = 1024 };

struct bench {
    uint64_t taken, refused;
    char token[128];
};

static void on_grown(void *context) {
    (void)context;
}

static void on_answered(void *context, void *origin, const struct answer *answer) {
    struct bench *bench = context;
    (void)origin;
    if (answer->status == 202)
        bench->taken++;
    else
        bench->refused++;
}

static void on_submit_answered(void *context, void *origin, const void *frame, size_t size) {
    (void)context;
    (void)origin;
    (void)frame;
    (void)size;
}

static void on_view_answered(void *context, void *origin, const void *frame, size_t size) {
    struct bench *bench = context;
    Sigap__ViewAnswer *answer = sigap__view_answer__unpack(NULL, size, frame);
    const char *at = strstr((const char *)answer->json.data, "sigap_");
    (void)origin;
    snprintf(bench->token, sizeof bench->token, "Bearer %.49s", at ? at : "");
    sigap__view_answer__free_unpacked(answer, NULL);
}

static void on_effect(void *context, const struct effect *effect) {
    (void)context;
    (void)effect;
}

static const char *header_of(const struct request *request, const char *name) {
    if (strcasecmp(name, "Authorization") == 0)
        return ((struct bench *)request->origin)->token;
    return strcasecmp(name, "Content-Type") == 0 ? "application/json" : NULL;
}

static void issue_token(struct engine *engine) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__ControlView control = SIGAP__CONTROL_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    char *role = (char *)"administrator";
    uint8_t frame[256];
    actor.account = (char *)"bench";
    actor.roles = &role;
    actor.n_roles = 1;
    control.action = (char *)"token.issue";
    control.argument = (char *)"bench rate=0";
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_CONTROL;
    view.control = &control;
    engine_view(engine, frame, sigap__view__pack(&view, frame), NULL);
    while (engine_turn(engine) == ENGINE_WORKED)
        ;
}

static struct engine *open_engine(struct bench *bench, const char *site_dir) {
    const struct engine_options options = {
        .daemon = &intake_daemon,
        .setup = {site_dir, "/nonexistent", &clock_real, &random_real, true},
        .store = {.path = ":memory:", .vfs = "unix-none"},
        .ports = {bench, on_grown, on_answered, on_submit_answered, on_view_answered, on_effect},
    };
    struct error error = {""};
    struct engine *engine = engine_open(&options, &error);
    if (!engine)
        fprintf(stderr, "%s\n", error.text);
    return engine;
}

/* Every report its own words, half of them with a reporter who may be written to. */
static size_t write_body(char body[BODY_BYTES], uint64_t number) {
    return (size_t)snprintf(body, BODY_BYTES,
        "{\"source\":\"whatsapp\",\"external_id\":\"wamid-%llu\",\"text\":\"Laporan nomor %llu: ada lansia "
        "tinggal "
        "sebatang di rumah dekat balai desa, jarang terlihat keluar, tetangga ingin ada yang datang menengok "
        "dan "
        "membantu urusan "
        "bantuannya.\",\"lat\":-7.%llu,\"lon\":112.%llu,\"area\":\"35.07.12\",\"occurred_at\":"
        "\"2026-03-01T22:15:00+07:00\",\"reporter\":{\"channel\":\"whatsapp\",\"address\":\"+62812%07llu\","
        "\"may_contact\":%s}}",
        (unsigned long long)number, (unsigned long long)number, (unsigned long long)(number % 9000 + 1000),
        (unsigned long long)(number % 8000 + 1000), (unsigned long long)(number % 10000000),
        number % 2 ? "true" : "false");
}

static bool run(struct engine *engine, struct bench *bench, uint64_t reports) {
    static char bodies[WAITING][BODY_BYTES];
    for (uint64_t sent = 0; sent < reports;) {
        for (unsigned i = 0; i < WAITING && sent < reports; i++, sent++) {
            struct request request = {.method = "POST",
                .path = "/v1/reports",
                .query = "",
                .body = bodies[i],
                .body_size = write_body(bodies[i], sent),
                .header = header_of,
                .origin = bench};
            if (!engine_request(engine, &request))
                return false;
        }
        while (engine_turn(engine) == ENGINE_WORKED)
            ;
    }
    return bench->taken == reports && bench->refused == 0;
}

int main(int argc, char **argv) {
    static struct bench bench;
    uint64_t reports = argc > 2 ? strtoull(argv[2], NULL, 10) : 100000;
    struct engine *engine = argc > 1 ? open_engine(&bench, argv[1]) : NULL;
    if (!engine)
        return 1;
    issue_token(engine);
    int64_t started = clock_monotonic_ms(&clock_real);
    bool sound = run(engine, &bench, reports);
    int64_t took_ms = clock_monotonic_ms(&clock_real) - started;
    printf("intake: %llu reports in %lld ms, %.0f reports/s, %llu refused\n", (unsigned long long)bench.taken,
        (long long)took_ms, (double)bench.taken * 1000 / (double)(took_ms ? took_ms : 1),
        (unsigned long long)bench.refused);
    engine_close(&engine);
    return sound ? 0 : 1;
}
