/* The playbooks of a site: which follow-up tasks a kind of case calls for, from which event their time runs,
 * and the limits that the law sets. Files: playbooks.yaml, clocks.yaml (optional), the questions of
 * rules.yaml (fields in deploy/sites/README.md). Read once at start, refused whole for the first mistake,
 * read-only afterwards; texts live as long as the catalogue. Source: field guide, section on playbooks. */
#pragma once

#include "common/calendar.h"
#include "common/config.h"
#include "common/error.h"
#include "common/site.h"
#include "services/casework/case_file.h"
#include "services/casework/condition.h"

#include <stdbool.h>

enum { REPEAT_MAX = 60 /* 30d x24 is the longest */ };

/* An event that times run from. The 13 of playbooks.yaml, and the events of clocks.yaml that are none of
 * them. Known events set it: the report itself (T0), facts, arrivals at facilities. */
struct anchor {
    const char *code;  /* "TV"; for an event of clocks.yaml the event's fact */
    const char *event; /* "case.verified" */
    const char *name, *name_en;
    const char *fact;     /* the fact that sets it: the event with _ for . unless it has a shorter one */
    const char *ask_role; /* who finds out when it was */
};

struct playbook_task {
    const char *code, *title, *title_en, *role, *evidence, *basis;
    unsigned anchor;        /* number */
    struct duration offset; /* from the anchor, may be negative */
    struct condition needs;
    struct duration interval;  /* of repetition, when times > 1 */
    unsigned times;            /* 1: once */
    int sets;                  /* anchor that happens when it is done, -1 none */
    const char *starts;        /* playbook that begins beside this one when it is done, NULL none */
    const char *clock;         /* id of the legal limit it keeps, NULL none: such a deadline gives no grace */
    const struct playbook *of; /* NULL: a legal clock */
};

/* HOME_CARE: served at home (the fact homecare), beside what the kind calls for. */
enum playbook_when { PLAYBOOK_ALWAYS, PLAYBOOK_MINOR, PLAYBOOK_ADULT, PLAYBOOK_HOME_CARE };

struct playbook_kind {
    const char *kind;
    enum playbook_when when;
};

struct playbook {
    const char *code, *name, *name_en;
    const struct playbook_kind *kinds;
    unsigned kind_count;
    struct playbook_task *tasks;
    unsigned task_count;
};

/* A limit set by law, as a task: beside whatever playbook a case of these kinds has, from the moment its
 * event has happened. */
struct legal_clock {
    struct playbook_task task; /* code is the clock's id */
    char *const *kinds;
    unsigned kind_count;
};

bool legal_clock_serves(const struct legal_clock *clock, const char *kind);

/* A flag of a case file that calls for a task. */
struct flag {
    const char *code, *name, *name_en;
};

/* A fact of rules.yaml that somebody can be asked for. */
struct question {
    const char *fact, *ask, *ask_en, *ask_role;
    const char *code; /* FAKTA-<fact> */
    bool of_facility; /* answered by ids of facilities */
};

struct catalogue;

/* NULL with file, line and a sentence. calendar and site files are not kept. */
struct catalogue *catalogue_load(const char *site_dir, struct error *error);
void catalogue_free(struct catalogue **catalogue);

unsigned catalogue_playbook_count(const struct catalogue *catalogue);
const struct playbook *catalogue_playbook(const struct catalogue *catalogue, unsigned number);
const struct playbook *catalogue_find(
    const struct catalogue *catalogue, const char *code); /* NULL: unknown */
/* A task or a legal clock by its code. */
const struct playbook_task *catalogue_task(const struct catalogue *catalogue, const char *code);
unsigned catalogue_clock_count(const struct catalogue *catalogue);
const struct legal_clock *catalogue_clock(const struct catalogue *catalogue, unsigned number);
/* NULL: rules.yaml does not know the fact. */
const struct question *catalogue_question(const struct catalogue *catalogue, const char *fact);
/* Is its question answered by ids of facilities? */
bool catalogue_asks_for_facility(const struct catalogue *catalogue, const char *fact);

/* A fact that rules ask, anchors wait for or conditions of tasks name: what a person may record. */
bool catalogue_knows_fact(const struct catalogue *catalogue, const char *fact);
/* The kinds of the site. */
const struct site_kinds *catalogue_kinds(const struct catalogue *catalogue);
/* NULL: no flag of playbooks.yaml. */
const struct flag *catalogue_flag(const struct catalogue *catalogue, const char *code);

unsigned catalogue_anchor_count(const struct catalogue *catalogue);
const struct anchor *catalogue_anchor(const struct catalogue *catalogue, unsigned number);
/* By code ("TV") or event ("case.verified"); -1: unknown. */
int catalogue_anchor_find(const struct catalogue *catalogue, const char *code);
/* The anchor that a fact of this name sets, -1 none. Consents and short names count too. */
int catalogue_anchor_of_fact(const struct catalogue *catalogue, const char *fact);
/* Do tasks count back from it? Then somebody plans when it shall be. */
bool catalogue_anchor_is_planned(const struct catalogue *catalogue, unsigned number);
/* Codes by number, for case_blob_write. */
const char *const *catalogue_anchor_codes(const struct catalogue *catalogue);

/* The playbooks of a case: those made for its kind, as far as its facts do not rule them out, then those of
 * its further kinds; its own kind among those counts for nothing. While the age is not known a kind with one
 * playbook for minors and one for adults has both. What has none gets the general one (PB-ATN). In the order
 * of the file; returns how many, at least 1.
 */
enum { CASE_PLAYBOOKS_MAX = 8 };
unsigned catalogue_fit(const struct catalogue *catalogue, const struct case_file *file,
    const struct playbook *out[CASE_PLAYBOOKS_MAX]);
/* The same, and returns how many there would be with room for all. */
unsigned catalogue_fit_all(const struct catalogue *catalogue, const struct case_file *file,
    const struct playbook *out[CASE_PLAYBOOKS_MAX]);
/* Whether a playbook is for this case: NO also when it is for another kind. */
enum truth playbook_serves(const struct playbook *playbook, const struct case_file *file);
/* The same for the case's own kind alone. */
enum truth playbook_serves_own(const struct playbook *playbook, const struct case_file *file);
bool playbook_names_kind(const struct playbook *playbook, const char *kind);
/* Any of codes separated by spaces. */
bool playbook_names_kinds(const struct playbook *playbook, const char *kinds);

/* anchor_at + offset on the site's calendar. */
int64_t playbook_deadline(
    const struct playbook_task *task, const struct calendar *calendar, int64_t anchor_at);

/* What a strict reading of one file cannot see: every kind that opens cases has a playbook, roles exist,
 * conditions name tasks that exist, no task waits for itself. For `check`. */
bool catalogue_check(const struct catalogue *catalogue, const char *site_dir, struct error *error);
