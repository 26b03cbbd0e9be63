/* Photos of reports at the console: whom it asks in which order and in whose name, and what the browser is
 * told. */
#include "desk.h"

#include "media.h"
#include "pictures.h"
#include "services/picture/picture.h"

#define CASE "01HZX3V5K8Q2W4E6R8T0Y2A4C6"
#define MEDIUM "01HZX3V5K8Q2W4E6R8T0Y2A4C7"
#define PATH "/api/cases/" CASE "/media/" MEDIUM

/* The oldest question must be for this daemon, in this name (NULL: any). The view is the caller's. */
static Sigap__View *question(struct desk *desk, const char *daemon, struct id *id, uint32_t *kind) {
    char asked[16];
    Sigap__View *view = desk_question(desk, asked, id, kind);
    assert_non_null(view);
    assert_string_equal(asked, daemon);
    assert_int_equal(view->what_case, SIGAP__VIEW__WHAT_MEDIA);
    return view;
}

static void answer(struct desk *desk, const struct id *id, uint32_t kind, Sigap__ViewAnswer *given) {
    struct effect_result result = {.id = *id, .kind = kind, .outcome = (int)given->status};
    result.size = sigap__view_answer__get_packed_size(given);
    result.bytes = malloc(result.size + 1);
    sigap__view_answer__pack(given, result.bytes);
    fixture_effect_finish(desk->fixture, &result);
}

static void intake_gives(struct desk *desk) {
    Sigap__ViewAnswer given = SIGAP__VIEW_ANSWER__INIT;
    Sigap__SealedMedium medium = SIGAP__SEALED_MEDIUM__INIT;
    Sigap__Sealed content = SIGAP__SEALED__INIT;
    struct id id;
    uint32_t kind;
    Sigap__View *view = question(desk, "intake", &id, &kind);
    assert_int_equal(view->media->medium_id.len, ID_BYTES);
    assert_null(view->media->sealed);
    sigap__view__free_unpacked(view, NULL);
    medium.hash = (ProtobufCBinaryData){4, (uint8_t *)"hash"};
    content.data = (ProtobufCBinaryData){6, (uint8_t *)"sealed"};
    medium.content = &content;
    given.status = 200;
    given.sealed = &medium;
    answer(desk, &id, kind, &given);
}

static void owner_opens(struct desk *desk, const char *owner, const char *account, unsigned status) {
    Sigap__ViewAnswer given = SIGAP__VIEW_ANSWER__INIT;
    struct id id;
    uint32_t kind;
    Sigap__View *view = question(desk, owner, &id, &kind);
    assert_string_equal(view->actor->account, account);
    assert_true(view->actor->n_roles > 0 && view->actor->n_areas > 0);
    assert_int_equal(view->media->sealed->content->data.len, 6);
    bool of_case = strcmp(owner, "casework") == 0;
    assert_int_equal(view->media->case_id.len, of_case ? ID_BYTES : 0);
    assert_int_equal(view->media->report_id.len, of_case ? 0 : ID_BYTES);
    sigap__view__free_unpacked(view, NULL);
    given.status = status;
    if (status == 200)
        given.opened = (ProtobufCBinaryData){7, (uint8_t *)"picture"};
    answer(desk, &id, kind, &given);
}

static void program_says(struct desk *desk, int outcome) {
    const struct effect *effect = fixture_effect_take(desk->fixture);
    assert_non_null(effect);
    assert_int_equal(effect->kind, EFFECT_DRAW);
    assert_int_equal(effect->what_size, 7);
    struct effect_result result = {.id = effect->id, .kind = EFFECT_DRAW, .outcome = outcome};
    if (outcome == PICTURE_DRAWN) {
        result.bytes = strdup("jpeg");
        result.size = 4;
    }
    fixture_effect_finish(desk->fixture, &result);
}

