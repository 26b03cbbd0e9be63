#include "media.h"

#include "common/medium.h"
#include "pictures.h"
#include "reading.h"
#include "services/picture/picture.h"

#include <string.h>

_Static_assert((int)PICTURE_BYTES_MAX == (int)MEDIUM_SHOWN_MAX, "what is shown must be what is drawn");

enum {
    PICTURE_WAIT_MS = 15000, /* two questions of 2 s, and a place in the queue */
    PICTURE_WAITS_MAX = PICTURES_PARALLEL + PICTURES_WAITING,
    REPORTS_MAX = 200,      /* as many as casework names */
    REPORTS_BYTES = 8 << 10 /* 200 ids of 29 letters with their marks */
};

/* The parts of a wait are its steps. */
enum list_step { LIST_MAY = 0, LIST_WHAT = 1 };
enum show_step { SHOW_SEALED = 0, SHOW_OPENED = 1 };

static const struct problem not_shown = {422, "picture-not-shown", "Foto tidak dapat ditampilkan",
    "The picture cannot be shown",
    "Hanya foto JPEG, PNG dan WebP yang utuh, tidak bergerak, paling banyak 6 MiB dan 50 juta piksel.",
    "Only whole JPEG, PNG and WebP pictures that do not move, of at most 6 MiB and 50 million pixels.", NULL,
    0};

static bool is_of_case(const struct wait *wait) {
    return strcmp(wait->owner, "casework") == 0;
}

static void refuse(struct turn *turn, struct wait *wait, const struct problem *problem) {
    struct answer answer = {0};
    reply_problem(turn, &answer, problem);
    wait_answer(turn, wait, &answer);
}

/* What the status of an owner's answer means to the person. */
static const struct problem *problem_of(unsigned status) {
    switch (status) {
    case 403:
        return &problem_forbidden;
    case 404:
        return &problem_not_found;
    case 413:
        return &not_shown;
    default: /* a number of another process, no enum */
        return &problem_overloaded;
    }
}

/* Asks who may say whether these reports may be read: the case's or the review's owner, in the name of the
 * account, as it stands now. False: the account is gone. */
static bool ask_owner(
    struct turn *turn, const struct wait *wait, unsigned step, Sigap__SealedMedium *sealed) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__MediaView media = SIGAP__MEDIA_VIEW__INIT;
    struct account account;
    if (!account_find(turn, wait->account, &account) || account.disabled)
        return false;
    *(is_of_case(wait) ? &media.case_id : &media.report_id) = turn_bytes(turn, &wait->object);
    media.sealed = sealed;
    view.actor = account_actor(turn, &account);
    view.what_case = SIGAP__VIEW__WHAT_MEDIA;
    view.media = &media;
    reading_ask(turn, &wait->id, step, wait->owner, &view);
    return true;
}

static void ask_intake(struct turn *turn, const struct wait *wait, unsigned step, Sigap__MediaView *media) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    actor.account = (char *)wait->account;
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_MEDIA;
    view.media = media;
    reading_ask(turn, &wait->id, step, "intake", &view);
}

/* False: answered. */
static bool begin(struct exchange *exchange, enum wait_kind kind, int64_t longest_ms, struct wait *wait) {
    bool of_case = strncmp(exchange->request->path, "/api/cases/", 11) == 0;
    *wait = (struct wait){.kind = kind, .until = exchange->turn->now + longest_ms};
    if (!id_from_text(exchange->parts[0], &wait->object) ||
        (kind == WAIT_PICTURE && !id_from_text(exchange->parts[1], &wait->command)))
        return exchange_refuse(exchange, &problem_not_found), false;
    snprintf(wait->account, sizeof wait->account, "%s", exchange->person->account.name);
    wait->owner = of_case ? "casework" : "triage";
    wait->id = turn_id(exchange->turn);
    return true;
}

void media_list_begin(struct exchange *exchange) {
    struct wait wait;
    if (!begin(exchange, WAIT_MEDIA, 2 * WAIT_MS, &wait))
        return;
    wait_begin(exchange->turn, &wait);
    ask_owner(exchange->turn, &wait, LIST_MAY, NULL);
}

void media_show_begin(struct exchange *exchange) {
    const struct waits *waits = &exchange->console->waits;
    Sigap__MediaView media = SIGAP__MEDIA_VIEW__INIT;
    struct wait wait;
    unsigned others = 0;
    for (unsigned i = 0; i < waits->count; i++)
        others += waits->items[i].kind == WAIT_PICTURE;
    if (others >= PICTURE_WAITS_MAX)
        return exchange_refuse(exchange, &problem_overloaded);
    if (!begin(exchange, WAIT_PICTURE, PICTURE_WAIT_MS, &wait))
        return;
    turn_audit(exchange->turn, wait.account, is_of_case(&wait) ? "case.medium" : "review.medium",
        arena_format(exchange->turn->arena, "%s %s", exchange->parts[0], exchange->parts[1]));
    wait_begin(exchange->turn, &wait);
    media.medium_id = turn_bytes(exchange->turn, &wait.command);
    ask_intake(exchange->turn, &wait, SHOW_SEALED, &media);
}

