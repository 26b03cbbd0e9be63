/* Heard before: copies, witnesses and proposals; what amends a report; merging and parting by people; what
 * they decided, kept. */
#include "services/triage/heard.h"
#include "services/triage/tests/world.h"

#include "common/words.h"
#include "triage_sql.h"

#define LONELY                                                                                               \
    "Kakek umur 80 tahun hidup sebatang kara di Ngebel Ponorogo, rumahnya hampir roboh, tidak ada yang urus"
#define WHEELCHAIR "Mohon bantuan kursi roda untuk adik saya yang lumpuh di Watulimo Trenggalek"
#define CARED "Pak Karto di Watulimo Trenggalek dipasung bapaknya, kakinya dirantai di kandang belakang rumah"
#define CARER ". Petugas panti PPSPA Batu minta uang"
#define CARER_TOO ". Petugas panti PRSMP Surabaya juga minta uang"
#define LONELY_TOLD                                                                                          \
    "Ada kakek 80 tahun di Ngebel Ponorogo tinggal sendiri, kalau hujan gubuknya kebanjiran, mohon sembako"

static json_t *look_at_case(struct world *world, const struct id *case_id);

static size_t count(struct world *world, Sigap__Event__BodyCase body) {
    return fixture_count(world->fixture, body);
}

static const Sigap__Event *last(struct world *world, Sigap__Event__BodyCase body) {
    const struct fixture_record *record = fixture_last(world->fixture, body);
    assert_non_null(record);
    return record->event;
}

static struct id case_of(const Sigap__Event *event) {
    struct id id;
    assert_true(id_from_bytes(event->case_id.data, event->case_id.len, &id));
    return id;
}

static struct id last_case(struct world *world) {
    return case_of(last(world, SIGAP__EVENT__BODY_CASE_OPENED));
}

/* ---- prints */

/* A few words from nowhere, a danger to life by what follows: nothing of it can be found again, but its row
 * is there, and the next report takes another number. */
static void test_a_report_without_a_mark_takes_its_number(void **state) {
    struct world *world = *state;
    struct id first = send(world, &(struct message){.text = "min tolong"});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW), 1);
    send(world, &(struct message){.text = "anak dipukuli bapaknya sampai berdarah, sekarang, tolong cepat",
                    .amends = &first,
                    .relation = "follow_up",
                    .urgent = true});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 1);
    fixture_restart(world->fixture, false);
    report(world, SHACKLED, 7);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_INPUT_PARKED), 0);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 2);
}

static void test_prints_tell_copies_from_templates(void **state) {
    static const struct {
        const char *a, *b;
        unsigned least, most;
    } pairs[] = {
        {SHACKLED, SHACKLED, 1000, 1000}, {SHACKLED, SHACKLED " sejak lama", 700, 1000},
        {SHACKLED,
            "TETANGGA saya di Watulimo, Trenggalek dipasung bapaknya; kakinya dirantai di kandang "
            "belakang rumah!!",
            1000, 1000},
        {SHACKLED, BEATEN, 0, 100},
        {"Pak Slamet Wibowo di Watulimo dipasung sudah lama, kakinya dirantai, umur 40 tahun. Dari Siti, "
         "nomor 7.",
            "Pak Joko Kusuma di Watulimo dipasung sudah lama, kakinya dirantai, umur 42 tahun. Dari Dewi, "
            "nomor 9.",
            100, 800},
        {"min tolong", "min tolong", 0, 0}, /* too short to tell anything */
    };
    struct world *world = *state;
    const struct triage *triage = fixture_state(world->fixture);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        Sigap__ReportReceived received = SIGAP__REPORT_RECEIVED__INIT;
        Sigap__ReportContent one = SIGAP__REPORT_CONTENT__INIT, other = SIGAP__REPORT_CONTENT__INIT;
        struct print a, b;
        one.text = (char *)pairs[i].a;
        other.text = (char *)pairs[i].b;
        heard_print(triage, &received, &one, &a);
        heard_print(triage, &received, &other, &b);
        assert_in_range(print_agreement(&a, &b), pairs[i].least, pairs[i].most);
    }
}

/* ---- heard before */

static void test_a_changed_word_is_still_a_copy(void **state) {
    struct world *world = *state;
    send(world, &(struct message){.text = SHACKLED ", tolong segera dibantu ya", .hash = 1, .reporter = 1});
    send(world, &(struct message){.text = SHACKLED ", tolong segera dibantu yaa", .hash = 2, .reporter = 2});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 1);
    assert_true(last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined->copy);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 0); /* ESC-07: proves nothing */
}

/* A bot's form, a second child: nothing but a name or a number is another, and so is the case; nobody is
 * asked. */
static void test_a_name_or_a_number_makes_another_case(void **state) {
    static const char *const texts[] = {SHACKLED ", namanya Parto, rumah nomor 7",
        SHACKLED ", namanya Parto, rumah nomor 8", SHACKLED ", namanya Slamet, rumah nomor 7"};
    struct world *world = *state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        send(world,
            &(struct message){.text = texts[i], .hash = (uint8_t)(i + 1), .reporter = (uint8_t)(i + 1)});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 3);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 0);
    assert_int_equal(last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->n_alike, 0);
}

/* So many fields of a form differ that the signature of its words hardly agrees any more: these two were once
 * taken for two tellings of one incident. */
static void test_two_people_in_one_form_are_two_cases(void **state) {
    static const char *const texts[] = {
        "Tetangga saya Pak Supri Nugroho di Proppo Pamekasan dipasung sudah lama, kakinya dirantai di "
        "belakang rumah, umur 53 tahun. Saya lihat sendiri kemarin. Pelapor Joko Astuti nomor 110.",
        "Tetangga saya Pak Siti Wibowo di Proppo Pamekasan dipasung sudah lama, kakinya dirantai di "
        "belakang rumah, umur 49 tahun. Saya lihat sendiri kemarin. Pelapor Wati Maryati nomor 256.",
        "Tetangga saya Pak Sri Rahayu di Proppo Pamekasan dipasung sudah lama, kakinya dirantai di "
        "belakang rumah, umur 48 tahun. Saya lihat sendiri kemarin. Pelapor Hasan Hidayat nomor 296."};
    struct world *world = *state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        send(world,
            &(struct message){.text = texts[i], .hash = (uint8_t)(i + 1), .reporter = (uint8_t)(i + 1)});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 0);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 3);
}

static void test_what_is_merely_alike_opens_and_is_proposed(void **state) {
    struct world *world = *state;
    send(world, &(struct message){.text = LONELY, .hash = 1, .reporter = 1});
    struct id first = last_case(world);
    send(world, &(struct message){.text = LONELY_TOLD, .hash = 2, .reporter = 2});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 0);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 2);
    const Sigap__CaseOpened *opened = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    assert_int_equal(opened->n_alike, 1);
    assert_memory_equal(opened->alike[0]->case_id.data, first.bytes, ID_BYTES);
    assert_in_range(opened->alike[0]->permille, 500, 1000);
}

static void test_others_are_not_taken_for_the_same(void **state) {
    static const char *const others[] = {
        "Nenek umur 68 tahun di Ngebel Ponorogo ditelantarkan anaknya, tidur di emperan pasar, mohon dibantu",
        "Kakek umur 80 tahun hidup sebatang kara di Kepanjen Kabupaten Malang, rumahnya hampir roboh",
    };
    struct world *world = *state;
    send(world, &(struct message){.text = LONELY, .hash = 1, .reporter = 1});
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        send(world, &(struct message){.text = others[i], .hash = (uint8_t)(i + 2), .reporter = 9});
        assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 0);
        assert_int_equal(last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->n_alike, 0);
    }
}

static void test_prints_are_found_after_a_restart(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    fixture_restart(world->fixture, false);
    report(world, SHACKLED, 1);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 1);
}

static void test_an_old_report_is_another_case(void **state) {
    struct world *world = *state;
    report(world, BEATEN, 1);
    fixture_advance(world->fixture, 73 * INT64_C(3600000));
    report(world, BEATEN, 1);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 2);
}

/* ---- what amends a report */

/* What the case is, whole, however little of it has changed. */
static void assert_brief(const Sigap__CaseBrief *brief, const char *kind, const char *area,
    Sigap__Priority priority, Sigap__Confidentiality confidentiality) {
    assert_non_null(brief);
    assert_string_equal(brief->kind, kind);
    assert_string_equal(brief->area, area);
    assert_int_equal(brief->priority, priority);
    assert_int_equal(brief->confidentiality, confidentiality);
}

