/* What the tests of the whole daemon share: events as other daemons write them, and a bag of the messages
 * that left. */
#pragma once

#include "tests/fixture/engine_fixture.h"

#include "channel.h"
#include "notifier.h"
#include "outgoing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SENT_MAX = 6000, MINUTE = 60000, HOUR = 3600000 };

struct flow {
    struct fixture *fixture;
    struct message sent[SENT_MAX];
    unsigned count;
    int outcome;         /* what the channels answer; SEND_ACCEPTED */
    const char *failing; /* a channel that answers `failure` instead */
    int failure;
    bool silent; /* effects are taken and never answered */
    char folder[64], site[256];
};

static inline const char *channel_name_of(struct fixture *fixture, uint8_t index) {
    const struct notifier *notifier = fixture_state(fixture);
    return index < notifier->channel_count ? notifier->channels[index].channel->name : "?";
}

static inline ProtobufCBinaryData bytes_of(const struct id *id) {
    return (ProtobufCBinaryData){ID_BYTES, (uint8_t *)id->bytes};
}

/* A site like jatim, with channels of the test's own. NULL: as it is (outbox only). */
static inline void flow_site(struct flow *flow, const char *channels_yaml) {
    static const char *const files[] = {"site.yaml", "kinds.yaml", "roles.yaml", "calendar.yaml",
        "teams.yaml", "escalation.yaml", "facilities.yaml", "links.yaml"};
    char from[600], to[600];
    strcpy(flow->folder, "/tmp/notifier-test-XXXXXX");
    assert_non_null(mkdtemp(flow->folder));
    snprintf(to, sizeof to, "%s/sites", flow->folder);
    assert_int_equal(mkdir(to, 0700), 0);
    snprintf(flow->site, sizeof flow->site, "%s/sites/test", flow->folder);
    assert_int_equal(mkdir(flow->site, 0700), 0);
    snprintf(to, sizeof to, "%s/gazetteer", flow->folder);
    assert_int_equal(symlink(SIGAP_SOURCE_DIR "/deploy/gazetteer", to), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(from, sizeof from, SIGAP_SOURCE_DIR "/deploy/sites/jatim/%s", files[i]);
        snprintf(to, sizeof to, "%s/%s", flow->site, files[i]);
        assert_int_equal(symlink(from, to), 0);
    }
    snprintf(to, sizeof to, "%s/channels.yaml", flow->site);
    FILE *file = fopen(to, "w");
    assert_non_null(file);
    fputs(channels_yaml ? channels_yaml : "console_url: \"https://sigap.example\"\nchannels: []\n", file);
    fclose(file);
}

static inline void flow_site_remove(struct flow *flow) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", flow->folder);
    assert_int_equal(system(command), 0);
}

/* Answers what has left until nothing more leaves. */
static inline void flow_drain(struct flow *flow) {
    const struct effect *effect;
    while ((effect = fixture_effect_take(flow->fixture))) {
        const struct message *message = effect->what;
        assert_true(flow->count < SENT_MAX);
        struct message *copy = &flow->sent[flow->count++];
        memset(copy, 0, sizeof *copy);
        memcpy(copy, message, effect->what_size);
        if (flow->silent)
            continue;
        bool fails =
            flow->failing && strcmp(channel_name_of(flow->fixture, message->channel), flow->failing) == 0;
        struct effect_result result = {
            .id = effect->id, .kind = effect->kind, .outcome = fails ? flow->failure : flow->outcome};
        fixture_effect_finish(flow->fixture, &result);
    }
}

/* Lets time pass from timer to timer; what leaves on the way is answered at once. */
static inline void flow_advance(struct flow *flow, int64_t ms) {
    for (int64_t end = fixture_now(flow->fixture) + ms; fixture_now(flow->fixture) < end;) {
        int64_t now = fixture_now(flow->fixture), next = engine_wake_at(fixture_engine(flow->fixture));
        fixture_advance(flow->fixture, next > now && next < end ? next - now : end - now);
        flow_drain(flow);
    }
}

static inline void flow_open_at(struct flow *flow, const char *channels_yaml, int64_t now, bool on_disk) {
    flow_site(flow, channels_yaml);
    flow->fixture = fixture_open(&(struct fixture_options){
        .daemon = &notifier_daemon, .site_dir = flow->site, .now = now, .on_disk = on_disk, .seed = 7});
    flow->outcome = SEND_ACCEPTED;
    fixture_turn(flow->fixture);
}

