#include "services/casework/playbook.h"

#include "common/extract.h"
#include "common/texts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PLAYBOOKS_MAX = 200,
    TASKS_MAX = 60, /* of one playbook */
    ALL_MAX = 4096, /* tasks and clocks together; x 8 bytes of index */
    CLOCKS_MAX = 200,
    QUESTIONS_MAX = 512,
    FLAGS_MAX = 400,
    TITLE_MAX = 300, /* bytes */
};

static const char general_playbook[] = "PB-ATN";

/* ---- the files as they are written */

struct anchor_entry {
    char *code, *event, *name, *name_en;
};

struct flag_entry {
    char *code, *name, *name_en;
};

struct kind_entry {
    char *kind;
    enum playbook_when when;
};

struct task_entry {
    char *code, *title, *title_en, *role, *deadline, *needs, *repeat, *evidence, *basis, *sets, *starts;
};

struct playbook_entry {
    char *code, *name, *name_en;
    struct kind_entry *kinds;
    unsigned kinds_count;
    struct task_entry *tasks;
    unsigned tasks_count;
};

struct playbook_file {
    struct anchor_entry *anchors;
    unsigned anchors_count;
    struct flag_entry *flags;
    unsigned flags_count;
    struct playbook_entry *playbooks;
    unsigned playbooks_count;
};

struct clock_entry {
    char *id, **kinds, *priority, *applies, *event, *limit, *meaning, *meaning_en, **roles, *basis, **warn_at,
        **facility_types;
    unsigned kinds_count, roles_count, warn_at_count, facility_types_count;
    bool law;
};

struct clock_file {
    struct clock_entry *clocks;
    unsigned clocks_count;
};

static const cyaml_strval_t when_words[] = {{"always", PLAYBOOK_ALWAYS}, {"minor", PLAYBOOK_MINOR},
    {"adult", PLAYBOOK_ADULT}, {"home_care", PLAYBOOK_HOME_CARE}};

static const cyaml_schema_field_t anchor_fields[] = {
    CYAML_FIELD_STRING_PTR("code", CYAML_FLAG_POINTER, struct anchor_entry, code, 1, 24),
    CYAML_FIELD_STRING_PTR("event", CYAML_FLAG_POINTER, struct anchor_entry, event, 1, 60),
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct anchor_entry, name, 1, TITLE_MAX),
    CYAML_FIELD_STRING_PTR("name_en", CYAML_FLAG_POINTER, struct anchor_entry, name_en, 1, TITLE_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t anchor_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct anchor_entry, anchor_fields)};

static const cyaml_schema_field_t flag_fields[] = {
    CYAML_FIELD_STRING_PTR("code", CYAML_FLAG_POINTER, struct flag_entry, code, 1, CONDITION_NAME_MAX),
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct flag_entry, name, 1, TITLE_MAX),
    CYAML_FIELD_STRING_PTR("name_en", CYAML_FLAG_POINTER, struct flag_entry, name_en, 1, TITLE_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t flag_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct flag_entry, flag_fields)};

static const cyaml_schema_field_t kind_fields[] = {
    CYAML_FIELD_STRING_PTR("kind", CYAML_FLAG_POINTER, struct kind_entry, kind, 1, 60),
    CYAML_FIELD_ENUM("when", CYAML_FLAG_STRICT, struct kind_entry, when, when_words, 4), CYAML_FIELD_END};
static const cyaml_schema_value_t kind_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct kind_entry, kind_fields)};

#define TASK_TEXT(member, flags, least, most)                                                                \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER | (flags), struct task_entry, member, least, most)
static const cyaml_schema_field_t task_fields[] = {TASK_TEXT(code, 0, 1, 24),
    TASK_TEXT(title, 0, 1, TITLE_MAX), TASK_TEXT(title_en, 0, 1, TITLE_MAX), TASK_TEXT(role, 0, 1, 8),
    TASK_TEXT(deadline, 0, 3, 24), TASK_TEXT(needs, 0, 0, 120), TASK_TEXT(repeat, 0, 0, 24),
    TASK_TEXT(evidence, 0, 0, TITLE_MAX), TASK_TEXT(basis, 0, 0, TITLE_MAX),
    TASK_TEXT(sets, CYAML_FLAG_OPTIONAL, 1, 24), TASK_TEXT(starts, CYAML_FLAG_OPTIONAL, 1, 24),
    CYAML_FIELD_END};
static const cyaml_schema_value_t task_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct task_entry, task_fields)};