static void test_an_amendment_may_only_raise(void **state) {
    struct world *world = *state;
    struct id first = send(world, &(struct message){.text = WHEELCHAIR, .hash = 1, .reporter = 1});
    const Sigap__CaseOpened *opened = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    Sigap__Priority before = opened->priority;
    send(world, &(struct message){.text = "terima kasih min", .amends = &first, .relation = "follow_up"});
    assert_string_equal(last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined->relation, "follow_up");
    assert_null(last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined->brief); /* nobody is woken */
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 0);
    send(world,
        &(struct message){.text = "tolong cepat, sekarang dia tidak sadar dan kejang, kepalanya berdarah",
            .amends = &first,
            .relation = "edit"});
    const Sigap__CaseChanged *changed = last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed;
    assert_true(changed->priority < before);
    assert_int_equal(changed->priority_before, before);
    const Sigap__ReportJoined *joined = last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined;
    assert_true(joined->danger);
    assert_brief(joined->brief, opened->kind, opened->area, before, opened->confidentiality);
    assert_brief(changed->brief, opened->kind, opened->area, changed->priority, opened->confidentiality);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 1);
    assert_int_equal(settled(world), 3);
}

static void close_case(struct world *world, const struct id *case_id, bool reopened) {
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    closed.reopened = reopened;
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    event.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    fixture_event(world->fixture, "casework", LANE_NORMAL, &event);
    fixture_turn(world->fixture);
}

static const char *fact_of(const Sigap__CaseChanged *changed, const char *name) {
    for (size_t i = 0; i < changed->n_facts; i++)
        if (strcmp(changed->facts[i]->name, name) == 0)
            return changed->facts[i]->value;
    return "";
}

#define HOUSE                                                                                                \
    "Tetangga saya dipasung keluarganya di Watulimo Trenggalek, kakinya dirantai di kandang belakang rumah."
#define ELDER                                                                                                \
    " Di rumah yang sama neneknya 80 tahun terbaring, dua hari tidak diberi makan, tidak ada yang merawat."

/* Another victim in what is said further: its kind is a further one of the case, whichever would be the main
 * one of both texts, and also when the first text had told of one already. */
static void test_a_further_victim_is_told_later(void **state) {
    static const struct {
        const char *first, *then, *further;
    } cases[] = {{HOUSE, ELDER, "lansia_terlantar"},
        {"Neneknya 80 tahun di Watulimo Trenggalek terbaring, dua hari tidak diberi makan, tidak ada yang "
         "merawat.",
            " Di rumah yang sama adiknya dipasung, kakinya dirantai di kandang belakang rumah.", "pasung"},
        {"Pemuda ini dirantai keluarganya di kandang di Watulimo Trenggalek. Rumah sebelah kebanjiran "
         "setinggi "
         "dada.",
            ELDER, "lansia_terlantar"},
        {"Suami memukuli istrinya sampai pingsan, anaknya juga dicambuk pakai sabuk. Turen Malang", ELDER,
            "lansia_terlantar"}};
    struct world *world = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct id first = send(world, &(struct message){.text = cases[i].first});
        assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), i + 1);
        send(world, &(struct message){.text = cases[i].then, .amends = &first, .relation = "follow_up"});
        if (count(world, SIGAP__EVENT__BODY_CASE_CHANGED) != i + 1)
            fail_msg("nothing new: %s", cases[i].then);
        const Sigap__CaseChanged *changed = last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed;
        assert_string_equal(fact_of(changed, "also_kinds"), cases[i].further);
        assert_string_equal(fact_of(changed, "age"), ""); /* the grandmother's is not that of the first */
    }
}

#define KARTO "Pak Karto di Watulimo Trenggalek dipasung bapaknya, kakinya dirantai di kandang belakang rumah"

/* A witness who tells more of the same incident. */
static void test_a_witness_tells_of_a_further_victim(void **state) {
    struct world *world = *state;
    send(world, &(struct message){.text = KARTO, .hash = 1, .reporter = 1});
    send(world, &(struct message){.text = "Lapor, " KARTO ". Neneknya 80 tahun terbaring, dua hari tidak "
                                          "diberi makan, tidak ada yang merawat.",
                    .hash = 2,
                    .reporter = 2});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 1);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 1);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 1);
    const Sigap__CaseChanged *changed = last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed;
    assert_string_equal(fact_of(changed, "also_kinds"), "lansia_terlantar");
}

static void test_a_further_victim_makes_a_case_secret(void **state) {
    struct world *world = *state;
    struct id first = send(world, &(struct message){.text = HOUSE}), case_id = last_case(world);
    json_t *json = look_at_case(world, &case_id);
    assert_string_equal(json_string_value(json_object_get(json, "confidentiality")), "C2");
    json_decref(json);
    send(world, &(struct message){.text = "Anak perempuannya umur 12 tahun diperkosa pamannya",
                    .amends = &first,
                    .relation = "follow_up"});
    const Sigap__CaseChanged *changed = last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed;
    assert_string_equal(fact_of(changed, "also_kinds"), "kekerasan_seksual");
    assert_int_equal(changed->brief->confidentiality, SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3);
    json = look_at_case(world, &case_id);
    assert_string_equal(json_string_value(json_object_get(json, "confidentiality")), "C3");
    json_decref(json);
}

/* Short answers read like reports of another kind by themselves: they are about the first. */
static void test_an_age_told_later_is_that_of_the_case(void **state) {
    static const char *const answers[] = {"umurnya 35 tahun, laki-laki", "umurnya 80 tahun"};
    static const char *const others[] = {
        "tidak punya KTP dan BPJS", "dia pernah di RSJ Lawang", "minta kursi roda kalau ada"};
    struct world *world = *state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct id first = send(world, &(struct message){.text = HOUSE});
        send(world, &(struct message){.text = answers[i], .amends = &first, .relation = "answer"});
        const Sigap__CaseChanged *changed = last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed;
        assert_string_equal(fact_of(changed, "age"), i ? "80" : "35");
        assert_string_equal(fact_of(changed, "also_kinds"), "");
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct id first = send(world, &(struct message){.text = HOUSE});
        send(world, &(struct message){.text = others[i], .amends = &first, .relation = "follow_up"});
        assert_string_equal(
            fact_of(last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed, "also_kinds"), "");
    }
}

static void test_a_withdrawal_is_told_and_closes_nothing(void **state) {
    struct world *world = *state;
    struct id first = send(world, &(struct message){.text = SHACKLED, .hash = 1});
    send(world, &(struct message){.text = "[pengirim menarik pesan ini / the sender withdrew this message]",
                    .amends = &first,
                    .relation = "withdrawal"});
    assert_string_equal(last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined->relation, "withdrawal");
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_CLOSED), 0);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 0);
}

static void test_an_answer_opens_what_was_unclear(void **state) {
    struct world *world = *state;
    struct id first = send(world, &(struct message){.text = "min tolong"});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW), 1);
    struct id second =
        send(world, &(struct message){.text = SHACKLED, .amends = &first, .relation = "answer"});
    const Sigap__CaseOpened *opened = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    assert_string_equal(opened->kind, "pasung");
    assert_memory_equal(opened->report_id.data, first.bytes, ID_BYTES);
    assert_memory_equal(
        last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined->report_id.data, second.bytes, ID_BYTES);
}

static void test_what_stays_unclear_waits_with_its_first(void **state) {
    struct world *world = *state;
    struct id first = send(world, &(struct message){.text = "min tolong"});
    send(world, &(struct message){.text = "halo min", .amends = &first, .relation = "follow_up"});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW), 2);
    assert_memory_equal(last(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW)->report_in_review->amends.data,
        first.bytes, ID_BYTES);
}

static void test_what_is_passed_on_is_believed_less(void **state) {
    struct world *world = *state;
    send(world, &(struct message){.text = BEATEN, .hash = 1});
    const Sigap__CaseOpened *own = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    uint32_t confidence = own->confidence_permille;
    Sigap__Priority priority = own->priority;
    send(world,
        &(struct message){
            .text = "tolong cepat, anak tetangga umur 6 tahun sedang dipukuli bapaknya pakai sabuk sampai "
                    "berdarah di Rungkut kota Surabaya",
            .hash = 2,
            .forwarded = true});
    const Sigap__CaseOpened *passed = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    assert_true(passed->confidence_permille < confidence * 8 / 10);
    assert_int_equal(passed->priority, priority);
}

/* ---- people */

struct clerk {
    const char *role, *area, *reason;
    uint64_t version;
};

static const struct clerk operator_here = {"operator", "35", "dilihat", 0};