/* ---- what comes back ---- */

/* The ids of {"reports": [...]}. */
static bool read_reports(struct turn *turn, const ProtobufCBinaryData *text, Sigap__MediaView *out) {
    json_t *document = NULL, *each;
    size_t i;
    out->report_ids = arena_take(turn->arena, REPORTS_MAX * sizeof *out->report_ids);
    if (!out->report_ids || json_read(text->data, text->len, REPORTS_BYTES, &document) != JSON_OK)
        return false;
    json_array_foreach(json_object_get(document, "reports"), i, each) {
        struct id id;
        if (out->n_report_ids < REPORTS_MAX && json_is_string(each) &&
            id_from_text(json_string_value(each), &id))
            out->report_ids[out->n_report_ids++] = turn_bytes(turn, &id);
    }
    json_decref(document);
    return true;
}

static void finish_list(struct turn *turn, struct wait *wait, const char *text, size_t size) {
    struct answer answer = {0};
    struct json_writer writer;
    json_writer_init(&writer, size + 16);
    json_write_raw(&writer, text, size);
    reply_json(turn, &answer, 200, &writer);
    wait_answer(turn, wait, &answer);
}

static void list_came(struct turn *turn, struct wait *wait, unsigned step, const Sigap__ViewAnswer *came) {
    static const char none[] = "{\"media\":[]}";
    Sigap__MediaView media = SIGAP__MEDIA_VIEW__INIT;
    if (step == LIST_WHAT)
        finish_list(turn, wait, (const char *)came->json.data, came->json.len);
    else if (!read_reports(turn, &came->json, &media))
        refuse(turn, wait, &problem_internal);
    else if (media.n_report_ids)
        ask_intake(turn, wait, LIST_WHAT, &media);
    else
        finish_list(turn, wait, none, sizeof none - 1);
}

static void show_came(struct turn *turn, struct wait *wait, unsigned step, const Sigap__ViewAnswer *came) {
    if (step == SHOW_OPENED) {
        const struct effect effect = {wait->id, EFFECT_DRAW, came->opened.data, came->opened.len};
        turn_effect(turn, &effect);
    } else if (!came->sealed || !ask_owner(turn, wait, SHOW_OPENED, came->sealed)) {
        refuse(turn, wait, &problem_not_found);
    }
}

/* A step that was taken by a turn that was undone is taken again by the next: parts are no state here. */
void media_came(struct turn *turn, struct wait *wait, const struct effect_result *result) {
    unsigned step = result->kind - EFFECT_ASK;
    Sigap__ViewAnswer *came = reading_answer(turn, result);
    if (!came || came->status != 200)
        refuse(turn, wait, problem_of(came ? came->status : 503));
    else if (wait->kind == WAIT_MEDIA)
        list_came(turn, wait, step, came);
    else
        show_came(turn, wait, step, came);
}

static void refuse_drawing(struct turn *turn, struct wait *wait, int outcome) {
    switch (outcome) {
    case PICTURE_UNKNOWN:
    case PICTURE_TOO_LARGE:
    case PICTURE_BROKEN:
    case PICTURE_NO_MEMORY:
    case EFFECT_UNKNOWN: /* it took too long, or did what it may not */
        refuse(turn, wait, &not_shown);
        break;
    case PICTURES_BUSY:
        refuse(turn, wait, &problem_overloaded);
        break;
    default: /* the status of a process, no enum: it could not be started or confined */
        refuse(turn, wait, &problem_internal);
        break;
    }
}

void media_drawn(struct turn *turn, struct wait *wait, const struct effect_result *result) {
    const void *jpeg = result->outcome == PICTURE_DRAWN && result->bytes
                           ? arena_bytes(turn->arena, result->bytes, result->size)
                           : NULL;
    if (!jpeg) {
        refuse_drawing(turn, wait, result->outcome);
        return;
    }
    struct answer answer = {
        .status = 200, .content_type = "image/jpeg", .body = jpeg, .body_size = result->size};
    reply_headers(&answer, "no-store");
    answer_header(&answer, "Content-Disposition", "inline; filename=\"foto.jpg\"");
    wait_answer(turn, wait, &answer);
}

void media_late(struct turn *turn, struct wait *wait) {
    refuse(turn, wait, &problem_overloaded);
}