static const cyaml_schema_field_t playbook_fields[] = {
    CYAML_FIELD_STRING_PTR("code", CYAML_FLAG_POINTER, struct playbook_entry, code, 1, 24),
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct playbook_entry, name, 1, TITLE_MAX),
    CYAML_FIELD_STRING_PTR("name_en", CYAML_FLAG_POINTER, struct playbook_entry, name_en, 1, TITLE_MAX),
    CYAML_FIELD_SEQUENCE("kinds", CYAML_FLAG_POINTER, struct playbook_entry, kinds, &kind_schema, 0, 60),
    CYAML_FIELD_SEQUENCE(
        "tasks", CYAML_FLAG_POINTER, struct playbook_entry, tasks, &task_schema, 1, TASKS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t playbook_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct playbook_entry, playbook_fields)};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_SEQUENCE("anchors", CYAML_FLAG_POINTER, struct playbook_file, anchors, &anchor_schema, 1,
        CASE_ANCHORS_MAX / 2),
    CYAML_FIELD_SEQUENCE(
        "flags", CYAML_FLAG_POINTER, struct playbook_file, flags, &flag_schema, 0, FLAGS_MAX),
    CYAML_FIELD_SEQUENCE(
        "playbooks", CYAML_FLAG_POINTER, struct playbook_file, playbooks, &playbook_schema, 1, PLAYBOOKS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct playbook_file, file_fields)};

static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 60)};

#define CLOCK_TEXT(member, flags, least)                                                                     \
    CYAML_FIELD_STRING_PTR(                                                                                  \
        #member, CYAML_FLAG_POINTER | (flags), struct clock_entry, member, least, TITLE_MAX)
static const cyaml_schema_field_t clock_fields[] = {CLOCK_TEXT(id, 0, 1),
    CYAML_FIELD_SEQUENCE("kinds", CYAML_FLAG_POINTER, struct clock_entry, kinds, &word_schema, 1, 60),
    CLOCK_TEXT(priority, CYAML_FLAG_OPTIONAL, 0), CLOCK_TEXT(applies, 0, 0), CLOCK_TEXT(event, 0, 1),
    CLOCK_TEXT(limit, 0, 2), CLOCK_TEXT(meaning, 0, 1), CLOCK_TEXT(meaning_en, 0, 1),
    CYAML_FIELD_SEQUENCE("roles", CYAML_FLAG_POINTER, struct clock_entry, roles, &word_schema, 1, 10),
    CLOCK_TEXT(basis, 0, 0), CYAML_FIELD_BOOL("law", CYAML_FLAG_DEFAULT, struct clock_entry, law),
    CYAML_FIELD_SEQUENCE("facility_types", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct clock_entry,
        facility_types, &word_schema, 1, 60),
    CYAML_FIELD_SEQUENCE("warn_at", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct clock_entry, warn_at,
        &word_schema, 0, 10),
    CYAML_FIELD_END};
static const cyaml_schema_value_t clock_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct clock_entry, clock_fields)};
static const cyaml_schema_field_t clock_file_fields[] = {
    CYAML_FIELD_SEQUENCE(
        "clocks", CYAML_FLAG_POINTER, struct clock_file, clocks, &clock_schema, 0, CLOCKS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t clock_file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct clock_file, clock_file_fields)};

/* ---- the catalogue */

struct catalogue {
    char path[CONFIG_PATH_MAX], clock_path[CONFIG_PATH_MAX];
    struct playbook_file *file;
    struct clock_file *clock_file;
    struct extract *rules;
    struct site_kinds *kinds;

    struct anchor anchors[CASE_ANCHORS_MAX];
    const char *anchor_codes[CASE_ANCHORS_MAX];
    unsigned anchor_count;
    struct playbook *playbooks;
    unsigned playbook_count;
    struct legal_clock *clocks;
    unsigned clock_count;
    const struct playbook_task **index; /* all tasks and clocks by code */
    unsigned index_count;
    struct flag *flags;
    unsigned flag_count;
    struct question *questions;
    unsigned question_count;
    char *texts[QUESTIONS_MAX + CASE_ANCHORS_MAX]; /* made by us */
    unsigned text_count;
};

static const char *keep(struct catalogue *catalogue, char *text) {
    if (!text || catalogue->text_count == sizeof catalogue->texts / sizeof *catalogue->texts) {
        free(text);
        return NULL;
    }
    return catalogue->texts[catalogue->text_count++] = text;
}

/* ---- anchors */

/* The facts by which people know an event, and who is asked for it. An event that is not here has a fact of
 * its own name and is asked of the duty triage officer. */
static const struct known_event {
    const char *event, *fact, *role;
} known_events[] = {
    {"report.received", "report_received", "OPR"},
    {"case.verified", "verified", "TKSK"},
    {"consent.given", "family_consent", "PKS"},
    {"client.placed", "placed", "PKS"},
    {"shelter.admitted", "shelter_admitted", "PKS"},
    {"hospital.admitted", "hospital_admitted", "PKS"},
    {"hospital.discharged", "hospital_discharged", "PKS"},
    {"client.returned_home", "returned_home", "PKS"},
    {"event.onset", "event_onset", "TRI"},
    {"police_report.filed", "police_report_filed", "PPA"},
    {"quota.approved", "quota_approved", "PRO"},
    {"body.found", "body_found", "TRI"},
    {"enterprise.started", "enterprise_started", "PDS"},
};