static inline struct flow *flow_new(const char *channels_yaml) {
    struct flow *flow = calloc(1, sizeof *flow);
    assert_non_null(flow);
    flow_open_at(flow, channels_yaml, 0, false);
    return flow;
}

/* One that may be restarted. */
static inline struct flow *flow_new_on_disk(const char *channels_yaml) {
    struct flow *flow = calloc(1, sizeof *flow);
    assert_non_null(flow);
    flow_open_at(flow, channels_yaml, 0, true);
    return flow;
}

static inline void flow_free(struct flow *flow) {
    fixture_close(&flow->fixture);
    flow_site_remove(flow);
    free(flow);
}

/* Messages to a team on a channel for a purpose; NULL: any. */
static inline unsigned flow_sent(
    const struct flow *flow, const char *team, const char *channel, const char *purpose) {
    unsigned count = 0;
    for (unsigned i = 0; i < flow->count; i++)
        count += (!team || strcmp(flow->sent[i].team, team) == 0) &&
                 (!channel || strcmp(channel_name_of(flow->fixture, flow->sent[i].channel), channel) == 0) &&
                 (!purpose || strcmp(flow->sent[i].purpose, purpose) == 0);
    return count;
}

static inline const struct message *flow_last(const struct flow *flow, const char *team) {
    for (unsigned i = flow->count; i-- > 0;)
        if (strcmp(flow->sent[i].team, team) == 0)
            return &flow->sent[i];
    return NULL;
}

static inline void flow_event(
    struct flow *flow, const char *journal, enum lane lane, const struct id *case_id, Sigap__Event *event) {
    if (case_id)
        event->case_id = bytes_of(case_id);
    fixture_event(flow->fixture, journal, lane, event);
    fixture_turn(flow->fixture);
    flow_drain(flow);
}

/* Triage gives the case another priority. */
static inline void flow_priority_changed(
    struct flow *flow, const struct id *case_id, Sigap__Priority before, Sigap__Priority priority) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.priority_before = before;
    changed.priority = priority;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    flow_event(flow, "triage", LANE_URGENT, case_id, &event);
}

/* Casework records further kinds, separated by blanks. */
static inline void flow_further_kinds(struct flow *flow, const struct id *case_id, const char *kinds) {
    Sigap__Fact fact = SIGAP__FACT__INIT;
    Sigap__FactRecorded recorded = SIGAP__FACT_RECORDED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    fact.name = (char *)SITE_FACT_ALSO_KINDS;
    fact.value = (char *)kinds;
    recorded.fact = &fact;
    event.body_case = SIGAP__EVENT__BODY_FACT_RECORDED;
    event.fact_recorded = &recorded;
    flow_event(flow, "casework", LANE_NORMAL, case_id, &event);
}

struct flow_case {
    const char *kind, *area;
    Sigap__Priority priority;
    Sigap__Confidentiality confidentiality;
    bool training, unverified;
};

/* What else is told of it, or nothing. */
struct flow_more {
    const char *fact, *value;
    const char *const *candidates; /* of the area, when it is not known */
    size_t candidate_count;
};

static inline struct id flow_case_opened_more(
    struct flow *flow, struct flow_case what, struct flow_more more) {
    struct id case_id = fixture_id(flow->fixture), report = fixture_id(flow->fixture);
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Fact fact = SIGAP__FACT__INIT, *facts[] = {&fact};
    Sigap__Event event = SIGAP__EVENT__INIT;
    fact.name = (char *)more.fact;
    fact.value = (char *)more.value;
    opened.facts = facts;
    opened.n_facts = more.value != NULL;
    opened.report_id = bytes_of(&report);
    opened.kind = (char *)what.kind;
    opened.area = (char *)what.area;
    opened.priority = what.priority;
    opened.confidentiality = what.confidentiality;
    opened.unverified = what.unverified;
    opened.area_candidates = (char **)(uintptr_t)more.candidates;
    opened.n_area_candidates = more.candidate_count;
    event.training = what.training;
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    flow_event(flow, "triage", what.priority <= SIGAP__PRIORITY__PRIORITY_P1 ? LANE_URGENT : LANE_NORMAL,
        &case_id, &event);
    return case_id;
}

