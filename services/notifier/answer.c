#include "answer.h"

#include "common/rights.h"
#include "conflict.h"
#include "escalate.h"
#include "outgoing.h"
#include "token.h"

#include <stdio.h>
#include <string.h>

/* --- who may --- */

static bool facility_is_theirs(const Sigap__Actor *actor, const char *facility) {
    return facility[0] && rights_facility(actor, facility);
}

bool answer_is_of_facility(const struct alert *alert, const Sigap__Actor *actor) {
    return facility_is_theirs(actor, alert->facility);
}

bool answer_is_masked(const struct alert *alert, const Sigap__Actor *actor) {
    return alert->confidentiality >= SITE_C3 && !rights_sees_secret(actor);
}

/* That a secret case is offered to somebody tells what help it needs: only those know whom it is offered to.
 */
bool answer_may_see(const struct alert *alert, const Sigap__Actor *actor) {
    if (answer_is_of_facility(alert, actor))
        return true;
    return rights_covers(actor, alert->area) &&
           !(alert->subject == SUBJECT_OFFER && answer_is_masked(alert, actor));
}

/* Operators and coordinators, as roles.yaml has them: they send somebody else where the first does not get
 * on.
 */
static bool directs(const Sigap__Actor *actor) {
    return rights_has(actor, "operator") || rights_has(actor, "coordinator");
}

/* The team an actor answers for: the one that has answered if it is theirs, else the first that was told,
 * whose role he has, in his area or facility. Who directs may answer for anybody in their area. */
static const struct team *team_of_actor(
    const struct notifier *notifier, const struct alert *alert, const Sigap__Actor *actor, bool *may) {
    const struct team *found = NULL;
    *may = answer_may_see(alert, actor) && directs(actor);
    for (unsigned i = 0; i < alert->delivery_count; i++) {
        const struct team *team = teams_find(notifier->teams, alert->deliveries[i].team);
        if (!team || !rights_has(actor, team->role))
            continue;
        bool theirs = team->facility ? facility_is_theirs(actor, team->facility->id)
                                     : rights_covers(actor, team->area[0] ? team->area : alert->area) ||
                                           answer_may_see(alert, actor);
        if (theirs && (!found || strcmp(team->id, alert->answered_team) == 0))
            found = team;
    }
    *may |= found != NULL;
    return found;
}

bool answer_may_act(struct turn *turn, const struct alert *alert, const Sigap__Actor *actor) {
    bool may;
    team_of_actor(turn->state, alert, actor, &may);
    return may && alert->answerable && !conflict_of_actor(turn, alert, actor);
}

/* --- the command --- */

struct answering {
    struct turn *turn;
    const Sigap__CommandIssued *command;
    struct alert *alert;
    enum alert_move move;
    const char *team;  /* "" */
    const char *actor; /* account, code of the person whose link it was, or "" by a link of the team */
    bool by_person, directs;
};

static enum verdict refuse(struct answering *answering, unsigned status, const char *sentence) {
    turn_answer_command(answering->turn, answering->command, status, sentence,
        answering->alert ? answering->alert->version : 0);
    return VERDICT_DONE;
}

static void audit(struct answering *answering) {
    char id[ID_TEXT + 1], object[ID_TEXT + 80], actor[140];
    id_to_text(&answering->alert->id, id);
    snprintf(object, sizeof object, "alert %s %s", id, alert_move_word(answering->move));
    snprintf(actor, sizeof actor, "%s%s%s%s", answering->by_person ? "link " : "",
        answering->actor[0] ? answering->actor : "link", answering->team[0] ? " " : "", answering->team);
    turn_audit(answering->turn, actor, "answer-alert", object);
}

/* Who may be part of what is reported. The sentence they read is the one for any stranger: that
 * they are named is not for them to learn. */
static void audit_conflict(struct answering *answering, const char *account) {
    char id[ID_TEXT + 1], object[ID_TEXT + 80];
    id_to_text(&answering->alert->id, id);
    snprintf(object, sizeof object, "alert %s conflict", id);
    turn_audit(answering->turn, account, "answer-refused", object);
}