static unsigned order(struct world *world, const struct clerk *clerk, Sigap__CommandIssued *command) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    struct id command_id = fixture_id(world->fixture);
    char *roles[] = {(char *)clerk->role, (char *)"operator"}, *areas[] = {(char *)clerk->area};
    actor.account = (char *)"petugas";
    actor.roles = roles;
    actor.areas = areas;
    actor.n_roles = strcmp(clerk->role, "responder") == 0 ? 1 : 2;
    actor.n_areas = 1;
    command->command_id = (ProtobufCBinaryData){ID_BYTES, command_id.bytes};
    command->actor = &actor;
    command->reason = (char *)clerk->reason;
    command->expected_version = clerk->version;
    if (clerk->reason[0])
        assert_true(words_seal(world->keys, &random_real, world->arena, command));
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ISSUED;
    event.command_issued = command;
    fixture_event(world->fixture, "console", LANE_URGENT, &event);
    fixture_turn(world->fixture);
    return last(world, SIGAP__EVENT__BODY_COMMAND_ANSWERED)->command_answered->status;
}

static unsigned merge(struct world *world, const struct clerk *clerk, const struct id *one,
    const struct id *into, bool distinct) {
    Sigap__MergeCase merging = SIGAP__MERGE_CASE__INIT;
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    merging.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)one->bytes};
    merging.into = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)into->bytes};
    merging.distinct = distinct;
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE;
    command.merge_case = &merging;
    return order(world, clerk, &command);
}

static unsigned split(struct world *world, const struct clerk *clerk, const struct id *report_id) {
    Sigap__SplitReport splitting = SIGAP__SPLIT_REPORT__INIT;
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    splitting.report_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)report_id->bytes};
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SPLIT_REPORT;
    command.split_report = &splitting;
    return order(world, clerk, &command);
}

static json_t *ask(struct world *world, const Sigap__View *asked, const char *role, unsigned *status) {
    Sigap__View view = *asked;
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    char *roles[] = {(char *)role}, *areas[] = {(char *)"*"};
    actor.account = (char *)"petugas";
    actor.roles = roles;
    actor.areas = areas;
    actor.n_roles = actor.n_areas = 1;
    view.actor = &actor;
    return fixture_view(world->fixture, &view, status);
}

static json_t *look(struct world *world, const Sigap__View *asked, const char *role) {
    unsigned status;
    json_t *json = ask(world, asked, role, &status);
    assert_int_equal(status, 200);
    return json;
}

static json_t *look_at_case(struct world *world, const struct id *case_id) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__CaseView what = SIGAP__CASE_VIEW__INIT;
    what.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &what;
    return look(world, &view, "operator");
}

static json_t *ask_list(
    struct world *world, const char *name, bool narrative, const char *role, unsigned *status) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    what.name = (char *)name;
    what.narrative = narrative;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &what;
    return ask(world, &view, role, status);
}

static json_t *look_at_list(struct world *world, const char *name, bool narrative, const char *role) {
    unsigned status;
    json_t *json = ask_list(world, name, narrative, role, &status);
    assert_int_equal(status, 200);
    return json;
}

static json_t *look_at_report(struct world *world, const struct id *report_id, const char *role) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ReportView what = SIGAP__REPORT_VIEW__INIT;
    what.report_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)report_id->bytes};
    view.what_case = SIGAP__VIEW__WHAT_REPORT;
    view.report = &what;
    return look(world, &view, role);
}

static const char *case_of_report(struct world *world, const struct id *report_id) {
    static char text[ID_TEXT + 1];
    json_t *json = look_at_report(world, report_id, "operator");
    snprintf(text, sizeof text, "%s", json_string_value(json_object_get(json, "case_id")));
    json_decref(json);
    return text;
}

static void assert_in_case(struct world *world, const struct id *report_id, const struct id *case_id) {
    char text[ID_TEXT + 1];
    id_to_text(case_id, text);
    assert_string_equal(case_of_report(world, report_id), text);
}

static void test_a_merge_is_ordered_and_taken_back(void **state) {
    static const struct clerk responder = {"responder", "35", "x", 0},
                              elsewhere = {"operator", "35.07", "x", 0}, silent = {"operator", "35", "", 0},
                              late = {"operator", "35", "x", 7};
    struct world *world = *state;
    struct id first = report(world, SHACKLED, 1), one = last_case(world);
    struct id second = report(world, LONELY, 2), other = last_case(world);
    assert_int_equal(merge(world, &responder, &other, &one, false), 403);
    assert_int_equal(merge(world, &elsewhere, &other, &one, false), 403);
    assert_int_equal(merge(world, &silent, &other, &one, false), 422);
    assert_int_equal(merge(world, &late, &other, &one, false), 409);
    assert_int_equal(merge(world, &operator_here, &other, &other, false), 409);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_MERGED), 0);

    assert_int_equal(merge(world, &operator_here, &other, &one, false), 200);
    const Sigap__Event *event = last(world, SIGAP__EVENT__BODY_CASE_MERGED);
    assert_memory_equal(event->case_id.data, other.bytes, ID_BYTES);
    assert_memory_equal(event->case_merged->into.data, one.bytes, ID_BYTES);
    assert_false(event->case_merged->undone);
    assert_in_case(world, &second, &one);
    assert_int_equal(merge(world, &operator_here, &one, &other, false), 409); /* not in a circle */
    assert_int_equal(split(world, &operator_here, &first), 409);              /* it opened the case */

    assert_int_equal(split(world, &operator_here, &second), 200);
    assert_true(last(world, SIGAP__EVENT__BODY_CASE_MERGED)->case_merged->undone);
    assert_in_case(world, &second, &other);
    assert_in_case(world, &first, &one);
}

/* One after the other, in two lanes: whoever reads the second first would move a file that is not whole yet.
 */
static void test_a_chain_of_merges_is_read_in_order(void **state) {
    struct world *world = *state;
    const struct clerk officer = {"TRI", "35", "x", 0};
    report(world, WHEELCHAIR, 1);
    struct id calm = last_case(world);
    report(world, BEATEN, 2);
    struct id urgent = last_case(world);
    report(world, "tolong cepat, anak umur 11 tahun sedang dipukuli ibunya di Kepanjen Malang, ada darah", 3);
    struct id whole = last_case(world);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 3);
    assert_int_equal(merge(world, &officer, &calm, &urgent, false), 200);
    const struct fixture_record *first = fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_MERGED);
    assert_int_equal(first->lane, LANE_NORMAL);
    uint64_t sequence = first->sequence;
    assert_int_equal(merge(world, &officer, &urgent, &whole, false), 200);
    const struct fixture_record *second = fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_MERGED);
    assert_int_equal(second->lane, LANE_URGENT);
    bool waits = false;
    for (size_t i = 0; i < second->event->n_causes; i++) {
        const Sigap__Cause *cause = second->event->causes[i];
        waits |= strcmp(cause->journal, "triage") == 0 && cause->lane == LANE_NORMAL &&
                 cause->sequence >= sequence;
    }
    assert_true(waits);
}

/* Whoever has copies of the reports by then is told to give them back. */
static void test_a_merge_is_taken_back_from_the_whole_chain(void **state) {
    struct world *world = *state;
    const struct clerk officer = {"TRI", "35", "x", 0};
    struct id parted = report(world, WHEELCHAIR, 1), merged = last_case(world);
    report(world, BEATEN, 2);
    struct id between = last_case(world);
    report(world, "tolong cepat, anak umur 11 tahun sedang dipukuli ibunya di Kepanjen Malang, ada darah", 3);
    struct id whole = last_case(world);
    assert_int_equal(merge(world, &officer, &merged, &between, false), 200);
    assert_int_equal(last(world, SIGAP__EVENT__BODY_CASE_MERGED)->case_merged->n_further, 0);
    assert_int_equal(merge(world, &officer, &between, &whole, false), 200);
    uint64_t sequence = fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_MERGED)->sequence;
    enum lane lane = fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_MERGED)->lane;
    assert_int_equal(split(world, &officer, &parted), 200);
    const Sigap__Event *event = last(world, SIGAP__EVENT__BODY_CASE_MERGED);
    assert_true(event->case_merged->undone);
    assert_memory_equal(event->case_merged->into.data, between.bytes, ID_BYTES);
    assert_int_equal(event->case_merged->n_further, 1);
    assert_memory_equal(event->case_merged->further[0].data, whole.bytes, ID_BYTES);
    bool waits = fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_MERGED)->lane == lane;
    for (size_t i = 0; i < event->n_causes; i++)
        waits |= strcmp(event->causes[i]->journal, "triage") == 0 && event->causes[i]->lane == lane &&
                 event->causes[i]->sequence >= sequence;
    assert_true(waits);
}

/* Demanded of people, and opened by casework for whoever may read it: see test_casework.c. */
static void assert_said(struct world *world, const Sigap__SealedReason *sealed, const char *reason) {
    assert_non_null(sealed);
    const char *said = words_reason(world->keys, world->arena, sealed);
    assert_non_null(said);
    assert_string_equal(said, reason);
}

