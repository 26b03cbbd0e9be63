/* What every webhook must do, whichever platform sends it. A test of a source fills `struct conformance` with
 * how its platform writes a message and calls CONFORMANCE_TESTS; test_sources.c sees to it that every source
 * with a hook does. */
#pragma once

#include "services/intake/hook.h"
#include "services/intake/tests/intake_bottle.h"
#include "services/intake/web.h"

#include "common/fault.h"
#include "common/log.h"
#include "proto/intake.pb-c.h"

#include <sys/stat.h>
#include <unistd.h>

enum { POST_MAX = 4 << 20 };

/* A message as the tests mean it; the source writes it as its platform would. */
struct told {
    int number; /* the platform's id is made from it */
    const char *text, *sender;
    bool edited, group, forwarded, withdrawn, broken;
    int album; /* 0: none */
    bool photo;
};

struct post {
    struct fixture_request request;
    char path[256], query[4096], body[POST_MAX], values[4][512];
};

struct conform {
    struct bottle bottle;
    char site[128], data[128];
    const struct conformance *what;
};

struct conformance {
    const char *source, *word;
    const char *sources_yaml;  /* its channels; NULL: none */
    const char *secrets[6][2]; /* file in DATA/keys, its line */
    bool repeats, batches, edits, albums, withdrawals, groups, forwards, inline_ticket, any_type;
    const char *garbage; /* a signed body that cannot be read; NULL: every body can */
    /* Writes path, body and headers, all but the signature. */
    void (*write)(struct conform *conform, struct post *post, const struct told *told, size_t count);
    /* Signs what stands in post->body (size: post->request.body_size). */
    void (*sign)(struct conform *conform, struct post *post);
};

static const struct conformance *conformance_of_test(void);

/* --- a site with channels --- */

MAYBE_UNUSED static void conform_file(const char *folder, const char *name, const char *text, unsigned mode) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    chmod(path, mode);
}

MAYBE_UNUSED static void conform_site(struct conform *conform) {
    static const char *const files[] = {
        "site.yaml", "danger.yaml", "replies.yaml", "kinds.yaml", "vocabulary", NULL};
    char from[512], to[512], keys[160];
    strcpy(conform->site, "/tmp/sigap-doors-XXXXXX");
    assert_non_null(mkdtemp(conform->site));
    snprintf(conform->data, sizeof conform->data, "%s/data", conform->site);
    snprintf(keys, sizeof keys, "%s/keys", conform->data);
    assert_int_equal(mkdir(conform->data, 0700), 0);
    assert_int_equal(mkdir(keys, 0700), 0);
    for (size_t i = 0; files[i]; i++) {
        snprintf(from, sizeof from, SIGAP_SOURCE_DIR "/deploy/sites/jatim/%s", files[i]);
        snprintf(to, sizeof to, "%s/%s", conform->site, files[i]);
        assert_int_equal(symlink(from, to), 0);
    }
    if (conform->what->sources_yaml)
        conform_file(conform->site, "sources.yaml", conform->what->sources_yaml, 0644);
    for (size_t i = 0; i < 6 && conform->what->secrets[i][0]; i++)
        conform_file(keys, conform->what->secrets[i][0], conform->what->secrets[i][1], 0600);
}