static const char *already_answered(struct answering *answering) {
    const struct notifier *notifier = answering->turn->state;
    const struct alert *alert = answering->alert;
    char time[32];
    calendar_text(notifier->site->zone, alert->answered_at, time);
    const char *who = alert->answered_team[0] ? alert->answered_team : alert->answered_by;
    if (alert->answered_team[0] &&
        alert->answered_by[0]) /* a code; names are shown, never kept, see views.c */
        who = arena_format(answering->turn->arena, "%s (%s)", alert->answered_team, alert->answered_by);
    return arena_format(answering->turn->arena,
        "Sudah dijawab lebih dulu oleh %s pada %s / Already answered by %s at %s", who, time, who, time);
}

/* Somebody else of the team that answered. */
static void tell_colleague(struct answering *answering, const struct delivery *told) {
    const struct notifier *notifier = answering->turn->state;
    const struct team *team = teams_find(notifier->teams, told->team);
    if (team && strcmp(told->on_duty, answering->actor) != 0 &&
        (told->purpose == PURPOSE_ALERT || told->purpose == PURPOSE_AGAIN))
        outgoing_tell_person(answering->turn, answering->alert, team, told->on_duty, "", PURPOSE_TAKEN);
}

/* Others who were woken hear that somebody has taken it; only where a life is at stake, others find it in the
 * queue. */
static void tell_taken(struct answering *answering) {
    struct turn *turn = answering->turn;
    struct alert *alert = answering->alert;
    const struct notifier *notifier = turn->state;
    if (!alert_is_critical(alert))
        return;
    for (unsigned i = 0, count = alert->delivery_count; i < count; i++) {
        const struct delivery *each = &alert->deliveries[i];
        if (each->on_duty[0] && strcmp(each->team, answering->team) == 0 && delivery_went_out(each))
            tell_colleague(answering, each);
        bool woken =
            (each->purpose == PURPOSE_ALERT || each->purpose == PURPOSE_AGAIN) && delivery_went_out(each);
        const struct team *team = woken && strcmp(each->team, answering->team) != 0
                                      ? teams_find(notifier->teams, each->team)
                                      : NULL;
        bool told = false;
        for (unsigned k = count; team && k < alert->delivery_count; k++)
            told |= strcmp(alert->deliveries[k].team, team->id) == 0;
        if (team && !told)
            outgoing_tell(turn, alert, team, "", POLICY_ALL, PURPOSE_TAKEN, POLICY_ONE);
    }
}

static void note_answer(struct answering *answering) {
    struct alert *alert = answering->alert;
    if (alert->answered_at && alert->state == ALERT_STATE_ANSWERED && answering->move == MOVE_DONE) {
        alert->finished = true;
        return;
    }
    alert->answered_at = alert->respond_from = answering->turn->now;
    alert->reminded = 0;
    alert->finished = answering->move == MOVE_DONE;
    snprintf(alert->answered_team, sizeof alert->answered_team, "%s", answering->team);
    snprintf(alert->answered_by, sizeof alert->answered_by, "%s", answering->actor);
    notifier_count(answering->turn, &((struct notifier *)answering->turn->state)->answered);
    outgoing_withdraw_calls(answering->turn, alert);
    tell_taken(answering);
}

static bool was_asked(const struct delivery *each, const char *team) {
    return (each->purpose == PURPOSE_ALERT || each->purpose == PURPOSE_AGAIN) &&
           strcmp(each->team, team) == 0;
}

/* A no of one person is not the team's as long as another of them was asked and has not said it. */
static bool is_no_of_team(const struct answering *answering) {
    const struct alert *alert = answering->alert;
    for (unsigned i = 0; answering->by_person && i < alert->delivery_count; i++) {
        const struct delivery *each = &alert->deliveries[i];
        if (was_asked(each, answering->team) && each->on_duty[0] &&
            strcmp(each->on_duty, answering->actor) != 0 && strcmp(each->reason, "cannot") != 0)
            return false;
    }
    return true;
}

/* Gives it back, or says no: when nobody of the step is left who has not said no, the next step comes at
 * once. */
