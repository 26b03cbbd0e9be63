/* What the tests of sources of the Graph API share: bodies of Instagram and Messenger, signatures, senders of
 * bodies, and how what people say is compared. */
#pragma once

#include "services/intake/tests/conformance.h"

#include "common/hmac.h"

#include <sodium.h>

static void graph_sign(struct conform *conform, struct post *post) {
    uint8_t hash[HMAC_BYTES];
    (void)conform;
    if (!post->request.body_size)
        post->request.body_size = strlen(post->body);
    hmac_sha256("app-secret", 10, post->body, post->request.body_size, hash);
    strcpy(post->values[0], "sha256=");
    sodium_bin2hex(post->values[0] + 7, sizeof post->values[0] - 7, hash, sizeof hash);
    memcpy(post->request.headers,
        (const char *[2][2]){{"Content-Type", "application/json"}, {"X-Hub-Signature-256", post->values[0]}},
        sizeof(const char *[2][2]));
}

/* An entry for each, of "object": object. */
MAYBE_UNUSED static void graph_write_messaging(
    struct post *post, const char *object, const struct told *told, size_t count) {
    size_t used = (size_t)sprintf(post->body, "{\"object\":\"%s\",\"entry\":[", object);
    for (size_t i = 0; i < count; i++)
        used += (size_t)sprintf(post->body + used,
            "%s{\"id\":\"178\",\"time\":1772420000123,\"messaging\":[{\"sender\":{\"id\":\"%s\"},"
            "\"recipient\":{\"id\":\"178\"},"
            "%s\"%s\":{\"mid\":%s,\"text\":\"%s\"%s}}]}",
            i ? "," : "", told[i].sender, told[i].broken ? "" : "\"timestamp\":1772420000100,",
            told[i].edited ? "message_edit" : "message",
            told[i].broken        ? "null"
            : told[i].number == 1 ? "\"m_1\""
                                  : "\"m_x\"",
            told[i].text, told[i].withdrawn ? ",\"is_deleted\":true" : "");
    sprintf(post->body + used, "]}");
    /* numbers in place of m_x */
    for (size_t i = 0, at = 0; i < count; i++) {
        char *found = strstr(post->body + at, "\"m_x\"");
        if (told[i].broken || told[i].number == 1 || !found)
            continue;
        char id[16];
        size_t size = (size_t)snprintf(id, sizeof id, "\"m_%d\"", told[i].number);
        memmove(found + size, found + 5, strlen(found + 5) + 1);
        memcpy(found, id, size);
        at = (size_t)(found - post->body);
    }
}

/* Signed, to the path; the answer lives until the next request. */
static const struct answer *graph_send(struct conform *conform, const char *path, const char *body) {
    static struct post post;
    post.request = (struct fixture_request){.method = "POST", .path = path, .body = post.body};
    strcpy(post.body, body);
    graph_sign(conform, &post);
    return fixture_request(conform->bottle.fixture, &post.request);
}

struct graph_case {
    const char *body, *text; /* no text: no report */
    bool located;
    size_t media, parked;
};

/* Each body to a door of its own. at: when it happened, ms. */
static void graph_reads(const char *path, const struct graph_case *cases, size_t count, int64_t at) {
    for (size_t i = 0; i < count; i++) {
        struct conform conform = conform_open();
        const struct answer *answer = graph_send(&conform, path, cases[i].body);
        if (answer->status != 200 || bottle_reports(&conform.bottle) != (cases[i].text != NULL) ||
            conform_parked(&conform) != cases[i].parked)
            fail_msg("case %zu: %u, %zu reports, %zu aside", i, answer->status,
                bottle_reports(&conform.bottle), conform_parked(&conform));
        if (cases[i].text) {
            const Sigap__ReportReceived *report = conform_report(&conform, 0);
            Sigap__ReportContent *content = bottle_content(report);
            if (strcmp(content->text, cases[i].text) != 0 || content->located != cases[i].located)
                fail_msg("case %zu: \"%s\", located %d", i, content->text, content->located);
            sigap__report_content__free_unpacked(content, NULL);
            assert_int_equal(report->n_media, cases[i].media);
            assert_int_equal(report->occurred_at, at);
            assert_true(report->may_contact);
            assert_int_equal(report->reporter.len, SEAL_HASH_BYTES);
        }
        conform_close(&conform);
    }
}
