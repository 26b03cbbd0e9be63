#include "services/intake/replies.h"

#include "common/config.h"
#include "common/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLY_BYTES = 1024, WORD_BYTES = 64, WORDS_MAX = 2000 /* of one language */ };

/* --- replies.yaml --- */

struct texts {
    char *of[LANGUAGES]; /* NULL: as in Indonesian */
};

struct reply_row {
    char *code, *when;
    struct texts texts;
};

struct state_row {
    char *code;
    struct texts texts;
};

struct language_row {
    char *code;
    char **words;
    unsigned words_count;
};

struct replies_file {
    struct reply_row *replies;
    unsigned replies_count;
    struct state_row *states;
    unsigned states_count;
    struct language_row *languages;
    unsigned languages_count;
};

#define TEXT(key, structure, member, most)                                                                   \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, structure, member, 1, most)

#define MAY(key, structure, member)                                                                          \
    CYAML_FIELD_STRING_PTR(                                                                                  \
        key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, texts.of[member], 1, REPLY_BYTES)
#define TEXTS(structure)                                                                                     \
    TEXT("text", structure, texts.of[LANGUAGE_ID], REPLY_BYTES),                                             \
        TEXT("text_en", structure, texts.of[LANGUAGE_EN], REPLY_BYTES),                                      \
        MAY("text_jv", structure, LANGUAGE_JV), MAY("text_mad", structure, LANGUAGE_MAD),                    \
        MAY("text_min", structure, LANGUAGE_MIN)

static const cyaml_schema_field_t reply_fields[] = {
    TEXT("code", struct reply_row, code, WORD_BYTES),
    TEXT("when", struct reply_row, when, WORD_BYTES),
    TEXTS(struct reply_row),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t reply_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct reply_row, reply_fields)};

static const cyaml_schema_field_t state_fields[] = {
    TEXT("code", struct state_row, code, WORD_BYTES),
    TEXTS(struct state_row),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t state_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct state_row, state_fields)};

static const cyaml_schema_value_t word_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, WORD_BYTES)};
static const cyaml_schema_field_t language_fields[] = {
    TEXT("code", struct language_row, code, WORD_BYTES),
    CYAML_FIELD_SEQUENCE("words", CYAML_FLAG_POINTER, struct language_row, words, &word_schema, 1, WORDS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t language_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct language_row, language_fields)};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_SEQUENCE("replies", CYAML_FLAG_POINTER, struct replies_file, replies, &reply_schema, 1, 256),
    CYAML_FIELD_SEQUENCE("states", CYAML_FLAG_POINTER, struct replies_file, states, &state_schema, 1, 64),
    CYAML_FIELD_SEQUENCE("languages", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct replies_file,
        languages, &language_schema, 1, LANGUAGES),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct replies_file, file_fields)};

/* --- what is made of it at start --- */

/* JSON members up to the ticket, and from there on: "message":"... {NO} ...". {NO} may stand any number of
 * times. */
struct intake_replies {
    char *received, *of_state[REPORT_STATES];
    /* For chats: the same without JSON. */
    char *plain[REPLIES][LANGUAGES], *plain_state[REPORT_STATES][LANGUAGES];
    struct language_word *words; /* in alphabetical order */
    size_t word_count;
};

struct language_word {
    char text[WORD_BYTES + 1];
    enum language language;
};

static const char *const whens[REPLIES] = {
    [REPLY_RECEIVED] = "received",
    [REPLY_URGENT] = "confidential_received",
    [REPLY_ADDED] = "duplicate",
    [REPLY_PLACE] = "place_missing",
    [REPLY_DANGER] = "urgent",
    [REPLY_DESPAIR] = "suicide",
    [REPLY_DESPAIR_PLACE] = "suicide",
    [REPLY_HELP] = "help",
    [REPLY_UNKNOWN] = "unknown_ticket",
};

