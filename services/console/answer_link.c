#include "answer_link.h"

#include "commands.h"
#include "common/buffer.h"
#include "reading.h"

#include <string.h>

enum { PAGE_MAX = 32 << 10, FORM_MAX = 1024, VIEW_MAX = 64 << 10 };

/* ---- writing HTML ---- */

static void put(struct buffer *page, const char *html) {
    buffer_add(page, html, strlen(html));
}

/* A text of somebody else. */
static void put_text(struct buffer *page, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '<':
            put(page, "&lt;");
            break;
        case '>':
            put(page, "&gt;");
            break;
        case '&':
            put(page, "&amp;");
            break;
        case '"':
            put(page, "&quot;");
            break;
        case '\'':
            put(page, "&#39;");
            break;
        default:
            buffer_add(page, text, 1);
        }
    }
}

static void put_head(struct buffer *page) {
    put(page, "<!doctype html><html lang=\"id\"><meta charset=\"utf-8\">"
              "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
              "<meta name=\"robots\" content=\"noindex\"><title>Sigap</title>"
              "<link rel=\"stylesheet\" href=\"/console.css\"><body class=\"letter\"><main class=\"sheet\">"
              "<p class=\"brand\">Sigap</p>");
}

static void put_tail(struct buffer *page) {
    put(page, "</main></body></html>");
}

static void reply_page(struct turn *turn, struct answer *answer, unsigned status, struct buffer *page) {
    static const char no_room[] =
        "<!doctype html><html lang=\"id\"><meta charset=\"utf-8\"><title>Sigap</title>"
        "<p>Sistem sedang penuh; buka lagi tautan ini sebentar lagi.</p>"
        "<p lang=\"en\">The system is busy; open this link again shortly.</p></html>";
    put_tail(page);
    buffer_add(page, "", 1);
    reply_html(turn, answer, page->failed ? 503 : status, page->failed ? no_room : (const char *)page->bytes);
    buffer_free(page);
}

static void put_paragraph(struct buffer *page, const char *open, const char *text) {
    put(page, open);
    put_text(page, text);
    put(page, "</p>");
}

/* A page of one sentence, "Indonesian / English" as the daemons say it. */
static void say(
    struct turn *turn, struct answer *answer, unsigned status, const char *title, const char *sentence) {
    struct buffer page = BUFFER_MAX(PAGE_MAX);
    const char *slash = strstr(sentence, " / ");
    put_head(&page);
    put(&page, "<h1>");
    put_text(&page, title);
    put(&page, "</h1>");
    put_paragraph(&page, "<p>",
        slash ? arena_format(turn->arena, "%.*s", (int)(slash - sentence), sentence) : sentence);
    if (slash)
        put_paragraph(&page, "<p class=\"second\" lang=\"en\">", slash + 3);
    reply_page(turn, answer, status, &page);
}

static void say_unknown(struct turn *turn, struct answer *answer) {
    say(turn, answer, 404, "Tautan tidak berlaku",
        "Tautan ini salah atau sudah lewat waktunya. / This link is wrong or its time is over.");
}

static void say_busy(struct turn *turn, struct answer *answer) {
    say(turn, answer, 503, "Belum bisa dibuka",
        "Sistem belum menjawab. Buka lagi tautan ini sebentar lagi; bila nyawa terancam, telepon 112. / The "
        "system has not answered. Open the link again shortly; if a life is in danger, call 112.");
}

/* ---- what the token stands for ---- */

struct action_word {
    const char *action, *indonesian, *english;
};

static const struct action_word offer_words[] = {
    {"accept", "Kami terima", "We take the client"},
    {"cannot", "Kami tidak bisa", "We cannot"},
};

static const struct action_word action_words[] = {
    {"accept", "Saya tangani", "I take it"},
    {"cannot", "Saya tidak bisa", "I cannot"},
    {"snooze", "Ingatkan 30 menit lagi", "Remind me in 30 minutes"},
    {"escalate", "Teruskan ke atasan", "Pass it up"},
    {"done", "Sudah selesai", "It is done"},
};

static const struct action_word *find_word(
    const struct action_word *words, size_t count, const char *action) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i].action, action) == 0)
            return &words[i];
    return NULL;
}

