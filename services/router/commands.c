/* Commands of people: an answer to an offer, a facility chosen by hand, a number of places. Each is answered
 * once; the same command again is answered again and does nothing. */
#include "services/router/rights.h"
#include "services/router/route.h"

#include <string.h>

static const char said_done[] = "Tercatat / Recorded";
static const char said_right[] = "Tidak berhak / Not allowed";
static const char said_unknown[] = "Tidak ditemukan / Not found";
static const char said_stale[] =
    "Data sudah berubah, muat ulang dulu / It has changed meanwhile, load it again";
static const char said_reason[] = "Alasan wajib diisi / A reason is required";

static enum verdict answer(struct turn *turn, const Sigap__CommandIssued *command, unsigned status,
    const char *sentence, uint64_t version) {
    turn_answer_command(turn, command, status, sentence, version);
    return VERDICT_DONE;
}

static struct id command_id(const Sigap__CommandIssued *command) {
    struct id id;
    id_from_bytes(command->command_id.data, command->command_id.len, &id);
    return id;
}

static bool is_repeated(const Sigap__CommandIssued *command, const struct id *last) {
    struct id id = command_id(command);
    return !id_is_null(&id) && id_equal(&id, last);
}

static bool is_stale(const Sigap__CommandIssued *command, uint64_t version) {
    return command->expected_version && command->expected_version != version;
}

static void audit(
    struct turn *turn, const Sigap__CommandIssued *command, const char *action, const struct id *object) {
    char text[ID_TEXT + 1];
    id_to_text(object, text);
    turn_audit(turn, rights_name(command->actor), action, text);
}

/* ---- answering an offer */

/* The reasons of the standard list, and what each may be used for. NULL: fine. */
static const char *refusal_wrong(
    const struct router *router, const struct offer *offer, const char *code, const char *text) {
    const struct refusal_reason *reason = facilities_reason(&router->policy->directory, code);
    if (!reason)
        return "Pilih alasan dari daftar baku / Choose a reason from the standard list";
    if (reason->not_for >> offer->priority & 1)
        return "Alasan ini tidak berlaku untuk P0 dan P1: berkas menyusul / Not a reason to refuse P0 and "
               "P1: papers follow";
    if (reason->text_required && !text[0])
        return "Jelaskan alasannya / Explain the reason";
    return NULL;
}

static const char *reason_wrong(const struct router *router, const struct offer *offer,
    const struct offer_move *move, const Sigap__CommandIssued *command) {
    const char *code = command->answer_offer->reason_code;
    switch (move->reason) {
    case REASON_OPTIONAL:
        return NULL;
    case REASON_STANDARD:
        return refusal_wrong(router, offer, code, command->reason);
    case REASON_TEXT:
        return code[0] || command->reason[0] ? NULL : said_reason;
    }
    return NULL;
}

/* The code goes into the journal; free text does not, as it may name somebody. */
static const char *reason_code(const struct router *router, const Sigap__CommandIssued *command) {
    const char *code = command->answer_offer->reason_code;
    if (facilities_reason(&router->policy->directory, code))
        return code;
    return command->reason[0] || code[0] ? "stated" : "";
}

static enum verdict move_offer(
    struct work *work, struct offer *offer, enum offer_event event, const Sigap__CommandIssued *command) {
    struct turn *turn = work->turn;
    struct offer_move move;
    const char *why;
    unsigned parties =
        rights_parties(command->actor, offer->facility, work->referral.area, command->on_behalf_of);
    if (!parties || rights_closed_to(command->actor, &work->referral))
        return answer(turn, command, 403, said_right, 0);
    if (is_repeated(command, &offer->last_command))
        return answer(turn, command, 200, said_done, offer->version);
    if (is_stale(command, offer->version))
        return answer(turn, command, 409, said_stale, offer->version);
    if (!offer_move_find(&offer->standing, event, &move, &why))
        return answer(turn, command, 409, why, offer->version);
    if (!(move.parties & parties))
        return answer(turn, command, 403, said_right, offer->version);
    const char *wrong = reason_wrong(work->router, offer, &move, command);
    if (wrong)
        return answer(turn, command, 422, wrong, offer->version);
    const struct by by = {rights_name(command->actor), command->on_behalf_of,
        reason_code(work->router, command), command->answer_offer->outcome, false, false};
    offer->last_command = command_id(command);
    if (!route_move(work, offer, event, &by, 0, &why))
        return answer(turn, command, 409, why, offer->version);
    enum verdict verdict = route_end(work);
    if (verdict != VERDICT_DONE)
        return verdict;
    audit(turn, command, offer_event_word(event), &offer->id);
    return answer(turn, command, 200, said_done, offer->version);
}

