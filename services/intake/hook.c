#include "services/intake/hook.h"

#include "common/json.h"
#include "common/texts.h"
#include "intake_sql.h"
#include "services/intake/answer.h"
#include "services/intake/follow.h"
#include "services/intake/hook_pack.h"
#include "services/intake/hook_read.h"
#include "services/intake/media.h"
#include "services/intake/outgoing.h"
#include "services/intake/sender.h"
#include "services/intake/sender_view.h"
#include "services/intake/urgent_body.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum hook_state { HOOK_WAITING = 0, HOOK_ASIDE = 1, HOOK_DELAYED = 2 }; /* kept in hook.state */

/* --- rows of what waits or is put aside --- */

/* Rows that hold one message as hook_pack() writes it, not a body as it came. */
static const char reason_blocked[] = "blocked", reason_refused[] = "not_acceptable", reason_no_id[] = "no_id";

static bool starts(const char *text, const char *word) {
    return strncmp(text, word, strlen(word)) == 0;
}

static bool is_packed(const char *reason) {
    return starts(reason, reason_blocked) || starts(reason, reason_refused) || starts(reason, reason_no_id);
}

/* Behind the reason: what waits stays training, whatever becomes of the token it came with. */
static const char mark_training[] = " training";

/* Bodies are bounded by HOOK_BODY_MAX; one a request. */
static void add_hook(const struct hook_batch *batch, enum hook_state state, size_t next, int64_t due_at,
    const char *reason, const void *body, size_t size) {
    struct turn *turn = batch->turn;
    struct id id = turn_id(turn);
    const struct seal_place place = {id, "hook", 0};
    ProtobufCBinaryData sealed;
    const char *told = arena_format(turn->arena, "%s%s", reason, batch->from->training ? mark_training : "");
    if (!told || !seal_local(keystore_local(batch->intake->keystore), &place, body, size,
                     batch->intake->random, turn->arena, &sealed))
        return; /* the arena is exhausted, the turn will see */
    struct statement *add = intake_use(turn->store, INTAKE_HOOK_ADD);
    bind_id(add, &id);
    bind_text(add, batch->from->bot);
    bind_text(add, batch->source->name);
    bind_int(add, state);
    bind_int(add, (int64_t)next);
    bind_int(add, due_at);
    bind_text(add, told);
    bind_blob(add, sealed.data, sealed.len);
    statement_run(add);
    if (state != HOOK_ASIDE)
        turn_timer_set(turn, HOOK_TIMER, &id, due_at, true);
}

static void tell_operator(struct turn *turn, bool danger, const char *bot, const char *reason) {
    Sigap__InputParked parked = SIGAP__INPUT_PARKED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    parked.journal = (char *)bot;
    parked.lane = danger ? LANE_URGENT : LANE_NORMAL;
    parked.reason = (char *)reason;
    event.body_case = SIGAP__EVENT__BODY_INPUT_PARKED;
    event.input_parked = &parked;
    turn_append(turn, danger ? LANE_URGENT : LANE_NORMAL, &event);
}

static bool wanted(struct hook_batch *batch) {
    size_t index = batch->index++;
    return index >= batch->first && index < batch->end;
}

static void put_aside(struct hook_batch *batch, const void *raw, size_t size, const char *reason) {
    batch->broken++;
    add_hook(batch, HOOK_ASIDE, 0, 0, reason, raw, size);
    tell_operator(batch->turn, urgent_body(batch->intake->danger, raw, size), batch->from->bot, reason);
}

void hook_broken(struct hook_batch *batch, json_t *body, const char *reason) {
    bool keep = wanted(batch);
    char *raw = keep && body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    if (!keep)
        return;
    if (!raw) {
        arena_exhaust(batch->turn->arena);
        return;
    }
    put_aside(batch, raw, strlen(raw), reason);
    sodium_memzero(raw, strlen(raw));
    free(raw);
}

void hook_ignore(struct hook_batch *batch) {
    if (wanted(batch))
        batch->ignored++;
}

/* Of a sender nobody wants to hear from: kept, unread, for who looks. */
static void put_away(struct hook_batch *batch, const struct hook_message *message) {
    struct json_writer writer;
    size_t size = 0;
    const char *text = hook_pack(batch, &writer, message, &size);
    if (text)
        add_hook(batch, HOOK_ASIDE, 0, 0, reason_blocked, text, size);
    json_writer_free(&writer);
    batch->ignored++;
}

static void delay(struct hook_batch *batch, const struct hook_message *message, int64_t due_at) {
    struct json_writer writer;
    size_t size = 0;
    const char *text = hook_pack(batch, &writer, message, &size);
    if (text)
        add_hook(batch, HOOK_DELAYED, 0, due_at, "over_limit", text, size);
    json_writer_free(&writer);
    batch->taken++;
}