/* Which row a state is told with, and the word that {STATUS_UMUM} stands for there. */
static const struct {
    const char *when, *word;
} rows_of_states[REPORT_STATES] = {
    [REPORT_RECEIVED] = {"status", "received"},
    [REPORT_IN_REVIEW] = {"status", "in_review"},
    [REPORT_ANSWERED] = {"not_a_case", NULL},
    [REPORT_CASE_OPEN] = {"status", "referred"},
    [REPORT_BEING_HANDLED] = {"status", "in_progress"},
    [REPORT_CLOSED] = {"closed", NULL},
};

static const struct reply_row *find_reply(const struct replies_file *file, const char *when) {
    for (unsigned i = 0; i < file->replies_count; i++)
        if (strcmp(file->replies[i].when, when) == 0)
            return &file->replies[i];
    return NULL;
}

static const struct state_row *find_state(const struct replies_file *file, const char *word) {
    for (unsigned i = 0; word && i < file->states_count; i++)
        if (strcmp(file->states[i].code, word) == 0)
            return &file->states[i];
    return NULL;
}

/* Copies text with every name replaced by value; cut at the size of out. */
static void replace(const char *text, const char *name, const char *value, char *out, size_t room) {
    size_t used = 0;
    out[0] = 0;
    for (const char *found; (found = strstr(text, name)); text = found + strlen(name)) {
        used += (size_t)snprintf(out + used, room - used, "%.*s%s", (int)(found - text), text, value);
        if (used >= room)
            return;
    }
    snprintf(out + used, room - used, "%s", text);
}

static void fill(const char *text, const char *state, const char *emergency, char out[4 * REPLY_BYTES]) {
    char half[4 * REPLY_BYTES];
    replace(text, "{TOLONG}", emergency, half, sizeof half);
    replace(half, "{STATUS_UMUM}", state, out, 4 * REPLY_BYTES);
}

/* The writer makes a whole object; its members alone are wanted. */
static char *members(const char *message, const char *message_en) {
    struct json_writer writer;
    size_t size;
    json_writer_init(&writer, 32 * REPLY_BYTES);
    json_write_object(&writer);
    json_member_text(&writer, "message", message);
    json_member_text(&writer, "message_en", message_en);
    json_write_end(&writer);
    const char *text = json_writer_text(&writer, &size);
    char *copy = text ? strndup(text + 1, size - 2) : NULL;
    json_writer_free(&writer);
    return copy;
}

static char *make(const struct replies_file *file, const struct site *site, const char *when,
    const char *word, struct error *error) {
    const struct reply_row *reply = find_reply(file, when);
    const struct state_row *state = find_state(file, word);
    char text[4 * REPLY_BYTES], text_en[4 * REPLY_BYTES];
    if (!reply || (word && !state)) {
        error_set(
            error, "replies.yaml: no %s \"%s\"", reply ? "state" : "reply with when:", reply ? word : when);
        return NULL;
    }
    fill(reply->texts.of[LANGUAGE_ID], state ? state->texts.of[LANGUAGE_ID] : "", site->emergency_text, text);
    fill(reply->texts.of[LANGUAGE_EN], state ? state->texts.of[LANGUAGE_EN] : "", site->emergency_text_en,
        text_en);
    char *made = members(text, text_en);
    if (!made)
        error_set(error, "out of memory");
    return made;
}

static const char *in_language(const struct texts *texts, enum language language) {
    return texts->of[language] ? texts->of[language] : texts->of[LANGUAGE_ID];
}

/* NULL when the site does not say it. with_numbers: the emergency sentence stands behind it. */
static char *make_plain(const struct reply_row *reply, const struct state_row *state, const struct site *site,
    enum language language, bool with_numbers) {
    char text[4 * REPLY_BYTES];
    const char *emergency = language == LANGUAGE_EN ? site->emergency_text_en : site->emergency_text;
    if (!reply)
        return NULL;
    fill(in_language(&reply->texts, language), state ? in_language(&state->texts, language) : "", emergency,
        text);
    size_t used = strlen(text);
    if (with_numbers)
        snprintf(text + used, sizeof text - used, " %s", emergency);
    return strdup(text);
}

static bool has_numbers(enum reply reply) {
    return reply == REPLY_URGENT || reply == REPLY_DESPAIR || reply == REPLY_DESPAIR_PLACE;
}