static void a_picture_goes_through_three_hands(void **state) {
    static const char *const paths[][2] = {
        {PATH, "casework"}, {"/api/reviews/" CASE "/media/" MEDIUM, "triage"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct desk desk = desk_signed_in("sari responder PPA 35.07 -");
        assert_int_equal(desk_get(&desk, paths[i][0]), 0);
        assert_int_equal(fixture_effect_count(desk.fixture), 1);
        intake_gives(&desk);
        owner_opens(&desk, paths[i][1], "sari", 200);
        program_says(&desk, PICTURE_DRAWN);
        assert_int_equal(desk.answer->status, 200);
        assert_string_equal(desk.answer->content_type, "image/jpeg");
        assert_memory_equal(desk.answer->body, "jpeg", 4);
        assert_string_equal(desk_header(&desk, "Cache-Control"), "no-store");
        assert_string_equal(desk_header(&desk, "X-Content-Type-Options"), "nosniff");
        assert_non_null(desk_header(&desk, "Content-Security-Policy"));
        desk_close(&desk);
    }
}

static void what_was_refused_is_said(void **state) {
    static const struct {
        unsigned status;
        int outcome;
        unsigned answered;
    } cases[] = {{403, 0, 403}, {404, 0, 404}, {503, 0, 503}, {200, PICTURE_UNKNOWN, 422},
        {200, PICTURE_TOO_LARGE, 422}, {200, PICTURE_BROKEN, 422}, {200, PICTURE_NO_MEMORY, 422},
        {200, EFFECT_UNKNOWN, 422}, {200, PICTURES_BUSY, 503}, {200, PICTURE_NOT_CONFINED, 500}};
    (void)state;
    struct desk desk = desk_signed_in("sari responder PPA 35.07 -");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(desk_get(&desk, PATH), 0);
        intake_gives(&desk);
        owner_opens(&desk, "casework", "sari", cases[i].status);
        if (cases[i].status == 200)
            program_says(&desk, cases[i].outcome);
        if (desk.answer->status != cases[i].answered)
            fail_msg("case %zu: %u", i, desk.answer->status);
        assert_int_equal(fixture_effect_count(desk.fixture), 0);
    }
    assert_int_equal(desk_get(&desk, PATH), 0);
    desk_daemon_says(&desk, "intake", 413, NULL); /* too large to be shown */
    assert_int_equal(desk.answer->status, 422);
    assert_int_equal(desk_get(&desk, "/api/cases/" CASE "/media/nonsense"), 404);
    desk_close(&desk);
}

/* An account that was closed while intake answered sees nothing any more. */
static void rights_are_those_of_the_moment(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari responder PPA 35.07 -");
    assert_int_equal(desk_get(&desk, PATH), 0);
    assert_int_equal(desk_control(&desk, "account.disable", "sari"), 200);
    intake_gives(&desk);
    assert_int_equal(desk.answer->status, 404);
    assert_int_equal(fixture_effect_count(desk.fixture), 0);
    desk_close(&desk);
}

static void the_list_is_of_what_the_owner_names(void **state) {
    struct id id;
    uint32_t kind;
    (void)state;
    struct desk desk = desk_signed_in("sari responder PPA 35.07 -");
    assert_int_equal(desk_get(&desk, "/api/cases/" CASE "/media"), 0);
    Sigap__View *view = question(&desk, "casework", &id, &kind);
    assert_string_equal(view->actor->account, "sari");
    assert_null(view->media->sealed);
    sigap__view__free_unpacked(view, NULL);
    desk_tell(&desk, &id, kind, 200, "{\"reports\":[\"" CASE "\",\"" MEDIUM "\",\"nonsense\"]}");
    view = question(&desk, "intake", &id, &kind);
    assert_int_equal(view->media->n_report_ids, 2);
    sigap__view__free_unpacked(view, NULL);
    desk_tell(&desk, &id, kind, 200, "{\"media\":[{\"id\":\"" MEDIUM "\"}]}");
    assert_int_equal(desk.answer->status, 200);
    assert_memory_equal(desk.answer->body, "{\"media\":[{", 11);

    assert_int_equal(desk_get(&desk, "/api/cases/" CASE "/media"), 0);
    desk_daemon_says(&desk, "casework", 403, NULL);
    assert_int_equal(desk.answer->status, 403);
    assert_int_equal(fixture_effect_count(desk.fixture), 0); /* intake is not asked */
    assert_int_equal(desk_get(&desk, "/api/cases/" CASE "/media"), 0);
    desk_daemon_says(&desk, "casework", 200, "{\"reports\":[]}");
    assert_string_equal(desk.answer->body, "{\"media\":[]}");
    desk_close(&desk);
}

static void nobody_waits_for_ever(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari responder PPA 35.07 -");
    assert_int_equal(desk_get(&desk, PATH), 0);
    fixture_advance(desk.fixture, 16000);
    assert_int_equal(desk.answer->status, 503);
    for (unsigned i = 0; i < PICTURES_PARALLEL + PICTURES_WAITING; i++)
        assert_int_equal(desk_get(&desk, PATH), 0);
    assert_int_equal(desk_get(&desk, PATH), 503); /* at once */
    desk_close(&desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_goes_through_three_hands),
        cmocka_unit_test(what_was_refused_is_said),
        cmocka_unit_test(rights_are_those_of_the_moment),
        cmocka_unit_test(the_list_is_of_what_the_owner_names),
        cmocka_unit_test(nobody_waits_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