/* --- a message becomes a report --- */

static bool has_words(const char *text) {
    for (; text && *text; text++)
        if ((unsigned char)*text > ' ')
            return true;
    return false;
}

/* What stands for words when there are none: the report must say something. */
static const char *words_of(struct arena *arena, const struct hook_message *message) {
    static const struct {
        const char *kind, *words;
    } kinds[] = {{"photo", "[foto / photo]"}, {"voice", "[pesan suara / voice message]"},
        {"audio", "[audio]"}, {"video", "[video]"}, {"document", "[dokumen / document]"},
        {"sticker", "[stiker / sticker]"}};
    if (has_words(message->text))
        return message->text;
    if (message->relation && strcmp(message->relation, "withdrawal") == 0)
        return "[pengirim menarik pesan ini / the sender withdrew this message]";
    if (message->located)
        return arena_format(arena, "geo:%.6f,%.6f", message->latitude, message->longitude);
    for (size_t i = 0; message->media_count && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(message->media[0].kind, kinds[i].kind) == 0)
            return kinds[i].words;
    return "[pesan tanpa teks / message without text]";
}

/* One line of UTF-8 without control characters, or nothing: an odd address is none. */
static const char *line_or_null(const char *text, size_t most) {
    size_t size = text ? strlen(text) : 0;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return NULL;
    return size > 0 && size <= most && hook_is_utf8(text, size) ? text : NULL;
}

/* Ids of platforms are longer than ours at times, or odd: then their hash stands for them. Clean, as one that
 * has waited is: it is the same message. */
static const char *key_of(struct hook_batch *batch, const char *given) {
    const char *id = given ? hook_clean_text(batch->turn->arena, given) : NULL;
    const char *line = line_or_null(id, SUBMISSION_EXTERNAL_ID_MAX);
    uint8_t hash[SEAL_HASH_BYTES];
    char text[2 * SEAL_HASH_BYTES + 1];
    if (line || !id || !*id)
        return line;
    seal_hash(keystore_hash(batch->intake->keystore), SEAL_HASH_EXTERNAL_ID, id, strlen(id), hash);
    sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    return arena_text(batch->turn->arena, text);
}

static const char *sameness_of(struct arena *arena, const struct hook_message *message) {
    const char *text = "";
    for (size_t i = 0; text && i < message->media_count; i++)
        if (message->media[i].reference)
            text = arena_format(arena, "%s\n%s", text,
                message->media[i].unique ? message->media[i].unique : message->media[i].reference);
    if (text && message->relation && strcmp(message->relation, "withdrawal") == 0)
        text = arena_format(arena, "%s\nwithdrawal", text);
    return text;
}

struct reading {
    struct submission submission;
    const char *kinds[HOOK_MEDIA_MAX];
    struct id media[HOOK_MEDIA_MAX];
    struct first_report joins;
};

static void read_message(
    struct hook_batch *batch, const struct hook_message *message, struct reading *reading) {
    struct arena *arena = batch->turn->arena;
    struct submission *submission = &reading->submission;
    const char *text = words_of(arena, message), *reply = message->chat ? message->chat : message->sender;
    text = hook_clean_text(arena, text ? text : "");
    bool silent = batch->from->silent || message->group || message->silent;
    *submission = (struct submission){.source = batch->from->bot,
        .channel = message->word ? message->word : batch->source->hook->word,
        .external_id = key_of(batch, message->id),
        .text = text,
        .text_size = intake_report_size(text),
        .area = message->area,
        .occurred_at =
            message->at > 0 && message->at <= batch->turn->now + SUBMISSION_AHEAD_MS ? message->at : 0,
        .reporter_address = line_or_null(silent ? message->sender : reply, SUBMISSION_ADDRESS_MAX),
        .may_contact = !silent && reply,
        .language = message->language,
        .urgent = message->urgent,
        .training = batch->from->training,
        .amendable = true,
        .must_take = !batch->source->hook->repeats || batch->delayed,
        .only_joins = message->relation && strcmp(message->relation, "withdrawal") == 0,
        .sameness = sameness_of(arena, message),
        .relation = message->relation,
        .group = message->group,
        .forwarded = message->forwarded,
        .over_limit = batch->delayed,
        .media = reading->kinds,
        .media_ids = reading->media};
    if (message->located && fabs(message->latitude) <= 90 && fabs(message->longitude) <= 180) {
        submission->has_latitude = submission->has_longitude = true;
        submission->latitude = message->latitude;
        submission->longitude = message->longitude;
    }
    for (size_t i = 0; i < message->media_count; i++)
        if (message->media[i].reference) {
            reading->kinds[submission->media_count] = message->media[i].kind;
            reading->media[submission->media_count++] = turn_id(batch->turn);
        }
}