/* Further facts that set an anchor. */
static const struct {
    const char *fact, *event;
} other_facts[] = {
    {"client_consent", "consent.given"},
    {"victim_consent", "consent.given"},
    {"family_consented", "consent.given"},
    {"case_verified", "case.verified"},
    {"client_placed", "client.placed"},
    {"client_returned_home", "client.returned_home"},
};

/* Events of clocks.yaml that are one of ours under another name. */
static const struct {
    const char *written, *event;
} same_events[] = {
    {"victim_report.received", "report.received"},
    {"case.opened", "report.received"},
    {"verified", "case.verified"},
    {"family.consented", "consent.given"},
    {"admitted", "client.placed"},
};

static const char *event_fact(struct catalogue *catalogue, const char *event) {
    for (size_t i = 0; i < sizeof known_events / sizeof *known_events; i++)
        if (same_text(known_events[i].event, event))
            return known_events[i].fact;
    char *fact = strdup(event);
    for (char *at = fact; at && *at; at++)
        if (*at == '.')
            *at = '_';
    return keep(catalogue, fact);
}

static const char *event_role(const char *event) {
    for (size_t i = 0; i < sizeof known_events / sizeof *known_events; i++)
        if (same_text(known_events[i].event, event))
            return known_events[i].role;
    return "TRI";
}

static int anchor_add(struct catalogue *catalogue, struct anchor anchor) {
    if (catalogue->anchor_count == CASE_ANCHORS_MAX)
        return -1;
    anchor.fact = event_fact(catalogue, anchor.event);
    anchor.ask_role = event_role(anchor.event);
    if (!anchor.code)
        anchor.code = anchor.fact;
    if (!anchor.fact || !anchor.code)
        return -1;
    catalogue->anchor_codes[catalogue->anchor_count] = anchor.code;
    catalogue->anchors[catalogue->anchor_count] = anchor;
    return (int)catalogue->anchor_count++;
}

static bool read_anchors(struct catalogue *catalogue, struct error *error) {
    const struct playbook_file *file = catalogue->file;
    for (unsigned i = 0; i < file->anchors_count; i++) {
        const struct anchor_entry *entry = &file->anchors[i];
        char where[48];
        snprintf(where, sizeof where, "anchors[%u].code", i);
        if (catalogue_anchor_find(catalogue, entry->code) >= 0)
            return config_refuse(catalogue->path, where, error, "%s stands there twice", entry->code);
        if (anchor_add(catalogue, (struct anchor){.code = entry->code,
                                      .event = entry->event,
                                      .name = entry->name,
                                      .name_en = entry->name_en}) < 0)
            return config_refuse(catalogue->path, where, error, "too many anchors, or no memory");
    }
    if (catalogue->anchor_count == 0 || !same_text(catalogue->anchors[0].code, "T0"))
        return config_refuse(catalogue->path, "anchors[0].code", error, "the first anchor must be T0");
    return true;
}

int catalogue_anchor_find(const struct catalogue *catalogue, const char *code) {
    for (unsigned i = 0; i < catalogue->anchor_count; i++)
        if (same_text(catalogue->anchors[i].code, code) || same_text(catalogue->anchors[i].event, code))
            return (int)i;
    return -1;
}

int catalogue_anchor_of_fact(const struct catalogue *catalogue, const char *fact) {
    for (unsigned i = 1; i < catalogue->anchor_count; i++)
        if (same_text(catalogue->anchors[i].fact, fact))
            return (int)i;
    for (size_t i = 0; i < sizeof other_facts / sizeof *other_facts; i++)
        if (same_text(other_facts[i].fact, fact))
            return catalogue_anchor_find(catalogue, other_facts[i].event);
    return -1;
}

unsigned catalogue_anchor_count(const struct catalogue *catalogue) {
    return catalogue->anchor_count;
}

const struct anchor *catalogue_anchor(const struct catalogue *catalogue, unsigned number) {
    return &catalogue->anchors[number];
}

const char *const *catalogue_anchor_codes(const struct catalogue *catalogue) {
    return catalogue->anchor_codes;
}

/* ---- tasks */

struct place {
    const char *path;
    char text[96]; /* way to the entry: "playbooks[3].tasks[2]" */
};

static bool refuse(const struct place *place, const char *field, struct error *error, const char *sentence) {
    char where[128];
    snprintf(where, sizeof where, "%s.%s", place->text, field);
    return config_refuse(place->path, where, error, "%s", sentence);
}

/* "T0+1h", "TD-3d": anchor, sign, duration. */
static bool read_deadline(struct catalogue *catalogue, const char *text, struct playbook_task *task) {
    size_t size = strcspn(text, "+-");
    char code[32];
    if (!text[size] || size == 0 || size >= sizeof code)
        return false;
    memcpy(code, text, size);
    code[size] = 0;
    int anchor = catalogue_anchor_find(catalogue, code);
    task->anchor = (unsigned)anchor;
    if (anchor < 0 || !duration_parse(text + size + 1, false, &task->offset))
        return false;
    if (text[size] == '-')
        task->offset.count = -task->offset.count;
    return true;
}