/* A site that does not say one of the two says the other. */
static void add_place(struct intake_replies *replies, enum language language) {
    char **despair = &replies->plain[REPLY_DESPAIR_PLACE][language];
    const char *place = replies->plain[REPLY_PLACE][language];
    char text[4 * REPLY_BYTES];
    if (!place)
        return;
    snprintf(text, sizeof text, "%s%s%s", *despair ? *despair : "", *despair ? " " : "", place);
    free(*despair);
    *despair = strdup(text);
}

static void make_chat(
    const struct replies_file *file, const struct site *site, struct intake_replies *replies) {
    for (enum language language = 0; language < LANGUAGES; language++) {
        for (enum reply reply = 0; reply < REPLIES; reply++)
            replies->plain[reply][language] =
                make_plain(find_reply(file, whens[reply]), NULL, site, language, has_numbers(reply));
        add_place(replies, language);
        for (enum report_state state = 0; state < REPORT_STATES; state++)
            replies->plain_state[state][language] = make_plain(find_reply(file, rows_of_states[state].when),
                find_state(file, rows_of_states[state].word), site, language, false);
    }
}

static int by_text(const void *a, const void *b) {
    return strcmp(((const struct language_word *)a)->text, ((const struct language_word *)b)->text);
}

/* Each word tells one language: what two of them share tells nothing. */
static bool make_words(const struct replies_file *file, struct intake_replies *replies, struct error *error) {
    replies->words = calloc((size_t)LANGUAGES * WORDS_MAX, sizeof *replies->words);
    if (!replies->words)
        return error_set(error, "out of memory");
    for (unsigned i = 0; i < file->languages_count; i++) {
        const struct language_row *row = &file->languages[i];
        enum language language = intake_language(row->code);
        if (strcmp(intake_language_code(language), row->code) != 0)
            return error_set(
                error, "replies.yaml: languages: \"%s\" is not one that replies are written in", row->code);
        for (unsigned k = 0; k < row->words_count; k++) {
            struct language_word *word = &replies->words[replies->word_count++];
            snprintf(word->text, sizeof word->text, "%s", row->words[k]);
            word->language = language;
        }
    }
    qsort(replies->words, replies->word_count, sizeof *replies->words, by_text);
    for (size_t i = 1; i < replies->word_count; i++)
        if (by_text(&replies->words[i - 1], &replies->words[i]) == 0)
            return error_set(error, "replies.yaml: languages: \"%s\" is there twice", replies->words[i].text);
    return true;
}

static bool make_all(const struct replies_file *file, const struct site *site, struct intake_replies *replies,
    struct error *error) {
    replies->received = make(file, site, "received", NULL, error);
    bool sound = replies->received != NULL && make_words(file, replies, error);
    make_chat(file, site, replies);
    for (size_t i = 0; sound && i < REPORT_STATES; i++) {
        replies->of_state[i] = make(file, site, rows_of_states[i].when, rows_of_states[i].word, error);
        sound = replies->of_state[i] != NULL;
    }
    return sound;
}

struct intake_replies *intake_replies_load(
    const char *site_dir, const struct site *site, struct error *error) {
    struct replies_file *file = NULL;
    if (!config_load_in(site_dir, "replies.yaml", &file_schema, &file, error))
        return NULL;
    struct intake_replies *replies = calloc(1, sizeof *replies);
    if (!replies)
        error_set(error, "out of memory");
    else if (!make_all(file, site, replies, error))
        intake_replies_free(&replies);
    config_free(&file_schema, &file);
    return replies;
}

void intake_replies_free(struct intake_replies **replies) {
    if (!*replies)
        return;
    free((*replies)->received);
    free((*replies)->words);
    for (size_t i = 0; i < REPORT_STATES; i++)
        free((*replies)->of_state[i]);
    for (size_t k = 0; k < LANGUAGES; k++) {
        for (size_t i = 0; i < REPLIES; i++)
            free((*replies)->plain[i][k]);
        for (size_t i = 0; i < REPORT_STATES; i++)
            free((*replies)->plain_state[i][k]);
    }
    free(*replies);
    *replies = NULL;
}