/* With one fact; NULL: none. */
static inline struct id flow_case_opened_with(
    struct flow *flow, struct flow_case what, const char *name, const char *value) {
    return flow_case_opened_more(flow, what, (struct flow_more){.fact = name, .value = value});
}

/* also: its further kinds; NULL: none. */
static inline struct id flow_several_opened(struct flow *flow, struct flow_case what, const char *also) {
    return flow_case_opened_with(flow, what, SITE_FACT_ALSO_KINDS, also);
}

static inline struct id flow_case_opened(struct flow *flow, struct flow_case what) {
    return flow_several_opened(flow, what, NULL);
}

static inline struct id flow_offer_sent(struct flow *flow, const struct id *case_id, const char *facility,
    Sigap__Priority priority, const char *area) {
    struct id offer = fixture_id(flow->fixture);
    Sigap__OfferSent sent = SIGAP__OFFER_SENT__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    sent.offer_id = bytes_of(&offer);
    sent.facility = (char *)facility;
    sent.kind = (char *)"pasung";
    sent.priority = priority;
    sent.area = (char *)area;
    sent.answer_by = fixture_now(flow->fixture) + HOUR;
    event.body_case = SIGAP__EVENT__BODY_OFFER_SENT;
    event.offer_sent = &sent;
    flow_event(flow, "router", LANE_NORMAL, case_id, &event);
    return offer;
}

static inline void flow_offer_moved(struct flow *flow, const struct id *case_id, const struct id *offer,
    Sigap__OfferState to, unsigned escalation) {
    Sigap__OfferMoved moved = SIGAP__OFFER_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.offer_id = bytes_of(offer);
    moved.from = SIGAP__OFFER_STATE__OFFER_REQUESTED;
    moved.to = to;
    moved.escalation = escalation;
    event.body_case = SIGAP__EVENT__BODY_OFFER_MOVED;
    event.offer_moved = &moved;
    flow_event(flow, "router", LANE_URGENT, case_id, &event);
}

/* The answer of the daemon, forgotten at the next call. */
static inline const Sigap__CommandAnswered *flow_command(struct flow *flow, Sigap__AnswerAlert *answer,
    Sigap__Actor *actor, const struct id *command_id, uint64_t expected_version) {
    static const Sigap__CommandAnswered none;
    struct id fresh = fixture_id(flow->fixture);
    Sigap__CommandIssued issued = SIGAP__COMMAND_ISSUED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    issued.command_id = bytes_of(command_id ? command_id : &fresh);
    issued.actor = actor;
    issued.expected_version = expected_version;
    issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT;
    issued.answer_alert = answer;
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ISSUED;
    event.command_issued = &issued;
    flow_event(flow, "console", LANE_URGENT, NULL, &event);
    const struct fixture_record *record = fixture_last(flow->fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED);
    return record ? record->event->command_answered : &none;
}

static inline const Sigap__CommandAnswered *flow_answer_link(
    struct flow *flow, const char *token, const char *action) {
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    answer.token = (char *)token;
    answer.action = (char *)action;
    return flow_command(flow, &answer, NULL, NULL, 0);
}

/* The token in the first link of a message, "" when there is none. */
static inline void flow_token(const struct message *message, const char *label, char out[80]) {
    const char *at = message ? strstr(message->text, label) : NULL;
    at = at ? strstr(at, "/a/") : NULL;
    out[0] = 0;
    if (at)
        snprintf(out, 80, "%.*s", (int)strcspn(at + 3, "\n"), at + 3);
}

/* The team takes on what it was told last. Status of the answer. */
static inline unsigned flow_accept(struct flow *flow, const char *team) {
    char token[80];
    flow_token(flow_last(flow, team), "Terima", token);
    return flow_answer_link(flow, token, "accept")->status;
}

/* A case that the team has taken on; what was sent for it is forgotten. */
static inline struct id flow_accepted(struct flow *flow, struct flow_case what, const char *team) {
    struct id case_id = flow_case_opened(flow, what);
    assert_int_equal(flow_accept(flow, team), 200);
    flow->count = 0;
    return case_id;
}

/* The id of the newest alert announced. */
static inline struct id flow_alert(struct flow *flow) {
    struct id id = {{0}};
    const struct fixture_record *record = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED);
    assert_non_null(record);
    assert_true(id_from_bytes(
        record->event->alert_raised->alert_id.data, record->event->alert_raised->alert_id.len, &id));
    return id;
}