/* "" or "7d x4". */
static bool read_repeat(const char *text, struct playbook_task *task) {
    task->times = 1;
    if (!*text)
        return true;
    size_t size = strcspn(text, " ");
    char interval[16], *end = NULL;
    if (size == 0 || size >= sizeof interval || strncmp(text + size, " x", 2) != 0)
        return false;
    memcpy(interval, text, size);
    interval[size] = 0;
    long times = strtol(text + size + 2, &end, 10);
    if (!isdigit((unsigned char)text[size + 2]) || *end || times < 2 || times > REPEAT_MAX)
        return false;
    task->times = (unsigned)times;
    return duration_parse(interval, false, &task->interval) && task->interval.count > 0;
}

static bool read_task(struct catalogue *catalogue, const struct task_entry *entry, const struct place *place,
    struct playbook_task *task, struct error *error) {
    *task = (struct playbook_task){.code = entry->code,
        .title = entry->title,
        .title_en = entry->title_en,
        .role = entry->role,
        .evidence = entry->evidence,
        .basis = entry->basis,
        .starts = entry->starts,
        .sets = -1};
    struct error wrong = {""};
    if (!read_deadline(catalogue, entry->deadline, task))
        return refuse(place, "deadline", error, "is no deadline such as T0+1h or TD-3d");
    if (!condition_parse(entry->needs, &task->needs, &wrong))
        return refuse(place, "needs", error, wrong.text);
    if (!read_repeat(entry->repeat, task))
        return refuse(place, "repeat", error, "is no repetition such as 7d x4 (2 to 60 times)");
    if (entry->sets && (task->sets = catalogue_anchor_find(catalogue, entry->sets)) < 1)
        return refuse(place, "sets", error, "is no anchor that a task can set");
    return true;
}

static bool read_playbook(struct catalogue *catalogue, unsigned number, struct error *error) {
    const struct playbook_entry *entry = &catalogue->file->playbooks[number];
    struct playbook *playbook = &catalogue->playbooks[number];
    struct playbook_kind *kinds = calloc(entry->kinds_count + 1, sizeof *kinds);
    playbook->tasks = calloc(entry->tasks_count, sizeof *playbook->tasks);
    playbook->kinds = kinds;
    if (!kinds || !playbook->tasks)
        return error_set(error, "no memory for the playbooks");
    playbook->code = entry->code;
    playbook->name = entry->name;
    playbook->name_en = entry->name_en;
    for (; playbook->kind_count < entry->kinds_count; playbook->kind_count++)
        kinds[playbook->kind_count] = (struct playbook_kind){
            entry->kinds[playbook->kind_count].kind, entry->kinds[playbook->kind_count].when};
    for (unsigned i = 0; i < entry->tasks_count; i++) {
        struct place place = {.path = catalogue->path};
        snprintf(place.text, sizeof place.text, "playbooks[%u].tasks[%u]", number, i);
        struct playbook_task *task = &playbook->tasks[playbook->task_count++];
        if (!read_task(catalogue, &entry->tasks[i], &place, task, error))
            return false;
        task->of = playbook;
    }
    return true;
}

static bool read_playbooks(struct catalogue *catalogue, struct error *error) {
    unsigned count = catalogue->file->playbooks_count;
    catalogue->playbooks = calloc(count, sizeof *catalogue->playbooks);
    if (!catalogue->playbooks)
        return error_set(error, "no memory for the playbooks");
    for (; catalogue->playbook_count < count; catalogue->playbook_count++)
        if (!read_playbook(catalogue, catalogue->playbook_count, error)) {
            catalogue->playbook_count++; /* half made, to be freed */
            return false;
        }
    return true;
}

/* ---- clocks: limits set by law */

bool legal_clock_serves(const struct legal_clock *clock, const char *kind) {
    return config_list_has(clock->kinds, clock->kind_count, kind) ||
           config_list_has(clock->kinds, clock->kind_count, "any");
}

static const char *event_of(const char *written) {
    for (size_t i = 0; i < sizeof same_events / sizeof *same_events; i++)
        if (same_text(same_events[i].written, written))
            return same_events[i].event;
    return written;
}

static bool read_clock(struct catalogue *catalogue, const struct clock_entry *entry,
    const struct place *place, struct legal_clock *clock, struct error *error) {
    clock->kinds = entry->kinds;
    clock->kind_count = entry->kinds_count;
    clock->task = (struct playbook_task){.code = entry->id,
        .title = entry->meaning,
        .title_en = entry->meaning_en,
        .role = entry->roles[0],
        .evidence = "",
        .basis = entry->basis,
        .clock = entry->id,
        .times = 1,
        .sets = -1};
    const char *event = event_of(entry->event);
    int anchor = catalogue_anchor_find(catalogue, event);
    if (anchor < 0)
        anchor = anchor_add(catalogue, (struct anchor){.event = event, .name = event, .name_en = event});
    if (anchor < 0)
        return refuse(place, "event", error, "too many events, or no memory");
    clock->task.anchor = (unsigned)anchor;
    return duration_parse(entry->limit, false, &clock->task.offset) ||
           refuse(place, "limit", error, "is no duration such as 72h");
}