static void note_cannot(struct answering *answering, enum alert_state from) {
    struct alert *alert = answering->alert;
    struct turn *turn = answering->turn;
    const struct policy *policy = escalate_policy(turn, alert);
    unsigned left = 0;
    bool whole_team = is_no_of_team(answering);
    for (unsigned i = 0; i < alert->delivery_count; i++) {
        struct delivery *each = &alert->deliveries[i];
        bool asked = each->purpose == PURPOSE_ALERT || each->purpose == PURPOSE_AGAIN;
        if (answering->team[0] && was_asked(each, answering->team) &&
            (whole_team || strcmp(each->on_duty, answering->actor) == 0))
            snprintf(each->reason, sizeof each->reason, "cannot");
        left += asked && strcmp(each->reason, "cannot") != 0;
    }
    if (from == ALERT_STATE_ANSWERED) {
        alert->answered_at = alert->respond_from = 0;
        alert->answered_team[0] = alert->answered_by[0] = 0;
        alert->finished = alert->progressed = false;
        if (policy)
            alert->base_at = policy_base_for(policy, alert->position, turn->now);
    }
    if (left == 0 || from == ALERT_STATE_ANSWERED)
        escalate_next_now(turn, alert);
}

static void note_escalate(struct answering *answering, enum alert_state from) {
    struct alert *alert = answering->alert;
    if (from == ALERT_STATE_ANSWERED) {
        const struct policy *policy = escalate_policy(answering->turn, alert);
        alert->answered_at = alert->respond_from = 0;
        alert->answered_team[0] = alert->answered_by[0] = 0;
        alert->finished = false;
        if (policy)
            alert->base_at = policy_base_for(policy, alert->position, answering->turn->now);
    }
    escalate_next_now(answering->turn, alert);
}

/* Only that team is left alone, and only by the nagging: the next step comes at its time, however often
 * somebody puts it off. */
static void note_snooze(struct answering *answering, enum alert_state from) {
    int64_t until = answering->turn->now + SNOOZE_MS;
    if (from == ALERT_STATE_ANSWERED)
        answering->alert->snoozed_until = until;
    else
        alert_quiet_set(answering->turn, answering->alert, answering->team, "", until);
}

static void apply(struct answering *answering, enum alert_state from) {
    switch (answering->move) {
    case MOVE_ACCEPT:
    case MOVE_DONE:
        note_answer(answering);
        break;
    case MOVE_CANNOT:
        note_cannot(answering, from);
        break;
    case MOVE_SNOOZE:
        note_snooze(answering, from);
        break;
    case MOVE_ESCALATE:
        note_escalate(answering, from);
        break;
    case MOVE_STEP:
    case MOVE_EXHAUST:
    case MOVE_LAPSE:
    case MOVE_STAND_DOWN:
    case ALERT_MOVES:
        break; /* time's, not a person's: alert_move_parse never gives these */
    }
}

static const char put_aside_sentence[] = "Dicatat, Anda tidak dihubungi lagi. Fasilitas belum menjawab: "
                                         "telepon fasilitas itu / Noted, you are not "
                                         "called again. The facility has not answered: telephone it";

static const char give_back_sentence[] =
    "Diteruskan. Kasus yang baru Anda terima dikembalikan dan tempat lain dicarikan; bila klien sudah datang "
    "atau ditunda, telepon koordinator / Passed on. A case you have just accepted is given back and the next "
    "facility is asked; if the client has come or is put off, telephone the coordinator";

static const char *sentence_of(enum alert_move move) {
    switch (move) {
    case MOVE_ACCEPT:
        return "Diterima, terima kasih / Accepted, thank you";
    case MOVE_CANNOT:
        return "Dicatat, petugas lain dihubungi / Noted, somebody else is asked";
    case MOVE_SNOOZE:
        return "Diingatkan lagi dalam 30 menit / You are reminded in 30 minutes";
    case MOVE_ESCALATE:
        return "Diteruskan ke tingkat berikutnya / Passed to the next level";
    case MOVE_DONE:
        return "Selesai, terima kasih / Done, thank you";
    case MOVE_STEP:
    case MOVE_EXHAUST:
    case MOVE_LAPSE:
    case MOVE_STAND_DOWN:
    case ALERT_MOVES:
        break;
    }
    return "Dicatat / Noted";
}

