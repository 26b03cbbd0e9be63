/* Posts a second of CPU time, source by source, with the same text: parsed and verified (no store), then the
 * whole way through the handlers into memory.
 *
 *     bench_doors SITE_DIR [POSTS]
 *
 * Prints one JSON document; every answer must be 2xx. A source that is no webhook (Open311, OpenRosa) has no
 * way to be read without being taken: it has no parsed_per_s. */
#include "common/engine.h"
#include "common/hmac.h"
#include "services/intake/hook.h"
#include "services/intake/intake.h"
#include "services/intake/source.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WAITING = 128, BODY_BYTES = 2048 };

#define TEXT                                                                                                 \
    "Laporan nomor %llu: ada lansia tinggal sebatang di rumah dekat balai desa, jarang terlihat keluar, "    \
    "tetangga ingin ada "                                                                                    \
    "yang datang menengok dan membantu urusan bantuannya."

struct post {
    const char *method, *type;
    char path[256], body[BODY_BYTES], signature[128];
    size_t size;
};

struct bench {
    uint64_t taken, refused;
    char token[64];
    struct post posts[WAITING];
};

/* --- a site with channels, and an engine on it --- */

static void write_file(const char *folder, const char *name, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file)
        exit(1);
    fputs(text, file);
    fclose(file);
    chmod(path, 0600);
}

static void make_site(const char *from, char site[256], char data[288]) {
    char target[768], link[768], real[512];
    struct dirent **entries;
    int count = scandir(from, &entries, NULL, NULL);
    strcpy(site, "/tmp/sigap-hook-bench-XXXXXX");
    if (count < 0 || !mkdtemp(site) || !realpath(from, real))
        exit(1);
    for (int i = 0; i < count; i++) {
        snprintf(target, sizeof target, "%s/%s", real, entries[i]->d_name);
        snprintf(link, sizeof link, "%s/%s", site, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && strcmp(entries[i]->d_name, "sources.yaml") != 0 &&
            symlink(target, link) != 0)
            exit(1);
    }
    snprintf(data, 288, "%s/data", site);
    snprintf(link, sizeof link, "%s/keys", data);
    mkdir(data, 0700);
    mkdir(link, 0700);
    write_file(link, "app.secret", "app-secret\n");
    write_file(site, "sources.yaml",
        "public_url: https://sigap.example\nchannels:\n"
        "  - name: b\n    source: whatsapp\n    options:\n      - { name: secret_file, value: app.secret }\n"
        "      - { name: verify_token_file, value: app.secret }\n"
        "  - name: b\n    source: messenger\n    options:\n      - { name: secret_file, value: app.secret }\n"
        "      - { name: verify_token_file, value: app.secret }\n"
        "  - name: b\n    source: instagram\n    options:\n      - { name: secret_file, value: app.secret }\n"
        "      - { name: verify_token_file, value: app.secret }\n"
        "  - name: b\n    source: twilio\n    options:\n      - { name: secret_file, value: app.secret }\n");
}

static void on_grown(void *context) {
    (void)context;
}

static void on_answered(void *context, void *origin, const struct answer *answer) {
    struct bench *bench = context;
    (void)origin;
    bench->taken += answer->status / 100 == 2;
    bench->refused += answer->status / 100 != 2;
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
    snprintf(bench->token, sizeof bench->token, "%.49s", at ? at : "");
    sigap__view_answer__free_unpacked(answer, NULL);
}