/* Only what the law sets: the rest is the business of timers and playbooks. */
static bool read_clocks(struct catalogue *catalogue, struct error *error) {
    const struct clock_file *file = catalogue->clock_file;
    catalogue->clocks = calloc(file->clocks_count + 1, sizeof *catalogue->clocks);
    if (!catalogue->clocks)
        return error_set(error, "no memory for the clocks");
    for (unsigned i = 0; i < file->clocks_count; i++) {
        const struct clock_entry *entry = &file->clocks[i];
        if (!entry->law)
            continue;
        struct place place = {.path = catalogue->clock_path};
        snprintf(place.text, sizeof place.text, "clocks[%u]", i);
        if (!read_clock(catalogue, entry, &place, &catalogue->clocks[catalogue->clock_count++], error))
            return false;
    }
    return true;
}

static bool same_limit(const struct playbook_task *task, const struct playbook_task *clock) {
    return task->anchor == clock->anchor && same_text(task->role, clock->role) &&
           duration_ms(task->offset) == duration_ms(clock->offset);
}

/* A playbook that has the law's limit among its tasks keeps the clock by that task. */
static void mark_legal_tasks(struct catalogue *catalogue) {
    for (unsigned c = 0; c < catalogue->clock_count; c++) {
        const struct legal_clock *clock = &catalogue->clocks[c];
        for (unsigned p = 0; p < catalogue->playbook_count; p++) {
            struct playbook *playbook = &catalogue->playbooks[p];
            bool serves = false;
            for (unsigned k = 0; k < playbook->kind_count; k++)
                serves |= legal_clock_serves(clock, playbook->kinds[k].kind);
            for (unsigned t = 0; serves && t < playbook->task_count; t++)
                if (same_limit(&playbook->tasks[t], &clock->task))
                    playbook->tasks[t].clock = clock->task.clock;
        }
    }
}

unsigned catalogue_clock_count(const struct catalogue *catalogue) {
    return catalogue->clock_count;
}

const struct legal_clock *catalogue_clock(const struct catalogue *catalogue, unsigned number) {
    return &catalogue->clocks[number];
}

/* ---- index by code */

static int compare_codes(const void *a, const void *b) {
    return strcmp(
        (*(const struct playbook_task *const *)a)->code, (*(const struct playbook_task *const *)b)->code);
}

static bool build_index(struct catalogue *catalogue, struct error *error) {
    unsigned count = catalogue->clock_count;
    for (unsigned i = 0; i < catalogue->playbook_count; i++)
        count += catalogue->playbooks[i].task_count;
    if (count > ALL_MAX)
        return error_set(error, "%s: more than %d tasks", catalogue->path, ALL_MAX);
    catalogue->index = calloc(count + 1, sizeof(struct playbook_task *));
    if (!catalogue->index)
        return error_set(error, "no memory for the playbooks");
    for (unsigned i = 0; i < catalogue->playbook_count; i++)
        for (unsigned k = 0; k < catalogue->playbooks[i].task_count; k++)
            catalogue->index[catalogue->index_count++] = &catalogue->playbooks[i].tasks[k];
    for (unsigned i = 0; i < catalogue->clock_count; i++)
        catalogue->index[catalogue->index_count++] = &catalogue->clocks[i].task;
    qsort(catalogue->index, catalogue->index_count, sizeof *catalogue->index, compare_codes);
    for (unsigned i = 1; i < catalogue->index_count; i++)
        if (same_text(catalogue->index[i]->code, catalogue->index[i - 1]->code))
            return error_set(
                error, "%s: the task code %s stands there twice", catalogue->path, catalogue->index[i]->code);
    return true;
}

const struct playbook_task *catalogue_task(const struct catalogue *catalogue, const char *code) {
    struct playbook_task wanted = {.code = code};
    const struct playbook_task *key = &wanted;
    const struct playbook_task **found =
        bsearch(&key, catalogue->index, catalogue->index_count, sizeof *catalogue->index, compare_codes);
    return found ? *found : NULL;
}

/* ---- flags and questions */

static bool read_flags(struct catalogue *catalogue, struct error *error) {
    const struct playbook_file *file = catalogue->file;
    catalogue->flags = calloc(file->flags_count + 1, sizeof *catalogue->flags);
    if (!catalogue->flags)
        return error_set(error, "no memory for the flags");
    for (unsigned i = 0; i < file->flags_count; i++)
        catalogue->flags[catalogue->flag_count++] =
            (struct flag){file->flags[i].code, file->flags[i].name, file->flags[i].name_en};
    return true;
}