MAYBE_UNUSED static void conform_remove(const char *folder) {
    char command[256];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

MAYBE_UNUSED static struct conform conform_open(void) {
    struct conform conform = {.what = conformance_of_test()};
    conform_site(&conform);
    conform.bottle.fixture = fixture_open(&(struct fixture_options){
        .daemon = &intake_daemon, .seed = 7, .site_dir = conform.site, .data_dir = conform.data});
    bottle_issue(conform.bottle.fixture, "bot-a", conform.bottle.bearer);
    fixture_forget(conform.bottle.fixture);
    return conform;
}

MAYBE_UNUSED static void conform_close(struct conform *conform) {
    fixture_close(&conform->bottle.fixture);
    conform_remove(conform->site);
}

/* --- sending --- */

MAYBE_UNUSED static struct post *conform_write(
    struct conform *conform, const struct told *told, size_t count) {
    static struct post post;
    post.request = (struct fixture_request){.method = "POST", .path = post.path, .body = post.body};
    post.query[0] = 0;
    conform->what->write(conform, &post, told, count);
    if (!post.request.body_size)
        post.request.body_size = strlen(post.body);
    conform->what->sign(conform, &post);
    return &post;
}

MAYBE_UNUSED static const struct answer *conform_post(
    struct conform *conform, const struct told *told, size_t count) {
    return fixture_request(conform->bottle.fixture, &conform_write(conform, told, count)->request);
}

MAYBE_UNUSED static void conform_taken(struct conform *conform, const struct told *told, size_t count) {
    const struct answer *answer = conform_post(conform, told, count);
    assert_non_null(answer);
    if (answer->status < 200 || answer->status > 299)
        fail_msg("answered %u: %s", answer->status, (const char *)answer->body);
}

MAYBE_UNUSED static size_t conform_parked(struct conform *conform) {
    return fixture_count(conform->bottle.fixture, SIGAP__EVENT__BODY_INPUT_PARKED);
}

MAYBE_UNUSED static const Sigap__ReportReceived *conform_report(struct conform *conform, size_t number) {
    const struct fixture_record *record =
        fixture_nth(conform->bottle.fixture, SIGAP__EVENT__BODY_REPORT_RECEIVED, number);
    assert_non_null(record);
    return record->event->report_received;
}

/* Until the next call. */
MAYBE_UNUSED static const char *conform_text(const Sigap__ReportReceived *report) {
    static char text[SUBMISSION_TEXT_MAX + 1];
    Sigap__ReportContent *content = bottle_content(report);
    snprintf(text, sizeof text, "%s", content->text);
    sigap__report_content__free_unpacked(content, NULL);
    return text;
}

/* Triage cannot place it. */
MAYBE_UNUSED static void conform_asked_where(struct conform *conform, ProtobufCBinaryData report) {
    Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    review.report_id = report;
    review.reason = (char *)"place_unclear";
    event.body_case = SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
    event.report_in_review = &review;
    fixture_event(conform->bottle.fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(conform->bottle.fixture);
}

static const char conform_calm[] = "Ada warga minta info bansos";
static const char conform_danger[] = "tolong dia pegang pisau";

/* --- what all must do --- */

static void it_is_kept_before_it_is_answered(void **state) {
    (void)state;
    struct conform conform = conform_open();
    conform_taken(&conform, &(struct told){.number = 1, .text = conform_calm, .sender = "6281100"}, 1);
    assert_int_equal(bottle_reports(&conform.bottle), 1);
    const Sigap__ReportReceived *report = conform_report(&conform, 0);
    assert_string_equal(report->channel, conform.what->word);
    assert_non_null(strstr(conform_text(report), conform_calm));
    assert_int_equal(bottle_last(&conform.bottle)->lane, LANE_NORMAL);
    conform_taken(&conform, &(struct told){.number = 2, .text = conform_danger, .sender = "6281100"}, 1);
    assert_int_equal(bottle_last(&conform.bottle)->lane, LANE_URGENT);
    conform_close(&conform);
}

static void again_is_answered_like_the_first_time(void **state) {
    (void)state;
    struct conform conform = conform_open();
    const struct told told = {.number = 1, .text = conform_calm, .sender = "6281100"};
    char first[4096];
    const struct answer *answer = conform_post(&conform, &told, 1);
    unsigned status = answer->status;
    snprintf(first, sizeof first, "%.*s", (int)answer->body_size, (const char *)answer->body);
    fixture_advance(conform.bottle.fixture, 5 * 3600 * 1000);
    answer = conform_post(&conform, &told, 1);
    assert_int_equal(answer->status, status);
    assert_int_equal(answer->body_size, strlen(first));
    assert_memory_equal(answer->body, first, strlen(first));
    assert_int_equal(bottle_reports(&conform.bottle), 1);
    conform_close(&conform);
}

static void strangers_and_altered_bodies_are_refused(void **state) {
    (void)state;
    struct conform conform = conform_open();
    struct post *post =
        conform_write(&conform, &(struct told){.number = 1, .text = conform_danger, .sender = "6281100"}, 1);
    char *at = strstr(post->body, "pisau");
    if (at && conform.what->sources_yaml) /* signed bodies; a secret covers no body */
        memcpy(at, "pasar", 5);
    bool covered = false;
    for (size_t i = 0; i < 16 && post->request.headers[i][0]; i++)
        covered |= strstr(post->request.headers[i][0], "Signature") != NULL;
    if (covered)
        assert_int_equal(fixture_request(conform.bottle.fixture, &post->request)->status, 401);
    for (size_t i = 0; i < 16; i++)
        if (post->request.headers[i][0] && strcasecmp(post->request.headers[i][0], "Content-Type") != 0)
            post->request.headers[i][1] = "wrong";
    if (!covered && strstr(post->path, conform.bottle.bearer + 7))
        strcpy(strstr(post->path, conform.bottle.bearer + 7), "wrong");
    unsigned status = fixture_request(conform.bottle.fixture, &post->request)->status;
    assert_true(status == 401 || status == 403);
    assert_int_equal(bottle_reports(&conform.bottle), 0);
    conform_close(&conform);
}

static void a_wrong_type_is_refused(void **state) {
    (void)state;
    struct conform conform = conform_open();
    if (!conform.what->any_type) {
        struct post *post = conform_write(
            &conform, &(struct told){.number = 1, .text = conform_calm, .sender = "6281100"}, 1);
        for (size_t i = 0; i < 16 && post->request.headers[i][0]; i++)
            if (strcasecmp(post->request.headers[i][0], "Content-Type") == 0)
                post->request.headers[i][1] = "application/pdf";
        assert_int_equal(fixture_request(conform.bottle.fixture, &post->request)->status, 415);
        assert_int_equal(bottle_reports(&conform.bottle), 0);
    }
    conform_close(&conform);
}

static void each_of_many_is_kept(void **state) {
    (void)state;
    enum { MANY = 100 };
    struct conform conform = conform_open();
    struct told told[MANY];
    char texts[MANY][64];
    if (conform.what->batches) {
        for (int i = 0; i < MANY; i++) {
            snprintf(texts[i], sizeof texts[i], "Laporan nomor %d dari satu kiriman", i);
            told[i] = (struct told){.number = i + 1, .text = texts[i], .sender = "6281100"};
        }
        conform_taken(&conform, told, MANY);
        fixture_advance(conform.bottle.fixture, 1000);
        assert_int_equal(bottle_reports(&conform.bottle), MANY);
        for (size_t i = 0; i < MANY; i++)
            assert_non_null(strstr(conform_text(conform_report(&conform, i)), "nomor"));
        conform_taken(&conform, told, MANY);
        fixture_advance(conform.bottle.fixture, 1000);
        assert_int_equal(bottle_reports(&conform.bottle), MANY);
    }
    conform_close(&conform);
}

/* What lies aside: how much, id and reason of the first. */
MAYBE_UNUSED static size_t conform_aside(struct conform *conform, char id[64], char reason[64]) {
    json_t *hooks = bottle_list(conform->bottle.fixture, "hooks", 0), *first = json_array_get(hooks, 0);
    size_t count = json_array_size(hooks);
    const char *text = json_string_value(json_object_get(first, "id")),
               *why = json_string_value(json_object_get(first, "reason"));
    snprintf(id, 64, "%s", text ? text : "");
    snprintf(reason, 64, "%s", why ? why : "");
    json_decref(hooks);
    return count;
}

/* It is read again by the same decoder: not fixed meanwhile, it lies there for the same reason, alone. A body
 * the decoder would not even open would be lost to every repair. */
static void conform_retry(struct conform *conform) {
    char id[64], reason[64], id_after[64], reason_after[64];
    unsigned status;
    assert_int_equal(conform_aside(conform, id, reason), 1);
    json_decref(bottle_control(conform->bottle.fixture, "hook.retry", id, &status));
    assert_int_equal(status, 200);
    fixture_advance(conform->bottle.fixture, 1000);
    assert_int_equal(conform_aside(conform, id_after, reason_after), 1);
    assert_string_not_equal(id_after, id);
    assert_string_equal(reason_after, reason);
    assert_int_equal(bottle_reports(&conform->bottle), 2);
}

static void a_broken_one_is_put_aside_alone(void **state) {
    (void)state;
    struct conform conform = conform_open();
    const struct told told[] = {{.number = 1, .text = conform_calm, .sender = "6281100"},
        {.number = 2, .text = conform_danger, .sender = "6281100", .broken = true},
        {.number = 3, .text = conform_calm, .sender = "6281200"}};
    log_set_level(LOG_ERROR);
    if (conform.what->batches) {
        conform_taken(&conform, told, 3);
        assert_int_equal(bottle_reports(&conform.bottle), 2);
        assert_int_equal(conform_parked(&conform), 1);
        assert_int_equal(
            fixture_last(conform.bottle.fixture, SIGAP__EVENT__BODY_INPUT_PARKED)->lane, LANE_URGENT);
        conform_retry(&conform);
    }
    log_set_level(LOG_INFO);
    conform_close(&conform);
}

static void what_cannot_be_read_is_kept_raw(void **state) {
    (void)state;
    struct conform conform = conform_open();
    if (conform.what->garbage) {
        struct post *post = conform_write(
            &conform, &(struct told){.number = 1, .text = conform_calm, .sender = "6281100"}, 1);
        strcpy(post->body, conform.what->garbage);
        post->request.body_size = strlen(post->body);
        memset(post->request.headers, 0, sizeof post->request.headers);
        conform.what->sign(&conform, post);
        assert_int_equal(fixture_request(conform.bottle.fixture, &post->request)->status, 200);
        assert_int_equal(bottle_reports(&conform.bottle), 0);
        assert_int_equal(conform_parked(&conform), 1);
    }
    conform_close(&conform);
}

/* What is said when the disk is full must be true; what may be urgent, or does not come again, is in. */
static void a_full_store_is_told_or_the_reserve_is_used(void **state) {
    (void)state;
    const char *const texts[] = {conform_calm, conform_danger};
    log_set_level(LOG_ERROR);
    for (size_t i = 0; i < 2; i++) {
        struct conform conform = conform_open();
        const struct told told = {.number = 1, .text = texts[i], .sender = "6281100"};
        fault_arm(FAULT_COMMIT, 1);
        const struct answer *answer = conform_post(&conform, &told, 1);
        fault_disarm();
        if (i == 0 && conform.what->repeats) {
            assert_int_equal(answer->status, 503);
            assert_non_null(bottle_header(answer, "Retry-After"));
            assert_int_equal(bottle_reports(&conform.bottle), 0);
        } else {
            fixture_turn(conform.bottle.fixture);
            assert_int_equal(bottle_reports(&conform.bottle), 1);
        }
        fixture_advance(conform.bottle.fixture, 20000);
        conform_taken(&conform, &told, 1);
        assert_int_equal(bottle_reports(&conform.bottle), 1);
        conform_close(&conform);
    }
    log_set_level(LOG_INFO);
}

/* The nth step or commit fails, for every n: whatever is answered 2xx is kept, once, and what is refused can
 * be sent again. */
static void nothing_is_acknowledged_without_a_row(void **state) {
    (void)state;
    static const enum fault_kind kinds[] = {FAULT_STEP, FAULT_COMMIT};
    log_set_level(LOG_ERROR);
    for (size_t k = 0; k < 2; k++)
        for (uint64_t nth = 1, struck = 1; struck; nth++) {
            struct conform conform = conform_open();
            const struct told told = {
                .number = 1, .text = nth % 2 ? conform_calm : conform_danger, .sender = "6281100"};
            fault_arm(kinds[k], nth);
            const struct answer *answer = conform_post(&conform, &told, 1);
            struck = fault_count(kinds[k]) >= nth;
            fault_disarm();
            fixture_turn(conform.bottle.fixture);
            bool taken = !answer || answer->status / 100 == 2;
            unsigned first = answer ? answer->status : 0;
            size_t kept = bottle_reports(&conform.bottle) + conform_parked(&conform);
            if (kept != taken || (answer && !taken && answer->status != 503))
                fail_msg("fault %d at %llu: answered %u, %zu kept", kinds[k], (unsigned long long)nth,
                    answer ? answer->status : 0, kept);
            fixture_advance(conform.bottle.fixture, 100000);
            fixture_advance(conform.bottle.fixture, 20000);
            engine_idle(fixture_engine(conform.bottle.fixture)); /* sees that there is room again */
            answer = conform_post(&conform, &told, 1);
            if (!answer || answer->status / 100 != 2 || bottle_reports(&conform.bottle) != 1)
                fail_msg("fault %d at %llu: answered %u, %zu kept; once more: answered %u, %zu reports",
                    kinds[k], (unsigned long long)nth, first, kept, answer ? answer->status : 0,
                    bottle_reports(&conform.bottle));
            conform_close(&conform);
        }
    log_set_level(LOG_INFO);
}

static void an_edit_joins_what_it_edits_in_any_order(void **state) {
    (void)state;
    const struct told whole = {.number = 1, .text = conform_calm, .sender = "6281100"};
    const struct told edit = {.number = 1, .text = conform_danger, .sender = "6281100", .edited = true};
    for (size_t order = 0; order < 2; order++) {
        struct conform conform = conform_open();
        if (conform.what->edits) {
            conform_taken(&conform, order ? &edit : &whole, 1);
            conform_taken(&conform, order ? &whole : &edit, 1);
            assert_int_equal(bottle_reports(&conform.bottle), 2);
            const Sigap__ReportReceived *first = conform_report(&conform, order),
                                        *second = conform_report(&conform, !order);
            /* the urgent lane is drained first: which is which says its amends */
            const Sigap__ReportReceived *joined = first->amends.len ? first : second,
                                        *alone = joined == first ? second : first;
            assert_int_equal(joined->amends.len, ID_BYTES);
            assert_int_equal(alone->amends.len, 0);
            assert_memory_equal(joined->amends.data, alone->report_id.data, ID_BYTES);
            conform_taken(&conform, &edit, 1);
            conform_taken(&conform, &whole, 1);
            assert_int_equal(bottle_reports(&conform.bottle), 2);
        }
        conform_close(&conform);
    }
}

static void pictures_of_an_album_are_one_report(void **state) {
    (void)state;
    struct conform conform = conform_open();
    if (conform.what->albums) {
        for (int i = 1; i <= 4; i++)
            conform_taken(&conform,
                &(struct told){.number = i,
                    .text = i == 1 ? conform_calm : "",
                    .sender = "6281100",
                    .album = 77,
                    .photo = true},
                1);
        assert_int_equal(bottle_reports(&conform.bottle), 1);
        conform_taken(&conform,
            &(struct told){
                .number = 5, .text = conform_danger, .sender = "6281100", .album = 77, .photo = true},
            1);
        assert_int_equal(bottle_reports(&conform.bottle), 2); /* words of its own */
        assert_int_equal(bottle_last(&conform.bottle)->event->report_received->amends.len, ID_BYTES);
    }
    conform_close(&conform);
}

static void a_withdrawal_joins_what_we_have(void **state) {
    (void)state;
    struct conform conform = conform_open();
    if (conform.what->withdrawals) {
        conform_taken(
            &conform, &(struct told){.number = 8, .text = "", .sender = "6281100", .withdrawn = true}, 1);
        assert_int_equal(bottle_reports(&conform.bottle), 0);
        conform_taken(&conform, &(struct told){.number = 1, .text = conform_calm, .sender = "6281100"}, 1);
        conform_taken(
            &conform, &(struct told){.number = 1, .text = "", .sender = "6281100", .withdrawn = true}, 1);
        assert_int_equal(bottle_reports(&conform.bottle), 2);
        assert_string_equal(conform_report(&conform, 1)->relation, "withdrawal");
    }
    conform_close(&conform);
}

static void groups_and_chain_messages_are_marked(void **state) {
    (void)state;
    struct conform conform = conform_open();
    if (conform.what->groups) {
        conform_taken(&conform,
            &(struct told){.number = 1, .text = conform_calm, .sender = "6281100", .group = true}, 1);
        assert_true(bottle_last(&conform.bottle)->event->report_received->group);
        assert_false(bottle_last(&conform.bottle)->event->report_received->may_contact);
    }
    if (conform.what->forwards) {
        conform_taken(&conform,
            &(struct told){.number = 2, .text = conform_calm, .sender = "6281100", .forwarded = true}, 1);
        assert_true(bottle_last(&conform.bottle)->event->report_received->forwarded);
    }
    conform_close(&conform);
}

static void a_body_of_three_megabytes_is_taken(void **state) {
    (void)state;
    struct conform conform = conform_open();
    if (conform.what->batches) {
        static char longest[2900000];
        memset(longest, 'x', sizeof longest - 1);
        memcpy(longest, "dia pegang pisau ", 17);
        const struct told told[] = {{.number = 1, .text = longest, .sender = "6281100"},
            {.number = 2, .text = conform_calm, .sender = "6281100"}};
        conform_taken(&conform, told, 2);
        assert_int_equal(bottle_reports(&conform.bottle), 2);
        assert_int_equal(conform_parked(&conform), 1); /* all of the long one, for a person to read */
    }
    conform_close(&conform);
}

/* Signed bodies with bytes changed, doubled and cut, always the same ones: taken, ignored or put aside, never
 * a 5xx, and the sanitizers have nothing to say. */
static void mangled_bodies_are_never_our_fault(void **state) {
    (void)state;
    struct conform conform = conform_open();
    const struct told told = {.number = 1, .text = conform_calm, .sender = "6281100", .photo = true};
    log_set_level(LOG_ERROR);
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 600; i++) {
        struct post *post = conform_write(&conform, &told, 1);
        size_t size = post->request.body_size;
        for (int changes = 1 + i % 4; changes > 0 && size > 2; changes--) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            size_t at = seed % (size - 1), some = (seed >> 20) % 16 % (size - at);
            static const char odd[] = "{}[]\",:\\0-9eE.\0\xff\x80%&=+u";
            if (seed >> 40 & 1) {
                post->body[at] = odd[(seed >> 8) % (sizeof odd - 1)];
            } else if (seed >> 41 & 1) {
                memmove(post->body + at + some, post->body + at, size - at);
                size += some;
            } else {
                memmove(post->body + at, post->body + at + some, size - at - some);
                size -= some;
            }
        }
        post->body[size] = 0;
        post->request.body_size = size;
        memset(post->request.headers, 0, sizeof post->request.headers);
        conform.what->sign(&conform, post);
        const struct answer *answer = fixture_request(conform.bottle.fixture, &post->request);
        if (!answer || answer->status != 200)
            fail_msg("round %d: %u for %s", i, answer ? answer->status : 0, post->body);
    }
    log_set_level(LOG_INFO);
    conform_close(&conform);
}