static unsigned change_by(
    struct world *world, const struct clerk *clerk, const struct id *case_id, const char *area) {
    Sigap__ChangeCase changing = SIGAP__CHANGE_CASE__INIT;
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    changing.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    changing.area = (char *)area;
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_CHANGE_CASE;
    command.change_case = &changing;
    return order(world, clerk, &command);
}

static unsigned change(struct world *world, const struct id *case_id, const char *area) {
    return change_by(world, &operator_here, case_id, area);
}

/* Who changes what is over wakes people for it: it is opened again first. */
static void test_a_closed_case_is_not_changed(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    struct id one = last_case(world);
    close_case(world, &one, false);
    assert_int_equal(change(world, &one, "35.07"), 409);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 0);
    close_case(world, &one, true);
    assert_int_equal(change(world, &one, "35.07"), 200);
    const Sigap__CaseOpened *opened = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    assert_brief(last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed->brief, "pasung", "35.07",
        opened->priority, opened->confidentiality);
}

static unsigned decide(
    struct world *world, const struct id *report_id, bool open, const char *kind, const struct id *join);

static void test_reasons_of_people_go_with_what_comes_of_them(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    struct id one = last_case(world), copy = report(world, SHACKLED, 1);
    struct id second = report(world, LONELY, 2), other = last_case(world);
    assert_null(last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->reason); /* the machine has none */
    assert_int_equal(merge(world, &operator_here, &other, &one, false), 200);
    assert_said(world, last(world, SIGAP__EVENT__BODY_CASE_MERGED)->case_merged->reason, "dilihat");
    assert_int_equal(split(world, &operator_here, &second), 200);
    assert_said(world, last(world, SIGAP__EVENT__BODY_CASE_MERGED)->case_merged->reason, "dilihat");
    assert_int_equal(split(world, &operator_here, &copy), 200);
    assert_said(world, last(world, SIGAP__EVENT__BODY_REPORT_PARTED)->report_parted->reason, "dilihat");
    assert_said(world, last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->reason, "dilihat");
    assert_int_equal(change(world, &one, "35.07"), 200);
    assert_said(world, last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed->words, "dilihat");
    struct id opened = report(world, "min tolong tetangga", 3), joining = report(world, "min tolong", 4);
    assert_int_equal(decide(world, &opened, true, "pasung", NULL), 200);
    const Sigap__CaseOpened *decided = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    assert_said(world, decided->reason, "dilihat");
    assert_string_equal(decided->by, "petugas");
    assert_int_equal(decide(world, &joining, false, "", &one), 200);
    assert_said(world, last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined->reason, "dilihat");
}

static void test_a_merge_hands_urgency_on(void **state) {
    struct world *world = *state;
    report(world, "Lansia sebatang kara di Watulimo Trenggalek butuh kursi roda, mohon bantuan alat", 1);
    struct id calm = last_case(world);
    report(world, BEATEN, 2);
    struct id urgent = last_case(world);
    Sigap__Priority priority = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->priority;
    unsigned status = merge(world, &(struct clerk){"TRI", "35", "x", 0}, &urgent, &calm, false);
    if (status == 409) /* the more confidential one is not merged out of itself */
        status = merge(world, &(struct clerk){"TRI", "35", "x", 0}, &calm, &urgent, false);
    assert_int_equal(status, 200);
    json_t *json = look_at_case(world, &urgent);
    assert_string_equal(json_string_value(json_object_get(json, "priority")), priority == 1 ? "P0" : "P1");
    json_decref(json);
}

static void test_a_report_is_parted_and_joined_again(void **state) {
    struct world *world = *state;
    struct id first = report(world, SHACKLED, 1), one = last_case(world);
    struct id copy = report(world, SHACKLED, 1);
    assert_in_case(world, &copy, &one);
    assert_int_equal(split(world, &operator_here, &copy), 200);
    struct id other = last_case(world);
    const Sigap__CaseOpened *opened = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    assert_memory_equal(opened->parted_from.data, one.bytes, ID_BYTES);
    assert_memory_equal(opened->report_id.data, copy.bytes, ID_BYTES);
    assert_memory_equal(
        last(world, SIGAP__EVENT__BODY_REPORT_PARTED)->report_parted->case_id.data, other.bytes, ID_BYTES);
    assert_in_case(world, &copy, &other);
    assert_int_equal(merge(world, &operator_here, &other, &one, false), 200);
    assert_in_case(world, &copy, &one);
    assert_in_case(world, &first, &one);
}

static struct id follow_up(struct world *world, const struct id *first, const char *text) {
    return send(world, &(struct message){.text = text, .amends = first, .relation = "follow_up"});
}

/* What came by a report's ticket is about it: it goes where that goes, and what it says counts there. */
static void test_what_was_said_further_is_parted_along(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    struct id one = last_case(world);
    struct id second =
        report(world, "Lansia sebatang kara di Watulimo Trenggalek butuh kursi roda, mohon bantuan alat", 2);
    struct id other = last_case(world);
    assert_int_equal(merge(world, &operator_here, &other, &one, false), 200);
    struct id more = follow_up(world, &second, "sekarang lansia itu pingsan dan tidak bernapas");
    assert_in_case(world, &more, &one);
    fixture_forget(world->fixture);
    assert_int_equal(split(world, &operator_here, &second), 200);
    assert_in_case(world, &more, &other);
    const Sigap__Event *parted = last(world, SIGAP__EVENT__BODY_REPORT_PARTED),
                       *joined = last(world, SIGAP__EVENT__BODY_REPORT_JOINED);
    assert_memory_equal(parted->case_id.data, one.bytes, ID_BYTES);
    assert_memory_equal(parted->report_parted->report_id.data, more.bytes, ID_BYTES);
    assert_memory_equal(joined->case_id.data, other.bytes, ID_BYTES);
    assert_memory_equal(joined->report_joined->report_id.data, more.bytes, ID_BYTES);
    json_t *json = look_at_case(world, &other);
    assert_string_equal(json_string_value(json_object_get(json, "priority")), "P0");
    json_decref(json);
}

/* Likewise of a report that had joined, and not of others in the case. */
static void test_what_follows_a_witness_is_parted_along(void **state) {
    struct world *world = *state;
    struct id first = report(world, SHACKLED, 1), one = last_case(world), copy = report(world, SHACKLED, 1);
    struct id of_copy = follow_up(world, &copy, "rantainya sudah karatan"),
              of_first = follow_up(world, &first, "kakinya luka");
    assert_in_case(world, &of_copy, &one);
    assert_int_equal(split(world, &operator_here, &copy), 200);
    struct id other = last_case(world);
    assert_in_case(world, &copy, &other);
    assert_in_case(world, &of_copy, &other);
    assert_in_case(world, &of_first, &one);
}

static void test_confidential_cases_have_their_officers(void **state) {
    struct world *world = *state;
    report(world, "Anak perempuan 13 tahun diperkosa pamannya berkali-kali di Lowokwaru kota Malang", 1);
    struct id one = last_case(world);
    if (last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->confidentiality !=
        SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3)
        fail_msg("a raped child is no C3 case");
    report(world, SHACKLED, 2);
    struct id other = last_case(world);
    assert_int_equal(merge(world, &operator_here, &other, &one, false), 403);
    assert_int_equal(change_by(world, &operator_here, &one, "35.07"), 403);
    assert_int_equal(change_by(world, &(struct clerk){"PPA", "35", "x", 0}, &one, "35.73.05"), 200);
    assert_int_equal(merge(world, &(struct clerk){"PPA", "35", "x", 0}, &other, &one, false), 200);
    assert_int_equal(change_by(world, &operator_here, &other, "35.07"), 409); /* merged */
}

static void test_a_proposal_waits_until_somebody_says(void **state) {
    struct world *world = *state;
    send(world, &(struct message){.text = LONELY, .hash = 1, .reporter = 1});
    struct id one = last_case(world);
    send(world, &(struct message){.text = LONELY_TOLD, .hash = 2, .reporter = 2});
    struct id other = last_case(world);
    json_t *list = look_at_list(world, "duplicates", false, "operator");
    assert_int_equal(json_array_size(list), 1);
    json_decref(list);
    json_t *json = look_at_case(world, &other);
    assert_int_equal(json_array_size(json_object_get(json, "alike")), 1);
    json_decref(json);
    assert_int_equal(merge(world, &operator_here, &other, &one, true), 200);
    const Sigap__CaseMerged *apart = last(world, SIGAP__EVENT__BODY_CASE_MERGED)->case_merged;
    assert_true(apart->distinct && !apart->undone);
    assert_said(world, apart->reason, "dilihat"); /* for the history of both */
    assert_int_equal(merge(world, &operator_here, &other, &one, true), 409);
    list = look_at_list(world, "duplicates", false, "operator");
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_MERGED), 1); /* refused, the second is not told */
}