const struct flag *catalogue_flag(const struct catalogue *catalogue, const char *code) {
    for (unsigned i = 0; i < catalogue->flag_count; i++)
        if (same_text(catalogue->flags[i].code, code))
            return &catalogue->flags[i];
    return NULL;
}

static bool read_questions(struct catalogue *catalogue, struct error *error) {
    catalogue->questions = calloc(QUESTIONS_MAX, sizeof *catalogue->questions);
    if (!catalogue->questions)
        return error_set(error, "no memory for the questions");
    const struct extract_node *entry;
    for (size_t i = 0; (entry = extract_entry(catalogue->rules, NULL, "facts", i)) != NULL; i++) {
        const char *fact = extract_text(catalogue->rules, entry, "name");
        const char *ask = extract_text(catalogue->rules, entry, "ask");
        const char *ask_en = extract_text(catalogue->rules, entry, "ask_en");
        const char *role = extract_text(catalogue->rules, entry, "ask_role");
        const char *type = extract_text(catalogue->rules, entry, "type");
        char *code = NULL;
        if (!fact || !ask || !ask_en || !role || catalogue->question_count == QUESTIONS_MAX)
            continue;
        if (asprintf(&code, "FAKTA-%s", fact) < 0)
            return error_set(error, "no memory for the questions");
        catalogue->questions[catalogue->question_count++] = (struct question){
            fact, ask, ask_en, role, keep(catalogue, code), same_text(type ? type : "", "facility")};
    }
    return true;
}

const struct question *catalogue_question(const struct catalogue *catalogue, const char *fact) {
    for (unsigned i = 0; i < catalogue->question_count; i++)
        if (same_text(catalogue->questions[i].fact, fact))
            return &catalogue->questions[i];
    return NULL;
}

bool catalogue_asks_for_facility(const struct catalogue *catalogue, const char *fact) {
    const struct question *question = catalogue_question(catalogue, fact);
    return question && question->of_facility;
}

static bool some_task_asks(const struct catalogue *catalogue, const char *fact) {
    char name[CONDITION_NAME_MAX + 16];
    for (unsigned i = 0; i < catalogue->index_count; i++) {
        const struct condition *needs = &catalogue->index[i]->needs;
        for (unsigned k = 0; k < needs->count; k++) {
            condition_fact_name(&needs->terms[k], name);
            if (*name && same_text(name, fact))
                return true;
        }
    }
    return false;
}

bool catalogue_knows_fact(const struct catalogue *catalogue, const char *fact) {
    return catalogue_question(catalogue, fact) || catalogue_flag(catalogue, fact) ||
           catalogue_anchor_of_fact(catalogue, fact) >= 0 || some_task_asks(catalogue, fact);
}

bool catalogue_anchor_is_planned(const struct catalogue *catalogue, unsigned number) {
    for (unsigned i = 0; i < catalogue->index_count; i++)
        if (catalogue->index[i]->anchor == number && catalogue->index[i]->offset.count < 0)
            return true;
    return false;
}

const struct site_kinds *catalogue_kinds(const struct catalogue *catalogue) {
    return catalogue->kinds;
}

/* ---- loading */

static bool load_files(struct catalogue *catalogue, const char *folder, struct error *error) {
    if (!config_path(catalogue->path, folder, "playbooks.yaml") ||
        !config_path(catalogue->clock_path, folder, "clocks.yaml"))
        return error_set(error, "the folder's name is too long");
    if (!config_load(catalogue->path, &file_schema, &catalogue->file, error))
        return false;
    if (access(catalogue->clock_path, F_OK) == 0 &&
        !config_load(catalogue->clock_path, &clock_file_schema, &catalogue->clock_file, error))
        return false;
    catalogue->rules = extract_open(folder, "rules.yaml", error);
    catalogue->kinds = catalogue->rules ? site_kinds_load(folder, error) : NULL;
    return catalogue->kinds != NULL;
}

static bool load(struct catalogue *catalogue, const char *folder, struct error *error) {
    if (!load_files(catalogue, folder, error) || !read_anchors(catalogue, error) ||
        !read_playbooks(catalogue, error))
        return false;
    if (catalogue->clock_file && !read_clocks(catalogue, error))
        return false;
    mark_legal_tasks(catalogue);
    if (!build_index(catalogue, error) || !read_flags(catalogue, error) || !read_questions(catalogue, error))
        return false;
    return catalogue_find(catalogue, general_playbook) != NULL ||
           error_set(error, "%s: the general playbook %s is missing", catalogue->path, general_playbook);
}

struct catalogue *catalogue_load(const char *site_dir, struct error *error) {
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);
    if (!catalogue)
        error_set(error, "no memory for the playbooks");
    else if (!load(catalogue, site_dir, error))
        catalogue_free(&catalogue);
    return catalogue;
}