static void on_effect(void *context, const struct effect *effect) {
    (void)context;
    (void)effect;
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

/* --- posts --- */

/* Fills body; the rest is the same for all of a source. */
#define WRITE(post, ...) ((post)->size = (size_t)snprintf((post)->body, sizeof(post)->body, __VA_ARGS__))

static void write_json(struct bench *bench, struct post *post, unsigned long long number) {
    strcpy(post->path, "/v1/reports");
    WRITE(post,
        "{\"source\":\"whatsapp\",\"external_id\":\"wamid-%llu\",\"text\":\"" TEXT
        "\",\"reporter\":{\"channel\":\"whatsapp\",\"address\":\"62812%07llu\",\"may_contact\":true}}",
        number, number, number);
    snprintf(post->signature, sizeof post->signature, "Bearer %s", bench->token);
}

static void write_telegram(struct bench *bench, struct post *post, unsigned long long number) {
    strcpy(post->path, "/v1/hooks/telegram/b");
    WRITE(post,
        "{\"update_id\":%llu,\"message\":{\"message_id\":%llu,\"from\":{\"id\":62812%07llu,\"is_bot\":false,"
        "\"first_name\":"
        "\"A\",\"language_code\":\"id\"},\"chat\":{\"id\":62812%07llu,\"first_name\":\"A\",\"type\":"
        "\"private\"},\"date\":"
        "1772420000,\"text\":\"" TEXT "\"}}",
        number, number, number, number, number);
    strcpy(post->signature, bench->token);
}

static void sign_graph(struct post *post) {
    uint8_t hash[HMAC_BYTES];
    hmac_sha256("app-secret", 10, post->body, post->size, hash);
    strcpy(post->signature, "sha256=");
    sodium_bin2hex(post->signature + 7, sizeof post->signature - 7, hash, sizeof hash);
}

static void write_whatsapp(struct bench *bench, struct post *post, unsigned long long number) {
    (void)bench;
    strcpy(post->path, "/v1/hooks/whatsapp/b");
    WRITE(post,
        "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1029\",\"changes\":[{\"value\":{"
        "\"messaging_product\":"
        "\"whatsapp\",\"metadata\":{\"display_phone_number\":\"62341\",\"phone_number_id\":\"1066\"},"
        "\"contacts\":[{\"profile\":"
        "{\"name\":\"A\"},\"wa_id\":\"62812%07llu\"}],\"messages\":[{\"from\":\"62812%07llu\",\"id\":\"wamid."
        "%llu\","
        "\"timestamp\":\"1772420000\",\"text\":{\"body\":\"" TEXT
        "\"},\"type\":\"text\"}]},\"field\":\"messages\"}]}]}",
        number, number, number, number);
    sign_graph(post);
}

static void write_messaging(struct post *post, const char *object, unsigned long long number) {
    WRITE(post,
        "{\"object\":\"%s\",\"entry\":[{\"id\":\"178\",\"time\":1772420000123,\"messaging\":[{\"sender\":{"
        "\"id\":"
        "\"5512%07llu\"},\"recipient\":{\"id\":\"178\"},\"timestamp\":1772420000100,\"message\":{\"mid\":\"m_"
        "%llu\","
        "\"text\":\"" TEXT "\"}}]}]}",
        object, number, number, number);
    sign_graph(post);
}

static void write_messenger(struct bench *bench, struct post *post, unsigned long long number) {
    (void)bench;
    strcpy(post->path, "/v1/hooks/messenger/b");
    write_messaging(post, "page", number);
}

static void write_instagram(struct bench *bench, struct post *post, unsigned long long number) {
    (void)bench;
    strcpy(post->path, "/v1/hooks/instagram/b");
    write_messaging(post, "instagram", number);
}

static void write_kannel(struct bench *bench, struct post *post, unsigned long long number) {
    snprintf(post->path, sizeof post->path, "/v1/hooks/kannel/b/%s", bench->token);
    post->type = "application/x-www-form-urlencoded";
    WRITE(
        post, "id=%llu&ts=1772420000&sender=%%2B62812%07llu&to=62341&message=" TEXT, number, number, number);
}

static void write_rapidpro(struct bench *bench, struct post *post, unsigned long long number) {
    strcpy(post->path, "/v1/hooks/rapidpro/b");
    snprintf(post->signature, sizeof post->signature, "Token %s", bench->token);
    WRITE(post,
        "{\"contact\":{\"uuid\":\"ba96bf7f-%llu\",\"name\":\"A\",\"urn\":\"tel:+62812%07llu\"},\"flow\":{"
        "\"uuid\":"
        "\"f1\",\"name\":\"Lapor\"},\"run\":{\"uuid\":\"run-%llu\"},\"results\":{\"laporan\":{\"value\":"
        "\"" TEXT "\",\"category\":\"All Responses\"}},\"input\":null}",
        number, number, number, number);
}

static void write_email(struct bench *bench, struct post *post, unsigned long long number) {
    strcpy(post->path, "/v1/hooks/email/b");
    post->type = "message/rfc822";
    snprintf(post->signature, sizeof post->signature, "Bearer %s", bench->token);
    WRITE(post,
        "From: A <a%llu@example.org>\r\nTo: lapor@sigap.example\r\nMessage-ID: <m%llu@example.org>\r\nDate: "
        "Mon, 2 Mar "
        "2026 09:53:20 +0700\r\nSubject: Laporan\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" TEXT
        "\r\n",
        number, number, number);
}

static void write_open311(struct bench *bench, struct post *post, unsigned long long number) {
    strcpy(post->path, "/open311/v2/requests.json");
    post->type = "application/x-www-form-urlencoded";
    WRITE(post, "api_key=%s&service_code=lansia_terlantar&lat=-7.98&long=112.63&description=" TEXT,
        bench->token, number);
}

static void write_openrosa(struct bench *bench, struct post *post, unsigned long long number) {
    snprintf(post->path, sizeof post->path, "/openrosa/%s/submission", bench->token);
    post->type = "multipart/form-data; boundary=XyZ";
    WRITE(post,
        "--XyZ\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; "
        "filename=\"a.xml\"\r\nContent-Type: "
        "text/xml\r\n\r\n<?xml version='1.0' ?><data id=\"sigap-laporan\" version=\"1\" "
        "xmlns:orx=\"http://openrosa.org/xforms\"><isi>" TEXT
        "</isi><orx:meta><orx:instanceID>uuid:%llu</orx:instanceID></orx:meta></data>\r\n--XyZ--\r\n",
        number, number);
}

/* Values without anything to escape and names in order: what is signed is easily written. */
static void write_twilio(struct bench *bench, struct post *post, unsigned long long number) {
    char text[BODY_BYTES];
    uint8_t hash[32];
    unsigned size = 0;
    (void)bench;
    strcpy(post->path, "/v1/hooks/twilio/b");
    post->type = "application/x-www-form-urlencoded";
    WRITE(post, "Body=" TEXT "&From=62812%07llu&MessageSid=SM%llu&NumMedia=0", number, number, number);
    int used = snprintf(text, sizeof text,
        "https://sigap.example/v1/hooks/twilio/bBody" TEXT "From62812%07lluMessageSidSM%lluNumMedia0", number,
        number, number);
    HMAC(EVP_sha1(), "app-secret", 10, (const uint8_t *)text, (size_t)used, hash, &size);
    hmac_base64_encode(hash, size, HMAC_BASE64_STANDARD, post->signature, sizeof post->signature);
}

static const char *header_of(const struct request *request, const char *name) {
    const struct post *post = request->origin;
    if (strcasecmp(name, "Content-Type") == 0)
        return post->type;
    if (strcasecmp(name, "Host") == 0)
        return "sigap.example";
    static const char *const headers[] = {
        "Authorization", "X-Telegram-Bot-Api-Secret-Token", "X-Hub-Signature-256", "X-Twilio-Signature"};
    for (size_t i = 0; i < 4; i++)
        if (strcasecmp(name, headers[i]) == 0)
            return post->signature;
    return NULL;
}

static struct request request_of(struct post *post) {
    return (struct request){.method = "POST",
        .path = post->path,
        .query = "",
        .body = post->body,
        .body_size = post->size,
        .header = header_of,
        .origin = post};
}

/* Of this process: what others do on the machine does not count. */
static int64_t cpu_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

typedef void write_post(struct bench *bench, struct post *post, unsigned long long number);

static const struct intake_source *source_of(const char *name) {
    for (size_t i = 0; intake_sources[i]; i++)
        if (strcmp(intake_sources[i]->name, name) == 0)
            return intake_sources[i];
    return NULL;
}

static void write_fresh(
    struct bench *bench, struct post *post, write_post *write, unsigned long long number) {
    post->type = "application/json";
    write(bench, post, number);
}

/* is_urgent verifies, and looks for danger; the decoder reads every message and hands over none (end is 0).
 * Nothing of it touches the store. */
static double parse(
    struct engine *engine, struct bench *bench, const char *name, write_post *write, uint64_t posts) {
    const struct hook *hook = source_of(name)->hook;
    struct arena *arena = arena_new(1 << 20);
    struct turn turn = {.arena = arena, .state = engine_state(engine)};
    const struct hook_from from = {.bot = "bench"};
    char body[BODY_BYTES];
    for (unsigned i = 0; i < WAITING; i++)
        write_fresh(bench, &bench->posts[i], write, i);
    int64_t started = cpu_ms();
    for (uint64_t sent = 0; sent < posts; sent++) {
        struct post *post = &bench->posts[sent % WAITING];
        struct request request = request_of(post);
        struct hook_batch batch = {
            .turn = &turn, .intake = turn.state, .source = source_of(name), .from = &from};
        intake_daemon.request_is_urgent(turn.state, &request);
        memcpy(body, post->body, post->size + 1);
        if (hook && (!hook->decode(&batch, body, post->size) || batch.index != 1))
            exit(1);
        arena_reset(arena);
    }
    arena_free(&arena);
    return (double)posts * 1000 / (double)(cpu_ms() - started + 1);
}

static double take(struct engine *engine, struct bench *bench, write_post *write, uint64_t posts) {
    static unsigned long long number = 1000;
    int64_t writing = 0, started = cpu_ms();
    for (uint64_t sent = 0; sent < posts;) {
        int64_t before = cpu_ms();
        for (unsigned i = 0; i < WAITING; i++)
            write_fresh(bench, &bench->posts[i], write, number++);
        writing += cpu_ms() - before;
        for (unsigned i = 0; i < WAITING; i++, sent++) {
            struct request request = request_of(&bench->posts[i]);
            if (!engine_request(engine, &request))
                exit(1);
        }
        while (engine_turn(engine) == ENGINE_WORKED)
            ;
    }
    return (double)posts * 1000 / (double)(cpu_ms() - started - writing + 1);
}

int main(int argc, char **argv) {
    static struct bench bench;
    static const struct {
        const char *name;
        write_post *write;
        bool webhook;
    } kinds[] = {{"json", write_json, true}, {"telegram", write_telegram, true},
        {"whatsapp", write_whatsapp, true}, {"messenger", write_messenger, true},
        {"instagram", write_instagram, true}, {"twilio", write_twilio, true}, {"kannel", write_kannel, true},
        {"rapidpro", write_rapidpro, true}, {"email", write_email, true}, {"open311", write_open311, false},
        {"openrosa", write_openrosa, false}};
    uint64_t posts = argc > 2 ? strtoull(argv[2], NULL, 10) : 50000;
    char site[256], data[288], command[320];
    struct error error = {""};
    if (argc < 2)
        return 1;
    make_site(argv[1], site, data);
    const struct engine_options options = {
        .daemon = &intake_daemon,
        .setup = {site, data, &clock_real, &random_real, true},
        .store = {.path = ":memory:", .vfs = "unix-none"},
        .ports = {&bench, on_grown, on_answered, on_submit_answered, on_view_answered, on_effect},
    };
    struct engine *engine = engine_open(&options, &error);
    if (!engine)
        return fprintf(stderr, "%s\n", error.text), 1;
    issue_token(engine);
    printf("{\"posts\":%llu,\"sources\":{", (unsigned long long)posts);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        printf("%s\"%s\":{", i ? "," : "", kinds[i].name);
        if (kinds[i].webhook)
            printf("\"parsed_per_s\":%.0f,", parse(engine, &bench, kinds[i].name, kinds[i].write, posts));
        printf("\"taken_per_s\":%.0f}", take(engine, &bench, kinds[i].write, posts));
    }
    printf("},\"refused\":%llu}\n", (unsigned long long)bench.refused);
    engine_close(&engine);
    snprintf(command, sizeof command, "rm -rf '%s'", site);
    return system(command) != 0 || bench.refused > 0;
}