static enum verdict refuse_by_state(struct answering *answering) {
    switch (answering->alert->state) {
    case ALERT_STATE_ANSWERED:
        return refuse(answering, 409, already_answered(answering));
    case ALERT_STATE_STOOD_DOWN:
        return refuse(answering, 409,
            "Peringatan ini sudah selesai; tidak perlu tindakan / This alert is over; nothing to do");
    case ALERT_STATE_EXHAUSTED:
    case ALERT_STATE_OPEN:
        break;
    }
    return refuse(answering, 409, "Tidak dapat dilakukan sekarang / Not possible now");
}

/* What somebody has taken is theirs to give back, to finish and to put off, and theirs who direct. A link
 * speaks for its receiver only: "cannot" in a message of before the answer means "I cannot", whoever reads
 * it, and that of a colleague is not that of the one who has taken it. */
static bool may_change_answer(const struct answering *answering) {
    const struct alert *alert = answering->alert;
    bool own = alert->answered_by[0] && strcmp(answering->actor, alert->answered_by) == 0;
    bool of_team = answering->team[0] && strcmp(answering->team, alert->answered_team) == 0;
    bool of_colleague = answering->by_person && answering->move == MOVE_CANNOT && alert->answered_by[0];
    return own || answering->directs || (of_team && !of_colleague);
}

static bool changes_answer(enum alert_move move) {
    return move == MOVE_CANNOT || move == MOVE_DONE || move == MOVE_SNOOZE;
}

/* --- an offer, by others than its facility --- */

static bool is_put_aside(const struct answering *answering) {
    const struct notifier *notifier = answering->turn->state;
    bool answers =
        answering->move == MOVE_ACCEPT || answering->move == MOVE_CANNOT || answering->move == MOVE_DONE;
    return answers && !outgoing_asks(answering->alert, teams_find(notifier->teams, answering->team));
}

/* The person, where people of the team are called; "": the team. */
static const char *whose_ringing(const struct answering *answering) {
    const struct alert *alert = answering->alert;
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (alert->deliveries[i].on_duty[0] && strcmp(alert->deliveries[i].team, answering->team) == 0)
            return answering->actor;
    return "";
}

/* "I see to it" of a coordinator is not "we take the client", nor is their no the facility's: it stops their
 * own ringing, the offer goes on waiting for the facility, and the router hears nothing. */
static enum verdict put_aside(struct answering *answering) {
    struct alert *alert = answering->alert;
    const char *person = whose_ringing(answering);
    if (alert->state != ALERT_STATE_OPEN && alert->state != ALERT_STATE_EXHAUSTED)
        return refuse_by_state(answering);
    if (!answering->team[0])
        return refuse(answering, 409,
            "Tawaran dijawab oleh fasilitasnya; bila fasilitas menjawab lewat telepon, catat jawabannya pada "
            "tawaran itu / Its facility answers an offer; if it answers by telephone, enter that at the "
            "offer");
    alert_quiet_set(answering->turn, alert, answering->team, person, ALERT_QUIET_FOR_GOOD);
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (was_asked(&alert->deliveries[i], answering->team) &&
            (!person[0] || strcmp(alert->deliveries[i].on_duty, person) == 0))
            delivery_withdraw(&alert->deliveries[i], DELIVERY_CANCELLED, answering->turn->now);
    id_from_bytes(
        answering->command->command_id.data, answering->command->command_id.len, &alert->last_command);
    alert->version++;
    audit(answering);
    alert_write(answering->turn, alert);
    return refuse(answering, 200, put_aside_sentence);
}

bool answer_may_give_back(const struct alert *alert, const struct team *team) {
    return alert->subject == SUBJECT_OFFER && alert->state == ALERT_STATE_STOOD_DOWN &&
           strcmp(alert->detail, ALERT_OFFER_TAKEN) == 0 && outgoing_asks(alert, team);
}

static bool gives_back(const struct answering *answering) {
    const struct notifier *notifier = answering->turn->state;
    return answering->move == MOVE_CANNOT &&
           answer_may_give_back(answering->alert, teams_find(notifier->teams, answering->team));
}