static enum verdict answer_offer(struct turn *turn, const Sigap__CommandIssued *command) {
    struct work *work = arena_take(turn->arena, sizeof *work);
    struct offer offer;
    struct id id;
    enum offer_event event;
    if (!work)
        return VERDICT_RETRY;
    if (!id_from_bytes(command->answer_offer->offer_id.data, command->answer_offer->offer_id.len, &id) ||
        !offer_get(turn, &id, &offer) || !route_begin(work, turn, &offer.case_id))
        return answer(turn, command, 404, said_unknown, 0);
    if (!offer_event_read(command->answer_offer->event, &event))
        return answer(turn, command, 422, "Langkah tidak dikenal / Unknown step", offer.version);
    return move_offer(work, &offer, event, command);
}

/* ---- a facility chosen by hand */

static enum verdict assign_facility(struct turn *turn, const Sigap__CommandIssued *command) {
    struct work *work = arena_take(turn->arena, sizeof *work);
    struct router *router = turn->state;
    const Sigap__AssignFacility *assign = command->assign_facility;
    struct id id;
    const char *why;
    if (!work)
        return VERDICT_RETRY;
    if (!id_from_bytes(assign->referral_id.data, assign->referral_id.len, &id) ||
        !route_begin(work, turn, &id))
        return answer(turn, command, 404, said_unknown, 0);
    struct referral *referral = &work->referral;
    if (!rights_has(command->actor, "coordinator") || !rights_covers(command->actor, referral->area) ||
        rights_closed_to(command->actor, referral) ||
        rights_accused(router->policy->institutions, command->actor, &referral->facts, referral->area))
        return answer(turn, command, 403, said_right, 0);
    if (is_repeated(command, &referral->last_command))
        return answer(turn, command, 200, said_done, referral->version);
    if (is_stale(command, referral->version))
        return answer(turn, command, 409, said_stale, referral->version);
    const struct facility *facility = facilities_find(&router->policy->directory, assign->facility);
    if (!facility)
        return answer(turn, command, 422, "Fasilitas tidak dikenal / Unknown facility", referral->version);
    if (!command->reason[0])
        return answer(turn, command, 422, said_reason, referral->version);
    const struct by by = {rights_name(command->actor), command->on_behalf_of, "assigned", "", false, false};
    if (!route_assign(work, facility, &by, &why))
        return answer(turn, command, 409, why, referral->version);
    referral->last_command = command_id(command);
    enum verdict verdict = route_end(work);
    if (verdict != VERDICT_DONE)
        return verdict;
    audit(turn, command, "assign", &referral->case_id);
    return answer(turn, command, 200, said_done, referral->version);
}

/* ---- places */

static bool may_set_capacity(const Sigap__Actor *actor, const struct facility *facility) {
    if (rights_staff(actor, facility->id) || rights_has(actor, "administrator"))
        return true;
    return rights_has(actor, "coordinator") && rights_covers(actor, facility->regency);
}

static enum verdict set_capacity(struct turn *turn, const Sigap__CommandIssued *command) {
    enum { PLACES_MOST = 100000 };
    struct router *router = turn->state;
    const Sigap__SetCapacity *set = command->set_capacity;
    const struct facility *facility = facilities_find(&router->policy->directory, set->facility);
    struct capacity_row row;
    if (!facility)
        return answer(turn, command, 404, said_unknown, 0);
    if (!may_set_capacity(command->actor, facility))
        return answer(turn, command, 403, said_right, 0);
    capacity_get(turn, facility, &row);
    if (is_repeated(command, &row.last_command))
        return answer(turn, command, 200, said_done, row.version);
    if (is_stale(command, row.version))
        return answer(turn, command, 409, said_stale, row.version);
    if (set->places > PLACES_MOST)
        return answer(
            turn, command, 422, "Jumlah tempat tidak masuk akal / That many places cannot be", row.version);
    if (set->known && (int)set->places < row.capacity.held)
        return answer(turn, command, 409,
            arena_format(turn->arena,
                "%d tempat sedang ditahan untuk tawaran terbuka: jawab dulu / %d places are held by open "
                "offers: answer "
                "those first",
                row.capacity.held, row.capacity.held),
            row.version);
    row.capacity.known = set->known;
    if (set->known)
        row.capacity.places = (int)set->places;
    row.capacity.updated_at = turn->now;
    row.version++;
    row.last_command = command_id(command);
    capacity_put(turn, facility, &row);
    turn_audit(turn, rights_name(command->actor), "capacity", facility->id);
    int free = set->known ? row.capacity.places - row.capacity.held : 1;
    enum verdict verdict = free > 0 ? route_retry_waiting(turn, facility, (unsigned)free) : VERDICT_DONE;
    return verdict == VERDICT_DONE ? answer(turn, command, 200, said_done, row.version) : verdict;
}