static const char *with_ticket(struct arena *arena, const char *members_text, const char *ticket) {
    static const char name[] = "{NO}";
    size_t places = 0, ticket_size = strlen(ticket);
    for (const char *at = members_text; (at = strstr(at, name)); at++)
        places++;
    char *out = arena_take(arena, strlen(members_text) + places * ticket_size + 1);
    if (!out)
        return NULL;
    char *to = out;
    for (const char *found; (found = strstr(members_text, name)); members_text = found + sizeof name - 1) {
        to = mempcpy(to, members_text, (size_t)(found - members_text));
        to = mempcpy(to, ticket, ticket_size);
    }
    strcpy(to, members_text);
    return out;
}

const char *intake_reply_received(
    const struct intake_replies *replies, struct arena *arena, const char *ticket) {
    return with_ticket(arena, replies->received, ticket);
}

const char *intake_reply_state(
    const struct intake_replies *replies, struct arena *arena, enum report_state state, const char *ticket) {
    return with_ticket(arena, replies->of_state[state], ticket);
}

static const char *const codes[LANGUAGES] = {"id", "en", "jv", "mad", "min"};

const char *intake_language_code(enum language language) {
    return codes[language];
}

enum language intake_language(const char *code) {
    size_t size = code ? strcspn(code, "-_") : 0;
    for (enum language each = 0; each < LANGUAGES; each++)
        if (size == strlen(codes[each]) && strncmp(code, codes[each], size) == 0)
            return each;
    return LANGUAGE_ID;
}

/* A mark in a word that is part of it: ta', na'kana'. Typed in three ways; 0: none here. */
static size_t mark_at(const unsigned char *at) {
    return *at == '\'' || *at == '`' ? 1 : memcmp(at, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
}

/* The next word from *at, small letters; what is longer than any of ours is cut. False: there is none. */
static bool next_word(const unsigned char **at, const unsigned char *end, char word[WORD_BYTES + 1]) {
    size_t used = 0;
    for (const unsigned char *from = *at; from < end;) {
        size_t mark = used && end - from >= 3 ? mark_at(from) : used && *from == '\'';
        bool letter = (*from | 0x20) >= 'a' && (*from | 0x20) <= 'z';
        if (!mark && !letter && *from < 0x80) {
            from++;
            *at = from;
            if (used)
                break;
            continue;
        }
        if (used < WORD_BYTES)
            word[used++] = mark ? '\'' : (char)(letter ? *from | 0x20 : *from);
        from += mark ? mark : 1;
        *at = from;
    }
    word[used] = 0;
    return used > 0;
}

enum language intake_language_of(
    const struct intake_replies *replies, const char *text, size_t size, const char *code) {
    unsigned counts[LANGUAGES] = {0};
    struct language_word word;
    const unsigned char *at = (const unsigned char *)text,
                        *end = at + (size < LANGUAGE_BYTES ? size : LANGUAGE_BYTES);
    while (next_word(&at, end, word.text)) {
        const struct language_word *found =
            bsearch(&word, replies->words, replies->word_count, sizeof word, by_text);
        if (found)
            counts[found->language]++;
    }
    enum language best = LANGUAGE_ID;
    unsigned next = 0; /* how often the runner-up */
    for (enum language each = 1; each < LANGUAGES; each++)
        best = counts[each] > counts[best] ? each : best;
    for (enum language each = 0; each < LANGUAGES; each++)
        next = each != best && counts[each] > next ? counts[each] : next;
    return counts[best] >= 2 && counts[best] > next ? best : intake_language(code);
}

const char *intake_reply_text(const struct intake_replies *replies, struct arena *arena, enum reply reply,
    enum language language, const char *ticket) {
    const char *text = replies->plain[reply][language];
    return text ? with_ticket(arena, text, ticket) : NULL;
}

const char *intake_reply_state_text(const struct intake_replies *replies, struct arena *arena,
    enum report_state state, enum language language, const char *ticket) {
    const char *text = replies->plain_state[state][language];
    return text ? with_ticket(arena, text, ticket) : NULL;
}