/* The alert is over, the case is theirs: the router decides whether it may still be given back. */
static enum verdict give_back(struct answering *answering) {
    struct alert *alert = answering->alert;
    answering->turn->training = alert->training;
    id_from_bytes(
        answering->command->command_id.data, answering->command->command_id.len, &alert->last_command);
    alert->version++;
    audit(answering);
    escalate_announce_move(answering->turn, alert, alert->state, alert_move_word(answering->move),
        answering->team, answering->actor);
    alert_write(answering->turn, alert);
    return refuse(answering, 200, give_back_sentence);
}

/* What the same click heard. */
static const char *sentence_for(const struct answering *answering) {
    return is_put_aside(answering) ? put_aside_sentence
           : gives_back(answering) ? give_back_sentence
                                   : sentence_of(answering->move);
}

static enum verdict act(struct answering *answering) {
    struct alert *alert = answering->alert;
    struct turn *turn = answering->turn;
    enum alert_state from = alert->state;
    struct id command_id;
    id_from_bytes(answering->command->command_id.data, answering->command->command_id.len, &command_id);
    if (!id_is_null(&command_id) && id_equal(&command_id, &alert->last_command)) /* the same click again */
        return refuse(answering, 200, sentence_for(answering));
    if (answering->command->expected_version && answering->command->expected_version != alert->version)
        return refuse(answering, 409, "Data sudah berubah, muat ulang / It has changed meanwhile, reload");
    if (!alert->answerable)
        return refuse(
            answering, 409, "Pesan ini hanya pemberitahuan / This message was for information only");
    if (is_put_aside(answering))
        return put_aside(answering);
    if (gives_back(answering))
        return give_back(answering);
    if (from == ALERT_STATE_ANSWERED && changes_answer(answering->move) && !may_change_answer(answering))
        return refuse_by_state(answering);
    /* Only a life that nobody has taken yet cannot be put off. */
    if (answering->move == MOVE_SNOOZE && alert->priority == SITE_P0 && from == ALERT_STATE_OPEN)
        return refuse(answering, 409, "P0 tidak dapat ditunda / P0 cannot be put off");
    if (answering->move == MOVE_SNOOZE && from == ALERT_STATE_OPEN && !answering->team[0])
        return refuse(answering, 409,
            "Anda tidak dihubungi untuk peringatan ini / You are not being called for this alert");
    if (!alert_do(alert, answering->move))
        return refuse_by_state(answering);
    turn->training = alert->training;
    alert->last_command = command_id;
    apply(answering, from);
    audit(answering);
    escalate_announce_move(
        turn, alert, from, alert_move_word(answering->move), answering->team, answering->actor);
    escalate_schedule(turn, alert);
    outgoing_push(turn, alert);
    alert_write(turn, alert);
    turn_answer_command(turn, answering->command, 200, sentence_of(answering->move), alert->version);
    return VERDICT_DONE;
}

struct answer_link answer_link_of(
    struct turn *turn, const struct alert *alert, const struct answer_token *token) {
    const struct notifier *notifier = turn->state;
    struct answer_link link = {0};
    if (alert && !token->to_person) {
        link.team = teams_find_hash(notifier->teams, token->team);
        if (link.team && !escalate_was_told(alert, link.team->id))
            link.team = NULL;
    }
    for (unsigned i = 0; alert && token->to_person && !link.team && i < alert->delivery_count; i++) {
        const struct delivery *each = &alert->deliveries[i];
        const struct person *person = each->on_duty[0] ? duty_person(turn, each->on_duty) : NULL;
        uint8_t hash[PERSON_HASH_BYTES];
        if (person)
            person_hash(each->team, person, hash);
        if (person && memcmp(hash, token->team, sizeof hash) == 0) {
            link.person = person;
            link.team = teams_find(notifier->teams, each->team);
        }
    }
    link.conflict = (link.person && conflict_has(turn, &alert->case_id, link.person->code)) ||
                    conflict_of_team(turn, alert, link.team);
    return link;
}