/* What it joins beside its own key: an answer to our question; a pin or photo behind the words. */
static void join_last(struct hook_batch *batch, const struct hook_message *message,
    const struct sender *sender, struct reading *reading) {
    int64_t now = batch->turn->now;
    bool bare = !has_words(message->text);
    bool answers = sender->asked_at && now - sender->asked_at <= HOOK_ANSWER_MS;
    bool follows = bare && now - sender->last_at <= HOOK_JOIN_MS;
    if (message->relation && strcmp(message->relation, "album") != 0)
        return;
    if (!sender->key_known || id_is_null(&sender->first.report) || (!answers && !follows))
        return;
    reading->joins = sender->first;
    reading->submission.joins = &reading->joins;
    if (answers)
        reading->submission.relation = "answer";
    else if (!message->relation)
        reading->submission.relation = "follow_up";
}

/* What we said before names the ticket, or what is written now does, somewhere in it. */
static bool ticket_named(const struct hook_batch *batch, const char *text, struct first_report *out) {
    return text && intake_report_named(batch->turn, text, strnlen(text, SUBMISSION_TEXT_MAX), out);
}

/* An earlier message that became a report, or joined one. */
static bool message_answered(
    struct hook_batch *batch, const struct hook_message *message, struct first_report *out) {
    const char *key = message->answers ? key_of(batch, message->answers) : NULL;
    struct submission earlier = {.source = batch->from->bot, .external_id = key};
    struct receipt receipt;
    copy_text(earlier.channel_word, sizeof earlier.channel_word,
        message->word ? message->word : batch->source->hook->word);
    if (!key || !intake_known(batch->turn, &earlier, &receipt))
        return false;
    *out = (struct first_report){receipt.first, receipt.ticket};
    return true;
}

/* A platform that does not send our words along: then it is what they were said about last. */
static bool last_answered(const struct hook_batch *batch, const struct hook_message *message,
    const struct sender *sender, struct first_report *out) {
    if (!message->answers_us || !sender->key_known || id_is_null(&sender->first.report) ||
        batch->turn->now - sender->last_at > HOOK_ANSWER_MS)
        return false;
    *out = sender->first;
    return true;
}