void catalogue_free(struct catalogue **at) {
    struct catalogue *catalogue = *at;
    if (!catalogue)
        return;
    for (unsigned i = 0; i < catalogue->playbook_count; i++) {
        free((void *)catalogue->playbooks[i].kinds);
        free(catalogue->playbooks[i].tasks);
    }
    free(catalogue->playbooks);
    free(catalogue->clocks);
    free(catalogue->index);
    free(catalogue->flags);
    free(catalogue->questions);
    for (unsigned i = 0; i < catalogue->text_count; i++)
        free(catalogue->texts[i]);
    extract_close(&catalogue->rules);
    site_kinds_free(&catalogue->kinds);
    config_free(&clock_file_schema, &catalogue->clock_file);
    config_free(&file_schema, &catalogue->file);
    free(catalogue);
    *at = NULL;
}

unsigned catalogue_playbook_count(const struct catalogue *catalogue) {
    return catalogue->playbook_count;
}

const struct playbook *catalogue_playbook(const struct catalogue *catalogue, unsigned number) {
    return &catalogue->playbooks[number];
}

const struct playbook *catalogue_find(const struct catalogue *catalogue, const char *code) {
    for (unsigned i = 0; i < catalogue->playbook_count; i++)
        if (same_text(catalogue->playbooks[i].code, code))
            return &catalogue->playbooks[i];
    return NULL;
}

/* ---- choosing */

/* Of the case's own kind: as far as its facts do not rule it out. */
static enum truth serves_when(enum playbook_when when, const struct case_file *file) {
    enum truth minor = condition_flag("minor", file);
    switch (when) {
    case PLAYBOOK_ALWAYS:
        return TRUTH_YES;
    case PLAYBOOK_MINOR:
        return minor;
    case PLAYBOOK_ADULT:
        return minor == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : minor == TRUTH_YES ? TRUTH_NO : TRUTH_YES;
    case PLAYBOOK_HOME_CARE:
        return condition_flag("homecare", file) == TRUTH_YES ? TRUTH_YES : TRUTH_NO;
    }
    return TRUTH_NO;
}

/* Of a further kind: the facts are about somebody else, so its stricter playbook, that for minors, is taken.
 */
static bool serves_also(enum playbook_when when) {
    return when == PLAYBOOK_ALWAYS || when == PLAYBOOK_MINOR;
}

enum truth playbook_serves_own(const struct playbook *playbook, const struct case_file *file) {
    for (unsigned i = 0; i < playbook->kind_count; i++)
        if (same_text(playbook->kinds[i].kind, file->kind))
            return serves_when(playbook->kinds[i].when, file);
    return TRUTH_NO;
}

static bool serves_further(const struct playbook *playbook, const struct case_file *file) {
    const char *also = case_also_kinds(file);
    for (unsigned i = 0; *also && i < playbook->kind_count; i++)
        if (serves_also(playbook->kinds[i].when) && !same_text(playbook->kinds[i].kind, file->kind) &&
            site_kinds_listed(also, playbook->kinds[i].kind))
            return true;
    return false;
}

enum truth playbook_serves(const struct playbook *playbook, const struct case_file *file) {
    enum truth own = playbook_serves_own(playbook, file);
    return own == TRUTH_NO && serves_further(playbook, file) ? TRUTH_YES : own;
}

bool playbook_names_kind(const struct playbook *playbook, const char *kind) {
    for (unsigned i = 0; i < playbook->kind_count; i++)
        if (same_text(playbook->kinds[i].kind, kind))
            return true;
    return false;
}

bool playbook_names_kinds(const struct playbook *playbook, const char *kinds) {
    for (unsigned i = 0; *kinds && i < playbook->kind_count; i++)
        if (site_kinds_listed(kinds, playbook->kinds[i].kind))
            return true;
    return false;
}

static void fit_keep(const struct playbook **out, unsigned at, const struct playbook *playbook) {
    if (at < CASE_PLAYBOOKS_MAX)
        out[at] = playbook;
}

unsigned catalogue_fit(const struct catalogue *catalogue, const struct case_file *file,
    const struct playbook *out[CASE_PLAYBOOKS_MAX]) {
    unsigned count = catalogue_fit_all(catalogue, file, out);
    return count < CASE_PLAYBOOKS_MAX ? count : CASE_PLAYBOOKS_MAX;
}

unsigned catalogue_fit_all(const struct catalogue *catalogue, const struct case_file *file,
    const struct playbook *out[CASE_PLAYBOOKS_MAX]) {
    const char *also = case_also_kinds(file);
    unsigned count = 0;
    for (unsigned i = 0; i < catalogue->playbook_count; i++)
        if (playbook_serves_own(&catalogue->playbooks[i], file) != TRUTH_NO)
            fit_keep(out, count++, &catalogue->playbooks[i]);
    if (count == 0)
        out[count++] = catalogue_find(catalogue, general_playbook);
    for (unsigned i = 0; *also && i < catalogue->playbook_count; i++) {
        const struct playbook *playbook = &catalogue->playbooks[i];
        if (playbook != out[0] && playbook_serves_own(playbook, file) == TRUTH_NO &&
            serves_further(playbook, file))
            fit_keep(out, count++, playbook);
    }
    return count;
}