static unsigned decide(
    struct world *world, const struct id *report_id, bool open, const char *kind, const struct id *join) {
    Sigap__DecideReview decision = SIGAP__DECIDE_REVIEW__INIT;
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    decision.report_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)report_id->bytes};
    decision.open_case = open;
    decision.kind = (char *)kind;
    decision.priority = open ? SIGAP__PRIORITY__PRIORITY_P1 : SIGAP__PRIORITY__PRIORITY_UNSPECIFIED;
    if (join)
        decision.join_case = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)join->bytes};
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW;
    command.decide_review = &decision;
    return order(world, &operator_here, &command);
}

static unsigned join(
    struct world *world, const struct id *report_id, const struct id *case_id, Sigap__Priority priority) {
    Sigap__DecideReview decision = SIGAP__DECIDE_REVIEW__INIT;
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    decision.report_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)report_id->bytes};
    decision.join_case = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    decision.priority = priority;
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW;
    command.decide_review = &decision;
    return order(world, &operator_here, &command);
}

static void test_a_review_may_join_a_case(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    struct id one = last_case(world), waiting = report(world, "min tolong", 2);
    assert_int_equal(decide(world, &waiting, false, "", &one), 200);
    assert_in_case(world, &waiting, &one);
    assert_int_equal(settled(world), 3); /* opened, reviewed, joined */
}

/* A person who opens a case of a stricter kind than was guessed makes it as secret as that kind. */
static void test_a_case_opened_by_a_person_is_as_secret_as_its_kind(void **state) {
    struct world *world = *state;
    struct id waiting = report(world, "min tolong", 2);
    assert_int_equal(decide(world, &waiting, true, "kekerasan_seksual", NULL), 200);
    const Sigap__CaseOpened *opened = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    assert_string_equal(opened->kind, "kekerasan_seksual");
    assert_int_equal(opened->confidentiality, SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3);
    struct id case_id = last_case(world);
    json_t *json = look_at_case(world, &case_id);
    assert_string_equal(json_string_value(json_object_get(json, "confidentiality")), "C3");
    json_decref(json);
}

/* What came after the case was closed waits for a person, who joins it when the case is open again. */
static void test_a_review_that_joins_tells_of_a_further_victim(void **state) {
    struct world *world = *state;
    struct id first = report(world, SHACKLED, 1), one = last_case(world);
    close_case(world, &one, false);
    struct id waiting =
        send(world, &(struct message){.text = ELDER, .amends = &first, .relation = "follow_up"});
    close_case(world, &one, true);
    assert_int_equal(decide(world, &waiting, false, "", &one), 200);
    assert_in_case(world, &waiting, &one);
    assert_string_equal(fact_of(last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed, "also_kinds"),
        "lansia_terlantar");
}

/* In a flood only so many are looked for, and again as many as time has passed. */
static void test_looks_are_rationed(void **state) {
    struct world *world = *state;
    const struct triage_counts *counts = &((struct triage *)fixture_state(world->fixture))->counts;
    fixture_advance(world->fixture, 60000);
    for (unsigned i = 0; i < HEARD_LOOKS_BURST + 5; i++)
        send(world, &(struct message){.text = "kapan bansos cair lagi ya min", .reporter = (uint8_t)i});
    assert_int_equal(counts->not_compared, 5);
    fixture_advance(world->fixture, 1000);
    for (unsigned i = 0; i < HEARD_LOOKS_RATE + 5; i++)
        send(world, &(struct message){.text = "kapan bansos cair lagi ya min", .reporter = (uint8_t)i});
    assert_int_equal(counts->not_compared, 10);
}

/* ---- copies of what waits for a person ---- */

/* Whatever the weights are: without a word in it a person looks. */
#define UNCLEAR "?????????????????????? !!!!!!!!!!!!!!!!!!!!!!!!!!!!"

static const char *word(const json_t *object, const char *member) {
    const char *value = json_string_value(json_object_get(object, member));
    return value ? value : "";
}

/* Whoever follows a report hears why it waits, whose it is and until when, as the list has it. */
static void test_a_report_in_review_says_what_it_waits_for(void **state) {
    struct world *world = *state;
    struct id one = report(world, UNCLEAR, 1), copied[2];
    json_t *json = look_at_report(world, &one, "operator"), *review = json_object_get(json, "review"),
           *rows = look_at_list(world, "reviews", false, "operator");
    assert_string_equal(word(review, "owner_role"), "TRI");
    assert_string_equal(word(review, "reason"), "empty");
    assert_true(json_integer_value(json_object_get(review, "decide_by")) > fixture_now(world->fixture));
    assert_true(json_equal(review, json_array_get(rows, 0)));
    json_decref(json);
    json_decref(rows);

    json = look_at_report(world, &one, "facility"); /* staff of a facility has no reviews */
    assert_null(json_object_get(json, "review"));
    json_decref(json);

    for (size_t i = 0; i < 2; i++)
        copied[i] = send(world, &(struct message){.text = UNCLEAR, .hash = 7, .reporter = (uint8_t)(i + 5)});
    json = look_at_report(world, &copied[1], "operator");
    review = json_object_get(json, "review");
    char first[ID_TEXT + 1];
    id_to_text(&copied[0], first);
    assert_string_equal(word(review, "reason"), "copy");
    assert_string_equal(word(review, "amends"), first); /* the one to be decided */
    json_decref(json);

    assert_int_equal(decide(world, &one, false, "bukan_laporan", NULL), 200);
    json = look_at_report(world, &one, "operator");
    assert_null(json_object_get(json, "review"));
    json_decref(json);
}

/* What would be a C3 case: its kind is for who decides and for who is named for such cases. */
static void test_a_restricted_review_names_no_kind(void **state) {
    static const struct {
        const char *role;
        bool sees;
    } roles[] = {{"operator", true}, {"responder", false}, {"auditor", false}};
    struct world *world = *state;
    struct id id = report(world, "litmas", 1);
    assert_string_equal(last(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW)->report_in_review->kind, "abh");
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        json_t *json = look_at_report(world, &id, roles[i].role), *review = json_object_get(json, "review"),
               *rows = look_at_list(world, "reviews", false, roles[i].role);
        assert_string_equal(word(review, "kind"), roles[i].sees ? "abh" : "");
        assert_int_equal(json_is_true(json_object_get(review, "restricted")), !roles[i].sees);
        assert_true(json_equal(review, json_array_get(rows, 0)));
        json_decref(json);
        json_decref(rows);
    }
}

/* Whoever looks through the list sees every kind that was found, and the strictest of them counts. */
static void test_a_review_names_its_further_kinds(void **state) {
    struct world *world = *state;
    struct id first = report(world, SHACKLED, 1), one = last_case(world);
    close_case(world, &one, false);
    struct id id =
        send(world, &(struct message){.text = HOUSE ELDER, .amends = &first, .relation = "follow_up"});
    assert_string_equal(
        last(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW)->report_in_review->also_kinds, "lansia_terlantar");
    json_t *json = look_at_report(world, &id, "responder");
    assert_string_equal(word(json_object_get(json, "review"), "kind"), "pasung");
    assert_string_equal(word(json_object_get(json, "review"), "also_kinds"), "lansia_terlantar");
    json_decref(json);
    fixture_restart(world->fixture, false);
    id = send(world, &(struct message){.text = HOUSE " Anak perempuannya umur 12 tahun diperkosa pamannya",
                         .amends = &first,
                         .relation = "follow_up"});
    json = look_at_report(world, &id, "responder");
    assert_string_equal(word(json_object_get(json, "review"), "kind"), "");
    assert_string_equal(word(json_object_get(json, "review"), "also_kinds"), "");
    assert_true(json_is_true(json_object_get(json_object_get(json, "review"), "restricted")));
    json_decref(json);
    json = look_at_report(world, &id, "operator");
    assert_string_equal(word(json_object_get(json, "review"), "also_kinds"), "kekerasan_seksual");
    json_decref(json);
}

static size_t waiting(struct world *world, int *copies) {
    json_t *rows = look_at_list(world, "reviews", false, "operator");
    size_t count = json_array_size(rows);
    *copies = count ? (int)json_integer_value(json_object_get(json_array_get(rows, 0), "copies")) : 0;
    json_decref(rows);
    return count;
}

static void copies_come(struct world *world, size_t count, struct id *ids) {
    for (size_t i = 0; i < count; i++)
        ids[i] = send(world, &(struct message){.text = UNCLEAR, .hash = 7, .reporter = (uint8_t)(i + 1)});
}