/* One sender under one subject is kept like a sender of its own; large and small letters are one. */
static void topic_read(
    const struct hook_batch *batch, const struct hook_message *message, struct sender *topic) {
    char *name = message->topic && *message->topic && message->sender && *message->sender
                     ? arena_format(batch->turn->arena, "%s\n%s", message->sender, message->topic)
                     : NULL;
    for (char *at = name; at && *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    sender_read(batch->turn, batch->from->bot, name, topic);
}

static size_t words_in(const char *text) {
    size_t count = 0;
    for (text += strspn(text, " "); *text; text += strspn(text, " "), count++)
        text += strcspn(text, " ");
    return count;
}

static bool topic_goes_on(const struct hook_batch *batch, const struct hook_message *message,
    const struct sender *topic, struct first_report *out) {
    if (!topic->key_known || id_is_null(&topic->first.report))
        return false;
    int64_t most = message->topic_again                           ? HOOK_TOPIC_MS
                   : words_in(message->topic) >= HOOK_TOPIC_WORDS ? HOOK_ANSWER_MS
                                                                  : -1;
    if (batch->turn->now - topic->last_at > most)
        return false;
    *out = topic->first;
    return true;
}

/* What a message says about an earlier one, surest first. */
static void join_earlier(struct hook_batch *batch, const struct hook_message *message,
    const struct sender *sender, const struct sender *topic, struct reading *reading) {
    if (message->relation || !(message_answered(batch, message, &reading->joins) ||
                                 ticket_named(batch, message->quoted, &reading->joins) ||
                                 ticket_named(batch, message->text, &reading->joins) ||
                                 last_answered(batch, message, sender, &reading->joins) ||
                                 topic_goes_on(batch, message, topic, &reading->joins)))
        return;
    reading->submission.joins = &reading->joins;
    reading->submission.relation = "follow_up";
}

/* --- what the reporter is told --- */

static void say(struct hook_batch *batch, const struct hook_message *message, const char *text) {
    const char *chat = message->chat ? message->chat : message->sender;
    if (!text || !chat || message->group || message->silent || batch->from->silent)
        return;
    if (batch->source->hook->answers_inline && !batch->reply && !batch->delayed) {
        batch->chat = arena_text(batch->turn->arena, chat);
        batch->reply = text;
    } else {
        intake_tell(batch->turn, batch->from->bot, chat, text);
    }
}

/* Of what somebody has just written; else as the platform says of its user. */
static enum language language_of(const struct hook_batch *batch, const struct hook_message *message) {
    const char *text = message->text ? message->text : "";
    return intake_language_of(batch->intake->replies, text, strnlen(text, LANGUAGE_BYTES), message->language);
}

static void say_receipt(struct hook_batch *batch, const struct hook_message *message,
    const struct receipt *receipt, bool attachment) {
    char ticket[TICKET_TEXT + 1];
    bool joined = !id_equal(&receipt->first, &receipt->report);
    enum language language = language_of(batch, message);
    enum reply reply = receipt->urgent ? REPLY_URGENT : joined ? REPLY_ADDED : REPLY_RECEIVED;
    if (receipt->kind == RECEIPT_AGAIN && !batch->source->hook->answers_inline)
        return; /* told already */
    if (joined && !receipt->urgent && attachment)
        return; /* a further picture of an album needs no word of thanks each */
    ticket_to_text(&receipt->ticket, ticket);
    say(batch, message,
        intake_reply_text(batch->intake->replies, batch->turn->arena, reply, language, ticket));
}

/* What is asked when nothing is told. */
struct question {
    struct ticket ticket;
    bool named;      /* there is one */
    bool asked;      /* a word asks */
    bool miswritten; /* a number that is no ticket stands there */
};

static bool is_one_of(const char *word, size_t size, const char *const *words) {
    for (; *words; words++)
        if (strlen(*words) == size && strncasecmp(word, *words, size) == 0)
            return true;
    return false;
}

/* Does the word tell something? One that asks, or stands beside a number, does not. */
static bool is_telling(const char *word, size_t size, struct question *question) {
    static const char *const asks[] = {
        "status", "/status", "cek", "/cek", "check", "perkembangan", "kelanjutan", NULL};
    static const char *const beside[] = {"laporan", "aduan", "pengaduan", "kasus", "tiket", "ticket",
        "report", "case", "nomor", "nomer", "no", "number", "saya", "my", "dari", "of", "untuk", "for", "the",
        "dengan", "bagaimana", "gimana", "pak", "bu", "kak", "min", "admin", "mohon", "tanya", "mau", NULL};
    if (is_one_of(word, size, asks))
        question->asked = true;
    else if (word[0] >= '0' && word[0] <= '9' && !question->named && !question->miswritten)
        question->miswritten = true;
    else
        return !is_one_of(word, size, beside);
    return false;
}

/* Skips what stands between words. */
static size_t next_of(const char *text, size_t at) {
    return at + strspn(text + at, " \t\r\n:,;.!?()[]\"'#*_");
}

/* "status 260302-...", "STATUS laporan 260302-...", a ticket alone, "status": whatever stands there, as long
 * as nothing is told. "status anak saya bagaimana" is a report like any other, and a number that is no ticket
 * (a letter is wrong) is asked about only where a word asks. */
static bool is_question(const char *text, struct question *question) {
    struct ticket_place place = {0, 0};
    *question = (struct question){0};
    question->named = ticket_find(text, strnlen(text, SUBMISSION_TEXT_MAX), 0, &question->ticket, &place);
    for (size_t at = next_of(text, 0), size; text[at]; at = next_of(text, at + size)) {
        bool here = question->named && at >= place.start && at < place.end;
        size = here ? place.end - at : strcspn(text + at, " \t\r\n:,;.!?()[]\"'#*_");
        if (!here && is_telling(text + at, size, question))
            return false;
    }
    return question->named || question->asked;
}

bool hook_asks_status(const char *text) {
    struct question question;
    return is_question(text, &question) && question.named;
}

/* "/start", "/start@sigap_bot", "/start from-poster-7" as links carry it; with words behind it is a report.
 */
static bool is_greeting(const char *text) {
    static const char *const greetings[] = {"/start", "/help", "/bantuan", "/mulai"};
    static const char payload[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t word = strcspn(text, " @\r\n\t"), name = text[word] == '@' ? strcspn(text + word, " \r\n\t") : 0;
    const char *rest = text + word + name;
    rest += strspn(rest, " \r\n\t");
    size_t carried = strspn(rest, payload);
    bool marked = strcspn(rest, "0123456789_-") < carried; /* not a plain word */
    if (*rest && (rest[carried] || carried > 64 || !marked))
        return false;
    for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++)
        if (strlen(greetings[i]) == word && strncasecmp(text, greetings[i], word) == 0)
            return true;
    return false;
}

/* The ticket that is asked about: the one that is named, else that of what its sender wrote last. */
static bool ticket_asked(
    const struct hook_batch *batch, const struct hook_message *message, struct question *question) {
    struct sender sender;
    if (question->named || question->miswritten)
        return question->named;
    sender_read(batch->turn, batch->from->bot, message->sender, &sender);
    question->ticket = sender.first.ticket;
    return sender.key_known && !id_is_null(&sender.first.report);
}

static void say_status(
    struct hook_batch *batch, const struct hook_message *message, struct question *question) {
    const struct intake_replies *replies = batch->intake->replies;
    struct arena *arena = batch->turn->arena;
    enum language language = language_of(batch, message);
    char text[TICKET_TEXT + 1];
    enum report_state state;
    if (ticket_asked(batch, message, question) &&
        intake_follow_ticket(batch->turn, &question->ticket, &state, NULL)) {
        ticket_to_text(&question->ticket, text);
        say(batch, message, intake_reply_state_text(replies, arena, state, language, text));
    } else {
        say(batch, message, intake_reply_text(replies, arena, REPLY_UNKNOWN, language, ""));
    }
}

/* A question about a report, or a greeting: answered, no report. */
static bool converse(struct hook_batch *batch, const struct hook_message *message) {
    struct question question;
    if (!has_words(message->text) || message->relation || message->media_count || message->group)
        return false;
    if (is_greeting(message->text))
        say(batch, message,
            intake_reply_text(
                batch->intake->replies, batch->turn->arena, REPLY_HELP, language_of(batch, message), ""));
    else if (is_question(message->text, &question))
        say_status(batch, message, &question);
    else
        return false;
    return true;
}

/* --- one message --- */

static void note(struct hook_batch *batch, const struct receipt *receipt) {
    if (!batch->taken++)
        batch->receipt = *receipt;
}

static void keep_media(struct hook_batch *batch, const struct hook_message *message,
    const struct reading *reading, const struct receipt *receipt) {
    size_t fetched = 0;
    for (size_t i = 0; i < message->media_count; i++) {
        const struct hook_media *media = &message->media[i];
        if (media->reference)
            intake_media_add(batch->turn, &reading->media[fetched++], &receipt->first, batch->from->bot,
                media->kind, media->reference);
        else
            intake_media_keep(
                batch->turn, &receipt->first, batch->from->bot, media->kind, media->data, media->size);
    }
}

static bool is_picture(const struct hook_media *media) {
    return strcmp(media->kind, "photo") == 0 || strcmp(media->kind, "sticker") == 0;
}

/* A picture beside the words it came with. What is spoken, filmed or stands in a document may say anything,
 * and whoever answers, or comes back to something earlier, says something with whatever it is: somebody
 * looks. */
static bool is_beside_words(
    const struct hook_message *message, const struct submission *submission, bool comes_back) {
    bool beside = message->media_count > 0 && !comes_back && !has_words(message->text) && !message->located &&
                  !message->urgent && !submission->only_joins;
    for (size_t i = 0; i < message->media_count; i++)
        beside = beside && is_picture(&message->media[i]);
    return beside && !(submission->relation && strcmp(submission->relation, "answer") == 0);
}

/* What is longer than a report may be goes on in further ones, as far as the turn has room for it. */
static void take_rest(
    struct hook_batch *batch, const struct submission *submission, struct receipt *receipt) {
    const char *rest = submission->text + submission->text_size;
    size_t size = strlen(rest);
    if (batch->rest_size + size > HOOK_REST_MAX) {
        if (receipt->kind == RECEIPT_TAKEN)
            put_aside(batch, rest, size, "cut");
        return;
    }
    batch->rest_size += size;
    intake_receive_rest(batch->turn, submission, batch->from->token, receipt);
}

static void take(struct hook_batch *batch, const struct hook_message *message, struct sender *sender) {
    struct reading reading = {0};
    struct receipt receipt;
    struct sender topic;
    read_message(batch, message, &reading);
    topic_read(batch, message, &topic);
    join_earlier(batch, message, sender, &topic, &reading);
    bool comes_back = reading.submission.joins != NULL;
    if (!comes_back)
        join_last(batch, message, sender, &reading);
    reading.submission.attachment = is_beside_words(message, &reading.submission, comes_back);
    intake_receive(batch->turn, &reading.submission, batch->from->token, &receipt);
    if (receipt.kind == RECEIPT_REFUSED && receipt.problem.status == 404) {
        batch->ignored++; /* a withdrawal of what we do not have */
        return;
    }
    if (receipt.kind == RECEIPT_REFUSED && (receipt.problem.status == 503 || receipt.problem.status == 429)) {
        batch->refusal = receipt.problem;
        return;
    }
    if (receipt.kind == RECEIPT_REFUSED) {
        struct json_writer writer;
        size_t size = 0;
        const char *raw = hook_pack(batch, &writer, message, &size);
        if (raw)
            put_aside(batch, raw, size, reason_refused);
        json_writer_free(&writer);
        return;
    }
    if (receipt.kind == RECEIPT_TAKEN) {
        keep_media(batch, message, &reading, &receipt);
        sender_wrote(batch->turn, sender, &receipt, batch->delayed);
        if (topic.key_known)
            sender_wrote(batch->turn, &topic, &receipt, true);
    }
    take_rest(batch, &reading.submission, &receipt);
    if (receipt.kind == RECEIPT_REFUSED) {
        batch->refusal = receipt.problem;
        return;
    }
    note(batch, &receipt);
    say_receipt(batch, message, &receipt, reading.submission.attachment);
}

static bool cannot_wait(const struct hook_batch *batch, const struct hook_message *message) {
    for (size_t i = 0; i < message->media_count; i++)
        if (message->media[i].data)
            return true; /* a row that waits has no room for a picture */
    return message->urgent || (message->text && danger_scan(batch->intake->danger, message->text,
                                                    strnlen(message->text, SUBMISSION_TEXT_MAX)));
}

void hook_emit(struct hook_batch *batch, const struct hook_message *message) {
    if (!wanted(batch))
        return;
    if (!message->id || !*message->id) {
        struct json_writer writer;
        size_t size = 0;
        const char *raw = hook_pack(batch, &writer, message, &size);
        if (raw)
            put_aside(batch, raw, size, reason_no_id);
        json_writer_free(&writer);
        return;
    }
    struct sender sender;
    sender_read(batch->turn, batch->from->bot, message->sender, &sender);
    int64_t wait_until = sender_allowed_at(&sender, batch->turn->now);
    if (!batch->delayed && sender_is_blocked(batch->turn, &sender) && !cannot_wait(batch, message))
        put_away(batch, message);
    else if (converse(batch, message))
        batch->ignored++;
    else if (wait_until && !batch->delayed && !message->relation && !cannot_wait(batch, message))
        delay(batch, message, sender_reserve(batch->turn, &sender));
    else
        take(batch, message, &sender);
}

/* --- a body --- */

struct hook_counts {
    uint64_t ignored, put_aside;
};

static void count_committed(void *state, const void *argument) {
    struct intake *intake = state;
    const struct hook_counts *counts = argument;
    intake->counts.hooks++;
    intake->counts.ignored += counts->ignored;
    intake->counts.put_aside += counts->put_aside;
}

/* Decodes the messages from `first` on. True when there are more behind them. */
static bool decode(struct hook_batch *batch, const void *body, size_t size) {
    char *copy = malloc(size + 1); /* not from the arena: 3 MB for a moment */
    if (!copy) {
        arena_exhaust(batch->turn->arena);
        return false;
    }
    memcpy(copy, body, size);
    copy[size] = 0;
    errno = 0;
    bool sound = batch->source->hook->decode(batch, copy, size);
    bool starved = !sound && errno == ENOMEM;
    sodium_memzero(copy, size);
    free(copy);
    if (starved)
        arena_exhaust(batch->turn->arena);
    else if (!sound && batch->first == 0)
        put_aside(batch, body, size, "unreadable");
    struct hook_counts counts = {batch->ignored, batch->broken};
    turn_after_commit(batch->turn, count_committed, &counts, sizeof counts);
    return sound && batch->index > batch->end;
}

void hook_request(struct turn *turn, const struct intake_call *call, const struct intake_source *source,
    const struct hook_from *from, struct answer *answer) {
    struct hook_batch batch = {
        .turn = turn, .intake = call->intake, .source = source, .from = from, .end = HOOK_SLICE};
    const struct request *request = call->request;
    if (decode(&batch, request->body, request->body_size))
        add_hook(&batch, HOOK_WAITING, batch.end, turn->now, "", request->body, request->body_size);
    if (batch.refusal.status && source->hook->repeats) {
        batch.refusal.retry_after_s = batch.refusal.retry_after_s > 0 ? batch.refusal.retry_after_s : 5;
        intake_answer_emergency(turn->arena, call->intake, &batch.refusal, answer);
        return;
    }
    *answer = (struct answer){.status = 200, .content_type = "text/plain", .body = "", .body_size = 0};
    if (source->hook->answer)
        source->hook->answer(&batch, answer);
}

bool hook_take(struct turn *turn, const struct intake_source *source, const struct hook_from *from,
    const char *body, size_t size) {
    struct hook_batch batch = {
        .turn = turn, .intake = turn->state, .source = source, .from = from, .end = HOOK_SLICE};
    if (decode(&batch, body, size))
        add_hook(&batch, HOOK_WAITING, batch.end, turn->now, "", body, size);
    return batch.refusal.status == 0;
}

/* --- later --- */

static const struct intake_source *source_named(const char *name) {
    for (size_t i = 0; intake_sources[i]; i++)
        if (intake_sources[i]->hook && strcmp(intake_sources[i]->name, name) == 0)
            return intake_sources[i];
    return NULL;
}

struct hook_row {
    const char *bot;
    const struct intake_source *source;
    enum hook_state state;
    size_t next;
    int64_t due_at;
    const char *reason;
    ProtobufCBinaryData body;
};

/* Texts and body in the arena. False: there is none, or it does not open. */
static bool read_hook(struct turn *turn, const struct id *id, struct hook_row *row) {
    const struct intake *intake = turn->state;
    const struct seal_place place = {*id, "hook", 0};
    struct statement *get = intake_use(turn->store, INTAKE_HOOK_GET);
    size_t size;
    bind_id(get, id);
    bool found = statement_step(get);
    if (found) {
        row->bot = arena_text(turn->arena, column_text(get, 0));
        row->source = source_named(column_text(get, 1));
        row->state = (enum hook_state)column_int(get, 2);
        row->next = (size_t)column_int(get, 3);
        row->due_at = column_int(get, 4);
        row->reason = arena_text(turn->arena, column_text(get, 5));
        const void *sealed = column_blob(get, 6, &size);
        found = seal_open_local(keystore_local(intake->keystore), &place, sealed, size, turn->arena,
                    &row->body) == SEAL_OPENED;
    }
    statement_end(get);
    return found && row->bot && row->source && row->reason;
}

static void set_hook(struct turn *turn, const struct id *id, enum hook_state state, size_t next,
    int64_t due_at, const char *reason) {
    struct statement *set = intake_use(turn->store, INTAKE_HOOK_SET);
    bind_int(set, state);
    bind_int(set, (int64_t)next);
    bind_int(set, due_at);
    bind_text(set, reason);
    bind_id(set, id);
    statement_run(set);
    if (state != HOOK_ASIDE)
        turn_timer_set(turn, HOOK_TIMER, id, due_at, true);
}

static void delete_hook(struct turn *turn, const struct id *id) {
    struct statement *delete = intake_use(turn->store, INTAKE_HOOK_DELETE);
    bind_id(delete, id);
    statement_run(delete);
}

static void take_delayed(struct hook_batch *batch, const ProtobufCBinaryData *body) {
    json_t *document = NULL;
    struct hook_message message;
    batch->delayed = true;
    enum json_refusal refusal = json_read(body->data, body->len, HOOK_PACKED_MAX, &document);
    if (refusal == JSON_OK) {
        hook_unpack(document, &message);
        hook_emit(batch, &message);
        json_decref(document);
    } else if (refusal == JSON_NO_MEMORY) {
        arena_exhaust(batch->turn->arena);
    } else {
        put_aside(batch, body->data, body->len, "unreadable");
    }
}

void hook_on_timer(struct turn *turn, const struct id *id, int64_t due_at) {
    struct intake *intake = turn->state;
    struct hook_row row = {0};
    if (!read_hook(turn, id, &row) || row.state == HOOK_ASIDE || row.due_at != due_at)
        return;
    const struct intake_channel *channel = intake_channel_of_bot(intake->channels, row.bot);
    struct hook_from from = {.bot = row.bot,
        .channel = channel,
        .training = (channel && channel->training) || strstr(row.reason, mark_training),
        .silent = channel && channel->silent};
    struct hook_batch batch = {.turn = turn,
        .intake = intake,
        .source = row.source,
        .from = &from,
        .first = row.next,
        .end = row.next + HOOK_SLICE};
    bool more = false;
    if (row.state == HOOK_DELAYED)
        take_delayed(&batch, &row.body);
    else
        more = decode(&batch, row.body.data, row.body.len);
    if (batch.refusal.status)
        set_hook(turn, id, row.state, row.next, turn->now + 10000, row.reason); /* no disk: all of it again */
    else if (more)
        set_hook(turn, id, HOOK_WAITING, batch.end, turn->now, row.reason);
    else
        delete_hook(turn, id);
}

/* --- for sources --- */

const struct intake_channel *hook_channel(
    const struct intake_call *call, const struct intake_source *source) {
    return intake_channel_find(call->intake->channels, source, call->parts[0]);
}

struct hook_from hook_from_channel(const struct intake_channel *channel) {
    return (struct hook_from){
        .bot = channel->bot, .channel = channel, .training = channel->training, .silent = channel->silent};
}

struct hook_from hook_from_token(const struct intake_token *token) {
    return (struct hook_from){
        .bot = token->name, .token = token, .training = (token->scopes & TOKEN_TRAINING) != 0};
}

const struct intake_token *hook_token(const struct intake_call *call, const char *text) {
    const struct intake_token *token =
        intake_token_find(&call->intake->tokens, keystore_hash(call->intake->keystore), text);
    return token && (token->scopes & TOKEN_REPORTS) ? token : NULL;
}

bool hook_same(const char *given, const char *expected) {
    uint8_t hashes[2][crypto_generichash_BYTES];
    if (!given || !expected || !*expected)
        return false;
    crypto_generichash(hashes[0], sizeof hashes[0], (const uint8_t *)given, strlen(given), NULL, 0);
    crypto_generichash(hashes[1], sizeof hashes[1], (const uint8_t *)expected, strlen(expected), NULL, 0);
    return sodium_memcmp(hashes[0], hashes[1], sizeof hashes[0]) == 0;
}

static bool is_type(const char *given, const char *wanted) {
    size_t size = strlen(wanted);
    return given && strncasecmp(given, wanted, size) == 0 &&
           (given[size] == 0 || given[size] == ';' || given[size] == ' ');
}

bool hook_refuse(
    struct turn *turn, const struct intake_call *call, const char *type, bool known, struct answer *answer) {
    static const struct problem stranger = {.status = 401,
        .type = "unauthorized",
        .title_id = "Pengirim tidak dikenal",
        .title_en = "The sender is not known",
        .detail_id = "Nama saluran di alamat, tanda tangan, kata rahasia, atau token tidak cocok.",
        .detail_en =
            "The channel's name in the address, the signature, the secret or the token does not fit."};
    const struct request *request = call->request;
    if (strcmp(request->method, "POST") != 0)
        intake_answer_method(turn->arena, "POST", answer);
    else if (!known)
        intake_answer_problem(turn->arena, &stranger, answer);
    else if (type && !is_type(request->header(request, "Content-Type"), type))
        intake_answer_type(turn->arena, type, answer);
    else
        return false;
    return true;
}

/* --- views --- */

static void write_row(struct json_writer *writer, struct statement *list) {
    static const char *const states[] = {"waiting", "aside", "delayed"};
    char text[ID_TEXT + 1];
    struct id id = column_id(list, 0);
    int64_t state = column_int(list, 3);
    id_to_text(&id, text);
    json_write_object(writer);
    json_member_text(writer, "id", text);
    json_member_text(writer, "bot", column_text(list, 1));
    json_member_text(writer, "source", column_text(list, 2));
    json_member_text(writer, "state", state >= 0 && state < 3 ? states[state] : "");
    json_member_integer(
        writer, "due_at", column_int(list, 5)); /* aside: when it goes, 0 before the warning */
    json_member_text(writer, "reason", column_text(list, 6));
    json_member_integer(writer, "size_bytes", column_int(list, 7));
    json_write_end(writer);
}

static void view_list(struct turn *turn, Sigap__ViewAnswer *answer) {
    struct json_writer writer;
    json_writer_init(&writer, 512 * 1024); /* 1000 x 300 bytes */
    json_write_array(&writer);
    struct statement *list = intake_use(turn->store, INTAKE_HOOK_LIST);
    bind_int(list, 1000);
    while (statement_step(list))
        write_row(&writer, list);
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
}

/* After a new version of a decoder, or after a second look at who is blocked: it is read again, and put aside
 * again when it still cannot be read. */
static void retry(struct turn *turn, const char *actor, const char *argument, Sigap__ViewAnswer *answer) {
    struct id id;
    struct hook_row row = {0};
    answer->status = 404;
    if (!id_from_text(argument, &id) || !read_hook(turn, &id, &row) || row.state != HOOK_ASIDE)
        return;
    set_hook(turn, &id, is_packed(row.reason) ? HOOK_DELAYED : HOOK_WAITING, 0, turn->now, row.reason);
    turn_audit(turn, actor, "hook.retry", argument);
    answer->status = 200;
}

bool hook_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    bool list = view->what_case == SIGAP__VIEW__WHAT_LIST && strcmp(view->list->name, "hooks") == 0;
    bool again =
        view->what_case == SIGAP__VIEW__WHAT_CONTROL && strcmp(view->control->action, "hook.retry") == 0;
    if (!list && !again)
        return false;
    if (!intake_may_administer(view->actor, list))
        answer->status = 403;
    else if (list)
        view_list(turn, answer);
    else
        retry(turn, view->actor->account, view->control->argument, answer);
    return true;
}