static const struct action_word *word_of(const char *subject, const char *action) {
    const struct action_word *word = NULL;
    if (strcmp(subject, "offer") == 0)
        word = find_word(offer_words, sizeof offer_words / sizeof *offer_words, action);
    return word ? word : find_word(action_words, sizeof action_words / sizeof *action_words, action);
}

static const char *text_of(const json_t *document, const char *key) {
    const char *text = json_string_value(json_object_get(document, key));
    return text ? text : "";
}

/* The form carries the id of the order, so that a second touch on the button is the same order. */
static void put_button(struct buffer *page, const char *token, const json_t *document, const char *order) {
    const char *action = text_of(document, "action");
    const struct action_word *word = word_of(text_of(document, "subject"), action);
    if (!word)
        return;
    put(page, "<form method=\"post\" action=\"/a/");
    put_text(page, token);
    put(page, "\"><input type=\"hidden\" name=\"id\" value=\"");
    put_text(page, order);
    put(page, "\"><button name=\"action\" value=\"");
    put_text(page, action);
    put(page, "\" class=\"main\">");
    put_text(page, word->indonesian);
    put(page, " <small lang=\"en\">");
    put_text(page, word->english);
    put(page, "</small></button></form>");
}

static void put_row(struct buffer *page, const char *label, const char *value) {
    if (!value[0])
        return;
    put(page, "<dt>");
    put_text(page, label);
    put(page, "</dt><dd>");
    put_text(page, value);
    put(page, "</dd>");
}

static void put_time(const struct turn *turn, struct buffer *page, const char *label, int64_t at) {
    char text[32] = "";
    if (at > 0)
        calendar_text(((const struct console *)turn->state)->zone, at, text);
    put_row(page, label, text);
}

static void put_rows(const struct turn *turn, struct buffer *page, const json_t *document) {
    static const char *const rows[][2] = {{"priority", "Prioritas / Priority"},
        {"kind_name", "Perihal / About"}, {"area_name", "Wilayah / Area"}, {"team_name", "Untuk / For"},
        {"case_id", "Kasus / Case"}};
    put(page, "<dl>");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        put_row(page, rows[i][1], text_of(document, rows[i][0]));
    put_time(turn, page, "Sejak / Since", json_integer_value(json_object_get(document, "opened_at")));
    put_time(
        turn, page, "Jawab sebelum / Answer by", json_integer_value(json_object_get(document, "answer_by")));
    put(page, "</dl>");
}

/* Who was first, for whoever comes second. */
static void put_answered(const struct turn *turn, struct buffer *page, const json_t *answered) {
    const char *team = text_of(answered, "team"), *by = text_of(answered, "by");
    put(page, "<h1>Sudah dijawab</h1><dl>");
    put_row(page, "Oleh / By", team[0] ? team : by);
    if (team[0]) /* a name is there for colleagues only, see the notifier */
        put_row(
            page, "Petugas / Person", text_of(answered, "by_name")[0] ? text_of(answered, "by_name") : by);
    put_time(turn, page, "Pada / At", json_integer_value(json_object_get(answered, "at")));
    put(page, "</dl>");
}

/* Some actions make no sense any more when somebody has taken it, none when it is over. */
static bool still_of_use(const char *state, const char *action) {
    if (strcmp(state, "stood-down") == 0)
        return false;
    return strcmp(state, "answered") != 0 || (strcmp(action, "accept") != 0 && strcmp(action, "snooze") != 0);
}

/* The token is bound to one action: one button. */
static void show_document(
    struct turn *turn, struct answer *answer, const struct wait *wait, const json_t *document) {
    struct buffer page = BUFFER_MAX(PAGE_MAX);
    const json_t *answered = json_object_get(document, "answered");
    const char *state = text_of(document, "state"), *action = text_of(document, "action");
    char order[ID_TEXT + 1];
    struct id id = turn_id(turn);
    id_to_text(&id, order);
    put_head(&page);
    if (json_is_true(json_object_get(document, "training")))
        put(&page, "<p class=\"training\">LATIHAN / TRAINING</p>");
    if (answered)
        put_answered(turn, &page, answered);
    else
        put(&page, strcmp(state, "stood-down") == 0 ? "<h1>Tidak perlu lagi</h1>" : "<h1>Mohon jawaban</h1>");
    if (json_is_true(json_object_get(document, "unverified")))
        put(&page, "<p><span class=\"tag bad\">belum diverifikasi / unverified</span></p>");
    put_rows(turn, &page, document);
    if (still_of_use(state, action))
        put_button(&page, wait->token, document, order);
    reply_page(turn, answer, 200, &page);
}