static void test_forty_copies_are_one_review(void **state) {
    struct world *world = *state;
    struct id ids[40];
    int copies;
    copies_come(world, 40, ids);
    assert_int_equal(waiting(world, &copies), 1);
    assert_int_equal(copies, 39);
    const Sigap__ReportInReview *event = last(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW)->report_in_review;
    assert_string_equal(event->reason, "copy");
    assert_memory_equal(event->amends.data, ids[0].bytes, ID_BYTES);
    assert_int_equal(event->priority, SIGAP__PRIORITY__PRIORITY_UNSPECIFIED); /* nobody is woken for it */
    assert_false(event->danger);

    assert_int_equal(decide(world, &ids[0], true, "fakir_miskin", NULL), 200);
    struct id opened = last_case(world);
    assert_int_equal(waiting(world, &copies), 0);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 1);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 39);
    assert_true(last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined->copy);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 0); /* ESC-07: they prove nothing */
    assert_in_case(world, &ids[39], &opened);
}

static void test_copies_are_closed_with_the_first(void **state) {
    struct world *world = *state;
    struct id ids[5];
    int copies;
    copies_come(world, 5, ids);
    assert_int_equal(decide(world, &ids[0], false, "bukan_laporan", NULL), 200);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_CLOSED), 5);
    assert_int_equal(waiting(world, &copies), 0);
    copies_come(world, 1, ids); /* a person has to see it again */
    assert_int_equal(waiting(world, &copies), 1);
}

/* What is looked at for itself: other words, another place, an alarm that the first did not raise; and one
 * too many. */
static void test_what_is_no_copy_of_a_review(void **state) {
    struct world *world = *state;
    static struct id ids[REVIEW_COPIES_MAX + 2];
    int copies;
    copies_come(world, 2, ids);
    send(world, &(struct message){.text = UNCLEAR " ??", .hash = 8});
    send(world, &(struct message){.text = "min tolong", .hash = 9});
    send(world, &(struct message){.text = "min tolong", .hash = 9}); /* alike by chance */
    send(world, &(struct message){.text = UNCLEAR, .hash = 7, .latitude = -7.27, .longitude = 112.74});
    send(world, &(struct message){.text = UNCLEAR, .hash = 7, .urgent = true});
    assert_true(last(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW)->report_in_review->danger);
    assert_int_equal(waiting(world, &copies), 6);
    assert_int_equal(decide(world, &ids[0], false, "bukan_laporan", NULL), 200);
    assert_int_equal(waiting(world, &copies), 5);
}

static void test_a_review_has_only_so_many_copies(void **state) {
    struct world *world = *state;
    static struct id ids[REVIEW_COPIES_MAX + 2];
    int copies;
    copies_come(world, REVIEW_COPIES_MAX + 2, ids);
    assert_int_equal(waiting(world, &copies), 2);
    assert_int_equal(decide(world, &ids[0], true, "fakir_miskin", NULL), 200);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), REVIEW_COPIES_MAX);
    assert_int_equal(waiting(world, &copies), 1);
}

/* Somebody who writes on and on, and is read to the end. */
static void test_many_amendments_go_along(void **state) {
    enum { MESSAGES = 32 };
    struct world *world = *state;
    char text[1024] = "";
    while (strlen(text) < 900)
        strcat(text, "saya tunggu kabar dari kantor ya min, ");
    struct id first = report(world, "min tolong", 1);
    for (int i = 0; i < MESSAGES; i++)
        send(world, &(struct message){.text = text, .amends = &first, .relation = "follow_up"});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW), 1 + MESSAGES);
    assert_int_equal(decide(world, &first, true, "pasung", NULL), 200);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), MESSAGES);
}

static void test_what_amends_goes_where_its_first_goes(void **state) {
    struct world *world = *state;
    struct id first = send(world, &(struct message){.text = "min tolong"});
    struct id more =
        send(world, &(struct message){.text = "halo min", .amends = &first, .relation = "follow_up"});
    assert_int_equal(decide(world, &first, true, "pasung", NULL), 200);
    struct id one = last_case(world);
    assert_in_case(world, &first, &one);
    assert_in_case(world, &more, &one);
}

/* What the person who closes the first has not read goes on waiting, with its alarm; a message that was taken
 * back holds no words to read. */
static void test_what_came_meanwhile_is_not_closed_unread(void **state) {
    struct world *world = *state;
    int copies;
    struct id first = send(world, &(struct message){.text = "min tolong"});
    struct id more = send(world,
        &(struct message){.text = "halo min", .amends = &first, .relation = "follow_up", .urgent = true});
    send(world, &(struct message){.text = "[pengirim menarik pesan ini / the sender withdrew this message]",
                    .amends = &first,
                    .relation = "withdrawal"});
    assert_true(waiting(world, &copies) == 3);
    assert_int_equal(decide(world, &first, false, "bukan_laporan", NULL), 200);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_CLOSED), 2);
    json_t *json = look_at_report(world, &more, "operator"), *review = json_object_get(json, "review");
    assert_true(json_is_true(json_object_get(review, "danger")));
    json_decref(json);
    assert_int_equal(waiting(world, &copies), 1);
    assert_int_equal(decide(world, &more, true, "pasung", NULL), 200);
    struct id opened = last_case(world);
    assert_in_case(world, &more, &opened);
    assert_int_equal(waiting(world, &copies), 0);
}

/* As urgent as it is and as dangerous as it may be: whoever has the case knows nothing of it. Unless the
 * person who joins it says how urgent it is. */
static void test_a_dangerous_review_keeps_its_alarm_where_it_joins(void **state) {
    struct world *world = *state;
    for (int stated = 0; stated < 2; stated++) {
        report(world, WHEELCHAIR, (uint8_t)(stated + 1));
        struct id one = last_case(world);
        Sigap__Priority before = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->priority;
        struct id waiting = send(world, &(struct message){.text = "min tolong", .urgent = true});
        Sigap__Priority guessed =
            last(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW)->report_in_review->priority;
        assert_true(guessed < before);
        assert_int_equal(join(world, &waiting, &one,
                             stated ? SIGAP__PRIORITY__PRIORITY_P4 : SIGAP__PRIORITY__PRIORITY_UNSPECIFIED),
            200);
        assert_int_equal(last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined->danger, !stated);
        assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 1);
        assert_int_equal(last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed->priority, guessed);
        close_case(world, &one, false); /* the second wheelchair is one more case */
    }
}

/* A message that was taken back says nothing of the case. */
static void test_a_withdrawal_that_joins_raises_nothing(void **state) {
    struct world *world = *state;
    report(world, WHEELCHAIR, 1);
    struct id one = last_case(world), first = send(world, &(struct message){.text = "min tolong"});
    struct id waiting = send(
        world, &(struct message){.text = "[pengirim menarik pesan ini / the sender withdrew this message]",
                   .amends = &first,
                   .relation = "withdrawal"});
    assert_int_equal(join(world, &waiting, &one, SIGAP__PRIORITY__PRIORITY_UNSPECIFIED), 200);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 0);
}

/* Who is accused is a fact of the case, whoever says so: the first, another one, or a report that waited for
 * a person. Another person's age is not. */
static void test_facts_that_a_witness_tells(void **state) {
    struct world *world = *state;
    send(world, &(struct message){.text = CARED, .hash = 1, .reporter = 1});
    struct id one = last_case(world);
    send(world, &(struct message){.text = "Lapor, " CARED CARER, .hash = 2, .reporter = 2});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 1);
    const Sigap__CaseChanged *changed = last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed;
    assert_string_equal(fact_of(changed, "conflict_of_interest"), "yes");
    assert_string_equal(fact_of(changed, "conflict_facility"), "JTM-PPSPA-BATU");
    assert_string_equal(fact_of(changed, "age"), "");
    struct id waiting = report(world, "halo min" CARER, 3);
    fixture_forget(world->fixture);
    assert_int_equal(join(world, &waiting, &one, SIGAP__PRIORITY__PRIORITY_UNSPECIFIED), 200);
    changed = last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed;
    assert_string_equal(fact_of(changed, "conflict_facility"), "JTM-PPSPA-BATU");
}

/* Whoever accuses a second institution is heard, though one is known: as the first reporter, as another one,
 * or in a report that waited for a person. */
static void test_a_second_facility_is_accused_later(void **state) {
    struct world *world = *state;
    for (int how = 0; how < 3; how++) {
        struct id first = send(world, &(struct message){.text = CARED CARER, .hash = 1, .reporter = 1});
        struct id one = last_case(world);
        fixture_forget(world->fixture);
        if (how == 0) {
            send(world, &(struct message){.text = CARER_TOO, .amends = &first, .relation = "follow_up"});
        } else if (how == 1) {
            send(world, &(struct message){.text = "Lapor, " CARED CARER CARER_TOO, .hash = 2, .reporter = 2});
        } else {
            struct id waiting = report(world, "halo min" CARER_TOO, 3);
            assert_int_equal(join(world, &waiting, &one, SIGAP__PRIORITY__PRIORITY_UNSPECIFIED), 200);
        }
        assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 1);
        const Sigap__CaseChanged *changed = last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed;
        assert_non_null(strstr(fact_of(changed, "conflict_facility"), "JTM-PRSMP-SBY"));
        close_case(world, &one, false);
        fixture_forget(world->fixture);
    }
}