/* 1,000 messages of one sender at once: none is lost, what may be urgent does not wait. */
static void a_flood_is_delayed_and_marked(void **state) {
    (void)state;
    struct conform conform = conform_open();
    char text[64];
    for (int i = 0; i < HOOK_SENDER_BURST + 20; i++) {
        snprintf(text, sizeof text, "Ada warga minta info bansos %d", i);
        conform_taken(&conform, &(struct told){.number = i + 1, .text = text, .sender = "6281100"}, 1);
    }
    size_t at_once = bottle_reports(&conform.bottle);
    if (at_once < HOOK_SENDER_BURST || at_once >= HOOK_SENDER_BURST + 20)
        fail_msg("%zu were taken at once, the last in lane %d", at_once, bottle_last(&conform.bottle)->lane);
    conform_taken(&conform, &(struct told){.number = 9999, .text = conform_danger, .sender = "6281100"}, 1);
    assert_int_equal(bottle_reports(&conform.bottle), at_once + 1);
    fixture_advance(conform.bottle.fixture, 60000);
    assert_int_equal(bottle_reports(&conform.bottle), HOOK_SENDER_BURST + 21);
    assert_true(bottle_last(&conform.bottle)->event->report_received->over_limit);
    conform_close(&conform);
}

#define CONFORMANCE_TESTS                                                                                    \
    cmocka_unit_test(it_is_kept_before_it_is_answered),                                                      \
        cmocka_unit_test(again_is_answered_like_the_first_time),                                             \
        cmocka_unit_test(strangers_and_altered_bodies_are_refused),                                          \
        cmocka_unit_test(a_wrong_type_is_refused), cmocka_unit_test(each_of_many_is_kept),                   \
        cmocka_unit_test(a_broken_one_is_put_aside_alone),                                                   \
        cmocka_unit_test(what_cannot_be_read_is_kept_raw),                                                   \
        cmocka_unit_test(a_full_store_is_told_or_the_reserve_is_used),                                       \
        cmocka_unit_test(nothing_is_acknowledged_without_a_row),                                             \
        cmocka_unit_test(an_edit_joins_what_it_edits_in_any_order),                                          \
        cmocka_unit_test(pictures_of_an_album_are_one_report),                                               \
        cmocka_unit_test(a_withdrawal_joins_what_we_have),                                                   \
        cmocka_unit_test(groups_and_chain_messages_are_marked),                                              \
        cmocka_unit_test(a_body_of_three_megabytes_is_taken),                                                \
        cmocka_unit_test(mangled_bodies_are_never_our_fault),                                                \
        cmocka_unit_test(a_flood_is_delayed_and_marked)