void answer_link_show(struct turn *turn, struct wait *wait) {
    struct answer answer = {0};
    const struct wait_part *part = &wait->parts[0];
    json_t *document = NULL;
    if (part->status == 200 && part->json)
        json_read(part->json, part->size, VIEW_MAX, &document);
    if (document)
        show_document(turn, &answer, wait, document);
    else if (part->status == 0 || part->status >= 500)
        say_busy(turn, &answer);
    else
        say_unknown(turn, &answer);
    json_decref(document);
    wait_answer(turn, wait, &answer);
}

/* ---- the answer ---- */

void answer_link_finish(struct turn *turn, struct wait *wait) {
    struct answer answer = {0};
    struct command_row row;
    if (!command_find(turn, &wait->command, &row))
        say_busy(turn, &answer);
    else if (!row.status)
        say(turn, &answer, 202, "Jawaban diterima",
            "Jawaban Anda tersimpan dan sedang diteruskan. / Your answer is kept and on its way.");
    else if (row.status < 300)
        say(turn, &answer, 200, "Terima kasih",
            row.sentence[0] ? row.sentence : "Jawaban Anda tercatat / Your answer is noted");
    else
        say(turn, &answer, row.status, "Tidak berlaku lagi", row.sentence);
    wait_answer(turn, wait, &answer);
}

/* ---- requests ---- */

static bool token_good(const char *token) {
    size_t size = strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    return size >= 16 && size < WAIT_TOKEN && token[size] == 0;
}

static void look(struct exchange *exchange, const char *token) {
    struct wait wait = {.kind = WAIT_LINK, .until = exchange->turn->now + WAIT_MS, .part_count = 1};
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__TokenView what = SIGAP__TOKEN_VIEW__INIT;
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    actor.account = (char *)"link";
    what.token = (char *)token;
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_TOKEN;
    view.token = &what;
    wait.id = turn_id(exchange->turn);
    snprintf(wait.token, sizeof wait.token, "%s", token);
    wait_begin(exchange->turn, &wait);
    reading_ask(exchange->turn, &wait.id, 0, "notifier", &view);
}

/* Without an id (a bot that posts) every post is an order of its own; without an action, the token's. */
static void answer_by_link(struct exchange *exchange, const char *token) {
    const struct request *request = exchange->request;
    struct wait wait = {0};
    char action[16] = "", text[ID_TEXT + 1] = "";
    struct id id;
    bool small = request->body_size <= FORM_MAX;
    if (small && request->body_size) {
        if (!http_form_find(request->body, request->body_size, "action", action, sizeof action))
            action[0] = 0;
        if (!http_form_find(request->body, request->body_size, "id", text, sizeof text))
            text[0] = 0;
    }
    if (!small || (action[0] && !word_of("", action)) || (text[0] && !id_from_text(text, &id)))
        return say(exchange->turn, exchange->answer, 400, "Tidak terbaca",
            "Jawaban tidak terbaca. / The answer cannot be read.");
    if (!text[0])
        id = turn_id(exchange->turn);
    snprintf(wait.token, sizeof wait.token, "%s", token);
    if (!command_by_link(exchange->turn, &id, action, &wait))
        say(exchange->turn, exchange->answer, 409, "Sudah dipakai",
            "Muat ulang halaman, lalu jawab lagi. / Load the page again, then answer.");
}

bool answer_link_request(struct exchange *exchange) {
    const struct request *request = exchange->request;
    bool get = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
    if (strncmp(request->path, "/a/", 3) != 0)
        return false;
    const char *token = request->path + 3;
    if (!token_good(token)) {
        say_unknown(exchange->turn, exchange->answer);
    } else if (waits_full(&exchange->console->waits)) {
        say_busy(exchange->turn, exchange->answer);
    } else if (get) {
        look(exchange, token);
    } else if (strcmp(request->method, "POST") == 0) {
        answer_by_link(exchange, token);
    } else {
        exchange_refuse(exchange, &problem_method_not_allowed);
        answer_header(exchange->answer, "Allow", "GET, HEAD, POST");
    }
    return true;
}