/* The known one again is no news. */
static void test_a_known_facility_is_accused_again(void **state) {
    struct world *world = *state;
    send(world, &(struct message){.text = CARED CARER, .hash = 1, .reporter = 1});
    struct id one = last_case(world), waiting = report(world, "halo min" CARER, 3);
    assert_int_equal(join(world, &waiting, &one, SIGAP__PRIORITY__PRIORITY_UNSPECIFIED), 200);
    for (size_t i = 0; i < count(world, SIGAP__EVENT__BODY_CASE_CHANGED); i++)
        assert_string_equal(
            fact_of(fixture_nth(world->fixture, SIGAP__EVENT__BODY_CASE_CHANGED, i)->event->case_changed,
                "conflict_facility"),
            "");
}

/* ---- the caller's word ---- */

/* Whoever enters the words again and says that they are urgent says something new, once. */
static void test_an_urgent_copy_is_news(void **state) {
    struct world *world = *state;
    report(world, WHEELCHAIR, 1);
    assert_true(
        last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->priority > SIGAP__PRIORITY__PRIORITY_P1);
    for (int again = 0; again < 2; again++) {
        send(world, &(struct message){.text = WHEELCHAIR, .hash = 1, .urgent = true});
        assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), again + 1);
        const Sigap__ReportJoined *joined = last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined;
        assert_true(joined->copy);
        assert_int_equal(joined->danger, !again);
        assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 1);
        assert_int_equal(last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed->priority,
            SIGAP__PRIORITY__PRIORITY_P1);
    }
}

/* The answer to our question says where, not that it was not urgent after all. */
static void test_a_calm_answer_keeps_the_callers_urgency(void **state) {
    struct world *world = *state;
    struct id first = send(world, &(struct message){.text = "min tolong", .urgent = true});
    assert_true(last(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW)->report_in_review->danger);
    send(world, &(struct message){.text = WHEELCHAIR, .amends = &first, .relation = "answer"});
    const Sigap__CaseOpened *opened = last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    assert_int_equal(opened->priority, SIGAP__PRIORITY__PRIORITY_P1);
    assert_string_equal(opened->reasons[opened->n_reasons - 1], "caller");
}

static void test_an_urgent_follow_up_raises_its_case(void **state) {
    struct world *world = *state;
    struct id first = report(world, WHEELCHAIR, 1);
    send(world, &(struct message){
                    .text = "tolong ya min", .amends = &first, .relation = "follow_up", .urgent = true});
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 1);
    assert_int_equal(
        last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed->priority, SIGAP__PRIORITY__PRIORITY_P1);
}

/* ---- drills ---- */

static struct id told(struct world *world, const char *text, uint8_t hash, bool training) {
    return send(world, &(struct message){.text = text, .hash = hash, .reporter = hash, .training = training});
}

/* Whichever comes first: a real report that joined a drill would wake nobody, and a drill that joined a real
 * case would stand its alarm down. Each finds its own, also after a restart. */
static void test_drill_and_reality_never_join(void **state) {
    static const char *const texts[] = {SHACKLED, WHEELCHAIR};
    struct world *world = *state;
    for (unsigned i = 0; i < 2; i++) {
        struct id cases[2];
        for (unsigned second = 0; second < 2; second++) {
            bool training = i == second;
            told(world, texts[i], (uint8_t)(i + 1), training);
            assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 2 * i + second + 1);
            const Sigap__Event *event = last(world, SIGAP__EVENT__BODY_CASE_OPENED);
            assert_int_equal(event->training, training);
            assert_int_equal(event->case_opened->n_alike, 0);
            cases[training] = last_case(world);
        }
        fixture_restart(world->fixture, false);
        for (unsigned training = 0; training < 2; training++) {
            struct id copy = told(world, texts[i], (uint8_t)(i + 1), training);
            assert_in_case(world, &copy, &cases[training]);
        }
    }
}

static void test_a_drill_is_alike_to_drills_only(void **state) {
    struct world *world = *state;
    told(world, LONELY, 1, true);
    struct id drill = last_case(world);
    told(world, LONELY_TOLD, 2, false);
    assert_int_equal(last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->n_alike, 0);
    told(world, LONELY_TOLD, 3, true);
    const Sigap__Event *event = last(world, SIGAP__EVENT__BODY_CASE_OPENED);
    assert_true(event->training);
    assert_int_equal(event->case_opened->n_alike, 1);
    assert_memory_equal(event->case_opened->alike[0]->case_id.data, drill.bytes, ID_BYTES);
}

/* A drill from before drills were told apart here counts as real until casework speaks of it. */
static void test_a_drill_is_known_by_what_casework_says(void **state) {
    struct world *world = *state;
    Sigap__FactRecorded recorded = SIGAP__FACT_RECORDED__INIT;
    Sigap__Fact fact = SIGAP__FACT__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    told(world, SHACKLED, 1, false);
    struct id drill = last_case(world), copy = told(world, SHACKLED, 1, false);
    assert_in_case(world, &copy, &drill);
    fact.name = (char *)"age";
    fact.value = (char *)"12";
    recorded.fact = &fact;
    event.body_case = SIGAP__EVENT__BODY_FACT_RECORDED;
    event.fact_recorded = &recorded;
    event.case_id = (ProtobufCBinaryData){ID_BYTES, drill.bytes};
    event.training = true;
    fixture_event(world->fixture, "casework", LANE_URGENT, &event);
    fixture_turn(world->fixture);
    told(world, SHACKLED, 1, false);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), 2);
    struct id real = last_case(world);
    assert_int_equal(merge(world, &operator_here, &drill, &real, false), 409);
}

/* Nor by hand; and what people do with a drill stays one, though their orders are none. */
static void test_people_join_no_drill_to_reality(void **state) {
    struct world *world = *state;
    told(world, SHACKLED, 1, true);
    struct id drill = last_case(world), copy = told(world, SHACKLED, 1, true);
    told(world, LONELY, 2, false);
    struct id real = last_case(world), waiting = told(world, "min tolong", 3, true);
    assert_int_equal(merge(world, &operator_here, &drill, &real, false), 409);
    assert_int_equal(merge(world, &operator_here, &real, &drill, false), 409);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_MERGED), 0);
    assert_int_equal(join(world, &waiting, &real, SIGAP__PRIORITY__PRIORITY_UNSPECIFIED), 409);
    assert_non_null(strstr(
        last(world, SIGAP__EVENT__BODY_COMMAND_ANSWERED)->command_answered->sentence, "Laporan latihan"));
    assert_int_equal(join(world, &waiting, &drill, SIGAP__PRIORITY__PRIORITY_UNSPECIFIED), 200);
    assert_true(last(world, SIGAP__EVENT__BODY_REPORT_JOINED)->training);
    assert_int_equal(change(world, &drill, "35.07"), 200);
    assert_true(last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->training);
    assert_int_equal(split(world, &operator_here, &copy), 200);
    assert_true(last(world, SIGAP__EVENT__BODY_CASE_OPENED)->training);
    struct id parted = last_case(world);
    assert_int_equal(merge(world, &operator_here, &parted, &drill, false), 200);
    assert_true(last(world, SIGAP__EVENT__BODY_CASE_MERGED)->training);
    assert_int_equal(change(world, &real, "35.07"), 200);
    assert_false(last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->training);
}

/* What amends a report of the other sort stands for itself, as what it says it is. */
static void test_drill_and_reality_amend_each_other_in_nothing(void **state) {
    struct world *world = *state;
    for (int training = 0; training < 2; training++) {
        struct id clear = told(world, training ? LONELY : WHEELCHAIR, (uint8_t)(training + 1), training),
                  unclear = told(world, "min tolong", 0, training);
        fixture_forget(world->fixture);
        const struct id *firsts[] = {&clear, &unclear};
        for (int i = 0; i < 2; i++) {
            send(world, &(struct message){.text = i ? BEATEN : SHACKLED,
                            .amends = firsts[i],
                            .relation = "follow_up",
                            .training = !training});
            assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_OPENED), i + 1);
            assert_int_equal(last(world, SIGAP__EVENT__BODY_CASE_OPENED)->training, !training);
        }
        assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 0);
        assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 0);
    }
}