int64_t playbook_deadline(
    const struct playbook_task *task, const struct calendar *calendar, int64_t anchor_at) {
    return calendar_add(calendar, anchor_at, task->offset);
}

/* ---- checking */

static bool check_role(const struct catalogue *catalogue, const struct site_roles *roles,
    const struct playbook_task *task, struct error *error) {
    return site_roles_find(roles, task->role) != NULL ||
           error_set(error, "%s: %s has the role %s, which roles.yaml does not know", catalogue->path,
               task->code, task->role);
}

static bool check_references(
    const struct catalogue *catalogue, const struct playbook_task *task, struct error *error) {
    for (unsigned i = 0; i < task->needs.count; i++) {
        const struct condition_term *term = &task->needs.terms[i];
        if (term->kind == CONDITION_DONE && !catalogue_task(catalogue, term->name))
            return error_set(error, "%s: %s waits for the task %s, which does not exist", catalogue->path,
                task->code, term->name);
        if (term->kind == CONDITION_FLAG && !catalogue_flag(catalogue, term->name))
            return error_set(error, "%s: %s waits for the flag %s, which is not among the flags",
                catalogue->path, task->code, term->name);
    }
    return !task->starts || catalogue_find(catalogue, task->starts) ||
           error_set(error, "%s: %s starts the playbook %s, which does not exist", catalogue->path,
               task->code, task->starts);
}

/* Follows done(X) from task to task; more steps than there are tasks means a circle. */
static bool waits_for_itself(
    const struct catalogue *catalogue, const struct playbook_task *task, unsigned steps_left) {
    if (steps_left == 0)
        return true;
    for (unsigned i = 0; i < task->needs.count; i++) {
        const struct condition_term *term = &task->needs.terms[i];
        if (term->kind == CONDITION_DONE &&
            waits_for_itself(catalogue, catalogue_task(catalogue, term->name), steps_left - 1))
            return true;
    }
    return false;
}

static bool check_tasks(
    const struct catalogue *catalogue, const struct site_roles *roles, struct error *error) {
    for (unsigned i = 0; i < catalogue->index_count; i++) {
        const struct playbook_task *task = catalogue->index[i];
        if (!check_role(catalogue, roles, task, error) || !check_references(catalogue, task, error))
            return false;
    }
    for (unsigned i = 0; i < catalogue->index_count; i++)
        if (waits_for_itself(catalogue, catalogue->index[i], TASKS_MAX))
            return error_set(error, "%s: %s waits for itself", catalogue->path, catalogue->index[i]->code);
    for (unsigned i = 0; i < catalogue->question_count; i++)
        if (!site_roles_find(roles, catalogue->questions[i].ask_role))
            return error_set(error, "rules.yaml: the fact %s is asked of the role %s, which does not exist",
                catalogue->questions[i].fact, catalogue->questions[i].ask_role);
    return true;
}

static bool has_playbook(const struct catalogue *catalogue, const char *kind) {
    for (unsigned i = 0; i < catalogue->playbook_count; i++)
        if (playbook_names_kind(&catalogue->playbooks[i], kind))
            return true;
    return false;
}

static bool check_kinds(const struct catalogue *catalogue, struct error *error) {
    for (unsigned i = 0; i < catalogue->kinds->kinds_count; i++) {
        const struct site_kind *kind = &catalogue->kinds->kinds[i];
        for (unsigned k = 0; k < kind->playbooks_count; k++)
            if (!catalogue_find(catalogue, kind->playbooks[k]))
                return error_set(error, "kinds.yaml: %s has the playbook %s, which does not exist",
                    kind->code, kind->playbooks[k]);
        if (kind->opens_case && kind->playbooks_count == 0)
            return error_set(error, "kinds.yaml: %s opens cases but has no playbook", kind->code);
        if (kind->opens_case && !has_playbook(catalogue, kind->code))
            return error_set(
                error, "%s: no playbook is for the kind %s, which opens cases", catalogue->path, kind->code);
    }
    for (unsigned i = 0; i < catalogue->playbook_count; i++)
        for (unsigned k = 0; k < catalogue->playbooks[i].kind_count; k++)
            if (!site_kinds_find(catalogue->kinds, catalogue->playbooks[i].kinds[k].kind))
                return error_set(error, "%s: %s is for the kind %s, which does not exist", catalogue->path,
                    catalogue->playbooks[i].code, catalogue->playbooks[i].kinds[k].kind);
    return true;
}

bool catalogue_check(const struct catalogue *catalogue, const char *site_dir, struct error *error) {
    struct site_roles *roles = site_roles_load(site_dir, error);
    bool sound = roles && check_tasks(catalogue, roles, error) && check_kinds(catalogue, error);
    site_roles_free(&roles);
    return sound;
}