enum verdict router_command(struct turn *turn, const Sigap__CommandIssued *command) {
    switch (command->command_case) {
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER:
        return answer_offer(turn, command);
    case SIGAP__COMMAND_ISSUED__COMMAND_ASSIGN_FACILITY:
        return assign_facility(turn, command);
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_CAPACITY:
        return set_capacity(turn, command);
    case SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW: /* triage */
    case SIGAP__COMMAND_ISSUED__COMMAND_CHANGE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_MOVE_TASK: /* casework */
    case SIGAP__COMMAND_ISSUED__COMMAND_RECORD_FACT:
    case SIGAP__COMMAND_ISSUED__COMMAND_CLOSE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT: /* notifier */
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_ROTA:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_OVERRIDE:
    case SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_SPLIT_REPORT:
    case SIGAP__COMMAND_ISSUED__COMMAND__NOT_SET:
    case _SIGAP__COMMAND_ISSUED__COMMAND__CASE_IS_INT_SIZE:
        return VERDICT_DONE;
    }
    return VERDICT_DONE;
}

/* ---- an answer by chat or link: the notifier knows who it was and that he may answer. Whether it is the
 * facility's answer is asked here: others are told of an offer too, and "I see to it" of a coordinator is no
 * place, nor is their no the facility's. */

static bool event_of_alert(const char *action, enum offer_event *event) {
    static const struct {
        const char *action;
        enum offer_event event;
    } actions[] = {{"accept", EVENT_ACCEPT}, {"cannot", EVENT_REJECT}, {"opened", EVENT_DELIVER},
        {"delivered", EVENT_DELIVER}};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (strcmp(actions[i].action, action) == 0) {
            *event = actions[i].event;
            return true;
        }
    }
    return false;
}

/* "Cannot" of who has accepted gives the case back. */
static enum offer_event event_now(const struct offer *offer, enum offer_event event) {
    return event == EVENT_REJECT && offer->standing.state == OFFER_ACCEPTED ? EVENT_DECLINE : event;
}

static bool is_of_facility(
    const struct offer *offer, enum offer_event event, const Sigap__AlertMoved *moved) {
    return event == EVENT_DELIVER || strcmp(moved->facility, offer->facility) == 0;
}

enum verdict router_answer_by_alert(struct turn *turn, const Sigap__AlertMoved *moved) {
    struct id id;
    struct offer offer;
    enum offer_event event;
    const char *why;
    if (strcmp(moved->subject, "offer") != 0 || !event_of_alert(moved->action, &event) ||
        !id_from_bytes(moved->subject_id.data, moved->subject_id.len, &id) || !offer_get(turn, &id, &offer) ||
        !is_of_facility(&offer, event, moved))
        return VERDICT_DONE;
    struct work *work = arena_take(turn->arena, sizeof *work);
    if (!work)
        return VERDICT_RETRY;
    if (!route_begin(work, turn, &offer.case_id))
        return turn_park(turn, "an offer without a referral");
    event = event_now(&offer, event);
    bool refused = event == EVENT_REJECT || event == EVENT_DECLINE;
    /* A button has no list of reasons: the refusal stands, the reason is asked for later. */
    const struct by by = {moved->actor, "", refused ? "LAINNYA" : "", "", false, false};
    /* They were thanked at once: no number that was written down meanwhile takes their word back. */
    const struct by beyond = {moved->actor, "", "beyond_places", "", true, false};
    if (!route_move(work, &offer, event, &by, 0, &why) &&
        !(event == EVENT_ACCEPT && route_move(work, &offer, event, &beyond, 0, &why)))
        return VERDICT_DONE; /* somebody else was first; the notifier says so */
    return route_end(work);
}