static void test_decisions_are_kept_to_learn_from(void **state) {
    struct world *world = *state;
    struct id opened = report(world, "min tolong tetangga", 1), closed = report(world, "xqzt brrw", 2);
    assert_int_equal(decide(world, &opened, true, "pasung", NULL), 200);
    assert_int_equal(decide(world, &closed, false, "", NULL), 200);
    json_t *lines = look_at_list(world, "corrections", true, "operator");
    assert_int_equal(json_array_size(lines), 2);
    json_t *line = json_array_get(lines, 0);
    assert_string_equal(json_string_value(json_object_get(line, "text")), "min tolong tetangga");
    assert_string_equal(json_string_value(json_object_get(line, "kind")), "pasung");
    assert_string_equal(json_string_value(json_object_get(line, "urgency")), "P1");
    assert_string_equal(json_string_value(json_object_get(json_array_get(lines, 1), "text")), "xqzt brrw");
    assert_string_equal(json_string_value(json_object_get(json_array_get(lines, 1), "reason")), "dilihat");
    assert_null(json_object_get(line, "reason")); /* stands in the history of the case */
    json_decref(lines);
    lines = look_at_list(world, "corrections", false, "administrator"); /* never the words */
    assert_int_equal(json_array_size(lines), 2);
    assert_null(json_object_get(json_array_get(lines, 0), "text"));
    assert_null(json_object_get(json_array_get(lines, 1), "reason"));
    json_decref(lines);
    json_t *measures = look_at_list(world, "measures", false, "operator");
    assert_int_equal(json_integer_value(json_object_get(measures, "decisions")), 2);
    assert_int_equal(json_array_size(json_object_get(measures, "weeks")), 8);
    json_t *week = json_array_get(json_object_get(measures, "weeks"), 0);
    assert_int_equal(json_integer_value(json_object_get(week, "reports")), 2);
    json_decref(measures);
}

/* As it would stand after the disk had damaged it. */
static void keep_damaged_decision(struct world *world) {
    struct store *store = fixture_store(world->fixture);
    Sigap__ReportReceived received = SIGAP__REPORT_RECEIVED__INIT;
    Sigap__Sealed content = SIGAP__SEALED__INIT;
    struct id id = fixture_id(world->fixture);
    uint8_t packed[256];
    received.report_id = (ProtobufCBinaryData){ID_BYTES, id.bytes};
    received.content = &content;
    content.data = (ProtobufCBinaryData){4, (uint8_t *)"aaaa"};
    size_t size = sigap__report_received__pack(&received, packed);
    assert_true(store_begin(store));
    struct statement *add = triage_use(store, TRIAGE_CORRECTION_ADD);
    bind_int(add, fixture_now(world->fixture));
    bind_text(add, "review");
    bind_text(add, "petugas");
    bind_id(add, &id);
    bind_null(add);
    bind_text(add, "pasung"); /* the kinds, what was said first */
    bind_text(add, "");
    bind_int(add, 1); /* the priorities */
    bind_int(add, 4);
    bind_text(add, "35.07"); /* the areas */
    bind_text(add, "35.07");
    bind_blob(add, packed, size);
    bind_null(add);
    bind_null(add);
    assert_true(statement_run(add));
    assert_int_equal(store_commit(store), STORE_OK);
}

/* Nothing of the list is shown as if it were all there is. */
static void test_a_damaged_decision_is_an_error(void **state) {
    struct world *world = *state;
    unsigned status;
    keep_damaged_decision(world);
    assert_null(ask_list(world, "corrections", true, "operator", &status));
    assert_int_equal(status, 500);
    json_t *lines = look_at_list(world, "corrections", false, "operator"); /* without the words */
    assert_int_equal(json_array_size(lines), 1);
    json_decref(lines);
}

/* An hour later what was counted is in rows: a restart does not lose it. */
static void test_weeks_outlive_the_process(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    fixture_advance(world->fixture, 2 * INT64_C(3600000));
    fixture_restart(world->fixture, false);
    json_t *measures = look_at_list(world, "measures", false, "operator");
    json_t *week = json_array_get(json_object_get(measures, "weeks"), 0);
    assert_int_equal(json_integer_value(json_object_get(week, "reports")), 1);
    json_decref(measures);
}

/* `sigapctl triage explain --json` with reports that are known. */
static void test_explain_says_what_is_alike(void **state) {
    static const char input[] =
        "{\"text\":\"" LONELY "\",\"known\":[{\"id\":\"a\",\"text\":\"" LONELY_TOLD
        "\",\"minutes\":30},{\"id\":\"b\",\"text\":\"" BEATEN "\"},{\"id\":\"c\"}]}\n";
    char output[16384] = "";
    (void)state;
    FILE *in = fmemopen((char *)input, sizeof input - 1, "r"), *out = fmemopen(output, sizeof output, "w");
    assert_int_equal(triage_explain_main(SIGAP_SOURCE_DIR "/deploy/sites/jatim", true, in, out), 0);
    fclose(in);
    fclose(out);
    json_t *answer = json_loads(output, 0, NULL), *alike = json_object_get(answer, "alike");
    assert_int_equal(json_array_size(alike), 3);
    assert_true(json_is_true(json_object_get(json_array_get(alike, 0), "same")));
    assert_true(json_is_false(json_object_get(json_array_get(alike, 1), "same")));
    assert_non_null(json_object_get(json_array_get(alike, 2), "error"));
    assert_non_null(json_object_get(answer, "evidence"));
    json_decref(answer);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_prints_tell_copies_from_templates),
        TEST(test_a_report_without_a_mark_takes_its_number),
        TEST(test_a_changed_word_is_still_a_copy),
        TEST(test_a_name_or_a_number_makes_another_case),
        TEST(test_two_people_in_one_form_are_two_cases),
        TEST(test_what_is_merely_alike_opens_and_is_proposed),
        TEST(test_others_are_not_taken_for_the_same),
        TEST(test_prints_are_found_after_a_restart),
        TEST(test_an_old_report_is_another_case),
        TEST(test_an_amendment_may_only_raise),
        TEST(test_a_further_victim_is_told_later),
        TEST(test_a_witness_tells_of_a_further_victim),
        TEST(test_a_further_victim_makes_a_case_secret),
        TEST(test_an_age_told_later_is_that_of_the_case),
        TEST(test_a_withdrawal_is_told_and_closes_nothing),
        TEST(test_an_answer_opens_what_was_unclear),
        TEST(test_what_stays_unclear_waits_with_its_first),
        TEST(test_what_is_passed_on_is_believed_less),
        TEST(test_a_merge_is_ordered_and_taken_back),
        TEST(test_a_chain_of_merges_is_read_in_order),
        TEST(test_a_merge_is_taken_back_from_the_whole_chain),
        TEST(test_reasons_of_people_go_with_what_comes_of_them),
        TEST(test_a_merge_hands_urgency_on),
        TEST(test_a_report_is_parted_and_joined_again),
        TEST(test_what_was_said_further_is_parted_along),
        TEST(test_what_follows_a_witness_is_parted_along),
        TEST(test_confidential_cases_have_their_officers),
        TEST(test_a_closed_case_is_not_changed),
        TEST(test_a_proposal_waits_until_somebody_says),
        TEST(test_a_review_may_join_a_case),
        TEST(test_a_review_that_joins_tells_of_a_further_victim),
        TEST(test_a_case_opened_by_a_person_is_as_secret_as_its_kind),
        TEST(test_looks_are_rationed),
        TEST(test_a_report_in_review_says_what_it_waits_for),
        TEST(test_a_restricted_review_names_no_kind),
        TEST(test_a_review_names_its_further_kinds),
        TEST(test_forty_copies_are_one_review),
        TEST(test_copies_are_closed_with_the_first),
        TEST(test_what_is_no_copy_of_a_review),
        TEST(test_a_review_has_only_so_many_copies),
        TEST(test_many_amendments_go_along),
        TEST(test_what_amends_goes_where_its_first_goes),
        TEST(test_what_came_meanwhile_is_not_closed_unread),
        TEST(test_a_dangerous_review_keeps_its_alarm_where_it_joins),
        TEST(test_a_withdrawal_that_joins_raises_nothing),
        TEST(test_facts_that_a_witness_tells),
        TEST(test_a_second_facility_is_accused_later),
        TEST(test_a_known_facility_is_accused_again),
        TEST(test_an_urgent_copy_is_news),
        TEST(test_a_calm_answer_keeps_the_callers_urgency),
        TEST(test_an_urgent_follow_up_raises_its_case),
        TEST(test_drill_and_reality_never_join),
        TEST(test_a_drill_is_alike_to_drills_only),
        TEST(test_people_join_no_drill_to_reality),
        TEST(test_a_drill_is_known_by_what_casework_says),
        TEST(test_drill_and_reality_amend_each_other_in_nothing),
        TEST(test_decisions_are_kept_to_learn_from),
        TEST(test_a_damaged_decision_is_an_error),
        TEST(test_weeks_outlive_the_process),
        TEST(test_explain_says_what_is_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