/* By link: the token is the right. It is bound to one action; another one in the command is refused. */
static enum verdict by_token(struct answering *answering, const Sigap__AnswerAlert *answer) {
    const struct notifier *notifier = answering->turn->state;
    struct answer_token token;
    enum alert_move wanted;
    switch (token_read(notifier->token_key, answer->token, answering->turn->now, &token)) {
    case HMAC_TOKEN_GOOD:
        break;
    case HMAC_TOKEN_EXPIRED:
        return refuse(answering, 410, "Tautan sudah kedaluwarsa / This link has expired");
    case HMAC_TOKEN_FORGED:
        return refuse(answering, 403, "Tautan tidak sah / This link is not valid");
    }
    answering->alert = alert_read(answering->turn, &token.alert);
    struct answer_link link = answer_link_of(answering->turn, answering->alert, &token);
    if (!link.team || link.conflict) {
        if (link.conflict)
            audit_conflict(answering, link.person ? link.person->code : link.team->id);
        answering->alert = NULL;
        return refuse(answering, 404, "Peringatan tidak ditemukan / No such alert");
    }
    if (answer->action[0] && (!alert_move_parse(answer->action, &wanted) || wanted != token.action))
        return refuse(answering, 403, "Tautan ini untuk jawaban lain / This link is for another answer");
    answering->move = token.action;
    answering->team = link.team->id;
    answering->actor = link.person ? link.person->code : "";
    answering->by_person = link.person != NULL;
    return act(answering);
}

/* A facility that answers an offer by telephone: somebody on duty writes it down in its name, as at the
 * router's own door. Without that name it is their own answer, and does not move the offer. */
static const struct team *named_facility(const struct answering *answering, const Sigap__Actor *actor) {
    const struct notifier *notifier = answering->turn->state;
    const struct alert *alert = answering->alert;
    bool on_duty = rights_covers(actor, alert->area) &&
                   (rights_has(actor, "operator") || rights_has(actor, "coordinator"));
    return alert->subject == SUBJECT_OFFER && answering->command->on_behalf_of[0] && on_duty
               ? teams_of_facility(notifier->teams, "UPT", alert->facility)
               : NULL;
}

static enum verdict by_account(struct answering *answering, const Sigap__AnswerAlert *answer) {
    const struct notifier *notifier = answering->turn->state;
    const Sigap__Actor *actor = answering->command->actor;
    struct id id;
    bool may;
    if (!alert_move_parse(answer->action, &answering->move))
        return refuse(answering, 422, "Jawaban tidak dikenal / Unknown answer");
    if (!id_from_bytes(answer->alert_id.data, answer->alert_id.len, &id) ||
        !(answering->alert = alert_read(answering->turn, &id)))
        return refuse(answering, 404, "Peringatan tidak ditemukan / No such alert");
    const struct team *team = team_of_actor(notifier, answering->alert, actor, &may);
    bool conflict = conflict_of_actor(answering->turn, answering->alert, actor);
    if (conflict)
        audit_conflict(answering, actor->account);
    if (!may || conflict) {
        answering->alert = NULL; /* its version is not theirs to know */
        return refuse(answering, 403, "Anda tidak berwenang menjawab ini / You may not answer this");
    }
    const struct team *named = named_facility(answering, actor);
    team = named ? named : team;
    answering->team = team ? team->id : "";
    answering->actor = actor->account;
    answering->directs = directs(actor);
    return act(answering);
}

void answer_take_back(struct turn *turn, struct alert *alert) {
    static const Sigap__CommandIssued nobody = SIGAP__COMMAND_ISSUED__INIT;
    struct answering answering = {
        .turn = turn, .command = &nobody, .alert = alert, .move = MOVE_ESCALATE, .team = "", .actor = ""};
    enum alert_state from = alert->state;
    if (!alert_do(alert, MOVE_ESCALATE))
        return;
    bool training = turn->training;
    turn->training = alert->training;
    apply(&answering, from);
    escalate_announce_move(turn, alert, from, alert_move_word(MOVE_ESCALATE), "", "");
    escalate_schedule(turn, alert);
    outgoing_push(turn, alert);
    alert_write(turn, alert);
    turn->training = training;
}

enum verdict answer_command(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__AnswerAlert *answer) {
    struct answering answering = {.turn = turn, .command = command, .team = "", .actor = ""};
    return answer->token[0] ? by_token(&answering, answer) : by_account(&answering, answer);
}
